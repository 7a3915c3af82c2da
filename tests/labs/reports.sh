#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# reports.sh: which reports of a grader "make grade" believes: only one that holds each
# criterion once and in order, and their sum.
set -euo pipefail
. "$(dirname "$0")/../../labs/lib/host.sh"

lab=2-page-cache
report=$(mktemp)
trap 'rm -f "$report"' EXIT
failed=0

# honest [LOST]: a report in which all is right, but for criterion LOST.
honest() {
	criteria "$lab" | awk -v lost="${1:-0}" '
		{ most = $1; got = NR == lost ? 0 : most; sum += got; all += most }
		{ sub(/^[^ ]+ /, ""); print "[" got "/" most "] " $0 " - right" }
		END { print "total: " sum "/" all }'
}

# believed STATUS WHAT [cut]: the report on standard input, and whether it is believed.
believed() {
	local status=0

	cat >"$report"
	check_report "$lab" "$report" "${3:-whole}" >/dev/null || status=1
	[[ $status == "$1" ]] || {
		echo "labs: not ok - a report: $2"
		failed=1
	}
}

honest | believed 0 'an honest one'
honest | sed '1i student: ada' | believed 0 'with a name above it'
honest 1 | believed 0 'one that loses'
honest | sed '$d' | believed 1 'without a total'
honest | sed '$d' | believed 0 'without a total, from a machine that died' cut
honest | believed 1 'with a total, from a machine that died' cut
honest | sed '2d' | believed 1 'a criterion is missing'
honest | sed '2p' | believed 1 'a criterion twice'
honest | sed '2{h;d};3G' | believed 1 'two change places'
honest | sed '2s/10/30/g; $s/100/120/g' | believed 1 'more points than there are'
honest 1 | sed '$s/.*/total: 100\/100/' | believed 1 'a wrong sum'
honest | sed '$s/100/200/g' | believed 1 'another maximum'
honest | sed '$p' | believed 1 'two totals'
honest | sed '$a [10/10] builds - right' | believed 1 'a criterion after the total'
echo 'total: 100/100' | believed 1 'a total alone'
# What a class gets: a student whose work is graded, and one whose work is not.
class=$(mktemp -d)
trap 'rm -rf "$report" "$class"' EXIT
mkdir -p "$class/works/ada" "$class/works/b.en"
cat >"$class/grade" <<-'END'
	#!/bin/bash
	[[ $STUDENT == ada ]] || exit 1
	cat "${0%/*}/said"
END
chmod +x "$class/grade"
{
	echo 'student: ada'
	honest 2 | sed '2s/right/wrong: "3"/'
} >"$class/said"
if N=2 WORKS=$class/works GRADE=$class/grade "$LABS/class.sh" 2>/dev/null; then
	echo 'labs: not ok - a class: a work that is not graded is not told'
	failed=1
fi
if [[ $(sed 1d "$class/works.results/grades.csv") != $'"ada","90","40","0","10","10","10","10","5","5"\n"b.en","not graded"' ||
	$(sed -n 5p "$class/works.results/ada.json") != *'"score": 0, "max_score": 10, "output": "wrong: \"3\"" },' ]]; then
	echo 'labs: not ok - a class: grades.csv or a .json is wrong'
	cat "$class"/works.results/*
	failed=1
fi
for folder in "$LABS"/[0-9]*-*; do
	criteria "${folder##*/}" | awk '{ sum += $1 } END { exit sum != 100 }' || {
		echo "labs: not ok - ${folder##*/}: its criteria do not give 100 points"
		failed=1
	}
	# A hint is of a criterion.
	[[ ! -e $folder/hints ]] || ! grep -v $'^\t\|^#' "$folder/hints" |
		grep -vxFf <(criteria "${folder##*/}" | cut -d' ' -f2-) || {
		echo "labs: not ok - ${folder##*/}: a hint without a criterion"
		failed=1
	}
done
[[ $failed == 0 ]] && echo 'labs: ok - reports that are not the grader'"'"'s are refused'
exit "$failed"
