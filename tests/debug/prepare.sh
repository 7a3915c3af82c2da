#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# prepare.sh RUN NAME SET
#
# Makes folder RUN ready for boot.sh: kernel NAME of kernels.list, a disk, and
# a payload with the tests of SET. What takes long stays in the cache.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

run=$1 set=$3
read -r name _ < <(debug_kernel "$2") || die "kernels.list has no $2"
mkdir -p "$run" "$CACHE/debug-$name"

"$DEBUG/kernel.sh" "$run" "$name"
"$DEBUG/disk.sh" "$run"

hold "debug-$name" -x
build_tests "$run" "$name"
step "$run/payload.log" "$name: pack the module and the tests ($set)" \
	"$DEBUG/payload.sh" "$built" "$set" "$run/payload.img"
release

add_machine "$run" "$name" "$CACHE/debug-disk/disk.img"
