#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Numbers that lack a process say so, in each view and form, and name the process.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

whole=$DATA/workload-b.zst

# with PAIRS: the recording, whose heads have these pairs instead of skipped=0.
with() {
	zstd -dcq "$whole" | PAIRS=$1 awk '/^# libshare / { sub(/ skipped=0/, " " ENVIRON["PAIRS"]) } 1'
}

with 'skipped=6 skipped_exited=3 skipped_stuck=2 skipped_too_long=1 skipped_who=123:stuck:ja\072va,456:stuck:Web\040Content,8:too_long:\033[31m\054' >"$TMP/some"
with 'skipped=3 skipped_exited=3 skipped_stuck=0 skipped_too_long=0' >"$TMP/exited"
with "skipped=20 skipped_exited=0 skipped_stuck=0 skipped_too_long=20 skipped_who=$(
	for i in 1 2 3 4 5 6 7 8; do printf '%d:too_long:c%d,' "$i" "$i"; done | sed 's/,$//')" >"$TMP/many"
with 'skipped=4' >"$TMP/old"
with 'skipped=1 skipped_stuck=1 skipped_who=:::,1:stuck,x:stuck:a,1:odd:b,,2:stuck:c:d' >"$TMP/odd"

line='incomplete: 3 processes were not counted: 123 ja:va (stuck), 456 Web Content (stuck), 8 \033[31m, (too long)'

# prints VIEW: its table says so first, and warns; and is the same below that.
prints() {
	"$TOP" -b --replay "$TMP/some" --view "$1" >"$TMP/table" 2>"$TMP/warning"
	"$TOP" -b --replay "$whole" --view "$1" 2>&1 | diff - <(tail -n +2 "$TMP/table") &&
		[[ $(head -n 1 "$TMP/table") == "$line" ]] &&
		[[ $(<"$TMP/warning") == "libshare-top: $line" ]]
}

# warns FORM: a form for programs has nothing of it, and warns.
warns() {
	"$TOP" "$1" --replay "$TMP/some" >"$TMP/form" 2>"$TMP/warning"
	"$TOP" "$1" --replay "$whole" 2>&1 | diff - "$TMP/form" &&
		[[ $(<"$TMP/warning") == "libshare-top: $line" ]]
}

# json FILE VIEW FILTER: what jq's FILTER says of JSON.
json() {
	"$TOP" --json --replay "$TMP/$1" --view "$2" 2>/dev/null | tee "$TMP/json" | jq -e "$3" ||
		{ head -n 3 "$TMP/json"; return 1; }
}

for view in libraries processes mappings pages histogram sections duplicates; do
	ok "$view: the table says so first" prints "$view"
	ok "$view: JSON has it" json some "$view" \
		".skipped == {processes: 6, exited: 3, stuck: 2, too_long: 1, listed: [
			{pid: 123, reason: \"stuck\", comm: \"ja:va\"},
			{pid: 456, reason: \"stuck\", comm: \"Web Content\"},
			{pid: 8, reason: \"too_long\", comm: \"\\\\033[31m,\"}]} and (.$view | length > 0)"
done
ok 'CSV: a warning' warns --csv
ok 'raw: a warning' warns --raw
ok 'an empty table in JSON has it too' bash -c "
	'$TOP' --json --replay '$TMP/some' --filter none-has-this-name 2>/dev/null |
	jq -e '.skipped.stuck == 2 and .libraries == []'"
ok '--noheadings: a warning, and rows only' bash -c "
	'$TOP' -b --noheadings --replay '$TMP/some' 2>'$TMP/warning' | diff - \
		<('$TOP' -b --noheadings --replay '$whole') && grep -q stuck '$TMP/warning'"

# silent FILE: nothing is said of it.
silent() {
	"$TOP" -b --replay "$TMP/$1" >"$TMP/table" 2>&1
	"$TOP" -b --replay "$whole" | diff - "$TMP/table"
}

ok 'those that exited make no number wrong' silent exited
ok 'JSON has them all the same' json exited libraries \
	'.skipped == {processes: 3, exited: 3, stuck: 0, too_long: 0, listed: []}'
ok 'an older module gives no reasons' silent old
ok 'what is not known is null in JSON' json old libraries \
	'.skipped == {processes: 4, exited: null, stuck: null, too_long: null, listed: []}'
ok 'more than the module names' bash -c "
	'$TOP' -b --replay '$TMP/many' 2>/dev/null | head -n 1 |
	grep -q '^incomplete: 20 processes .* 8 c8 (too long), and 12 more$'"
ok 'what cannot be understood is left out' json odd libraries \
	'.skipped.listed == [{pid: 2, reason: "stuck", comm: "c:d"}]'
ok 'a number that is none' fails 2 'is no number' "$TOP" -b --replay <(with 'skipped=1 skipped_stuck=x')

metrics() {
	"$TOP" --openmetrics --replay "$TMP/some" >"$TMP/metrics"
	diff <(grep ^libshare_skipped "$TMP/metrics") - <<-'END'
		libshare_skipped_processes 6
		libshare_skipped_processes_by_reason{reason="exited"} 3
		libshare_skipped_processes_by_reason{reason="stuck"} 2
		libshare_skipped_processes_by_reason{reason="too_long"} 1
	END
}

ok 'metrics by reason' metrics
if command -v promtool >/dev/null; then
	ok 'promtool has nothing to say about them' bash -c "
		out=\$(promtool check metrics <'$TMP/metrics' 2>&1) && [[ ! \$out ]] || { echo \"\$out\"; exit 1; }"
else
	skip 'promtool has nothing to say about them' 'there is no promtool'
fi
ok 'metrics of an older module have no reasons' bash -c "
	'$TOP' --openmetrics --replay '$TMP/old' | grep ^libshare_skipped |
	diff - <(echo 'libshare_skipped_processes 4')"

differences() {
	"$TOP" --diff "$TMP/some" "$DATA/workload-a.zst" >"$TMP/diff" 2>"$TMP/warning" || (($? == 1))
	[[ $(head -n 1 "$TMP/diff") == "before: $line" ]]
	[[ $(<"$TMP/warning") == "libshare-top: before: $line" ]]
	"$TOP" --json --diff "$DATA/workload-a.zst" "$TMP/some" 2>/dev/null >"$TMP/json" || (($? == 1))
	jq -e '.skipped_before.stuck == null and .skipped_after.stuck == 2' "$TMP/json"
}

ok 'a comparison says it of either side' differences

report() {
	"$TOP" --replay "$TMP/some" --html "$TMP/report.html" 2>"$TMP/warning"
	[[ $(<"$TMP/warning") == "libshare-top: $line" ]]
	grep -F '"incomplete":"incomplete: 3 processes were not counted: 123 ja:va (stuck)' "$TMP/report.html"
}

ok 'the report has it' report
chromium=$(command -v chromium chromium-browser google-chrome | head -n 1 || true)
if [[ $chromium ]]; then
	ok 'the report shows it' bash -c "
		timeout 120 '$chromium' --headless --no-sandbox --disable-gpu --user-data-dir='$TMP/profile' \
			--dump-dom 'file://$TMP/report.html' 2>/dev/null |
		grep -E 'id=\"incomplete\">incomplete: 3 processes were not counted: 123 ja:va'"
else
	skip 'the report shows it' 'there is no Chromium'
fi
ok 'a picture warns' bash -c "
	'$TOP' --replay '$TMP/some' --picture '$TMP/x.svg' 2>&1 | grep -F '456 Web Content (stuck)'"

mkdir "$TMP/module"
awk '/^# libshare 1 about/ { exit } { print }' "$TMP/some" >"$TMP/module/snapshot"
printf 'scan_ns 1000\n' >"$TMP/module/stats"
ok 'a recording warns, and has it' bash -c "
	'$TOP' --directory '$TMP/module' --record '$TMP/r.zst' 2>&1 | grep -F '456 Web Content (stuck)' &&
	'$TOP' -b --replay '$TMP/r.zst' 2>/dev/null | head -n 1 | grep -xF '$line'"

# The live view, in 80 columns.
use_terminals
new_terminal 80x24 \
	"cd $TMP; env TERM=tmux-256color $TOP --replay some 2>live.err; echo status \$?; exec sleep 1000"
ok 'live: how many' see 'incomplete: 3 processes were not counted:' 3
ok 'live: which, and why' see '456 Web Content (stuck), ' 3
ok 'live: to the last' see '8 \033[31m, (too long)' 3
tmux send-keys s C-u s a v e d . z s t Enter
ok 'live: saved' see 'saved;'
ok 'live: what was saved has it' bash -c "
	'$TOP' --json --replay '$TMP/saved.zst' 2>/dev/null | jq -c .skipped |
	diff - <('$TOP' --json --replay '$TMP/some' 2>/dev/null | jq -c .skipped)"
done_testing
