#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The live view, driven in tmux: keys are sent, screens compared.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

recording=$TMP/two.zst
cat "$DATA/workload-a.zst" "$DATA/workload-b.zst" >"$recording"
options='' first=end
use_terminals

# open WIDTHxHEIGHT [VARIABLE=VALUE...]: opens the live view in a new terminal.
open() {
	local size=$1

	shift
	new_terminal "$size" \
		"cd $TMP; env TERM=tmux-256color $* $TOP --replay $recording -d 0.2 $options 2>$TMP/live.err; echo status \$?; exec sleep 1000"
	see "$first"
}

# looks NAME: the screen is as expected/live-NAME says.
looks() {
	local try

	[[ ! ${UPDATE:-} ]] || { sleep 0.5; screen >"$HERE/expected/live-$1"; }
	# It may be drawn at this moment.
	for ((try = 0; try < 50; try++)); do
		! screen | cmp -s - "$HERE/expected/live-$1" || return 0
		sleep 0.1
	done
	screen | diff -u "$HERE/expected/live-$1" -
}

ok 'it opens at 80x24' open 80x24
ok 'libraries' looks libraries
keys Down Down Enter
ok 'Enter: the processes of a library' looks users
keys Tab
ok 'Tab: its segments' looks segments
keys Tab
ok 'Tab: its copies by section' looks sections
keys m Right Right Down
ok 'm: its page map' looks map
keys End
ok 'End: the last cell' see 'page'
keys m Escape
ok 'm, Esc: back to libraries' looks back
keys p
ok 'p: processes' looks processes
keys Down Enter
ok 'Enter: the libraries of a process' looks uses
keys Enter
ok 'Enter: and on to the processes of one of these' see '[processes]'
keys Escape Escape p
ok 'p: libraries again' looks libraries
keys "\\" s s l
ok '\: a filter works as it is typed' looks filter
keys BSpace BSpace BSpace z z z z
ok 'a filter that nothing matches says how to get out' see 'Esc clears it'
keys Escape
ok 'Esc clears it' looks libraries
keys F6
ok 'F6: columns to sort by' looks choice
keys Down Enter
ok 'sorted by another column' looks sorted
keys r
ok 'r: the other way round' looks reversed
keys '>' Up Enter
ok '>: sorted as before' looks libraries
keys '>' Up Up Up Enter
ok 'sorted by a column that was not shown: it is now' see 'BUILDID'
keys '>' Down Down Down Enter
ok '>: sorted as before again' looks libraries
keys d
ok 'd: changes since now' see 'changes since the mark'
keys d
ok 'd: no longer' looks libraries
keys Space
ok 'Space: paused' see 'paused'
keys Space '?'
ok '?: help' looks help
keys NPage NPage NPage NPage NPage NPage NPage NPage NPage NPage NPage NPage NPage NPage NPage
ok 'the help moves down to its end' see 'mouse: a click'
keys x End
ok 'any key leaves it; End: the last library' looks end
keys s C-u s a v e d . z s t Enter
ok 's: saved' see 'saved; libshare-top --replay saved.zst shows it'
ok 'what was saved is what was shown' bash -c "
	diff <('$TOP' --csv -o all --replay '$TMP/saved.zst') \
		<('$TOP' --csv -o all --replay '$DATA/workload-b.zst') &&
	diff <('$TOP' --csv -o all --view sections --replay '$TMP/saved.zst') \
		<('$TOP' --csv -o all --view sections --replay '$DATA/workload-b.zst')"
keys s C-u /none/x Enter
ok 'a file that cannot be saved' see 'cannot write /none/x: No such file'
tmux resize-window -x 120 -y 40
keys Home
ok 'resized' looks 120x40
tmux resize-window -x 20 -y 24
ok 'resized to 20 columns' looks 20x24
keys Enter m
ok 'a page map in 20 columns' looks 20x24-map
tmux resize-window -x 20 -y 5
sleep 0.5
tmux resize-window -x 3 -y 2
sleep 0.5
tmux resize-window -x 80 -y 24
keys Escape Escape
ok 'it survives 3 columns and 2 lines' looks libraries
left_nothing() {
	[[ $(screen | grep -v status | tr -d '\n ') == '' && ! -s $TMP/live.err ]]
}

keys q
ok 'q: quits, and restores the screen' see 'status 0'
ok 'nothing was left behind' left_nothing

for signal in TERM INT HUP; do
	open 80x24
	pkill -"$signal" -P "$(tmux list-panes -F '#{pane_pid}')" libshare-top
	ok "SIG$signal: the screen is restored" see 'status 0'
done
# Sanitizers have their own idea of this signal.
open 80x24 ASAN_OPTIONS=handle_segv=0:allow_user_segv_handler=1
pkill -SEGV -P "$(tmux list-panes -F '#{pane_pid}')" libshare-top
ok 'a crash: the screen is restored' see 'status 139'

# colours N: the page map uses at least N different colours; none when N is 0.
colours() {
	local n

	keys Down Down m
	see 'pages of'
	sleep 0.3
	n=$(tmux capture-pane -pe | { grep -oE '[34]8;5;[0-9]+|[[;][34][0-7](;|m)' || true; } |
		sort -u | wc -l)
	echo "$n"
	(($1 ? n >= $1 : n == 0))
}

open 80x24
keys c
ok 'c: a recording without control groups' see 'this recording has no control groups'
recording=$DATA/cgroups.txt
open 80x24
keys c
ok 'c: control groups, the total last' looks groups
keys F4 n g i
ok 'F4: a filter of control groups' see 'libraries  ngi'
keys Escape Down Enter
ok 'Enter: the libraries of a control group' looks group
keys Enter
ok 'Enter: and on to the processes of one of these' see '[processes]'
keys Escape Escape End Enter
ok 'Enter on the total opens nothing' looks groups-total
keys c
ok 'c: libraries again' see 'SAVED↓ MAPPED'


# fields: the words of each line from the headings on, and no arrow.
fields() {
	sed 's/[↓↑]//; /^$/d' | sed -n '/^ *[A-Z][A-Z]* /,$p' | awk '{ $1 = $1; print }'
}

# as_printed OPTION...: the list on the screen is what these options print; the last line of
# the screen is about keys.
as_printed() {
	local try

	"$TOP" -b --replay "$recording" "$@" | fields >"$TMP/printed"
	[[ $(wc -l <"$TMP/printed") -gt 1 ]] || { cat "$TMP/printed"; return 1; }
	for ((try = 0; try < 50; try++)); do
		screen | sed '$d' | fields | grep -v 'total of' >"$TMP/listed"
		! cmp -s "$TMP/printed" "$TMP/listed" || return 0
		sleep 0.1
	done
	diff "$TMP/printed" "$TMP/listed"
}

# by KIND: types what groups by that.
by() {
	local kind

	keys b
	see 'a row for' >/dev/null
	for kind in cgroup container service user program package; do
		keys Down
		[[ $kind != "$1" ]] || break
	done
	keys Enter
}

group=/system.slice/nginx.service
columns=pss,private,mapped,borrowed,charged,procs,cow,path
for kind in cgroup container service user program package; do
	options="--by $kind"
	open 100x24
	ok "--by $kind: as a table has it, the total last" as_printed --by "$kind"
	options=
	open 100x24
	by "$kind"
	ok "b: by $kind" as_printed --by "$kind"
	[[ $kind != package ]] || continue
	keys p
	ok "b, p: processes by $kind" as_printed --view processes --by "$kind"
done
keys p
ok 'processes have no packages' see 'processes have no packages: b groups them by something else'
open 100x24
keys b
ok 'b: what there is to group by' see 'each container, over all libraries'
keys Down Down Down Enter
see 'nginx.service' >/dev/null
keys Enter
see "of nginx.service" >/dev/null
ok 'Enter on a group: its libraries, with its numbers' \
	as_printed --view cgroups --cgroup "$group" -x pss -o "$columns"
keys Tab
ok 'Tab: its processes' as_printed --view processes --cgroup "$group" \
	-o pid,uid,libs,rss,pss,private,cow,maps,swap,comm
keys Tab Enter
ok 'Enter: the processes of the group that map the library' see 'of nginx.service: /usr/lib/libc.so.6'
ok 'and no others' see 'total of 2'
keys Escape Escape
ok 'Esc: back to groups' as_printed --by service
keys b Enter
ok 'b, no group: libraries again' see 'SAVED↓ MAPPED'
keys Enter
see '[processes]' >/dev/null
by service
ok 'b at a library: what uses it' as_printed --by service --library /usr/lib/libc.so.6
ok 'the line above says so' see 'by service: /usr/lib/libc.so.6'
keys Enter
ok 'Enter: which of its processes' see 'of nginx.service: /usr/lib/libc.so.6'
keys Escape b Enter
ok 'b, no group: all its processes again' see 'total of 5'
keys Enter b
ok 'a list without groups says so' see 'what is listed here has no groups'
options='--by program --view processes'
open 100x24
ok '--by and --view processes' as_printed --view processes --by program
keys Enter
see 'libraries [processes] of' >/dev/null
ok 'Enter: the processes of a group' see 'total of 2'
options='--by service --library nginx -o procs,mapped,service -x procs'
open 100x24
ok '--by, and what else a table is asked for' as_printed --by service --library nginx \
	-o procs,mapped,service -x procs
options='--by service --user 1'
open 100x24
ok '--by and a filter that matches nothing' see 'no process of user 1 maps a library'
options="--cgroup $group -o saved,mapped,rss,cow,cow_unique,procs,path"
open 80x24
# shellcheck disable=SC2086 # several words
ok '--cgroup: libraries are counted in its processes' as_printed $options
options='--view cgroups'
open 80x24
ok '--view cgroups' looks groups-total
options='--by cgroup'
recording=$DATA/workload-b.zst
first=CHARGED
open 80x24
ok '--by cgroup of a recording without control groups' see 'the recording does not have this'
first=end
options='--by program' recording=$TMP/two.zst
open 100x24
keys ,
see 'snapshot 1' >/dev/null
keys d .
# shellcheck disable=SC2016 # it is awk's
ok 'd: changes of groups are those of --diff' bash -c "
	sleep 1
	tmux -L terminal$servers capture-pane -p | awk '\$NF == \"total\" { print \$1 }' |
		diff - <('$TOP' --diff '$DATA/workload-a.zst' '$DATA/workload-b.zst' --by program -o pss,program |
			awk '\$NF == \"total\" { print \$2 }')"
keys Enter
see '[libraries] processes' >/dev/null
keys Tab Escape b Down Down Enter
see 'each container, over all libraries' >/dev/null
keys Enter Enter q
ok 'q: all is freed that groups took' see 'status 0'
options=
recording=$DATA/workload-b.zst
# Whether each library on the screen stands so in the picture that the README shows.
pictured() {
	local shown

	shown=$(screen | sed -n '6,22p' | sed 's/&/\&amp;/g; s/</\&lt;/g; s/ /\&#160;/g')
	[[ $(wc -l <<<"$shown") == 17 ]] &&
		! grep -vxFf <(sed 's/<[^>]*>/\n/g' "$HERE/../../docs/figures/live.svg" | grep '160;') <<<"$shown"
}

open 104x24
ok 'the picture in the README shows what we draw' pictured
recording=$DATA/audit.txt
open 100x24
keys w
ok 'w: what to do about copies' looks findings
keys Down
ok 'the bottom line is the remedy of what is selected' see 'Do not load it, if it is not needed'
keys w
ok 'w: back' see 'end of the recording'
recording=$TMP/two.zst
open 80x24
keys w
ok 'a recording without an audit says so' see 'no audit in the recording'
open 80x24
ok '256 colours' colours 6
open 80x24 TERM=tmux
ok '8 colours' colours 5
open 80x24 TERM=xterm-mono
ok 'no colours' colours 0
ok 'no colours: the page map says it in characters' looks map-mono
open 80x24 NO_COLOR=1
ok 'NO_COLOR' colours 0
open 80x24 LC_ALL=C
ok 'a terminal without UTF-8' see 'libcrypto'

# What a table can be asked for, the live view can be asked for too.
recording=$DATA/workload-b.zst
open 80x24
keys d
ok 'd: rows that did not change are hidden' see 'nothing has changed since the mark'
options='--pid 206'
open 80x24
ok '--pid' see 'libraries --pid 206'
ok '--pid: only what it maps' bash -c "! grep -q '/opt/app/lib' <<<'$(screen)'"
options='--view processes --library libpq.so.5.17'
open 80x24
ok '--library' see 'processes --library libpq.so.5.17'
ok '--library: only what maps it' bash -c "! grep -q postgres <<<'$(screen)' && grep -q psql <<<'$(screen)'"
options='--cgroup /nope'
open 80x24
ok '--cgroup' see "no process of a control group '/nope' maps a library"
options='-o kind,path --bytes'
open 80x24
ok '-o' see 'KIND PATH'
options='--bytes'
open 80x24
ok '--bytes' bash -c "grep -qE '^ *[0-9]{7,} +[0-9]{7,} ' <<<'$(screen)'"
options='--view sections --library libpq.so.5.17 -x section'
open 80x24
ok '--view sections' see ' processes  segments [sections]'
options='--view processes --reverse'
open 80x24
ok '--reverse without --sort' bash -c "awk '/COMM/ { getline; exit !(\$5 == \"4K\" || \$5 ~ /K\$/) }' <<<'$(screen)'"
options='-n 1'
first='status'
open 80x24
ok '-n: so many scans' see 'status 0'

# selected TEXT: the selected row has this text.
selected() {
	local try

	for ((try = 0; try < 50; try++)); do
		# The heading is underlined; of the rest, only that row stands out.
		! tmux capture-pane -pe | grep -E $'^\e\\[[0-9;]*7[;m]' | grep -qF -- "$1" || return 0
		sleep 0.1
	done
	echo "not selected: $1"
	tmux capture-pane -pe
	return 1
}

# never TEXT: the screen does not show it, after a while.
never() {
	sleep 0.5
	! screen | grep -F -- "$1"
}

first=end options='' recording=$TMP/two.zst
open 80x24
keys / p e r l
ok '/: searches as it is typed' selected /usr/bin/perl
keys Enter n
ok 'n: the next one' selected perl-base
keys N
ok 'N: back' selected /usr/bin/perl
keys N
ok 'N: from the first to the last one' see 'searched on from the end'
keys F3 z z z
ok 'F3: what is not there is said' see "no row matches 'zzz'"
keys Escape
ok 'Esc: all rows are still there' see 'total of 83'
keys F7
ok 'a key that does nothing says so' see 'F7 does nothing here: ? lists the keys'
keys Z
ok 'so does a character' see "'Z' does nothing here: ? lists the keys"
keys Escape
ok 'Esc where there is no way back' see 'this is the first view: q quits'

# head_is TEXT: the line of headings begins with TEXT.
head_is() {
	local try

	for ((try = 0; try < 50; try++)); do
		! screen | grep -qE -- "^ *$1" || return 0
		sleep 0.1
	done
	screen
	return 1
}

keys M
ok 'M: sorted by MAPPED, with an arrow' head_is 'SAVED MAPPED↓'
keys r
ok 'r: the arrow turns' head_is 'SAVED MAPPED↑'
keys C
ok 'C: sorted by COW' see ' COW↓'
keys P
ok 'P: sorted by PROCS' see ' PROCS↓'
keys S
ok 'S: sorted by SAVED' head_is 'SAVED↓ MAPPED '
keys p P
ok 'P: of processes, sorted by PSS' see ' PSS↓'
keys M
ok 'M: of processes, by RSS' see ' RSS↓'
keys S
ok 'a key without a column says so' see "'S' has no column to sort by here"
keys F2 Down Space
ok 'F2: columns that are shown have a mark' see '[ ] uid'
keys Enter
ok 'F2, Space: the column is hidden' head_is 'PID LIBS'
keys F2 Down Space Enter
ok 'again: it is there' head_is 'PID UID'
keys u Down Down
ok 'u: users, and how many processes each has' see '105             10 processes'
keys Enter
ok 'u: only processes of that user' bash -c "
	sleep 0.5
	diff <(tmux -L terminal$servers capture-pane -p | sed -n '6,15p' | awk '{ print \$1 }' | sort) \
		<('$TOP' -b --noheadings -o pid --view processes --replay '$DATA/workload-b.zst' --user 105 |
			tr -d ' ' | sort)"
ok 'the line above says so' see 'processes --user 105'
keys p
ok 'and only libraries that they map' see 'libraries --user 105'
keys u Enter
ok 'u, any user: all processes' see 'total of 36'

# The sum below the list is that of the table.
open 80x24
ok 'a sum below the list' see "$("$TOP" --json -o all --replay "$DATA/workload-b.zst" | jq -r '
	def sum: add / 104857.6 | round / 10;
	.libraries | "\(map(.mapped) | sum)M  \(map(.shared) | sum)M \(map(.cow) | sum)M"')"
keys %
ok '%: percent of the sum' see "$("$TOP" --json --replay "$DATA/workload-b.zst" | jq -r '
	[.libraries[].saved] | "\(max / add * 1000 | round / 10)%"')"
keys %
ok '%: sizes again' see '41.1M'

# Stepping through a recording.
keys ,
ok ',: the snapshot before, paused' see 'paused  snapshot 1'
ok 'its numbers' see "saved 124M"
keys ,
ok ',: there is none before the first' see 'this is the first snapshot'
keys .
ok '.: the next one' see 'paused  snapshot 2'
keys ']'
ok ']: there is none after the last' see 'this is the last snapshot'
keys '['
ok '[: back' see 'snapshot 1'
keys Space
ok 'Space: it goes on from there' see 'end of the recording  snapshot 2'

# with COLUMN VALUE PATH: a snapshot in which this library has another number.
with() {
	zstd -dcq "$DATA/workload-a.zst" | awk -F '\t' -v OFS='\t' -v column="$1" -v value="$2" -v path="$3" '
		/^# libshare/ { table = ($0 ~ / libraries /); head = table; print; next }
		head { for (i = 1; i <= NF; i++) if ($i == column) at = i; head = 0; print; next }
		table && $NF == path { $at = value }
		{ print }'
}

libc=/usr/lib/x86_64-linux-gnu/libc.so.6
{
	with cow 888000000000 "$libc"
	with cow 40960 "$libc"
} >"$TMP/widths.txt"
recording=$TMP/widths.txt options=--bytes
open 80x24
keys ,
see 'snapshot 1' >"$TMP/out"
see ' 888000000000 ' >"$TMP/out"
head=$(screen | grep SAVED)
keys .
see 'snapshot 2' >"$TMP/out"
ok 'columns keep their width between ticks' test "$(screen | grep SAVED)" = "$head"
keys M S
sleep 0.5
ok 'and lose it with another order' bash -c "[[ '$(screen | grep SAVED)' != '$head' ]]"

# curve NUMBER...: what a curve of them is.
curve() {
	"$PYTHON" -c '
import sys
values = [float(v) for v in sys.argv[2:]]
print("".join("▁▂▃▄▅▆▇█"[int(v * 7 / float(sys.argv[1]))] for v in values))' "$@"
}

cat "$DATA/workload-a.zst" "$DATA/workload-b.zst" "$DATA/workload-a.zst" >"$TMP/three.zst"
recording=$TMP/three.zst options=''
mapfile -t saved < <("$TOP" --json --replay "$recording" | jq .totals.saved)
open 80x24
ok 'a curve of what is saved' see "saved 124M $(curve "${saved[1]}" "${saved[@]}") "
for distinct in 100 400 700; do
	with cow $((800 * 4096)) "$libc" >"$TMP/cow.txt"
	awk -F '\t' -v OFS='\t' -v value=$((distinct * 4096)) -v path="$libc" '
		/^# libshare/ { table = ($0 ~ / libraries /); head = table; print; next }
		head { for (i = 1; i <= NF; i++) if ($i == "cow_unique") at = i; head = 0 }
		table && $NF == path { $at = value }
		{ print }' "$TMP/cow.txt"
done >"$TMP/erosion.txt"
recording=$TMP/erosion.txt
open 80x24
keys / l i b c . s o . 6 Enter Enter
ok 'erosion: copies of the library in hand, each for itself' \
	see "distinct copies 2.7M $(curve 700 100 400 700)  saved by fork 400K $(curve 700 700 400 100)"
keys Tab
ok 'in each view of the library' see ' processes [segments]'
ok 'the curve is still there' see "$(curve 700 100 400 700)"
open 80x24 LC_ALL=C
keys / l i b c . s o . 6 Enter Enter
ok 'without UTF-8, a curve is digits' see 'distinct copies 2.7M 147  saved by fork 400K 741'

# mouse BUTTON X Y: a click, as the terminal was asked to report it; 64 and 65 are the wheel.
mouse() {
	if [[ $(tmux display -p '#{mouse_sgr_flag}') == 1 ]]; then
		keys -l "$(printf '\e[<%d;%d;%dM\e[<%d;%d;%dm' "$1" "$2" "$3" "$1" "$2" "$3")"
	else
		report "$1" "$2" "$3"
		report 3 "$2" "$3"
	fi
}

# report BUTTON X Y: one event of the old protocol, in which button 3 is a release.
report() {
	keys -l "$(printf '%b' "\e[M$(printf '\\x%x\\x%x\\x%x' $((32 + $1)) $((32 + $2)) $((32 + $3)))")"
}

recording=$TMP/two.zst
open 80x24
mouse 0 60 9
ok 'a click selects a row' selected /usr/lib/postgresql/17/bin/postgres
mouse 65 60 9
ok 'the wheel goes down' selected /usr/bin/bash
mouse 64 60 9
ok 'and up' selected /usr/lib/postgresql/17/bin/postgres
mouse 0 10 5
ok 'a click on a heading sorts' head_is 'SAVED MAPPED↓'
mouse 0 10 5
ok 'again: the other way round' head_is 'SAVED MAPPED↑'
keys S Home m
see 'pages of' >"$TMP/out"
mouse 0 1 6
ok 'a click in the page map selects a cell' see 'page 0: '
open 160x24
ok 'more columns where there is room' see ' CACHED '
ok 'not at the cost of a name' never '</'
recording=$DATA/audit.txt
open 120x24
keys / l i b c r y p t o Enter Enter Tab Tab
ok 'the advice stands below the sections' see '% of the'
ok 'it is that of the table' see "$("$TOP" -b --replay "$recording" --view sections --library libcrypto.so.3 |
	grep -o 'would win back [0-9.]*K')"

# The help names all keys; so does the manual.
keys '?'
named() {
	local names missing=0 try

	for ((try = 0; try < 30; try++)); do
		screen | sed '/^[^ ]/!d'
		keys Down
		sleep 0.05
	done | awk 'substr($0, 21, 1) != " " && substr($0, 19, 2) == "  " { print substr($0, 1, 20) }' |
		sed 's/ *$//; s/\^/Ctrl-/g' | sort -u >"$TMP/names"
	wc -l <"$TMP/names"
	(($(wc -l <"$TMP/names") > 20)) || return
	sed 's/\\&//g; s/\\e/\\/g' "$HERE/../../userspace/man/libshare-top.8" >"$TMP/manual"
	while read -r names; do
		grep -qxF -- ".It $names" "$TMP/manual" || { echo "not in the manual: $names"; missing=1; }
	done <"$TMP/names"
	return "$missing"
}

ok 'the manual has each key that the help has' named
done_testing
