#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# payload.sh BUILT PROGRAM IMAGE
#
# Makes IMAGE, the small disk that holds what changes from run to run: the
# module and programs of folder BUILT, the tests, and PROGRAM, which init runs.
#
# Environment: VM_ADD names a folder whose content comes on top.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

built=$1 program=$2 image=$3
tree=$image.tree

rm -rf "$tree"
mkdir -p "$tree/tests"
cp -r "$built/bin" "$built/source/libshare.ko" "$tree"
cp "$VM"/{init,workload,facts} "$tree"
cp "$built/source/module/load.sh" "$tree"
cp "$TOP"/userspace/libshare-metrics.* "$tree"
cp "$program" "$tree/run"
[[ ! -d $TOP/tests/guest ]] || cp -rp "$TOP/tests/guest/." "$tree/tests"
for test in "$tree"/tests/*.t; do
	wanted "$test" || rm -f "$test"
done
[[ ! ${VM_ADD:-} ]] || cp -rp "$VM_ADD/." "$tree"

pack "$tree" "$image"
