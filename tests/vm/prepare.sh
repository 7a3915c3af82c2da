#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# prepare.sh RUN PROGRAM NAME ARCH KERNEL USERLAND
#
# Makes folder RUN ready for boot.sh: kernel and disk of this row of
# kernels.list, and a payload that runs PROGRAM; logs go there too. What takes
# long stays in the cache folder NAME-ARCH, as "disk" (kernel and disk image),
# "root" (build root) and "built" (module and test programs).
set -euo pipefail
. "$(dirname "$0")/lib.sh"

run=$1 program=$2 name=$3 arch=$4 kernel=$5 userland=$6
[[ $kernel == "$userland" ]] && suites=$kernel || suites=$userland,$kernel
place=$CACHE/$name-$arch
mkdir -p "$place" "$run"

# packages FILE: the names in a package list.
packages() {
	sed '/^#/d' "$VM/$1"
}

# needs PACKAGE...: what these packages need of the suites, as NAME=VERSION.
needs() {
	"$VM/apt.sh" "$arch" "$suites" list "$@"
}

# The kernel itself, which comes with packages that are of use to dpkg only.
kernel_files='^linux-(base-[0-9]|binary|image|modules)'

prepare_disk() {
	local list

	# shellcheck disable=SC2046 # one word a package
	list=$(
		needs "linux-image-cloud-$arch/$kernel" | grep -E "$kernel_files"
		needs $(packages packages.guest) | grep -Ev "$kernel_files|^libllvm"
	)
	# shellcheck disable=SC2086 # one word a package
	artefact "$place/disk" "$(fingerprint "$list" "$(cat "$VM"/{disk.sh,unpack.sh,stage1})")" \
		"$run/disk.log" "$name: fetch and unpack its kernel and programs, make a disk" \
		"$VM/disk.sh" "$arch" "$suites" $list
}

prepare_root() {
	local list

	# The headers depend on the compiler that built the kernel, and from trixie
	# on, on the kernel itself, for which there is no use here.
	# shellcheck disable=SC2046 # one word a package
	list=$(
		needs "linux-headers-cloud-$arch/$kernel" $(packages packages.build) |
			grep -Ev "$kernel_files"
	)
	# shellcheck disable=SC2086 # one word a package
	artefact "$place/root" "$(fingerprint "$list" "$(cat "$VM/unpack.sh")")" \
		"$run/root.log" "$name: fetch and unpack its compiler and headers" \
		"$VM/unpack.sh" "$arch" "$suites" $list
}

prepare_built() {
	local id

	id=$(fingerprint "$(cat "$place/root/.id" "$VM/build.sh")" "$("$VM/sources.sh")")
	artefact "$place/built" "$id" "$run/build.log" "$name: build the module and the test programs" \
		"$VM/build.sh" "$arch" "$place/root/root" "$place/built"
}

hold "$name-$arch" -x
prepare_root
prepare_built
prepare_disk
step "$run/payload.log" "$name: pack the module and the tests" \
	"$VM/payload.sh" "$place/built" "$program" "$run/payload.img"
# Links, so that this run keeps its disk when another one makes a new one.
ln -f "$place/disk/vmlinuz" "$place/disk/disk.img" "$run"
