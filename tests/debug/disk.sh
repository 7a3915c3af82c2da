#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# disk.sh LOGS: makes the cache folder debug-disk: the disk that all debug
# kernels boot, a trixie like that of tests/vm with stress-ng.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

logs=$1
suite=trixie
kernel_files='^linux-(base-[0-9]|binary|image|modules)'
# What stress-ng would draw with.
graphics='^(mesa-libgallium|lib(llvm|z3|x11|xau|xcb|xdmcp|xshm|egl-mesa|wayland|pciaccess|drm-|xml2|edit|sensors))'

needs() {
	"$VM/apt.sh" amd64 "$suite" list "$@"
}

mkdir -p "$logs"
# shellcheck disable=SC2046 # one word a package
list=$(
	needs linux-image-cloud-amd64 | grep -E "$kernel_files"
	needs $(packages "$VM"/packages.guest{,-amd64}) | grep -Ev "$kernel_files|^libllvm"
	needs $(packages "$DEBUG/packages.guest") | grep -Ev "$graphics"
)
list=$(sort -u <<<"$list")
hold debug-disk -x
# shellcheck disable=SC2086 # one word a package
artefact "$CACHE/debug-disk" "$(fingerprint "$list" "$(cat "$VM"/{disk.sh,unpack.sh,stage1})")" \
	"$logs/disk.log" 'fetch and unpack the programs for debug kernels, make a disk' \
	"$VM/disk.sh" amd64 "$suite" $list
