#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# userspace.sh: builds libshare-top and runs its tests, in a root folder of their
# own, so that they say the same on every machine and leave nothing on it.
set -euo pipefail
. "$(dirname "$0")/vm/lib.sh"

"$VM/host-packages.sh"
hold cache -s
run=$CACHE/reader-$$
mkdir -p "$run/tmp"
trap 'rm -rf "$run"' EXIT
"$VM/reader.sh" "$run"

cd "$TOP"
# Not what a build in the work tree left behind.
project_files dkms.conf README.md docs/containers.md docs/metrics.md docs/numbers.md docs/figures/live.svg docs/fleet \
	userspace tests/userspace |
	xargs -0 cp -p --parents -t "$run"

say 'build libshare-top and test it ...'
start=${EPOCHREALTIME/[.,]/}
# shellcheck disable=SC2016 # expanded in that root
"$VM/enter.sh" "$CACHE/reader/root" "$run" sh -c '
	exec env TMPDIR=/build/tmp JOBS="$3" TESTS="$1" SECONDS="$2" AGAIN="$4" \
		make -s -C tests/userspace -j2 check' sh "${TESTS:-}" "${FUZZ:-30}" 2 "${AGAIN:-}" |
	tee "$run/log" | sed -u '/^ok /d; /^1\.\./d; s/^/libshare-top: /' || true
say "libshare-top: $(seconds_since "$start") s"

# What broke before it could count has failed.
sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped$/\1 \2 \3/p' "$run/log" >"$run/counts"
[[ -s $run/counts ]] || echo 0 1 0 >"$run/counts"
total "$run/counts"
