#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# disk.sh SUITE LOGS PACKAGE...
#
# Makes the cache folder packages/SUITE/disk: "disk.img", a configured Debian with
# SUITE's cloud kernel, its headers and PACKAGEs. In /upgrade it has the packages
# that are missing for the kernel of SUITE-backports. "kernels" says which two, and
# "root" is the folder that the disk was made of.
set -euo pipefail
. "$(dirname "$0")/../vm/lib.sh"

suite=$1 logs=$2
suites=$suite,$suite-backports
place=$CACHE/packages/$suite
kernel=(linux-image-cloud-amd64 linux-headers-cloud-amd64)
packages=("${kernel[@]}" autopkgtest mount rpm "${@:3}")
newer=("${kernel[@]/%//$suite-backports}")

# In its place, these machines start without: to make an initramfs takes minutes here.
no_initramfs() {
	mkdir -p "$1/none/DEBIAN"
	cat >"$1/none/DEBIAN/control" <<-END
		Package: no-initramfs
		Version: 1
		Architecture: all
		Maintainer: Tests <tests@example.org>
		Provides: linux-initramfs-tool
		Description: for machines that start without
	END
	dpkg-deb --root-owner-group --build "$1/none" "$1/none.deb"
	rm -r "$1/none"
}

make_disk() {
	local dir=${!#} root names

	root=$dir/root
	names=$(IFS=,; echo "${packages[*]}")
	no_initramfs "$dir"
	# shellcheck disable=SC2016 # expanded by mmdebstrap
	mmdebstrap --variant=apt --architectures=amd64 --include="$names" \
		--dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-include=/usr/share/doc/libshare*' \
		--essential-hook="copy-in $dir/none.deb /" \
		--essential-hook='chroot "$1" dpkg -i /none.deb' \
		--customize-hook='rm -f "$1"/none.deb "$1"/var/cache/apt/archives/*.deb' \
		--customize-hook="APT_CONFIG=\$MMDEBSTRAP_APT_CONFIG apt-get install -y \
			--download-only --no-install-recommends ${newer[*]}" \
		--customize-hook='mkdir "$1/upgrade" "$1/libshare" "$1/build"' \
		--customize-hook='mv "$1"/var/cache/apt/archives/*.deb "$1/upgrade"' \
		"$suite" "$root" "$CACHE/apt/$suites-amd64/sources.list"
	rm "$dir/none.deb"
	rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin

	(cd "$root/usr/lib/modules" && echo *) >"$dir/kernels"
	(cd "$root/upgrade" && echo linux-image-[0-9]*.deb) |
		sed 's/^linux-image-//; s/_.*//; s/%2b/+/g' >>"$dir/kernels"
	cp "$VM/stage1" "$root/sbin/stage1"
	echo 'libshare-test' >"$root/etc/hostname"
	echo '127.0.0.1 localhost libshare-test' >"$root/etc/hosts"
	as_owner mke2fs -q -t ext4 -O ^has_journal -m 0 -E lazy_itable_init=1,root_owner=0:0 \
		-d "$root" "$dir/disk.img" "$(($(du -sm "$root" | cut -f1) * 5 / 4 + 1024))M"
}

mkdir -p "$place"
hold "packages-$suite-disk" -x
needs=$("$VM/apt.sh" amd64 "$suites" list "${packages[@]}")
upgrade=$("$VM/apt.sh" amd64 "$suites" list "${newer[@]}")
artefact "$place/disk" "$(fingerprint "$needs" "$upgrade" "$(cat "$0" "$VM/stage1")")" \
	"$logs/disk.log" "$suite: set up a system with two kernels" make_disk
