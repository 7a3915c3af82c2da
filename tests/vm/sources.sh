#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# sources.sh [DIR]: copies what is compiled for the guest from the work tree
# to DIR; without DIR, prints the checksum of each such file.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

cd "$TOP"
sources=()
for path in Kbuild dkms.conf module tests/guest/Makefile tests/guest/src; do
	[[ ! -e $path ]] || sources+=("$path")
done
# Not what a build in the work tree left behind.
find "${sources[@]}" -type f ! -name '*.o' ! -name '*.ko' ! -name '*.mod' \
	! -name '*.mod.c' ! -name '.*.cmd' -print0 | sort -z |
	if (($# > 0)); then
		xargs -0 cp -p --parents -t "$1"
	else
		xargs -0 sha256sum
	fi
