#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Several snapshots in one stream, many rows, and sums that the columns add up to.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

cat "$DATA/workload-a.zst" "$DATA/workload-b.zst" >"$TMP/two.zst"

lines() {
	"$TOP" --json --replay "$TMP/two.zst" >"$TMP/json"
	[[ $(wc -l <"$TMP/json") == 2 ]] &&
		jq -ce '[.time_ns, .generation, .host, .version, (.totals | type), .schema] ==
			[(.time_ns | numbers), (.generation | numbers), "libshare-test", .version, "object", 1]' \
			"$TMP/json" &&
		jq -se '.[0].time_ns < .[1].time_ns and .[0].generation != .[1].generation' "$TMP/json"
}

ok 'JSON: a line for each snapshot, which says which it is' lines

one_head() {
	"$TOP" --csv --replay "$TMP/two.zst" -o saved,path >"$TMP/csv"
	[[ $(grep -c saved "$TMP/csv") == 1 && $(head -n 1 "$TMP/csv") == time_ns,saved,path ]] &&
		[[ $(tail -n +2 "$TMP/csv" | cut -c1-14 | uniq) == \
			"$("$TOP" --json --replay "$TMP/two.zst" | jq .time_ns | cut -c1-14)" ]]
}

ok 'CSV: one head, and a column for the time' one_head
ok 'CSV: a file that is replaced has a head' bash -c "
	'$TOP' --csv --replay '$TMP/two.zst' --output '$TMP/out' && head -n 1 '$TMP/out' | grep -q ^time_ns,"
"$PYTHON" "$HERE/src/bomb.py" mappings 100000 | zstd -qfo "$TMP/many.zst"
ok 'CSV: 100,000 rows take no more than some seconds' within 10 512 \
	"$RELEASE" --csv --replay "$TMP/many.zst" --view mappings --output "$TMP/rows"
ok 'all of them' bash -c "(( \$(wc -l <'$TMP/rows') == 100001 ))"

# What a header says is the sum of the column of that name.
sums() {
	"$TOP" --json --replay "$DATA/workload-b.zst" -o all | jq -e '
		.totals as $t | .libraries |
		$t.saved == ([.[].saved] | add) and $t.cow == ([.[].cow] | add) and
		$t.cow_unique == ([.[].cow_unique] | add) and $t.swap == ([.[].swap] | add) and
		$t.fork_saved == $t.cow - $t.cow_unique and $t.libraries == length and
		$t.resident == ([.[] | .mapped + .cow_unique] | add)'
}

ok 'totals are the sums of their columns' sums
named() {
	local total=$1 metric=$2 value

	value=$("$TOP" --json --replay "$DATA/workload-b.zst" | jq ".totals.$total")
	echo "$value"
	"$TOP" --openmetrics --replay "$DATA/workload-b.zst" >"$TMP/metrics"
	grep -x "$metric $value" "$TMP/metrics"
}

for total in saved fork_saved resident cow cow_unique swap duplicated; do
	ok "metrics call it the same: $total" named "$total" "libshare_${total}_bytes"
done

unique() {
	"$TOP" --openmetrics --replay "$DATA/btrfs-three-snapshots.zst" >"$TMP/metrics"
	[[ ! $(grep -v '^#' "$TMP/metrics" | sed 's/ [0-9.]*$//' | sort | uniq -d) ]]
}

ok 'no series is there twice' unique
done_testing
