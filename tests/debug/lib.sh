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
