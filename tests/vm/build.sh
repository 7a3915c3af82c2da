#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# build.sh ARCH ROOT PREVIOUS DIR
#
# Compiles the module and the guest's test programs inside the build root ROOT:
# DIR/source/libshare.ko and DIR/bin. Goes on from PREVIOUS, what an earlier run
# left, when that was the same root and the same set of files: see sources.sh.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

arch=$1 root=$2 previous=$3 dir=$4

mkdir "$dir/source" "$dir/bin"
{ cat "$root/../.id" && "$VM/sources.sh" | awk '{ print $2 }'; } >"$dir/basis"
if cmp -s "$previous/basis" "$dir/basis"; then
	cp -a "$previous/source" "$previous/bin" "$dir"
fi
"$VM/sources.sh" "$dir/source"

cross=()
if [[ $arch == arm64 ]]; then
	cross=(ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu-)
	cc=aarch64-linux-gnu-gcc
fi
headers=$(cd "$root" && echo usr/src/linux-headers-*-cloud-"$arch")
"$VM/enter.sh" "$root" "$dir" make -j2 -C "/$headers" M=/build/source "${cross[@]}" KCFLAGS=-Werror modules
if [[ -e $dir/source/tests/guest/Makefile ]]; then
	"$VM/enter.sh" "$root" "$dir" make -j2 -C /build/source/tests/guest OUT=/build/bin CC="${cc:-gcc}"
fi
