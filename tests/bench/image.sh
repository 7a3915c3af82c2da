#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# image.sh RUN NAME ARCH KERNEL USERLAND
#
# Makes folder RUN ready for boot.sh: vmlinuz, and initrd.img with the module,
# the floor, the programs that measure, and (unless BENCH_BARE is set) smem. No
# disk: what a disk does at its own pace would be counted.
set -euo pipefail
. "$(dirname "$0")/../vm/lib.sh"

bench=$TOP/tests/bench
run=$1 name=$2 arch=$3 kernel=$4 userland=$5
[[ $kernel == "$userland" ]] && suites=$kernel || suites=$userland,$kernel
place=$CACHE/$name-$arch

"$VM/prepare.sh" "$run" /bin/true "${@:2}"
rm -f "$run/payload.img" "$run/disk.img"

hold "$name-$arch" -x
id=$(cd "$TOP" && cat "$place/root/.id" tests/bench/build.sh tests/bench/{src,floor}/[A-Za-z]* \
	module/*.h userspace/{data,data/proc,views}/*.[ch] | sha256sum)
artefact "$place/bench" "$id" "$run/bench-build.log" "$name: build the peers and the floor" \
	"$bench/build.sh" "$arch" "$place/root/root"

if [[ ! ${BENCH_BARE:-} ]]; then
	list=$("$VM/apt.sh" "$arch" "$suites" list base-passwd coreutils dash smem)
	# shellcheck disable=SC2086 # one word a package
	artefact "$place/smem" "$(fingerprint "$list" "$(cat "$VM/unpack.sh" "$bench/smem.sh")")" \
		"$run/smem.log" "$name: fetch and unpack smem and its Python" \
		"$bench/smem.sh" "$arch" "$suites" $list
fi

tree=$run/tree
mkdir -p "$tree/bench" "$tree/dev" "$tree/usr/bin"
cp "$place/bench/bin"/{bench,load,floor.ko} "$place/built/source/libshare.ko" "$tree/bench"
[[ ${BENCH_BARE:-} ]] || cp -a "$place/smem/root/." "$tree"
(cd "$tree" && find . -print0 | sort -z |
	cpio --quiet --null --create --format=newc --reproducible --owner=0:0) >"$run/initrd.img"
rm -rf "$tree"
