#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# prepare.sh RUN PROGRAM NAME ARCH KERNEL USERLAND
#
# Makes folder RUN ready for boot.sh: kernel and disk of this row of
# kernels.list, and a payload that runs PROGRAM; logs go there too. What takes
# long stays in the cache folder NAME-ARCH, as "disk" (kernel and disk image),
# "root" (build root) and "built" (module and test programs).
#
# Environment: VM_DISK=WHAT makes another disk, "disk-WHAT", that also holds the
# packages of packages.WHAT.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

run=$1 program=$2 name=$3 arch=$4 kernel=$5 userland=$6
[[ $kernel == "$userland" ]] && suites=$kernel || suites=$userland,$kernel
place=$CACHE/$name-$arch
disk=$place/disk${VM_DISK:+-$VM_DISK}
label=$(row_label "$name" "$arch")
host_arch=$(dpkg --print-architecture)
mkdir -p "$place" "$run"

# packages LIST: the names in a package list, and in that of this architecture.
packages() {
	find "$VM" '(' -name "$1" -o -name "$1-$arch" ')' -exec sed '/^#/d' {} +
}

# needs ARCHES PACKAGE...: what these packages need of the suites, as
# NAME=VERSION.
needs() {
	"$VM/apt.sh" "$1" "$suites" list "${@:2}"
}

# The kernel itself, which comes with packages that are of use to dpkg only.
kernel_files='^linux-(base-[0-9]|binary|image|modules)'

# What the guest has no use for, beside other kernels: networks of containers are large.
unused="$kernel_files|^libllvm|^containernetworking-plugins"

# engines: container engines, in the guests of one kernel that run tests: what they do does
# not depend on it, and takes long.
engines() {
	[[ ${VM_DISK:-} || $kernel != trixie ]] || packages packages.engines
}

prepare_disk() {
	local list

	# shellcheck disable=SC2046 # one word a package
	list=$(
		needs "$arch" "linux-image-cloud-$arch/$kernel" | grep -E "$kernel_files"
		needs "$arch" $(packages packages.guest
			engines
			[[ ! ${VM_DISK:-} ]] || packages "packages.$VM_DISK") | grep -Ev "$unused"
	)
	# shellcheck disable=SC2086 # one word a package
	artefact "$disk" "$(fingerprint "$list" "$(cat "$VM"/{disk.sh,unpack.sh,stage1})")" \
		"$run/disk.log" "$label: fetch and unpack its kernel and programs, make a disk" \
		"$VM/disk.sh" "$arch" "$suites" $list
}

prepare_root() {
	local list arches=$arch foreign='^$'

	# Another architecture's module is built by a compiler that runs here.
	if [[ $arch != "$host_arch" ]]; then
		arches=$host_arch,$arch
		foreign=":$arch="
	fi
	# The headers depend on the compiler that built the kernel, and from trixie
	# on, on the kernel itself, for which there is no use here.
	# shellcheck disable=SC2046 # one word a package
	list=$(
		needs "$arches" "linux-headers-cloud-$arch:$arch/$kernel" $(packages packages.build) |
			awk -v foreign="$foreign" -v kernel="$kernel_files" \
				'$0 !~ kernel && ($0 !~ foreign || /^linux-/)'
	)
	# shellcheck disable=SC2086 # one word a package
	artefact "$place/root" "$(fingerprint "$list" "$(cat "$VM/unpack.sh")")" \
		"$run/root.log" "$label: fetch and unpack its compiler and headers" \
		"$VM/unpack.sh" "$arches" "$suites" $list
}

prepare_built() {
	local id

	id=$(fingerprint "$(cat "$place/root/.id" "$VM/build.sh")" "$("$VM/sources.sh")")
	artefact "$place/built" "$id" "$run/build.log" "$label: build the module and the test programs" \
		"$VM/build.sh" "$arch" "$place/root/root" "$place/built"
}

hold "$name-$arch" -x
prepare_root
prepare_built
prepare_disk
step "$run/payload.log" "$label: pack the module and the tests" \
	"$VM/payload.sh" "$place/built" "$program" "$run/payload.img"
# Links, so that this run keeps its disk when another one makes a new one.
ln -f "$disk/vmlinuz" "$disk/disk.img" "$run"
