#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# top.sh LOGS DIR [ARCH]
#
# Makes folder DIR for VM_ADD of payload.sh: libshare-top, and jq and tmux, which
# its tests use, for machines of ARCH (amd64). They bring all that they need, the C
# library among it, so that they run in guests of every release, are built once, and
# share no page with what they look at.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

logs=$1 dir=$2 arch=${3:-amd64}
read -r _ _ suite _ < <(list_kernels amd64 6.12)
host_arch=$(dpkg --print-architecture)
arches=$arch
[[ $arch == amd64 ]] && lock=top || lock=top-$arch
place=$CACHE/$lock
[[ $arch == "$host_arch" ]] || arches=$host_arch,$arch

packages() {
	find "$VM" '(' -name "$1" -o -name "$1-$arch" ')' -exec sed '/^#/d' {} +
}

# Compilers run here; what they build, and what is built already, there. No library in
# its root folder needs a name that another architecture has taken.
mapfile -t native < <(packages packages.build; packages packages.libs | grep -x pkg-config)
mapfile -t foreign < <(packages packages.libs | grep -vx pkg-config; packages packages.top)
mapfile -t needs < <("$VM/apt.sh" "$arches" "$suite" list "${native[@]}" "${foreign[@]/%/:$arch}")

# Not what a build in the work tree left behind.
sources() {
	(cd "$TOP" && find userspace dkms.conf -type f ! -path 'userspace/build/*' -print0 | sort -z)
}

make_top() {
	local triplet=x86_64-linux-gnu cc=gcc

	if [[ $arch == arm64 ]]; then
		triplet=aarch64-linux-gnu
		cc=$triplet-gcc
	fi
	mkdir "$1/source"
	(cd "$TOP" && sources | xargs -0 cp -p --parents -t "$1/source")
	# shellcheck disable=SC2016 # expanded in that root
	"$VM/enter.sh" "$place/root" "$1" sh -euc '
		triplet=$1 cc=$2
		from=/usr/lib/$triplet
		lib=/libshare/top/lib
		loader=$(basename $from/ld-linux-*)
		export PKG_CONFIG_LIBDIR=$from/pkgconfig:/usr/share/pkgconfig
		make -s -j2 -C source/userspace BUILD=/build/objects CC=$cc LDFLAGS="-s \
			-Wl,--dynamic-linker=$lib/$loader,-rpath=$lib,--disable-new-dtags"
		mkdir -p add/bin add/top/lib add/top/locale
		cp objects/libshare-top objects/libshare-picture /usr/bin/jq /usr/bin/tmux add/top

		# Libraries, and those that they need in turn: ldd would run the programs.
		files=$(echo add/top/*)
		while needs=$(LC_ALL=C readelf -d $files 2>/dev/null |
			sed -n "s/.*(NEEDED).*\[\(.*\)\]/\1/p" | sort -u) && [ "$needs" ]; do
			files=
			for name in $needs; do
				[ ! -e add/top/lib/$name ] || continue
				cp -L $from/$name add/top/lib
				files="$files add/top/lib/$name"
			done
			[ "$files" ] || break
		done
		[ -e add/top/lib/$loader ] || cp -L $from/$loader add/top/lib
		cp -rL /usr/share/terminfo add/top
		cp -r /usr/lib/locale/C.utf8 add/top/locale
		for program in jq tmux libshare-top; do
			via="$lib/$loader --library-path $lib"
			# This one knows its loader, so that it goes by its own name.
			[ $program != libshare-top ] || via=
			cat >add/bin/$program <<-END
				#!/bin/sh
				export TERMINFO=/libshare/top/terminfo LOCPATH=/libshare/top/locale
				exec $via /libshare/top/$program "\$@"
			END
			chmod 755 add/bin/$program
		done' sh "$triplet" "$cc"
	rm -r "$1/source" "$1/objects"
}

hold "$lock" -x
artefact "$place" "$(fingerprint "${needs[*]}" "$(cat "$VM/unpack.sh")")" \
	"$logs/top-root.log" "fetch and unpack what libshare-top is built with, for $arch" \
	"$VM/unpack.sh" "$arches" "$suite" "${needs[@]}"
id=$(fingerprint "$(cat "$place/.id" "$VM/top.sh")" "$(cd "$TOP" && sources | xargs -0 sha256sum)")
artefact "$place-built" "$id" "$logs/top.log" "build libshare-top for guests of $arch" make_top
# Links, so that this run keeps its own when another one builds anew.
mkdir -p "$dir"
cp -al "$place-built/add/." "$dir"
