#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# enter.sh ROOT BUILD COMMAND...
#
# Runs COMMAND inside the root folder ROOT, with folder BUILD as /build and as
# the current folder, this machine's /dev and a /proc of its own. Whatever it
# leaves running ends with it. A user other than root is root inside.
set -euo pipefail

root=$1 build=$2
shift 2

namespaces=(--mount --propagation private --pid --fork --kill-child)
((EUID == 0)) || namespaces+=(--user --map-root-user)

# shellcheck disable=SC2016 # expanded by the inner shell
exec unshare "${namespaces[@]}" -- sh -euc '
	root=$1 build=$2
	shift 2
	mount --rbind /dev "$root/dev"
	mount --bind "$build" "$root/build"
	mount -t proc proc "$root/proc"
	exec chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin HOME=/root \
		LC_ALL=C sh -euc "cd /build; exec \"\$@\"" sh "$@"
' sh "$root" "$build" "$@"
