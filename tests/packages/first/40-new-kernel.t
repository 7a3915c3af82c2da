#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 3600
#
# A newer kernel is installed while the module is in use.
. "$(dirname "$0")/../lib.sh"

has_both() {
	dkms status
	status | sort >/tmp/has
	printf '%s\n' "$old $first installed" "$old $second installed" | sort | diff - /tmp/has
}

for_second() {
	modinfo -k "$second" -F vermagic libshare | grep -F "$second "
}

check "$second is installed" install /upgrade/*.deb
check 'DKMS has built the module for both' has_both
check 'it is for that kernel' for_second
check 'the module works still' works "$old"
finish
