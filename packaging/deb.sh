#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# deb.sh [TARBALL]: builds libshare-dkms and libshare-tools from a release's
# tarball, by default that of the work tree, and lets lintian judge them (unless
# LINTIAN=no). It is done in a system of Debian SUITE (trixie), whose libraries
# the reader links to; the packages go to the folder OUT (dist/SUITE).
set -euo pipefail
. "$(dirname "$0")/../tests/vm/lib.sh"

suite=${SUITE:-trixie}
out=$(realpath -m "${OUT:-$TOP/dist/$suite}")

"$VM/host-packages.sh" packages
hold cache -s
run=$CACHE/deb-$$
mkdir -p "$run/build" "$out"
trap 'rm -rf "$run"' EXIT
"$TOP/packaging/root.sh" "$suite" "$run"

tarball=$(realpath "${1:-$("$TOP/packaging/dist.sh" "$run")}")
name=$(basename "$tarball" .tar.xz)
version=${name#libshare-}
tar -x -f "$tarball" -C "$run/build" --no-same-owner
cp "$tarball" "$run/build/libshare_$version.orig.tar.xz"
tree=$run/build/$name
cp -r "$tree/packaging/debian" "$tree/debian"
# Debian's changelog repeats what the project's says: this is its package.
cat >"$tree/debian/changelog" <<END
libshare ($version-1~$suite) $suite; urgency=medium

  * Release $version: changelog.gz says what is new.

 -- $(sed -n 's/^Maintainer: //p' "$tree/debian/control")  $(date -R -u -r "$tree/dkms.conf")
END

# inside COMMAND...: runs COMMAND in the build system, in the unpacked release.
inside() {
	# shellcheck disable=SC2016 # expanded inside
	"$VM/enter.sh" "$CACHE/packages/$suite/build/root" "$run/build" \
		sh -c 'cd "$1"; shift; exec "$@"' sh "$name" "$@"
}

step "$run/build.log" "$suite: build the packages of $version" \
	inside dpkg-buildpackage -us -uc
if [[ ${LINTIAN:-yes} == yes ]]; then
	step "$run/lintian.log" "$suite: lintian" \
		inside lintian --allow-root --info --display-info --pedantic --fail-on error,warning,info,pedantic \
		--suppress-tags newer-standards-version --show-overrides \
		"../libshare_$version-1~${suite}_amd64.changes"
	cat "$run/lintian.log"
fi
cp "$run/build"/*.deb "$run/build"/*.dsc "$run/build"/*.tar.xz "$out"
say "the packages are in $out:"
(cd "$out" && printf '    %s\n' *.deb) >&2
