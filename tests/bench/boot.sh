#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# boot.sh count|time DIR REPORT LOAD:ROUNDS...
#
# Boots DIR/vmlinuz with DIR/initrd.img, lets bench measure, and puts what it
# reports in the file REPORT. With "count" the guest's clock counts instructions
# and nothing else: one CPU, a nanosecond each, no disk, no random seed, no
# address that differs from boot to boot. With "time" it is an ordinary
# machine of two CPUs, which QEMU runs in turns.
set -euo pipefail
. "$(dirname "$0")/../vm/lib.sh"

mode=$1 dir=$2 report=$3
shift 3

case $mode in
count) machine=(-smp 1 -icount 'shift=0,sleep=off' -rtc 'base=2026-01-01,clock=vm' -seed 1) ;;
time) machine=(-smp 2) ;;
*) die "boot.sh: count or time, not $mode" ;;
esac

status=0
setpriv --pdeathsig TERM timeout --foreground -k 5 "${VM_TIMEOUT:-3600}" qemu-system-x86_64 \
	-M q35 -accel tcg,thread=single -cpu 'max,cx16=off,rdrand=off,rdseed=off' "${machine[@]}" \
	-m "${VM_MEMORY:-2560}" -nodefaults -no-user-config -display none -no-reboot \
	-kernel "$dir/vmlinuz" -initrd "$dir/initrd.img" \
	-serial "file:$dir/console-$mode.log" -serial "file:$report" \
	-device isa-debug-exit,iobase=0xf4,iosize=4 \
	-append "console=ttyS0 quiet panic=-1 oops=panic nokaslr norandmaps tsc=reliable \
rdinit=/bench/bench -- $*" </dev/null || status=$?

# The guest ends QEMU with 2n + 1: 3 says that all went well, 5 that a peer did
# not agree with libshare.
((status == 5)) && die "peers and libshare do not agree: see the lines with # in $report"
if ((status != 3)) || ! grep -q '"end": true' "$report"; then
	tail -n 20 "$dir/console-$mode.log" | sed 's/^/    /' >&2
	die "the guest did not get to its end (QEMU ended with $status): see $dir/console-$mode.log"
fi
