#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# unit.sh: runs the tests that need no kernel, those of the second try of vm/test.sh
# among them, and the fuzzer of the build-ID parser for FUZZ_SECONDS (20), which counts
# as one.
set -euo pipefail
. "$(dirname "$0")/vm/lib.sh"

"$VM/host-packages.sh" unit
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

status=0
make -s -C "$TOP/tests/unit" OUT="$out" check | tee "$out/report" || status=$?
"$VM/again-test.sh" | tee -a "$out/report" || status=$?
passed=$(grep -c '^ok ' "$out/report") || true
failed=$(grep -c '^not ok ' "$out/report") || true
# A program that broke off says less than it should.
((status == 0 || failed)) || failed=1

say "unit: fuzz the build-ID parser for ${FUZZ_SECONDS:-20} s ..."
if make -s -C "$TOP/tests/unit" OUT="$out" FUZZ_SECONDS="${FUZZ_SECONDS:-20}" fuzz \
	>"$out/fuzz.log" 2>&1; then
	echo "ok - fuzz: $(sed -n 's/^Done \([0-9]*\) runs.*/\1 files/p' "$out/fuzz.log")"
	passed=$((passed + 1))
else
	echo 'not ok - fuzz'
	tail -n 40 "$out/fuzz.log" | sed 's/^/# /'
	failed=$((failed + 1))
fi

echo "$passed $failed 0" >"$out/counts"
total "$out/counts"
