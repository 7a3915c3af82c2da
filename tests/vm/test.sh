#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# test.sh RUN NAME ARCH KERNEL USERLAND
#
# Runs the guest tests on one row of kernels.list. Leaves in the folder RUN the
# logs, and "counts": how many tests passed, failed and were skipped.
#
# Environment: AGAIN=1 runs the test files that failed once more, in a new
# machine, and counts what they say then: some tests wait for what a busy host may
# delay. What a kernel complains of, and a guest that stops, is never forgiven.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

name=$2 arch=$3
row=("${@:2}")
label=$(row_label "$name" "$arch")

# try RUN: leaves there "counts", and "again", which judge.awk explains.
try() {
	local run=$1 status=0

	mkdir -p "$run/add"
	"$VM/top.sh" "$run" "$run/add" "$arch" || return
	VM_ADD=$run/add "$VM/prepare.sh" "$run" "$VM/run-tests" "${row[@]}" || return
	boot_and_test "$label" "$run" '' "$VM/boot.sh" "$arch" "$run" "$run/console.log" || status=$?
	rm -rf "$run"/*.img "$run/vmlinuz" "$run/add"
	return "$status"
}

status=0
try "$1" || status=$?
if ((status)) && [[ ${AGAIN:-} && -s $1/again ]]; then
	TESTS=$(cut -d ' ' -f 1 "$1/again" | xargs)
	export TESTS
	say "$label: once more: $TESTS"
	cp "$1/counts" "$1/counts.first"
	status=0
	try "$1/second" || status=$?
	# Those files count as they are now, the others as they were. A machine that did
	# not come to be takes back nothing.
	[[ -e $1/second/counts ]] || cut -d ' ' -f 2- "$1/again" >"$1/second/counts"
	awk '
		FNR == 1 { file++ }
		file == 2 { sub(/^[^ ]* /, "") }
		{ sign = file == 2 ? -1 : 1; for (i = 1; i <= 3; i++) sum[i] += sign * $i }
		END { print sum[1], sum[2], sum[3] }
	' "$1/counts.first" "$1/again" "$1/second/counts" >"$1/counts"
	((status)) || echo "$label: UNSTEADY: passed only when run once more: $TESTS"
fi
exit "$status"
