#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# dist.sh [DIR]: makes DIR/libshare-VERSION.tar.xz (DIR: dist) of all files of the
# work tree, or of an unpacked release. The same files make the same tarball.
set -euo pipefail
. "$(dirname "$0")/../tests/vm/lib.sh"
cd "$TOP"

dir=${1:-dist}
version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
name=libshare-$version

if [[ -e .git ]]; then
	time=$(git log -1 --format=%ct)
else
	time=$(stat -c %Y dkms.conf)
fi
mkdir -p "$dir"
project_files . | tar --create --xz --file "$dir/$name.tar.xz" --null --files-from=- \
	--transform "s,^,$name/,S" --mtime "@${SOURCE_DATE_EPOCH:-$time}" \
	--owner=0 --group=0 --numeric-owner --mode='u=rwX,go=rX'
echo "$dir/$name.tar.xz"
