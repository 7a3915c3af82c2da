# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the scripts of the debug kernels share, on top of tests/vm/lib.sh.
# Sourced, never run.

DEBUG=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export DEBUG
. "$DEBUG/../vm/lib.sh"

# packages FILE...: the names in package lists.
packages() {
	sed '/^#/d' "$@"
}

# debug_kernels: the names in kernels.list.
debug_kernels() {
	awk '!/^#/ && NF { print $1 }' "$DEBUG/kernels.list"
}

# debug_kernel NAME: its row of kernels.list.
debug_kernel() {
	awk -v name="$1" '$1 == name' "$DEBUG/kernels.list"
}

# build_tests LOGS NAME: leaves, in the cache folder "built" of debug-NAME, the module and
# the test programs for that kernel, which has been built, and sets built to its name.
# The caller holds the lock debug-NAME.
build_tests() {
	local place=$CACHE/debug-$2 suites sources

	read -r _ suites _ < <(debug_kernel "$2")
	built=$place/built${COVERAGE:+-coverage}
	sources=$("$VM/sources.sh"
		cd "$DEBUG" && find module.sh src modules -type f -print0 | sort -z | xargs -0 sha256sum)
	artefact "$built" "$(fingerprint "$(cat "$place/kernel/.id")" "$sources")" \
		"$1/build.log" "$2: build the module and the test programs" \
		"$DEBUG/module.sh" "$CACHE/debug-$suites/root" "$place/kernel"
}

# add_machine RUN NAME DISK: puts into RUN what boot.sh needs beside a payload: the
# kernel, a copy of DISK with its first program and what this kernel's modprobe reads, and
# where to find headers if the payload has them, and what is to be handed in and out.
add_machine() (
	run=$1
	kernel=$CACHE/debug-$2/kernel

	mkdir -p "$run/share"
	ln -f "$kernel/vmlinuz" "$run"
	cp --sparse=always "$3" "$run/disk.img"
	cd "$kernel/modules" || exit
	{
		printf 'cd /usr/sbin\nwrite %s stage1-debug\n' "$DEBUG/stage1"
		find . -mindepth 1 -type d -printf 'mkdir /%P\n'
		find . -type f -printf 'cd /%h\nwrite %p %f\n'
		find . -path '*/lib/modules/*' -type d -printf 'cd /%P\nsymlink build /libshare/headers\n'
	} | debugfs -w -f - "$run/disk.img" >"$run/modules.log" 2>&1
	truncate -s 64M "$run/out.img"
	# A library for which a server must be asked.
	head -c 65536 /dev/urandom >"$run/share/lib.so"
)
