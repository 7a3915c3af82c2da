#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# sources.sh [DIR]: copies what is compiled for the guest from the work tree
# to DIR; without DIR, prints the checksum of each such file. A file whose content DIR
# has already keeps its time there, any other gets the present time: make goes by these
# times, and several work trees may share one cache.
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
		while IFS= read -r -d '' file; do
			cmp -s "$file" "$1/$file" || cp --preserve=mode --parents "$file" "$1"
		done
	else
		xargs -0 sha256sum
	fi
