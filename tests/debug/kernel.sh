#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kernel.sh LOGS NAME
#
# Builds kernel NAME of kernels.list, from Debian's source with Debian's
# compiler, in the cache folder debug-NAME: "kernel" (see compile.sh). Its
# compiler's root folder is "root" in debug-SUITES.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

logs=$1
read -r name suites source fragments _ < <(debug_kernel "$2") || die "kernels.list has no $2"
compiler=$CACHE/debug-$suites
place=$CACHE/debug-$name
mkdir -p "$logs" "$place"

# In this order: a later one may change what an earlier one says.
files=()
for fragment in machine memory ${fragments//,/ }; do
	files+=("$DEBUG/config/$fragment.config")
done
# shellcheck disable=SC2046 # one word a package
needs=$("$VM/apt.sh" amd64 "$suites" list $(packages "$DEBUG/packages.kernel"))
# What a meta package stands for today.
source=$("$VM/apt.sh" amd64 "$suites" list "$source" | grep '^linux-source-[0-9]')

hold "debug-$suites" -x
# shellcheck disable=SC2086 # one word a package
artefact "$compiler" "$(fingerprint "$needs" "$(cat "$VM/unpack.sh")")" \
	"$logs/root-$suites.log" "fetch and unpack a compiler for kernels" \
	"$VM/unpack.sh" amd64 "$suites" $needs
release

hold "debug-$name" -x
id=$(fingerprint "$needs" "$source" "$(cat "$DEBUG"/{build-kernel,compile}.sh "${files[@]}")")
artefact "$place/kernel" "$id" "$logs/kernel-$name.log" \
	"build the kernel $name (10 minutes or many more, once)" \
	"$DEBUG/build-kernel.sh" "$suites" "$compiler/root" "$source" "${files[@]}"
