#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Audits in the live view: of processes whose copies are known to the page, and of a
# recording. Memory is read when a key asks for it, and then once.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

holders=() module=$TMP/module
use_terminals
trap 'end_terminals; kill "${holders[@]}" 2>/dev/null || true' EXIT

# open WIDTHxHEIGHT COMMAND...: runs a command in a new terminal.
open() {
	local size=$1

	shift
	new_terminal "$size" \
		"cd $TMP; env TERM=tmux-256color ASAN_OPTIONS=detect_leaks=0 $* 2>$TMP/live.err; echo status \$?; exec sleep 1000"
}

# shows COLUMN... NAME: there is a row of this section or library that begins with these
# columns; the screen may have room for others.
shows() {
	local try

	for ((try = 0; try < 100; try++)); do
		! screen | awk -v row="$*" '
			BEGIN { n = split(row, want, " ") }
			NF >= n && $NF == want[n] {
				for (i = 1; i < n && $i == want[i]; i++)
					;
				found += i == n
			}
			END { exit !found }' || return 0
		sleep 0.1
	done
	echo "no row: $*"
	screen
	return 1
}

# A recording, whatever this machine is.
made_up=$DATA/audit.txt
# table OPTION...: the same, as it is printed.
table() {
	"$TOP" -b --noheadings --replay "$made_up" --view audit -n1 "$@" | tail -n +2 | tr -s ' ' |
		sed 's/^ //'
}

open 100x24 "$TOP" --replay "$made_up" --view audit
ok '--view audit: each library that was audited' see 'total of'
columns=copies,in_file,equal,relocated,different,unread,procs
while read -r line; do
	# shellcheck disable=SC2086 # columns
	ok "as it is printed: $line" shows $line
done < <(table -o "$columns,section,path" | sed -n 's/ (all) / /p')
keys Enter
ok 'Enter: its sections' see 'copies of /usr/lib/libcrypto.so.3'
while read -r line; do
	# shellcheck disable=SC2086 # columns
	ok "as it is printed: $line" shows $line
done < <(table -o "$columns,section" --library libcrypto.so.3)
keys R
ok 'R: a recording is not read again' see 'a recording has what was read when it was made'
keys Escape
ok 'Esc: all libraries again' see 'total of'
open 100x24 "$TOP" --replay "$made_up" --view audit --library libcrypto.so.3 -x different
ok '--library: of this one' see 'copies --library libcrypto.so.3 of /usr/lib/libcrypto.so.3'
ok '--sort' see 'DIFFERENT↓'
open 160x24 "$TOP" --replay "$made_up" --view audit --library libcrypto.so.3
ok 'where there is room, the processes of each class' see 'RELOCATED_PROCS DIFFERENT_PROCS SECTION'
open 80x24 "$TOP" --replay "$DATA/workload-b.zst"
see 'SAVED' >"$TMP/out"
keys a
ok 'a: a recording without an audit says so' see 'no audit in the recording: record with --view audit'
keys Escape p a
ok 'a: processes have no copies to choose from' see 'copies are those of a library: select one first'
keys R
ok 'R: nothing to read again' see 'R reads again what a and w show'

if [[ ! -r /proc/self/pagemap ]] || ((EUID)); then
	skip 'audits of live processes' 'needs root'
	done_testing
	exit
fi
hold
library=$TMP/lib/libfixture.so
of_holders "$module"
if ! strace -qq -o /dev/null true 2>/dev/null; then
	skip 'audits of live processes' 'strace is not allowed here'
	done_testing
	exit
fi

# live OPTION...: the live view of these processes; what it opens goes to a file.
live() {
	: >"$TMP/opened"
	open 100x24 strace -f -qq -e trace=openat,pread64 -e inject=pread64:delay_enter="${delay:-1}" \
		-e signal=none -o "$TMP/opened" "$TOP" --directory "$module" -d 0.2 "$@"
}

# read_by NUMBER PID...: so often the memory of these was opened, and no other's.
read_by() {
	local times=$1 got want

	shift
	sleep 1
	got=$(grep -oE '/proc/[0-9]+/mem' "$TMP/opened" | sort)
	want=$(for pid; do yes "/proc/$pid/mem" | head -n "$times"; done | sort)
	[[ $got == "$want" ]] || { echo "read: $got"; return 1; }
}

live
see 'libfixture.so' >"$TMP/out"
keys / l i b f i x Enter Enter
see '[processes]' >"$TMP/out"
keys Tab Tab
see '[sections]' >"$TMP/out"
keys m
see 'pages of' >"$TMP/out"
keys m
ok 'no other view reads memory' read_by 0
keys a
ok 'a: what is in the copies' see "copies of $library"
ok 'when and what was read' see ' (R: again): '
ok 'classes of a section' shows 48K 0 36K 12K 0 0 3 .data
ok 'code that was written with what it was' shows 12K 12K 0 0 0 0 3 .text
ok 'it is read once, whatever scans follow' read_by 1 "${holders[@]}"
keys m
see 'pages of' >"$TMP/out"
keys m
ok 'back from another view' see ' (R: again): '
ok 'that is no reason to read again' read_by 1 "${holders[@]}"
keys R
ok 'R: read again' read_by 2 "${holders[@]}"
keys s C-u a u d i t . z s t Enter
ok 's: saved' see 'saved; libshare-top --replay audit.zst shows it'
ok 'with the audit' bash -c "
	'$TOP' --replay '$TMP/audit.zst' --json --view audit --library '$library' | tee /dev/stderr |
	jq -e '.audit | any(.section == \".data\" and .equal == 36864 and .procs == 3)'"
keys a
ok 'a: back' see '[sections]'
keys a
ok 'a: once more' see ' (R: again): '
ok 'what a key asks for is read' read_by 3 "${holders[@]}"
keys q
ok 'q: quits' see 'status 0'

live --view audit --library "$library" --pid "${holders[1]}"
ok '--view audit --pid' see "copies --pid ${holders[1]} --library $library of"
ok '--pid: nothing is equal' shows 16K 0 0 0 16K 0 1 .data
ok '--pid: no other memory is read' read_by 1 "${holders[1]}"
live --pid "${holders[2]}"
see 'SAVED' >"$TMP/out"
keys w
ok 'w --pid: what to do' see "findings --pid ${holders[2]}"
ok 'w --pid: no other memory is read' read_by 1 "${holders[2]}"
live --view audit --cgroup /none
ok '--cgroup: of none' see "no process of a control group '/none' maps a library"
ok '--cgroup: nothing is read' read_by 0

# Each read takes 0.1 s.
delay=100000 live --view audit
ok 'after a second, it says how far it is' see ' of copies read: Esc breaks it off'
ok 'then what it found' see ' (R: again): '
keys R
ok 'R: how far it is' see ': Esc breaks it off'
keys Escape
ok 'Esc: broken off' see 'broken off: R reads the copies again'
ok 'what was found before is still there' see ' (R: again): '
# Each read takes 3 s.
delay=3000000 live
see 'libfixture.so' >"$TMP/out"
keys / l i b f i x Enter a
ok 'at first, it says what it reads' see 'reading the copies that 3 processes hold (108K, each once)'
keys p
ok 'another view breaks it off' see ' PID UID'
keys Enter
ok 'and gets its scan' see 'libraries of process'
keys q
ok 'q: quits meanwhile' see 'status 0'

# Without the right to know page frames.
open 100x24 setpriv --bounding-set=-sys_admin "$TOP" --directory "$module" --view audit
ok 'what cannot be read is said' see 'the kernel does not say which copies are shared'
keys p
ok 'and the view lives on' see ' PID UID'
done_testing
