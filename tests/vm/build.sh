#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# build.sh ARCH ROOT DIR
#
# Compiles the module and the guest's test programs inside the build root ROOT:
# DIR/libshare.ko and DIR/bin.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

arch=$1 root=$2 dir=$3

mkdir "$dir/source" "$dir/bin"
"$VM/sources.sh" "$dir/source"

headers=$(cd "$root" && echo usr/src/linux-headers-*-cloud-"$arch")
"$VM/enter.sh" "$root" "$dir" make -j2 -C "/$headers" M=/build/source modules
if [[ -e $dir/source/tests/guest/Makefile ]]; then
	"$VM/enter.sh" "$root" "$dir" make -j2 -C /build/source/tests/guest OUT=/build/bin
fi
mv "$dir/source/libshare.ko" "$dir"
rm -r "$dir/source"
