#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# check.sh: runs the unit tests and those of libshare-top, compiles for the kernels of
# compile.list, runs the tests on the kernels of kernels.list and the one of demo-top,
# measures what a scan costs, and adds up. With a kernel or tests chosen, it runs only those on
# kernels.
#
# Environment: KERNEL (names of kernels) and ARCH (an architecture) choose rows,
# TESTS (patterns) test files, JOBS how many machines run at once, APPEND goes to
# the kernels' command lines (libshare.seeds=1,2 libshare.steps=500).
set -euo pipefail
. "$(dirname "$0")/vm/lib.sh"

run=$CACHE/runs/$(date +%Y%m%d-%H%M%S)-$$
mapfile -t rows < <(list_kernels "${ARCH:-}" "${KERNEL:-}")
((${#rows[@]})) || die "no such kernel:${KERNEL:+ $KERNEL}${ARCH:+ on $ARCH}. There are:
$(list_kernels '' '' | awk '{ print "    KERNEL=" $1 " ARCH=" $2 }')"

mapfile -t arches < <(printf '%s\n' "${rows[@]}" | awk '{ print $2 }' | sort -u)
"$VM/host-packages.sh" "${arches[@]}"
hold cache -s
mkdir -p "$run"
# The logs of some runs stay, and those of runs that are under way.
find "$CACHE/runs" -mindepth 1 -maxdepth 1 -type d -mmin +120 |
	sort -r | tail -n +11 | xargs -r rm -rf

: >"$run/counts"
everything=
[[ ${KERNEL:-}${ARCH:-}${TESTS:-} ]] || everything=1
if [[ $everything ]]; then
	LIBSHARE_COUNTS=$run/counts "$TOP/tests/unit.sh" || true
	LIBSHARE_COUNTS=$run/counts "$TOP/tests/userspace.sh" || true
	LIBSHARE_COUNTS=$run/counts "$TOP/tests/compile.sh" || true
fi

running=0
for row in "${rows[@]}"; do
	read -r name arch kernel userland <<<"$row"
	tests=${TESTS:-}
	[[ ${ARCH:-}$tests ]] || tests=$(usual_tests "$name" "$arch")
	((running++ < ${JOBS:-2})) || wait -n || true
	TESTS=$tests setpriv --pdeathsig TERM "$VM/test.sh" "$run/$name-$arch" \
		"$name" "$arch" "$kernel" "$userland" &
done
if [[ $everything ]]; then
	((running++ < ${JOBS:-2})) || wait -n || true
	LIBSHARE_COUNTS=$run/demo-top setpriv --pdeathsig TERM "$TOP/tests/demo-top-test.sh" &
fi
wait

# What it costs, where all is checked.
if [[ $everything ]]; then
	status=0
	"$TOP/tests/bench.sh" short | tee "$run/bench" || status=$?
	passed=$(grep -c '^ok ' "$run/bench") || true
	failed=$(grep -c '^not ok ' "$run/bench") || true
	# A measurement that broke off says less than it should.
	((status == 0 || failed)) || failed=1
	echo "$passed $failed 0" >>"$run/counts"
fi

# What left no counts broke before it could count.
if [[ $everything ]]; then
	cat "$run/demo-top" 2>/dev/null || echo 0 1 0
fi >>"$run/counts"
for row in "${rows[@]}"; do
	read -r name arch _ <<<"$row"
	cat "$run/$name-$arch/counts" 2>/dev/null || echo 0 1 0
done >>"$run/counts"
total "$run/counts"
