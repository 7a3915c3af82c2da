#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 3600
#
# Debian's own test of the packages, run as Debian runs it, in this machine.
. "$(dirname "$0")/../lib.sh"

# autopkgtest: a test that is skipped makes it end 2.
passes() {
	autopkgtest --no-built-binaries --ignore-restrictions=isolation-machine \
		/libshare/source -- null
}

not_loaded() {
	[ ! -e /sys/module/libshare ]
}

rmmod libshare
check 'autopkgtest' passes
check 'the module is unloaded afterwards' not_loaded
check 'the module works' works "$old"
finish
