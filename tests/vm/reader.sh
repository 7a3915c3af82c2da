#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# reader.sh LOGS
#
# Makes the cache folder "reader": a root folder with all that builds and tests
# libshare-top, among it a browser and a Prometheus, whose packages would start services on a
# machine of your own.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

logs=$1
read -r _ arch suite _ < <(list_kernels amd64 6.12)

# shellcheck disable=SC2046 # one word a package
needs=$("$VM/apt.sh" "$arch" "$suite" list $(sed '/^#/d' "$VM"/packages.{build,libs,reader}))

make_reader() {
	local dir=${!#} llvm

	"$VM/unpack.sh" "$@"
	# What unpack.sh leaves out, as it is large and only compilers need it.
	cd "$dir"
	llvm=$(printf '%s\n' "$@" | grep '^libllvm')
	"$VM/apt.sh" "$arch" "$suite" fetch "$llvm"
	dpkg-deb --fsys-tarfile libllvm*.deb |
		tar -x -C "$dir/root" --no-same-owner --keep-directory-symlink --wildcards '*libLLVM*'
	rm libllvm*.deb
}

hold reader -x
# shellcheck disable=SC2086 # one word a package
artefact "$CACHE/reader" "$(fingerprint "$needs" "$(cat "$VM"/{reader,unpack}.sh)")" \
	"$logs/reader.log" 'fetch and unpack what tests libshare-top: compilers, a browser, Prometheus' \
	make_reader "$arch" "$suite" $needs
