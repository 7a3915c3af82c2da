#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# top.sh LOGS DIR
#
# Makes folder DIR for VM_ADD of payload.sh: libshare-top, and jq and tmux, which
# its tests use. They bring all that they need, the C library among it, so that
# they run in guests of every release, are built once, and share no page with what
# they look at.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

logs=$1 dir=$2
read -r _ arch suite _ < <(list_kernels amd64 6.12)

# shellcheck disable=SC2046 # one word a package
needs=$("$VM/apt.sh" "$arch" "$suite" list $(sed '/^#/d' "$VM"/packages.{build,libs,top}))

# Not what a build in the work tree left behind.
sources() {
	(cd "$TOP" && find userspace dkms.conf -type f ! -path 'userspace/build/*' -print0 | sort -z)
}

make_top() {
	mkdir "$1/source"
	(cd "$TOP" && sources | xargs -0 cp -p --parents -t "$1/source")
	# shellcheck disable=SC2016 # expanded in that root
	"$VM/enter.sh" "$CACHE/top/root" "$1" sh -euc '
		lib=/libshare/top/lib
		loader=$lib/ld-linux-x86-64.so.2
		make -s -j2 -C source/userspace BUILD=/build/objects LDFLAGS="-s \
			-Wl,--dynamic-linker=$loader,-rpath=$lib,--disable-new-dtags"
		mkdir -p add/bin add/top/lib add/top/locale
		cp objects/libshare-top objects/libshare-picture /usr/bin/jq /usr/bin/tmux add/top
		ldd add/top/jq add/top/tmux add/top/libshare-top add/top/libshare-picture |
			sed -n "s/.*[[:space:]]\(\/[^ ]*\) (0x.*/\1/p" | sort -u |
			xargs cp -L -t add/top/lib
		cp -rL /usr/share/terminfo add/top
		cp -r /usr/lib/locale/C.utf8 add/top/locale
		for program in jq tmux libshare-top; do
			via="$loader --library-path $lib"
			# This one knows its loader, so that it goes by its own name.
			[ $program != libshare-top ] || via=
			cat >add/bin/$program <<-END
				#!/bin/sh
				export TERMINFO=/libshare/top/terminfo LOCPATH=/libshare/top/locale
				exec $via /libshare/top/$program "\$@"
			END
			chmod 755 add/bin/$program
		done'
	rm -r "$1/source" "$1/objects"
}

hold top -x
# shellcheck disable=SC2086 # one word a package
artefact "$CACHE/top" "$(fingerprint "$needs" "$(cat "$VM/unpack.sh")")" \
	"$logs/top-root.log" 'fetch and unpack what libshare-top is built with' \
	"$VM/unpack.sh" "$arch" "$suite" $needs
id=$(fingerprint "$(cat "$CACHE/top/.id" "$VM/top.sh")" "$(cd "$TOP" && sources | xargs -0 sha256sum)")
artefact "$CACHE/top-built" "$id" "$logs/top.log" 'build libshare-top for the guests' make_top
# Links, so that this run keeps its own when another one builds anew.
mkdir -p "$dir"
cp -al "$CACHE/top-built/add/." "$dir"
