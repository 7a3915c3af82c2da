#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# host-packages.sh WHAT...: makes sure that this machine has what the test
# machines of an architecture need, or the unit tests, or bench: installs it as root, and
# otherwise says how to and ends 1.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

missing=()

# need COMMAND PACKAGE
need() {
	[[ $(type -P "$1") ]] || missing+=("$2")
}

need depmod kmod
need flock util-linux
need mke2fs e2fsprogs
need xz xz-utils
for what in "$@"; do
	case $what in
	amd64) need qemu-system-x86_64 qemu-system-x86 ;;
	arm64) need qemu-system-aarch64 qemu-system-arm ;;
	packages) need mmdebstrap mmdebstrap ;;
	bench) need cpio cpio ;;
	unit)
		need gcc gcc
		need readelf binutils
		need clang clang
		[[ -e /usr/include/stdio.h ]] || missing+=(libc6-dev)
		# libFuzzer and the sanitizers, which clang only suggests.
		compgen -G '/usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer-*' \
			>/dev/null || missing+=(libclang-rt-dev)
		;;
	esac
done
[[ -e /usr/share/keyrings/debian-archive-keyring.gpg ]] || missing+=(debian-archive-keyring)
((${#missing[@]})) || exit 0

install=(apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends "${missing[@]}")
if ((EUID)); then
	die "some packages are missing here. Run this, then try again:
    sudo apt-get install -y --no-install-recommends ${missing[*]}"
fi

# Asks nothing, and does not restart the machine's services.
export DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l
mkdir -p "$CACHE"
step "$CACHE/apt.log" "install ${missing[*]}" \
	sh -c 'apt-get update && "$@"' sh "${install[@]}"
