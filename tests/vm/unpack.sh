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
(cd "$dir/debs" && "$VM/apt.sh" "$arch" "$suites" fetch "${packages[@]}")

unpack_one() {
	dpkg-deb --fsys-tarfile "$1" |
		tar -x -C "$2" --no-same-owner --exclude='libLLVM*' \
			--exclude='./usr/share/doc/*' --exclude='./usr/share/info/*' \
			--exclude='./usr/share/locale/*' --exclude='./usr/share/man/*'
}
export -f unpack_one
find "$dir/debs" -name '*.deb' -print0 | sort -z |
	as_owner xargs -0 -P 2 -I DEB bash -c 'set -eo pipefail; unpack_one "$@"' unpack_one DEB "$root"
rm -r "$dir/debs"

# merge FOLDER TARGET: moves what is in FOLDER to TARGET, and links it there.
merge() {
	mkdir -p "$root/$2"
	if [[ -d $root/$1 && ! -L $root/$1 ]]; then
		cp -al "$root/$1/." "$root/$2"
		rm -r "${root:?}/$1"
	fi
	ln -sfnr "$root/$2" "$root/$1"
}

for folder in bin sbin lib lib32 lib64; do
	merge "$folder" "usr/$folder"
done
merge var/run run

mkdir -p "$root"/{build,dev,etc,proc,root,run,sys,tmp,libshare}
# What update-alternatives would have linked.
ln -sf mawk "$root/usr/bin/awk"
ln -sf gcc "$root/usr/bin/cc"
cp "$root/usr/share/base-passwd/passwd.master" "$root/etc/passwd"
cp "$root/usr/share/base-passwd/group.master" "$root/etc/group"
