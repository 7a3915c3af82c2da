#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Differences: totals, what is left out, and words that mean what the manual says.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

a=$DATA/workload-a.zst b=$DATA/workload-b.zst

# differs OPTION...: the JSON of a difference, in $TMP/json.
differs() {
	"$TOP" --json --diff "$a" "$b" "$@" >"$TMP/json" || (($? == 1))
}

totals() {
	"$TOP" --diff "$a" "$b" >"$TMP/table" || (($? == 1))
	head -n 1 "$TMP/table" | grep -qx 'saved  *135M  +11.3M' && differs &&
		jq -e '.before.totals.saved == 129724416 and .after.totals.saved == 141623296 or
			(.after.totals.saved - .before.totals.saved > 11000000)' "$TMP/json"
}

ok 'totals come first' totals
unchanged() {
	differs "$@" && jq -e '[.changes[] | select([.[] | numbers] | all(. == 0))] == []' "$TMP/json"
}

ok 'no row is the same in all columns' unchanged
ok 'nor in the only column' unchanged -o cow,path
ok 'nor of processes' unchanged --view processes
ok 'its own process is left out' bash -c "
	'$TOP' --json --view processes --replay '$b' | jq -e '[.processes[].comm] | index(\"libshare-top\")' &&
	! jq -e '[.changes[].comm] | index(\"libshare-top\")' '$TMP/json'"
words() {
	differs -o mapped,cow_unique,saved,path && jq -e '[.changes[] |
		(.mapped + .cow_unique) as $takes |
		if $takes > 0 then .change == "grew" or .change == "new"
		elif $takes < 0 then .change == "shrank" or .change == "gone"
		else .change == "changed" or .change == "new" or .change == "gone" end] | all' "$TMP/json"
}

ok 'grew, shrank and changed are what the manual says' words
least() {
	differs --min 1M && jq -e '(.changes | length) > 2 and
		([.changes[] | [.[] | numbers | if . < 0 then -. else . end] | max >= 1048576] | all)' \
		"$TMP/json"
}

ok '--min hides what is less' least
ok '--min of nothing' bash -c "'$TOP' --diff '$a' '$b' --min 10G && [[ ! \$('$TOP' --diff '$a' '$b' --min 10G) ]]"
ok 'a size that is none' fails 2 "invalid size '1X' for --min" "$TOP" --diff "$a" "$b" --min 1X
ok 'sorted by a name' bash -c "
	'$TOP' --json --diff '$a' '$b' -x path | jq -e '[.changes[].path] | . == sort'"
ok 'and the other way round' bash -c "
	'$TOP' --json --diff '$a' '$b' -x path --reverse | jq -e '[.changes[].path] | . == (sort | reverse)'"
done_testing
