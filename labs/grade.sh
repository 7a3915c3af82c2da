#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# grade.sh: grades one work for a lab, without a person, in a virtual machine.
#
# Environment: N is the lab; SOLUTION says whose work: reference, start, work,
# right/1, wrong/1 or any folder (default: work if "make lab" has made it, else start);
# STUDENT whose numbers it must have (default: as the work's file "student" says);
# RESULTS=FILE writes the report as Gradescope reads it, too;
# HINTS=1 adds what to think about, and notes that in the work, whose points it costs;
# REVEAL=1, for instructors, what was measured;
# KERNEL where: for lab 7, the one that checks itself, if it has been built (KERNEL=kasan
# builds it), else a kernel of tests/kernels.list, 6.12.
# Ends 0 when the work was graded, however many points it got.
set -euo pipefail
. "$(dirname "$0")/lib/host.sh"

lab=$(lab_folder "${N:-}")
whose=${SOLUTION:-}
if [[ ! $whose ]]; then
	[[ -d $LABS/$lab/work ]] && whose=work || whose=start
fi
case $whose in
reference) [[ -d $LABS/$lab/solution ]] || die "this copy of the labs comes without solutions" ;;
esac

check_name "${STUDENT:-}"
export FEEDBACK=${HINTS:+hints}
[[ ! ${REVEAL:-} ]] || FEEDBACK=reveal
[[ $lab != 7-* ]] || ! checked_kernel_built || export KERNEL=${KERNEL:-$CHECKED}

hold cache -s
run=$CACHE/grade-$$
mkdir -p "$run"
trap 'rm -rf "$run"' EXIT
status=0
grade_works "$run" "$lab" "$whose" >"$run/report" || status=$?
if ! grep -q '^@grade ' "$run/report"; then
	tail -n 30 "$run/report" "$run/console.log" >&2
	die 'the virtual machine failed'
fi
# Between the lines of the guest's own; the last one may be cut off.
sed '/^@graded/,$d; 1,/^@grade /d; /^$/d' "$run/report" | awk 1 >"$run/said"
cat "$run/said"
if [[ $FEEDBACK == hints ]]; then
	[[ $whose != work ]] || whose=$LABS/$lab/work
	case $whose in
	reference | start | right/* | wrong/*) ;;
	*) "$LABS/lib/note-hints" "$run/said" "$whose" ;;
	esac
fi
# The program that grades must have ended by itself, and have judged all that there is
# to judge: a work cannot print the points that it would like.
if grep -q '^@graded 0 ' "$run/report"; then
	check_report "$lab" "$run/said" >&2 || die 'this is not a report of the grader'
	[[ ! ${RESULTS:-} ]] || awk -f "$LABS/lib/results.awk" "$run/said" >"$RESULTS"
	exit 0
fi
if grep -q '^@graded' "$run/report"; then
	grep '^@graded' "$run/report" >&2
	die 'the grader was ended before its time'
fi
# A work may stop the machine, kernel and grader and all; what was not judged by
# then gets nothing. All labs give 100 points.
check_report "$lab" "$run/said" cut >&2 || die 'this is not a report of the grader'
why=$(grep -aoE -m 1 '(BUG:|Kernel panic|Oops:|WARNING:).*' "$run/console.log") ||
	why="it hung (status $status)"
echo "[0/0] the machine lives to the end - $why"
[[ ! ${RESULTS:-} ]] || awk -f "$LABS/lib/results.awk" "$run/said" >"$RESULTS"
awk '/^\[[0-9]+\/[0-9]+\]/ { sum += substr($1, 2) } END { print "total: " sum + 0 "/100" }' "$run/said"
