#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# deb.sh [TARBALL]: builds the Debian packages libshare-dkms and libshare-tools of a
# release, and lets lintian judge them (unless LINTIAN=no). See lib.sh.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

cp "$tarball" "$run/build/libshare_$version.orig.tar.xz"
tree=$run/build/$name
cp -r "$tree/packaging/debian" "$tree/debian"
# Debian's changelog repeats what the project's says: this is its package.
cat >"$tree/debian/changelog" <<END
libshare ($version-1~$suite) $suite; urgency=medium

  * Release $version: changelog.gz says what is new.

 -- $(sed -n 's/^Maintainer: //p' "$tree/debian/control")  $(date -R -u -r "$tree/dkms.conf")
END

step "$run/build.log" "$suite: build the packages of $version" \
	inside dpkg-buildpackage -us -uc
if [[ ${LINTIAN:-yes} == yes ]]; then
	step "$run/lintian.log" "$suite: lintian" \
		inside lintian --allow-root --info --display-info --pedantic --fail-on error,warning,info,pedantic \
		--suppress-tags newer-standards-version \
		"../libshare_$version-1~${suite}_amd64.changes"
	cat "$run/lintian.log"
fi
deliver "$run/build"/*.deb "$run/build"/*.dsc "$run/build"/*.tar.xz
