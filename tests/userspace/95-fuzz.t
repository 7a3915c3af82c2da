#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The parser takes any bytes: what made trouble once, and what a fuzzer thinks of
# in half a minute.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

mkdir "$TMP/new" "$TMP/corpus"
zstd -dcq "$DATA/corpus.tar.zst" | tar -x -C "$TMP/corpus"
# A line shorter than a table's head, and no space in the block that was read with it.
{ echo; head -c 300000 /dev/zero | tr '\0' x; } | zstd -q >"$TMP/corpus/short-line.zst"
ok 'the corpus' "$BUILD/fuzz" -runs=0 -rss_limit_mb=1024 "$TMP/corpus" "$DATA"
ok "fuzzed for ${SECONDS_TO_FUZZ:-30} s" "$BUILD/fuzz" -max_total_time="${SECONDS_TO_FUZZ:-30}" \
	-max_len=65536 -rss_limit_mb=1024 -timeout=10 -artifact_prefix="$BUILD/crash-" \
	-verbosity=0 "$TMP/new" "$TMP/corpus" "$DATA"
done_testing
