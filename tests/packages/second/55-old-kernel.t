#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 1200
#
# The older kernel is removed, which is not needed any more.
. "$(dirname "$0")/../lib.sh"

has_second() {
	dkms status
	[ "$(status)" = "$old $second installed" ]
}

no_module() {
	! find "/usr/lib/modules/$first" -name 'libshare*' | grep .
}

check "$first is removed" dpkg --purge "linux-image-$first" "linux-headers-$first"
check 'DKMS has the module for the other one' has_second
check 'the module for it is gone' no_module
finish
