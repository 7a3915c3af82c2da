#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The report: opened in a browser, clicked, sorted, closed. SCREENSHOTS=DIR keeps
# pictures of it.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

html() {
	"$TOP" --replay "$DATA/$1" --html "$TMP/report.html"
}

# The data of the page, as JSON.
data() {
	"$PYTHON" -c '
import json, re, sys
page = open(sys.argv[1]).read()
print(json.dumps(json.loads(re.search(
    r"<script type=\"application/json\" id=\"data\">(.*?)</script>", page, re.S).group(1))))' \
		"$TMP/report.html"
}

ok 'odd names do no harm' html odd.txt
ok 'they are in the data as they are in JSON' bash -c "
	$(declare -f data); export TMP='$TMP'
	diff <(data | jq -c '[.libraries.rows[][0]] | sort') \
		<('$TOP' --json --replay '$DATA/odd.txt' | jq -c '.libraries | map(.path // \"\") | sort')"
ok 'a page is written' html workload-b.zst
ok 'it has no address of a network' bash -c "! grep -nE '(https?:)?//[a-z]' '$TMP/report.html'"

# Two files of one size have no build IDs.
sed '/libtwo/ s/\t44\t/\t-\t/; /libsingle/ s/\t66\t/\t-\t/' "$DATA/audit.txt" >"$TMP/audit.txt"
ok 'a page with an audit is written' "$TOP" --replay "$TMP/audit.txt" --html "$TMP/audit.html"

chromium=$(command -v chromium chromium-browser google-chrome | head -n 1 || true)
if [[ $chromium ]]; then
	pictures=${SCREENSHOTS:-$TMP}
	mkdir -p "$pictures"
	status=0
	timeout 120 "$PYTHON" "$HERE/src/browser.py" "$chromium" "$TMP/report.html" "$TMP/audit.html" "$pictures" \
		>"$TMP/browser" 2>&1 || status=$?
	# Its tests are ours, with other numbers.
	while IFS= read -r line; do
		case $line in
		'ok '* | 'not ok '*)
			TESTS_DONE=$((TESTS_DONE + 1))
			echo "${line%%ok *}ok $TESTS_DONE - ${line#* - }"
			;;
		1..*) ;;
		*) echo "# $line" ;;
		esac
	done <"$TMP/browser"
	ok 'the browser got to the end' test "$status" = 0
else
	skip 'a browser shows it' 'there is no Chromium'
fi
done_testing
