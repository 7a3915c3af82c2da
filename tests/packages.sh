#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# packages.sh: builds the packages, and does to the Debian ones in a virtual machine
# what happens to packages: they are installed, used, there is a newer kernel, there
# are newer packages, they are purged. The RPM packages are installed and removed there,
# and the release itself is given to DKMS and to make install.
#
# Environment: SUITE (names of Debian releases) chooses, JOBS is how many machines run
# at once.
set -euo pipefail
. "$(dirname "$0")/vm/lib.sh"

run=$CACHE/packages-runs/$(date +%Y%m%d-%H%M%S)-$$

"$VM/host-packages.sh" amd64 packages
hold cache -s
mkdir -p "$run"
find "$CACHE/packages-runs" -mindepth 1 -maxdepth 1 -type d | sort -r | tail -n +6 | xargs -r rm -rf

# releases: makes two releases, this one and one that is called newer.
releases() {
	local tree version

	"$TOP/packaging/dist.sh" "$run/old"
	tar -x -f "$run"/old/*.tar.xz -C "$run"
	tree=$(echo "$run"/libshare-*)
	version=${tree##*/libshare-}
	version=${version%.*}.$((${version##*.} + 1))
	sed -i "s/^PACKAGE_VERSION=.*/PACKAGE_VERSION=\"$version\"/" "$tree/dkms.conf"
	"$tree/packaging/dist.sh" "$run/new"
	rm -r "$tree"
}

# payload SUITE START: makes the disk with the packages and the tests of that start.
payload() {
	local dir=$run/$1 tree=$run/$1/payload

	rm -rf "$tree"
	mkdir -p "$tree/bin"
	cp "$VM/init" "$TOP/tests/packages/lib.sh" "$dir/disk/kernels" "$tree"
	cp "$VM/run-tests" "$tree/run"
	cp -r "$TOP/tests/packages/$2" "$tree/tests"
	cp -rp "$dir"/{old,new,release} "$tree"
	cp "$run"/old/*.tar.xz "$tree/release.tar.xz"
	mkdir "$tree/source"
	tar -x -f "$tree"/old/*.debian.tar.xz -C "$tree/source"
	printf '%s\n' "$old" "$new" >"$tree/versions"
	pack "$tree" "$dir/payload.img"
}

# kernel_of DISK VERSION FILE: takes that kernel off the disk.
kernel_of() {
	local path

	rm -f "$3"
	for path in "/usr/lib/modules/$2/vmlinuz" "/boot/vmlinuz-$2"; do
		debugfs -R "dump \"$path\" $3" "$1" 2>/dev/null
		[[ ! -s $3 ]] || return 0
	done
	echo "there is no kernel $2 on the disk"
	return 1
}

# boot SUITE START KERNEL: a start of the machine; adds to its counts.
boot() {
	local dir=$run/$1 label="$1, $2 start"

	step "$dir/payload-$2.log" "$label: pack the packages and the tests" payload "$1" "$2"
	step "$dir/kernel-$2.log" "$label: take $3 off the disk" 		kernel_of "$dir/disk.img" "$3" "$dir/vmlinuz"
	# What protects a kernel from its processor costs an emulated one most.
	APPEND=mitigations=off VM_KEEP=1 VM_MEMORY=2048 VM_TIMEOUT=7200 \
		boot_and_test "$label" "$dir" "-$2" \
		"$VM/boot.sh" amd64 "$dir" "$dir/console-$2.log" || true
}

# build SUITE: the packages of both releases, those of other distributions of this one.
build() {
	local dir=$run/$1

	mkdir -p "$dir"
	OUT=$dir/old SUITE=$1 "$TOP/packaging/deb.sh" "$run"/old/*.tar.xz
	OUT=$dir/old SUITE=$1 "$TOP/packaging/rpm.sh" "$run"/old/*.tar.xz
	((EUID)) || OUT=$dir/old SUITE=$1 "$TOP/packaging/arch.sh" "$run"/old/*.tar.xz
	OUT=$dir/new SUITE=$1 LINTIAN=no "$TOP/packaging/deb.sh" "$run"/new/*.tar.xz
	rm -f "$dir"/*/*-dbgsym_* "$dir"/*/*-debug* "$dir"/*/*.orig.tar.xz "$dir"/*/*.dsc
}

# build_release SUITE KERNEL: the release built by its Makefile, for make install.
build_release() {
	local dir=$run/$1 place=$CACHE/packages/$1

	tar -x -f "$run"/old/*.tar.xz -C "$dir" --no-same-owner
	mv "$dir/libshare-$old" "$dir/release"
	"$VM/enter.sh" "$place/build/root" "$dir" make -C release userspace -j2
	# They name headers that the guest does not have.
	find "$dir/release/userspace/build" -name '*.d' -delete
	"$VM/enter.sh" "$place/disk/root" "$dir" make -C release module -j2 \
		"KDIR=/lib/modules/$2/build"
}

# depends DEB...: the names of what packages need that others bring.
depends() {
	local deb

	for deb in "$@"; do
		dpkg-deb -f "$deb" Depends | tr ',' '\n' | sed 's/^ *//; s/[ (|].*//'
	done | sort -u
}

test_suite() {
	local dir=$run/$1 kernels

	build "$1"
	# shellcheck disable=SC2046 # one word a package
	"$TOP/tests/packages/disk.sh" "$1" "$dir" $(depends "$dir"/old/*.deb)
	ln -sfn "$CACHE/packages/$1/disk" "$dir/disk"
	mapfile -t kernels <"$dir/disk/kernels"
	step "$dir/release.log" "$1: build the release" build_release "$1" "${kernels[0]}"
	cp --sparse=always "$dir/disk/disk.img" "$dir"
	boot "$1" first "${kernels[0]}"
	boot "$1" second "${kernels[1]}"
	rm -rf "$dir"/*.img "$dir/vmlinuz" "$dir/release"
}

step "$run/releases.log" 'make a release, and a newer one' releases
old=$(basename "$run"/old/*.tar.xz .tar.xz) old=${old#libshare-}
new=$(basename "$run"/new/*.tar.xz .tar.xz) new=${new#libshare-}

running=0
read -r -a suites <<<"${SUITE:-bookworm trixie}"
for suite in "${suites[@]}"; do
	((running++ < ${JOBS:-2})) || wait -n || true
	test_suite "$suite" &
done
wait

# What left no counts broke before it could count.
for suite in "${suites[@]}"; do
	for start in first second; do
		cat "$run/$suite/counts-$start" 2>/dev/null || echo 0 1 0
	done
done >"$run/counts"
total "$run/counts"
