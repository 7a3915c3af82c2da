#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# test.sh RUN NAME ARCH KERNEL USERLAND
#
# Runs the guest tests on one row of kernels.list. Leaves in the folder RUN the
# logs, and "counts": how many tests passed, failed and were skipped.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

run=$1 name=$2 arch=$3
label=$(row_label "$name" "$arch")
trouble='BUG:|WARNING:|INFO:|Oops|Kernel panic'

"$VM/prepare.sh" "$run" "$VM/run-tests" "${@:2}"

say "$label: boot and test ..."
start=${EPOCHREALTIME/[.,]/}
status=0
"$VM/boot.sh" "$arch" "$run" "$run/console.log" |
	tee "$run/report.log" |
	awk -v name="$label" -v counts="$run/counts" -f "$VM/judge.awk" || status=$?
rm -f "$run"/*.img "$run/vmlinuz"
say "$label: boot and test: $(seconds_since "$start") s"

if ((status)); then
	if grep -qE "$trouble" "$run/console.log"; then
		say "$label: from the kernel's console:"
		grep -m 1 -B 5 -A 25 -E "$trouble" "$run/console.log" | sed 's/^/    /' >&2
	fi
	say "$label: FAILED: all of it is in $run/report.log and $run/console.log"
fi
exit "$status"
