#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# arch.sh [TARBALL]: builds the Arch Linux packages of a release. See lib.sh. The build
# system is Debian's, where no pacman knows packages: --nodeps. makepkg refuses to run
# as root, and only root can become another user there.
set -euo pipefail
((EUID == 0)) || {
	echo 'libshare: makepkg needs another user: run this as root' >&2
	exit 1
}
. "$(dirname "$0")/lib.sh"

user=65534 # without privileges
mkdir "$run/build/arch"
cp "$tarball" "$TOP/packaging/arch/PKGBUILD" "$run/build/arch"
chown -R "$user" "$run/build/arch"
# shellcheck disable=SC2016 # expanded inside
step "$run/build.log" "$suite: build the Arch Linux packages of $version" \
	inside setpriv --reuid="$user" --regid="$user" --clear-groups \
	env HOME=/build/arch PACMAN=true PKGEXT=.pkg.tar.gz "RELEASE_VERSION=$version" \
	sh -c 'cd /build/arch && makepkg --nodeps'
deliver "$run/build"/arch/*.pkg.tar.gz
