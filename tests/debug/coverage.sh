#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# coverage.sh: runs the sets of check.sh with a module that counts which of its
# lines run. Prints a line a file and each line of code that never ran, but for
# those that uncovered.list gives a reason for; ends 1 when any is left.
#
# Environment: SETS; DEBUG_RUN names an earlier run to report on, and runs nothing.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

export COVERAGE=1 DEBUG_KERNEL=kasan SETS=${SETS:-suite attack}
read -r _ suites _ < <(debug_kernel kasan)
built=$CACHE/debug-kasan/built-coverage
work=$CACHE/coverage

if [[ ! ${DEBUG_RUN:-} ]]; then
	DEBUG_RUN=$CACHE/debug-runs/$(date +%Y%m%d-%H%M%S)-coverage
	export DEBUG_RUN
	"$DEBUG/check.sh" || say 'tests failed: the report counts what ran before that'
fi

rm -rf "$work"
mkdir -p "$work/sum"
for set in $SETS; do
	mkdir "$work/$set"
	tar -x -C "$work/$set" -f "$DEBUG_RUN/kasan-$set/out.img"
done

# inside COMMAND...: runs COMMAND in the build root, in the work folder.
inside() {
	"$VM/enter.sh" "$CACHE/debug-$suites/root" "$work" "$@"
}

# The counts of all sets, added up.
first=''
for set in $SETS; do
	if [[ ! $first ]]; then
		cp -r "$work/$set/." "$work/sum"
		first=$set
	else
		inside gcov-tool merge -o sum.new "sum" "$set"
		rm -r "$work/sum"
		mv "$work/sum.new" "$work/sum"
	fi
done
cp -r "$built/source" "$work/source"
find "$work/sum" -name '*.gcda' -exec cp -t "$work/source/module" {} +
inside sh -c 'cd source && gcov module/*.gcda >/dev/null'
awk -f "$DEBUG/coverage.awk" "$DEBUG/uncovered.list" "$work"/source/*.c.gcov |
	tee "$work/report"
