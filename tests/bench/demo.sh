#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# demo.sh count|time DIR REPORT "NAME ARCH KERNEL USERLAND" demo:ROUNDS[:PEERS]...
#
# Boots the machine of the demo with its real programs, has them stand still, lets
# bench measure, and puts what it reports in the file REPORT. image.sh has run. It
# starts from a disk, so that a count is only good to within some percent; to count,
# it has one CPU, since Linux 6.1 does not find its second one by such a clock. Peers
# must agree, as in boot.sh.
set -euo pipefail
. "$(dirname "$0")/../vm/lib.sh"

mode=$1 dir=$2 report=$3
read -r -a row <<<"$4"
shift 4
place=$CACHE/${row[0]}-${row[1]}

counting=()
if [[ $mode == count ]]; then
	export VM_CPUS=1
	counting=(-icount 'shift=0,sleep=off' -rtc 'base=2026-01-01,clock=vm')
fi
mkdir -p "$dir/add/bench"
cp "$place/bench/bin"/{bench,floor.ko} "$dir/add/bench"
printf '%s\n' "$@" >"$dir/add/bench/loads"
TESTS=none VM_ADD=$dir/add "$VM/prepare.sh" "$dir" "$TOP/tests/bench/run-demo" "${row[@]}"
"$VM/boot.sh" "${row[1]}" "$dir" "$dir/console-$mode.log" "${counting[@]}" >"$report" ||
	true # by the report it is judged
! grep -q '"agree": false' "$report" ||
	die "peers and libshare do not agree: see the lines with # in $report"
if ! grep -q '^@passed' "$report" || ! grep -q '"end": true' "$report"; then
	tail -n 20 "$report" "$dir/console-$mode.log" | sed 's/^/    /' >&2
	die "the guest did not get to its end: see $report"
fi
