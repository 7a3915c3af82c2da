#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# demo-top-test.sh: a session of "make demo-top", on a terminal that a script has; then
# "make demo".
set -euo pipefail
. "$(dirname "$0")/vm/lib.sh"

run=$(mktemp -d)
session=
cleanup() {
	[[ ! $session ]] || kill "$session" 2>/dev/null || true
	rm -rf "$run"
}
trap cleanup EXIT

passed=0 failed=0

# check WHAT COMMAND...: a test, which passes when COMMAND ends 0.
check() {
	if "${@:2}"; then
		passed=$((passed + 1))
		echo "demo-top: ok - $1"
	else
		failed=$((failed + 1))
		echo "demo-top: not ok - $1"
		tail -c 3000 "$run/screen" | tr -d '\033' | sed 's/^/    /'
	fi
}

# wait_for SECONDS COMMAND...: waits until COMMAND ends 0, or the session.
wait_for() {
	local try

	for ((try = 0; try < $1 * 5; try++)); do
		! "${@:2}" || return 0
		[[ -d /proc/$session ]] || return 1
		sleep 0.2
	done
	return 1
}

# shows PATTERN: whether the screen has shown it since it last did so.
seen=0
shows() {
	tail -c "+$((seen + 1))" "$run/screen" | grep -aq "$1" || return
	seen=$(stat -c %s "$run/screen")
}

gone() {
	[[ ! -d /proc/$session ]]
}

ended_well() {
	wait_for 120 gone && wait "$session"
}

mkfifo "$run/keys"
exec {keys}<>"$run/keys"
: >"$run/screen"
script -qefc "tty >'$run/tty'; stty rows 24 cols 60; exec '$TOP/tests/demo-top.sh'" \
	"$run/screen" <"$run/keys" >/dev/null &
session=$!

check 'it opens with what is shared' wait_for 1800 shows 'libc\.so\.6'
stty -F "$(cat "$run/tty")" rows 30 cols 100
check 'the terminal grows: there is room for more keys' wait_for 120 shows 'm map'
# Ctrl-L: all is drawn again, not only what differs.
printf 'p\f' >&"$keys"
check 'keys arrive: processes' wait_for 120 shows 'PRIVATE .*COMM'
echo -n q >&"$keys"
check 'q ends it, and the machine' ended_well
session=

# findings FILE: the first line of each, without sizes and numbers, which differ each time.
findings() {
	sed -nE '/^ [1-9]\.  /{ s/ \(.*//; s/[0-9][0-9.]*[KM]?//g; s/  +/ /g; p; }' "$1"
}

three_findings() {
	[[ $(findings "$run/screen" | wc -l) == 3 ]]
}

as_in_readme() {
	diff <(findings "$TOP/README.md") <(findings "$run/screen")
}

demo() {
	"$TOP/tests/demo.sh" >"$run/screen" 2>&1
}

check 'make demo works' demo
check 'it ends with three findings' three_findings
check 'which are those of the README' as_in_readme
echo "$passed $failed 0" >"$run/counts"
total "$run/counts"
