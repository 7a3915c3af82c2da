#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# unpack.sh ARCH SUITES PACKAGE=VERSION... DIR
#
# Downloads packages and unpacks them into DIR/root, a Debian root folder with
# a merged /usr. Nothing is configured and no maintainer script runs, so the
# packages may be of any architecture.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

arch=$1 suites=$2
packages=("${@:3:$#-3}")
dir=${!#}
root=$dir/root

mkdir -p "$dir/debs" "$root"
for folder in bin sbin lib lib32 lib64 libx32; do
	mkdir -p "$root/usr/$folder"
	ln -s "usr/$folder" "$root/$folder"
done
(cd "$dir/debs" && "$VM/apt.sh" "$arch" "$suites" fetch "${packages[@]}")

unpack_one() {
	dpkg-deb --fsys-tarfile "$1" |
		tar -x -C "$2" --keep-directory-symlink --no-same-owner \
			--exclude='./usr/share/doc/*' --exclude='./usr/share/info/*' \
			--exclude='./usr/share/locale/*' --exclude='./usr/share/man/*' \
			--exclude='libLLVM*'
}
export -f unpack_one
find "$dir/debs" -name '*.deb' -print0 | sort -z |
	as_owner xargs -0 -P 2 -I DEB bash -c 'set -eo pipefail; unpack_one "$@"' unpack_one DEB "$root"
rm -r "$dir/debs"

mkdir -p "$root"/{build,dev,etc,proc,root,run,sys,tmp,libshare}
# What update-alternatives would have linked.
ln -sf mawk "$root/usr/bin/awk"
ln -sf gcc "$root/usr/bin/cc"
cp "$root/usr/share/base-passwd/passwd.master" "$root/etc/passwd"
cp "$root/usr/share/base-passwd/group.master" "$root/etc/group"
