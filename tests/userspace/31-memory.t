#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A recording, of whatever size, is read within bounds, or refused with what to do.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

# bomb KIND ROWS: makes bomb.zst.
bomb() {
	"$PYTHON" "$HERE/src/bomb.py" "$@" | zstd -qfo "$TMP/bomb.zst"
	echo "# $1: $(stat -c %s "$TMP/bomb.zst") bytes"
}

# bounded MIB OPTION...: it is refused, with no more memory than that, and the window
# and the buffers of zstd.
bounded() {
	local most=$1

	shift
	STATUS=2 within 60 "$((most + 32))" "$RELEASE" -b "$@" \
		>"$TMP/printed" 2>"$TMP/said"
	cat "$TMP/said"
	[[ ! -s $TMP/printed ]] && grep -E 'more than [0-9]+ MiB of memory.*--memory-max' "$TMP/said"
}

bomb mappings 12000000
bomb=(--replay "$TMP/bomb.zst")
ok 'a bomb of rows: the default bound' bounded 1024 "${bomb[@]}"
ok 'a smaller bound' bounded 64 --memory-max 64 "${bomb[@]}"
ok 'a comparison' bounded 64 --memory-max 64 --diff "$TMP/bomb.zst" "$TMP/bomb.zst"
bomb text 4000
ok 'a bomb of text' bounded 64 --memory-max 64 "${bomb[@]}"
bomb heads 400
ok 'a bomb of heads' within 20 64 "$RELEASE" -b --replay "$TMP/bomb.zst"
bomb mappings 400000
ok 'a table that takes more to print than to read' bounded 128 --memory-max 128 --view mappings \
	"${bomb[@]}"
ok 'what is smaller is read' within 20 256 "$RELEASE" -b --replay "$TMP/bomb.zst" --memory-max 128
ok 'a recording fits' within 20 64 "$RELEASE" --replay "$DATA/workload-b.zst" --memory-max 4 -b \
	--view mappings --output "$TMP/table"
mkdir "$TMP/module"
zstd -dcq "$TMP/bomb.zst" >"$TMP/module/mappings"
printf 'scan_ns 1\n' >"$TMP/module/stats"
ok 'the module is believed no more' fails 2 'more than 16 MiB of memory' \
	"$TOP" --directory "$TMP/module" -b --view mappings --memory-max 16
mkdir "$TMP/endless"
printf 'scan_ns 1\n' >"$TMP/endless/stats"
truncate -s 4G "$TMP/endless/snapshot"
ok 'a recording reads no more than that' bash -c "
	STATUS=2; export STATUS; . '$HERE/lib.sh'
	within 20 96 '$RELEASE' --directory '$TMP/endless' --record '$TMP/r.zst' --memory-max 32 2>'$TMP/said'
	cat '$TMP/said'; grep -q 'larger than 32 MiB: allow more with --memory-max' '$TMP/said' && [[ ! -e '$TMP/r.zst' ]]"
for value in 0 x 17592186044416; do
	ok "no such bound: $value" fails 2 "memory-max" "$TOP" --memory-max "$value" -b --replay "$DATA/odd.txt"
done
done_testing
