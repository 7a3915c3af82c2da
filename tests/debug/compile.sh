#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# compile.sh JOBS: runs in the build root, in a folder with the kernel's source
# in "source" and its configuration in "fragments". Makes "vmlinuz", "config",
# "headers" to build modules against, "signing_key.pem" and ".x509" to sign them
# with, and "modules", what belongs on the disk so that modprobe knows what is
# built in.
set -euo pipefail

kernel() {
	make -C source O="$PWD/out" ARCH=x86_64 KBUILD_BUILD_USER=libshare \
		KBUILD_BUILD_HOST=libshare "$@"
}

mkdir -p out
sed -n 's/^CONFIG_\([A-Za-z0-9_]*\)=n$/# CONFIG_\1 is not set/p; /^CONFIG_.*=[^n]/p' \
	fragments/* >wanted
kernel -s tinyconfig
(cd source && scripts/kconfig/merge_config.sh -m -O ../out ../out/.config ../wanted)
kernel -s olddefconfig

# Kconfig drops what it cannot grant without a word.
missing=0
while IFS= read -r line; do
	case $line in
	CONFIG_*) grep -qxF "$line" out/.config ;;
	*) ! grep -q "^${line:2:-11}=" out/.config ;;
	esac || {
		echo "not granted: $line" >&2
		missing=1
	}
done <wanted
((!missing))

kernel -j"$1" bzImage modules
version=$(cat out/include/config/kernel.release)
cp out/arch/x86/boot/bzImage vmlinuz
cp out/.config config
cp out/certs/signing_key.{pem,x509} .
# shellcheck disable=SC2016 # expanded by make
kernel run-command \
	KBUILD_RUN_COMMAND="\$(srctree)/scripts/package/install-extmod-build $PWD/headers"
modules=modules/usr/lib/modules/$version
mkdir -p "$modules"
cp out/modules.{builtin,builtin.modinfo,order} "$modules"
depmod -b modules/usr "$version"
