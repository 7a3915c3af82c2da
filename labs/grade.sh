#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# grade.sh: grades one work for a lab, without a person, in a virtual machine.
#
# Environment: N is the lab; SOLUTION says whose work: reference, start, work,
# wrong/1 or any folder (default: work if "make lab" has made it, else start).
# Ends 0 when the work was graded, whatever it got.
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

hold cache -s
run=$CACHE/grade-$$
mkdir -p "$run"
trap 'rm -rf "$run"' EXIT
if ! grade_works "$run" "$lab" "$whose" >"$run/report"; then
	tail -n 30 "$run/report" "$run/console.log" >&2
	die 'the virtual machine failed'
fi
# Between the lines of the guest's own.
sed '/^@graded/,$d; 1,/^@grade /d; /^$/d' "$run/report"
if ! sed '/^@graded/,$d' "$run/report" | grep -q '^total: '; then
	grep -E '^@graded' "$run/report" >&2 || tail -n 30 "$run/console.log" >&2
	die 'the grader did not come to its end'
fi
