#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# payload.sh BUILT SET IMAGE
#
# Makes IMAGE, the disk that stage1 mounts: modules and programs of folder
# BUILT, the tests of SET ("suite" is tests/guest, others are folders here),
# narrowed down by TESTS, patterns of names.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

built=$1 set=$2 image=$3
tree=$image.tree

case $set in
suite) folder=$TOP/tests/guest ;;
lockdown) folder=$TOP/tests/guest TESTS='99-lockdown' ;;
*) folder=$DEBUG/$set ;;
esac

rm -rf "$tree"
mkdir -p "$tree/tests"
cp -r "$built/bin" "$built/source/libshare.ko" "$built"/{signed,modules/*}.ko "$tree"
cp "$VM"/{init,workload,facts} "$tree"
cp "$built/source/module/load.sh" "$tree"
cp "$DEBUG/run" "$tree/run"
cp -rp "$TOP/tests/guest/lib" "$tree/tests"
cp -p "$DEBUG"/lib/* "$tree/tests/lib"
for test in "$folder"/*.t; do
	! wanted "$test" || cp -p "$test" "$tree/tests"
done
# A kernel that is locked down shows no one what its checkers found; that is for the
# set of this name.
[[ $set != suite ]] || rm -f "$tree/tests/99-lockdown.t"

pack "$tree" "$image"
