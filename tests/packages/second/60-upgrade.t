#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 3600
#
# Newer packages take the place of the old ones, while the module is in use.
. "$(dirname "$0")/../lib.sh"

has_new() {
	dkms status
	status | grep -qx "$new $second installed" && ! status | grep -v "^$new "
}

old_gone() {
	! find / -xdev -name "libshare*$old*" | grep .
}

check 'the packages are upgraded' install /libshare/new/*.deb
check 'DKMS has the new module, and not the old one' has_new
check 'nothing is left of the old version' old_gone
check 'the old module runs until it is unloaded' works "$old"
rmmod libshare
check 'the new module works' works "$new"
check 'the new libshare-top works' shows /usr/sbin/libshare-top "$new"
finish
