#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 3600
#
# make install and make uninstall. All is built already, in a folder of this name
# on a faster machine that has the libraries' headers, which PKG_CONFIG=true says
# are here as well.
. "$(dirname "$0")/../lib.sh"

make_here() {
	make -C /build/release PKG_CONFIG=true "$@"
}

# /usr/local/libexec is of the file system standard; some releases have it already.
without_libexec() {
	everything | grep -vx /usr/local/libexec
}

without_libexec >/tmp/before
cp -rp /libshare/release /build
check 'make install' make_here install
check 'the module works' works "$old"
check 'libshare-top works' shows /usr/local/sbin/libshare-top "$old"
check 'make unload' make_here unload
check 'make uninstall' make_here uninstall
rm -r /build/release
without_libexec >/tmp/after
check 'nothing is left' diff /tmp/before /tmp/after
finish
