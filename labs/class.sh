#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# class.sh: grades the works of a class for a lab: each folder in WORKS is one, and its
# name is the student's. Each is graded in a machine of its own, with the numbers of that
# student, and nothing of one gets to the next.
#
# Environment: N is the lab; WORKS the folder of works; RESULTS a folder for what comes
# out (default: WORKS with ".results" at its end): NAME.txt is the report, NAME.json the
# same as Gradescope reads it, grades.csv a line for each student. REVEAL=1, KERNEL: as
# grade.sh has them; GRADE another program than that one, for the tests.
set -euo pipefail
. "$(dirname "$0")/lib/host.sh"

lab=$(lab_folder "${N:-}")
works=$(realpath "${WORKS:?the folder of works}")
results=${RESULTS:-$works.results}
csv=$results/grades.csv
mkdir -p "$results"

# cells TEXT...: a line of the CSV.
cells() {
	local text line=

	for text; do line+=",\"${text//\"/\"\"}\""; done
	printf '%s\n' "${line:1}"
}

mapfile -t names < <(criteria "$lab" | cut -d' ' -f2-)
cells student total "${names[@]}" >"$csv"
failed=0
for work in "$works"/*/; do
	name=$(basename "$work")
	report=$results/$name.txt
	check_name "$name"
	points=()
	if N=$N SOLUTION=$work STUDENT=$name RESULTS='' "${GRADE:-$LABS/grade.sh}" >"$report"; then
		mapfile -t points < <(sed -n 's/^total: \([0-9]*\).*/\1/p; s/^\[\([0-9]*\).*/\1/p' "$report")
		# The total stands first in the CSV, and last in the report.
		cells "$name" "${points[-1]}" "${points[@]:0:${#points[@]}-1}" >>"$csv"
		awk -f "$LABS/lib/results.awk" "$report" >"$results/$name.json"
		say "$name: ${points[-1]}"
	else
		failed=$((failed + 1))
		cells "$name" 'not graded' >>"$csv"
		say "$name: not graded: see $report"
	fi
done
say "grades are in $csv"
exit $((failed > 0))
