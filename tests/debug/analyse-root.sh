#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# analyse-root.sh SUITE KERNEL PACKAGE=VERSION... DIR
#
# Unpacks PACKAGEs into DIR/root, with the coccinelle scripts that are in the
# source package KERNEL.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

suite=$1 kernel=$2
packages=("${@:3:$#-3}")
dir=${!#}

"$VM/unpack.sh" amd64 "$suite" "${packages[@]}" "$dir"
cd "$dir"
# clang needs what unpack.sh leaves out.
llvm=$(printf '%s\n' "${packages[@]}" | grep '^libllvm')
"$VM/apt.sh" amd64 "$suite" fetch "$llvm" "$kernel"
dpkg-deb --fsys-tarfile libllvm*.deb | tar -x -C root --keep-directory-symlink --exclude='./usr/share/doc'
dpkg-deb --fsys-tarfile linux-source-*.deb | tar -xO --wildcards '*.tar.xz' | xz -dc -T2 |
	tar -x -C root --strip-components=2 --wildcards '*/scripts/coccinelle'
rm ./*.deb
