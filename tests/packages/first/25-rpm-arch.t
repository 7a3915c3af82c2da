#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 3600
#
# The RPM packages, whose scripts call DKMS, and the Arch Linux packages, which have the
# same files; on Arch Linux, a hook of pacman calls DKMS. rpm knows no package of this
# system (--nodeps), and Debian's rpm installs nothing without --force-debian.
. "$(dirname "$0")/../lib.sh"

rpm_here() {
	rpm --dbpath /tmp/rpm "$@"
}

has() {
	dkms status
	[ "$(status)" = "$old $first installed" ]
}

rpm_pages() {
	pages /usr/share/doc/libshare-dkms && pages /usr/share/doc/libshare-tools
}

arch_pages() {
	pages /tmp/arch/usr/share/doc/libshare-dkms && pages /tmp/arch/usr/share/doc/libshare-tools
}

arch_unpacked() {
	mkdir /tmp/arch
	for package in /libshare/old/*.pkg.tar.gz; do
		tar -x -f "$package" -C /tmp/arch --no-same-owner || return
	done
}

# Newer ones do not know that option.
force=--force-debian
rpm $force --version >/tmp/rpm-version 2>&1 || force=
# shellcheck disable=SC2086 # no word, if there is none
check 'the RPM packages are installed' \
	rpm_here --install --nodeps $force /libshare/old/*.rpm
check 'DKMS has built the module' has
check 'the module works' works "$old"
check 'libshare-top works' shows /usr/sbin/libshare-top "$old"
check 'the pages are there' rpm_pages
if ls /libshare/old/*.pkg.tar.gz >/tmp/arch-packages 2>&1; then
	check 'the Arch Linux packages are unpacked' arch_unpacked
	check 'the source of the module is the same' \
		diff -r "/usr/src/libshare-$old" "/tmp/arch/usr/src/libshare-$old"
	check 'their pages are there' arch_pages
	PATH=/tmp/arch/usr/bin:$PATH
	check 'their libshare-top works' shows /tmp/arch/usr/bin/libshare-top "$old"
	PATH=${PATH#*:}
else
	check 'there are Arch Linux packages # SKIP only root can build them' true
fi
rmmod libshare
rm -rf /tmp/arch
check 'the RPM packages are removed' rpm_here --erase libshare-dkms libshare-tools
check 'DKMS knows nothing of it' dkms_empty
check 'no file has its name' no_file
finish
