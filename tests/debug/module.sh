#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# module.sh ROOT KERNEL DIR
#
# Compiles the module and the guest's test programs inside the build root ROOT
# for the kernel in folder KERNEL: DIR/source/libshare.ko, DIR/signed.ko, DIR/bin. With
# COVERAGE set, the module counts which of its lines run.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

root=$1 kernel=$2 dir=$3

mkdir "$dir/source" "$dir/bin"
cp -al "$kernel/headers" "$dir/headers"
"$VM/sources.sh" "$dir/source"
cp -r "$DEBUG/src" "$DEBUG/modules" "$dir"

# inside COMMAND...: runs COMMAND in the build root, in DIR.
inside() {
	nice -n 19 "$VM/enter.sh" "$root" "$dir" "$@"
}

inside make -j2 -C /build/headers M=/build/source KCFLAGS=-Werror \
	${COVERAGE:+GCOV_PROFILE=y} modules
inside make -j2 -C /build/headers M=/build/modules KCFLAGS=-Werror modules
inside make -j2 -C /build/source/tests/guest OUT=/build/bin
inside make -j2 -C /build/src OUT=/build/bin

# As "make sign" does, with the one key that this kernel trusts.
cp "$dir/source/libshare.ko" "$dir/signed.ko"
cp "$kernel"/signing_key.{pem,x509} "$dir"
inside ./source/module/sign.sh headers signed.ko signing_key.pem signing_key.x509
rm -r "$dir"/{headers,signing_key.*}
