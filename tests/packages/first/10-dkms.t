#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 3600
#
# The release in the hands of DKMS, without packages.
. "$(dirname "$0")/../lib.sh"

refused() {
	dkms build "libshare/$old" -k "$1" --kernelsourcedir "/lib/modules/$first/build" >/tmp/refused 2>&1 &&
		return 1
	cat /tmp/refused
	grep -q BUILD_EXCLUSIVE /tmp/refused
}

# DKMS names each field of dkms.conf that it no longer has.
no_old_fields() {
	dkms build "libshare/$old" >/tmp/built 2>&1 || status=$?
	cat /tmp/built
	[ ! "${status:-}" ] && ! grep -i deprecated /tmp/built
}

in_updates() {
	case $(modinfo -n libshare) in
	*/"$first"/updates/dkms/libshare.ko*) ;;
	*) false ;;
	esac
}

gone() {
	! modinfo libshare && [ ! "$(dkms status)" ]
}

check "this is $first" [ "$(uname -r)" = "$first" ]
everything >/tmp/before
tar -x -f /libshare/release.tar.xz -C /usr/src --no-same-owner
check 'dkms add' dkms add "libshare/$old"
check 'dkms build, and nothing in dkms.conf is deprecated' no_old_fields
check 'dkms install' dkms install "libshare/$old"
check 'it is where depmod looks first' in_updates
check 'the module works' works "$old"
check 'rmmod' rmmod libshare
check 'a kernel too old is passed over' refused 5.9.0-1-amd64
check 'dkms remove' dkms remove "libshare/$old" --all
check 'the module is gone' gone
rm -r "/usr/src/libshare-$old"
everything >/tmp/after
check 'nothing is left' diff /tmp/before /tmp/after
finish
