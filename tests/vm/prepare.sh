#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# prepare.sh RUN NAME ARCH KERNEL USERLAND
#
# Makes what a boot of one row of kernels.list needs: in the cache folder
# NAME-ARCH/disk (kernel and disk image), NAME-ARCH/root (build root),
# NAME-ARCH/built (module and test programs); logs go to folder RUN. The caller
# holds the lock NAME-ARCH.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

run=$1 name=$2 arch=$3 kernel=$4 userland=$5
[[ $kernel == "$userland" ]] && suites=$kernel || suites=$userland,$kernel
place=$CACHE/$name-$arch
mkdir -p "$place"

# packages FILE: the names in a package list.
packages() {
	sed '/^#/d' "$VM/$1"
}

# needs PACKAGE...: what these packages need of the suites, as NAME=VERSION.
needs() {
	"$VM/apt.sh" "$arch" "$suites" list "$@"
}

prepare_disk() {
	local -a list
	local kernel_files='^linux-(image|binary|modules)-'

	# shellcheck disable=SC2046 # one word a package
	mapfile -t list < <(
		needs "linux-image-cloud-$arch/$kernel" | grep -E "$kernel_files"
		needs $(packages packages.guest) | grep -Ev "$kernel_files|^libllvm"
	)
	artefact "$place/disk" "$(fingerprint "${list[@]}" "$(cat "$VM"/{disk.sh,unpack.sh,stage1})")" \
		"$run/disk.log" "$name: fetch and unpack its kernel and programs, make a disk" \
		"$VM/disk.sh" "$arch" "$suites" "${list[@]}"
}

prepare_root() {
	local -a list

	# The headers depend on the compiler that built the kernel, and from trixie
	# on, on the kernel's image, for which there is no use here.
	# shellcheck disable=SC2046 # one word a package
	mapfile -t list < <(
		needs "linux-headers-cloud-$arch/$kernel" $(packages packages.build) |
			grep -Ev '^linux-(image|binary|modules)-'
	)
	artefact "$place/root" "$(fingerprint "${list[@]}" "$(cat "$VM/unpack.sh")")" \
		"$run/root.log" "$name: fetch and unpack its compiler and headers" \
		"$VM/unpack.sh" "$arch" "$suites" "${list[@]}"
}

prepare_built() {
	local id

	id=$(fingerprint "$(cat "$place/root/.id" "$VM/build.sh")" "$("$VM/sources.sh")")
	artefact "$place/built" "$id" "$run/build.log" "$name: build the module and the test programs" \
		"$VM/build.sh" "$arch" "$place/root/root"
}

prepare_root
prepare_built
prepare_disk
