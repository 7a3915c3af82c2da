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

# Most people have no module: the same tables, and where they come from.
without_module() {
	/usr/sbin/libshare-top -b >/tmp/from-proc && head -n 3 /tmp/from-proc &&
		head -n 1 /tmp/from-proc | grep '^source: /proc' && grep 'libc\.so\.6$' /tmp/from-proc
}

check 'the packages are installed' install /libshare/old/*.deb
check 'DKMS has built the module' has
check 'it is not loaded by itself' not_loaded
check 'libshare-top works without it' without_module
check 'the module works' works "$old"
check 'libshare-top works' shows /usr/sbin/libshare-top "$old"
check 'the example for modules-load.d is there' \
	grep -qx libshare "$examples/modules-load.d/libshare.conf"
check 'libshare-dkms has the pages' pages /usr/share/doc/libshare-dkms
check 'libshare-tools has the pages' pages /usr/share/doc/libshare-tools
finish
