#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 600
#
# The packages are purged: nothing stays.
. "$(dirname "$0")/../lib.sh"

unknown() {
	! grep -r libshare /usr/lib/modules/*/modules.* && ! modprobe libshare
}

not_listed() {
	! dpkg-query -W 'libshare*' | grep .
}

check 'the packages are purged while the module is in use' \
	dpkg --purge libshare-dkms libshare-tools
check 'the module can be unloaded' rmmod libshare
check 'DKMS knows nothing of it' dkms_empty
check 'no file has its name' no_file
check 'depmod does not know it' unknown
check 'dpkg does not know it' not_listed
check 'no package is broken' dpkg --audit
finish
