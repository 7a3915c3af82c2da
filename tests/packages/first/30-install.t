#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 3600
#
# The Debian packages, installed where nothing of libshare was before.
. "$(dirname "$0")/../lib.sh"

has() {
	dkms status
	[ "$(status)" = "$old $first installed" ]
}

examples=/usr/share/doc/libshare-dkms/examples

not_loaded() {
	[ ! -e /sys/module/libshare ]
}

check 'the packages are installed' install /libshare/old/*.deb
check 'DKMS has built the module' has
check 'it is not loaded by itself' not_loaded
check 'the module works' works "$old"
check 'libshare-top works' shows /usr/sbin/libshare-top "$old"
check 'the example for modules-load.d is there' \
	grep -qx libshare "$examples/modules-load.d/libshare.conf"
check 'libshare-dkms has the pages' pages /usr/share/doc/libshare-dkms
check 'libshare-tools has the pages' pages /usr/share/doc/libshare-tools
finish
