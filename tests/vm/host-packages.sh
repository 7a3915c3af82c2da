#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# host-packages.sh ARCH...: makes sure that this machine has what the test
# machines of these architectures need: installs it as root, and otherwise says
# how to and ends 1.
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
for arch in "$@"; do
	case $arch in
	amd64) need qemu-system-x86_64 qemu-system-x86 ;;
	arm64) need qemu-system-aarch64 qemu-system-arm ;;
	esac
done
[[ -e /usr/share/keyrings/debian-archive-keyring.gpg ]] || missing+=(debian-archive-keyring)
((${#missing[@]})) || exit 0

install=(apt-get install -y --no-install-recommends "${missing[@]}")
if ((EUID)); then
	die "some packages are missing here. Run this, then try again:
    sudo ${install[*]}"
fi

# Asks nothing, and does not restart the machine's services.
export DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l
mkdir -p "$CACHE"
step "$CACHE/apt.log" "install ${missing[*]}" \
	sh -c 'apt-get update && "$@"' sh "${install[@]}"
