#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The live view, driven in tmux: keys are sent, screens compared.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

TMUX_TMPDIR=$TMP
export TMUX_TMPDIR
unset TMUX
recording=$TMP/two.zst
cat "$DATA/workload-a.zst" "$DATA/workload-b.zst" >"$recording"
servers=0 options='' first=end
trap 'tmux kill-server 2>/dev/null || true' EXIT

# Each terminal has a server of its own: one that ends does not end the next.
tmux() {
	command tmux -L "live$servers" "$@"
}

# open WIDTHxHEIGHT [VARIABLE=VALUE...]: opens the live view in a new terminal.
open() {
	local size=$1

	shift
	tmux kill-server 2>/dev/null || true
	servers=$((servers + 1))
	tmux -f /dev/null new-session -d -x "${size%x*}" -y "${size#*x}" \
		"cd $TMP; env TERM=tmux-256color $* $TOP --replay $recording -d 0.2 $options 2>$TMP/live.err; echo status \$?; exec sleep 1000"
	see "$first"
}

screen() {
	tmux capture-pane -p
}

# see TEXT: waits until the screen shows TEXT.
see() {
	local try

	for ((try = 0; try < 100; try++)); do
		! screen | grep -qF -- "$1" || return 0
		sleep 0.1
	done
	echo "the screen never shows: $1"
	screen
	cat "$TMP/live.err"
	return 1
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

# keys KEY...: types them, as tmux names them.
keys() {
	tmux send-keys "$@"
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
keys / s s l
ok '/: a filter works as it is typed' looks filter
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
keys / n g i
ok '/: a filter of control groups' see 'groups  ngi'
keys Escape Down Enter
ok 'Enter: the libraries of a control group' looks group
keys Enter
ok 'Enter: and on to the processes of one of these' see '[processes]'
keys Escape Escape End Enter
ok 'Enter on the total opens nothing' looks groups-total
keys c
ok 'c: libraries again' see 'SAVED MAPPED'

recording=$DATA/workload-b.zst
# Whether each library on the screen stands so in the picture that the README shows.
pictured() {
	local shown

	shown=$(screen | sed -n '6,23p' | sed 's/&/\&amp;/g; s/</\&lt;/g; s/ /\&#160;/g')
	[[ $(wc -l <<<"$shown") == 18 ]] &&
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
done_testing
