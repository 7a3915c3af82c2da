#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# root.sh SUITE LOGS
#
# Makes the cache folder packages/SUITE: a configured Debian system that builds
# packages for that suite, in "root". mmdebstrap makes it, since dpkg works in a
# configured system only.
set -euo pipefail
. "$(dirname "$0")/../tests/vm/lib.sh"

suite=$1 logs=$2
place=$CACHE/packages/$suite
mapfile -t packages < <(sed '/^#/d' "$TOP/packaging/packages.build")

make_root() {
	local dir=${!#} names

	names=$(IFS=,; echo "${packages[*]}")
	# shellcheck disable=SC2016 # expanded by mmdebstrap
	mmdebstrap --variant=apt --architectures=amd64 --include="$names" \
		--dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/man/*' \
		--customize-hook='mkdir "$1/build"' \
		"$suite" "$dir/root" "$CACHE/apt/$suite-amd64/sources.list"
	rm -rf "$dir"/root/var/cache/apt/archives/*.deb
}

mkdir -p "$place"
hold "packages-$suite-build" -x
needs=$("$VM/apt.sh" amd64 "$suite" list "${packages[@]}")
artefact "$place/build" "$(fingerprint "$needs" "$(cat "$0")")" "$logs/root.log" \
	"$suite: set up a system that builds packages" make_root
