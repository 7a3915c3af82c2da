#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# session.sh RUN N: does what a person does in a lab's machine: types the commands of
# the handout and a few others into it, and looks at what comes back. Leaves
# "PASSED FAILED SKIPPED" in RUN/session-counts.
set -euo pipefail
. "$(dirname "$0")/../../labs/lib/host.sh"

run=$1 number=$2
passed=0 failed=0

# check LABEL COMMAND...: a test, which passes when COMMAND ends 0.
check() {
	local label=$1

	shift
	if "$@"; then
		passed=$((passed + 1))
		echo "labs: ok - make lab N=$number: $label"
	else
		failed=$((failed + 1))
		echo "labs: not ok - make lab N=$number: $label"
		sed 's/^/    /' "$run/session.log"
	fi
}

# said COUNT PATTERN: whether so many lines of the session match.
said() {
	[[ $(grep -cE "$2" "$run/session.log") == "$1" ]]
}

# drawn: whether all pictures that were asked for are there, and no font is missing.
drawn() {
	local picture

	for picture in "${pictures[@]}"; do
		grep -q '</svg>' "$run/session/$picture" || return
	done
	said 0 Fontconfig
}

# plain: what was shown, without what moves and colours it, goes to the log.
plain() {
	sed $'s/\r//g; s/\e\\[[?0-9;]*[a-zA-Z]//g' >>"$run/session.log"
}

# prompt: reads on to the next prompt, which ends with "# ".
prompt() {
	local text

	read -r -t 600 -d '#' text <&"$output" || return 0
	printf '%s\n' "$text" | plain
}

typed() {
	printf '%s\n' "$1" >&"$input" || true
	prompt
}

# "# COMMAND" between two lines of "```" is typed as it stands.
mapfile -t handout < <(awk '
	/^ *```/ { open = !open }
	open && sub(/^ *# /, "")' "$LABS/$(lab_folder "$number")/README.md")
mapfile -t pictures < <(printf '%s\n' drawn.svg "${handout[@]}" |
	grep -oE '(^|--picture |--map )[a-z]+\.svg' | sed 's/.* //')

rm -rf "$run"/{session,session.before,session.log,typed,shown}
mkfifo "$run/typed" "$run/shown"
export N=$number
WORK=$run/session "$LABS/lab.sh" <"$run/typed" >"$run/shown" 2>&1 &
exec {input}>"$run/typed" {output}<"$run/shown"
prompt
typed 'make'
for command in "${handout[@]}"; do
	typed "$command"
done
# A wrong answer is said to be wrong, and no more.
if [[ $number == 3 ]]; then
	typed "sed -i 's/null/1/' answers.json; lab-grade --hints"
fi
typed 'echo kept >mark; rm Makefile; mkdir deep; echo also >deep/mark'
typed 'type -P gcc make python3 nano vim.tiny readelf strace clear which gunzip'
typed 'stty size'
# It is here while the machine runs: a person edits beside it.
for ((seconds = 0; seconds < 60; seconds++)); do
	[[ ! -e $run/session/mark ]] || break
	sleep 1
done
beside=$(cat "$run/session/mark" 2>/dev/null || true)
# shellcheck disable=SC2016 # expanded in the guest
typed 'ls /lib/modules/$(uname -r)/build/Makefile; ls /libshare/labs/*/solution'
typed 'libshare-top --picture drawn.svg'
typed 'head -c 10 /sys/kernel/debug/libshare/libraries'
# A machine that dies of what one does in it.
printf 'echo c >/proc/sysrq-trigger\n' >&"$input" || true
plain <&"$output" || true
wait

check 'the work comes back, though the machine has crashed' \
	grep -qx kept "$run/session/mark"
check 'folders of it too' grep -qx also "$run/session/deep/mark"
check 'what was deleted there is gone here' \
	test ! -e "$run/session/Makefile" -a -e "$run/session.before/Makefile"
check 'compiler, editors and tools are there' \
	said 10 '^/usr/bin/(gcc|make|python3|nano|vim.tiny|readelf|strace|clear|which|gunzip)$'
check 'the terminal has a size' said 1 '^24 80$'
check 'the work comes back while the machine runs' test "$beside" == kept
check 'the headers of its kernel are there' said 1 '^/lib/modules/.*/build/Makefile$'
check 'solutions are not' said 1 'cannot access .*/solution'
# A "#" in what was shown before shifts the prompts.
check 'libshare is loaded' said 1 '^#? libshare'
if [[ $number == 3 ]]; then
	check 'a grade tells what is wrong, and not what is right' \
		said 0 'measured now|you say|but it is'
	check 'a grade gives hints' said 4 '^\[0/5\] .*is wrong. Hint: '
	check 'which are noted in the work' \
		said "$(wc -l <"$run/session/hints-taken")" '^\[[0-9/]+\] .*Hint: '
	rm "$run/session/hints-taken"
	HINTS=1 SOLUTION=$run/session "$LABS/grade.sh" >"$run/hinted" || true
	hints=$(grep -cE '^\[[0-9/]+\] .*Hint: ' "$run/hinted") || true
	check 'those of "make grade HINTS=1" as well' \
		test "$hints" != 0 -a "$(wc -l <"$run/session/hints-taken")" == "$hints"
fi
check "pictures are drawn there, those of the handout too: ${pictures[*]}" drawn
check 'the crash is shown' said 1 'Kernel panic.*sysrq'
echo "$passed $failed 0" >"$run/session-counts"
