#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# dist.sh [DIR]: makes DIR/libshare-VERSION.tar.xz (DIR: dist), all files of the
# work tree that git knows or would add. In an unpacked release there is no git:
# what is there is taken. The same files make the same tarball.
set -euo pipefail
cd "$(dirname "$0")/.."

dir=${1:-dist}
version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
name=libshare-$version

files() {
	local file

	if [[ -e .git ]]; then
		git ls-files -z --cached --others --exclude-standard
	else
		find . -path ./dist -prune -o '(' -type f -o -type l ')' -printf '%P\0'
	fi | while IFS= read -r -d '' file; do
		# A file that is deleted but not committed yet is still listed.
		[[ ! -e $file ]] || printf '%s\0' "$file"
	done | LC_ALL=C sort -z
}

if [[ -e .git ]]; then
	time=$(git log -1 --format=%ct)
else
	time=$(stat -c %Y dkms.conf)
fi
mkdir -p "$dir"
files | tar --create --xz --file "$dir/$name.tar.xz" --null --files-from=- \
	--transform "s,^,$name/,S" --mtime "@${SOURCE_DATE_EPOCH:-$time}" \
	--owner=0 --group=0 --numeric-owner --mode='u=rwX,go=rX'
echo "$dir/$name.tar.xz"
