#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# prepare.sh RUN NAME SET
#
# Makes folder RUN ready for boot.sh: kernel NAME of kernels.list, a disk, and
# a payload with the tests of SET. What takes long stays in the cache.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

run=$1 set=$3
read -r name suites _ < <(debug_kernel "$2") || die "kernels.list has no $2"
place=$CACHE/debug-$name
root=$CACHE/debug-$suites/root
mkdir -p "$run" "$place"

# sources: checksums of all that module.sh compiles.
sources() {
	"$VM/sources.sh"
	(cd "$DEBUG" && find module.sh src modules -type f -print0 | sort -z | xargs -0 sha256sum)
}

"$DEBUG/kernel.sh" "$run" "$name"
"$DEBUG/disk.sh" "$run"

built=$place/built${COVERAGE:+-coverage}
hold "debug-$name" -x
artefact "$built" "$(fingerprint "$(cat "$place/kernel/.id")" "$(sources)")" \
	"$run/build.log" "$name: build the module and the test programs" \
	"$DEBUG/module.sh" "$root" "$place/kernel"
step "$run/payload.log" "$name: pack the module and the tests ($set)" \
	"$DEBUG/payload.sh" "$built" "$set" "$run/payload.img"
release

# The disk, and on it its first program and what this kernel's modprobe reads.
ln -f "$place/kernel/vmlinuz" "$run"
cp --sparse=always "$CACHE/debug-disk/disk.img" "$run/disk.img"
cd "$place/kernel/modules"
{
	printf 'cd /usr/sbin\nwrite %s stage1-debug\n' "$DEBUG/stage1"
	find . -mindepth 1 -type d -printf 'mkdir /%P\n'
	find . -type f -printf 'cd /%h\nwrite %p %f\n'
} | debugfs -w -f - "$run/disk.img" >"$run/modules.log" 2>&1
truncate -s 64M "$run/out.img"
# A library for whom a server must be asked.
mkdir -p "$run/share"
head -c 65536 /dev/urandom >"$run/share/lib.so"
