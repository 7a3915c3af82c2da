#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# again-test.sh: tests the second try of test.sh, as TAP. test.sh, lib.sh and judge.awk
# are the real ones; the scripts beside them that prepare and boot a machine are
# replaced by ones that hand out written reports.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fake=$work/tests/vm
mkdir -p "$fake"
cp "$VM"/{test.sh,lib.sh,judge.awk} "$fake"
printf '#!/bin/sh\n' >"$fake/top.sh"
# Leave a line for each machine: the tests that it was asked for.
cat >"$fake/prepare.sh" <<-'END'
	#!/bin/sh
	echo "$TESTS" >>"$MACHINES/asked"
	[ -e "$MACHINES/report$(wc -l <"$MACHINES/asked")" ]
END
cat >"$fake/boot.sh" <<-'END'
	#!/bin/sh
	: >"$3"
	cat "$MACHINES/report$(wc -l <"$MACHINES/asked")"
END
chmod 755 "$fake"/*.sh

# machine N FILE=CASE...: writes what the Nth machine reports of these test files.
machine() {
	local file

	for file in "${@:2}"; do
		echo "@file ${file%=*}"
		case ${file#*=} in
		good) printf '%s\n' 'ok 1 - a' 'ok 2 - b # SKIP no b' 1..2 '@exit 0 1' ;;
		bad) printf '%s\n' 'ok 1 - a' 'not ok 2 - b' 1..2 '@exit 1 1' ;;
		slow) printf '%s\n' 'ok 1 - a' '@exit 124 300' ;;
		loud) printf '%s\n' 'not ok 1 - a' 1..1 '@dmesg BUG: here' '@exit 1 1' ;;
		stops) return ;;
		esac
	done >"$machines/report$1"
	echo @end >>"$machines/report$1"
}

# run AGAIN: runs test.sh on the machines.
run() {
	status=0
	env -u TESTS AGAIN="$1" MACHINES="$machines" \
		"$fake/test.sh" "$machines/run" 6.12 amd64 kernel userland \
		>"$machines/said" 2>&1 || status=$?
}

tests=0 failed=0

# check NAME STATUS COUNTS MACHINES [UNSTEADY]: a test, which passes when run ended with
# STATUS, left COUNTS, asked MACHINES for their tests (a list with a / after each), and
# called the files UNSTEADY so.
check() {
	local got

	tests=$((tests + 1))
	got="$((status != 0)) $(cat "$machines/run/counts" 2>&1 || true)"
	got+=" $(tr '\n' / <"$machines/asked")"
	got+=" $(sed -n 's/^6.12: UNSTEADY.*: //p' "$machines/said")"
	if [[ $got == "$2 $3 $4 ${5:-}" ]]; then
		echo "ok $tests - second try: $1"
	else
		failed=1
		echo "not ok $tests - second try: $1"
		printf '# %s\n' "got $got" "not $2 $3 $4 ${5:-}"
		sed 's/^/# /' "$machines/said"
	fi
	new
}

# new: forgets all machines.
new() {
	machines=$work/machines
	rm -rf "$machines"
	mkdir "$machines"
}

new
machine 1 10-a.t=good 20-b.t=good
run 1
check 'not made when all passes' 0 '4 0 2' /

machine 1 10-a.t=good 20-b.t=bad
machine 2 20-b.t=good
run ''
check 'not made unless asked for' 1 '4 1 1' /

machine 1 10-a.t=good 20-b.t=bad
machine 2 20-b.t=good
run 1
check 'a file that fails once passes' 0 '4 0 2' /20-b.t/ 20-b.t

machine 1 10-a.t=bad 20-b.t=good 30-c.t=slow
machine 2 10-a.t=good 30-c.t=good
run 1
check 'two files that fail once pass' 0 '6 0 3' '/10-a.t 30-c.t/' '10-a.t 30-c.t'

machine 1 10-a.t=good 20-b.t=bad
machine 2 20-b.t=bad
run 1
check 'a file that fails twice has failed' 1 '4 1 1' /20-b.t/

machine 1 10-a.t=bad 20-b.t=bad
machine 2 10-a.t=good 20-b.t=bad
run 1
check 'of two files, one fails twice' 1 '4 1 1' '/10-a.t 20-b.t/'

machine 1 10-a.t=good 20-b.t=bad
machine 2 20-b.t=stops
run 1
check 'the second machine stops' 1 '2 2 1' /20-b.t/

machine 1 10-a.t=good 20-b.t=bad
run 1
check 'there is no second machine: what failed has failed' 1 '4 1 1' /20-b.t/

machine 1 10-a.t=bad 20-b.t=loud
machine 2 10-a.t=good 20-b.t=good
run 1
check 'not made after a complaint of the kernel' 1 '2 3 0' /

machine 1 10-a.t=bad 20-b.t=stops
machine 2 10-a.t=good 20-b.t=good
run 1
check 'not made after a guest that stopped' 1 '2 3 0' /

echo "1..$tests"
exit "$failed"
