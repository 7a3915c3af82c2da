# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the tests share. Sourced, never run.

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export DATA=$HERE/data
export TOP=$BUILD/top/libshare-top RELEASE=$BUILD/release/libshare-top
TESTS_DONE=0

# The system's own, which has the packages of the system.
export PYTHON=/usr/bin/python3

# ok DESCRIPTION COMMAND...: a test, which passes when COMMAND ends 0.
ok() {
	local description=$1 status=0

	shift
	"$@" >"$TMP/out" 2>&1 || status=$?
	TESTS_DONE=$((TESTS_DONE + 1))
	if ((status == 0)); then
		echo "ok $TESTS_DONE - $description"
	else
		echo "not ok $TESTS_DONE - $description (status $status: $*)"
		head -n 40 "$TMP/out" | sed 's/^/# /'
	fi
}

# skip DESCRIPTION REASON: a test that cannot be run here.
skip() {
	TESTS_DONE=$((TESTS_DONE + 1))
	echo "ok $TESTS_DONE - $1 # SKIP $2"
}

# JSON is one line a snapshot; a difference is easier to see in many.
pretty() {
	"$TOP" --json "$@" | jq .
}

# golden NAME COMMAND...: standard output, errors and status of COMMAND are what
# expected/NAME says.
golden() {
	local name=$1 status=0

	shift
	"$@" >"$TMP/golden" 2>"$TMP/golden.err" || status=$?
	{
		cat "$TMP/golden"
		sed 's/^/stderr: /' "$TMP/golden.err"
		((status == 0)) || echo "status: $status"
	} >"$TMP/golden.all"
	[[ ! ${UPDATE:-} ]] || cp "$TMP/golden.all" "$HERE/expected/$name"
	ok "$name" diff -u "$HERE/expected/$name" "$TMP/golden.all"
}

# fails STATUS PATTERN COMMAND...: COMMAND ends with STATUS, says one line that
# matches PATTERN on standard error, and nothing on standard output.
fails() {
	local want=$1 pattern=$2 status=0

	shift 2
	"$@" >"$TMP/fails.out" 2>"$TMP/fails.err" || status=$?
	cat "$TMP/fails.out" "$TMP/fails.err"
	[[ $status == "$want" ]] || { echo "status $status, not $want"; return 1; }
	[[ ! -s $TMP/fails.out ]] || { echo 'it printed something'; return 1; }
	[[ $(wc -l <"$TMP/fails.err") == 1 ]] || { echo 'not one line'; return 1; }
	grep -qE -- "$pattern" "$TMP/fails.err" || { echo "not: $pattern"; return 1; }
}

# within SECONDS MIB COMMAND...: COMMAND takes no more CPU time and memory than that, and
# ends 0 or, where STATUS says so, otherwise.
within() {
	"$PYTHON" -c '
import resource, subprocess, sys
status = subprocess.run(sys.argv[4:]).returncode
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
took, mib = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
print("status %d, %.1f s, %.0f MiB" % (status, took, mib), file=sys.stderr)
sys.exit(took > float(sys.argv[1]) or mib > float(sys.argv[2]) or status != int(sys.argv[3]))' \
		"$1" "$2" "${STATUS:-0}" "${@:3}"
}

# hold: starts three processes that write to the same pages of $TMP/lib/libfixture.so;
# holders[] says which they are. The caller ends them.
hold() {
	local try

	mkdir "$TMP/lib"
	cp "$BUILD/libfixture.so" "$TMP/lib"
	for try in 1 2 3; do
		mkfifo "$TMP/in$try"
		LD_LIBRARY_PATH=$TMP/lib "$BUILD/fixture" <"$TMP/in$try" >"$TMP/ready$try" &
		holders+=($!)
		eval "exec {hold$try}>'$TMP/in$try'"
	done
	for ((try = 0; try < 100; try++)); do
		[[ ! -s $TMP/ready1 || ! -s $TMP/ready2 || ! -s $TMP/ready3 ]] || break
		sleep 0.1
	done
}

# of_holders DIRECTORY: the module's files, with what they would say of these processes.
of_holders() {
	mkdir "$1"
	"$PYTHON" "$HERE/src/snapshot.py" "${holders[@]}" | awk -v dir="$1" '
		/^# libshare/ { file = dir "/" $4 }
		{ print >file; print >(dir "/snapshot") }'
	echo 'scan_ns 1000000' >"$1/stats"
}

# use_terminals: what follows may open terminals of tmux, which end with the script.
use_terminals() {
	TMUX_TMPDIR=$TMP servers=0
	export TMUX_TMPDIR
	unset TMUX
	trap end_terminals EXIT
}

# Each terminal has a server of its own: one that ends does not end the next.
tmux() {
	command tmux -L "terminal$servers" "$@"
}

# new_terminal WIDTHxHEIGHT COMMAND...: runs a command in a terminal, instead of the last one.
new_terminal() {
	local size=$1

	end_terminals
	servers=$((servers + 1))
	tmux -f /dev/null new-session -d -x "${size%x*}" -y "${size#*x}" "${@:2}"
}

# end_terminals: ends what runs in terminals of tmux. What is hung up is also told to go on,
# which undoes the stop that the search for leaks waits for: that would spin for ever.
end_terminals() {
	local sessions

	sessions=$(tmux list-panes -a -F '#{pane_pid}' 2>/dev/null | paste -sd,) || true
	tmux kill-server 2>/dev/null || true
	[[ ! $sessions ]] || pkill -9 -s "$sessions" || true
}

# keys KEY...: types them in a terminal of tmux, as that names them.
keys() {
	tmux send-keys "$@"
}

screen() {
	tmux capture-pane -p
}

# see TEXT [LINES]: waits until the screen, or its first lines, show TEXT.
see() {
	local try

	for ((try = 0; try < 150; try++)); do
		! screen | head -n "${2:-1000}" | grep -qF -- "$1" || return 0
		sleep 0.1
	done
	echo "the screen never shows: $1"
	screen
	cat "$TMP/live.err"
	return 1
}

# own_mounts: the propagation with which "unshare -m" gives mounts of its own, which do not
# come through to others; nothing where it cannot.
own_mounts() {
	local propagation

	((EUID == 0)) || return 0
	for propagation in private unchanged; do
		[[ $propagation != unchanged ]] || ! grep -q ' shared:' /proc/self/mountinfo || continue
		if unshare -m --propagation "$propagation" true 2>/dev/null; then
			echo "$propagation"
			return
		fi
	done
}

done_testing() {
	echo "1..$TESTS_DONE"
}
