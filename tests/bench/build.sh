#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# build.sh ARCH ROOT DIR
#
# Compiles what measures inside the build root ROOT: DIR/bin holds the programs
# and the floor's module.
set -euo pipefail
. "$(dirname "$0")/../vm/lib.sh"

arch=$1 root=$2 dir=$3

mkdir -p "$dir/tests/bench" "$dir/bin"
cp -r "$TOP/module" "$dir/module"
cp -r "$TOP/userspace" "$dir/userspace"
cp -r "$TOP/tests/bench/src" "$TOP/tests/bench/floor" "$dir/tests/bench"
headers=$(cd "$root" && echo usr/src/linux-headers-*-cloud-"$arch")
"$VM/enter.sh" "$root" "$dir" make -C "/$headers" M=/build/tests/bench/floor KCFLAGS=-Werror modules
"$VM/enter.sh" "$root" "$dir" make -C /build/tests/bench/src OUT=/build/bin
mv "$dir/tests/bench/floor/floor.ko" "$dir/bin"
rm -r "$dir/module" "$dir/tests" "$dir/userspace"
