#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# smem.sh ARCH SUITES PACKAGE=VERSION... DIR
#
# Makes DIR/root, a root folder with smem and the Python that runs it, its
# modules compiled as an installation would have done.
set -euo pipefail
. "$(dirname "$0")/../vm/lib.sh"

dir=${!#}
"$VM/unpack.sh" "$@"
# shellcheck disable=SC2016 # expanded in the new root
"$VM/enter.sh" "$dir/root" "$dir" sh -c 'python3 -m compileall -q /usr/lib/python3*' || true
# All of it lies in the memory of the machine that measures.
find "$dir/root/usr/bin" -mindepth 1 ! -name 'python3*' ! -name smem -delete
rm -rf "$dir/root/usr"/{sbin,share,libexec}
[[ -e $dir/root/usr/bin/python3 ]] || die 'smem.sh: there is no python3'
