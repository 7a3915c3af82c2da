#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# boot.sh DIR CONSOLE [PARAMETER...]
#
# Boots DIR/vmlinuz, a kernel without PCI and ACPI, with DIR/disk.img as its
# root and DIR/payload.img; both stay as they are. DIR/out.img is a third disk,
# for what the guest wants to hand back, DIR/share a folder that it can mount by
# 9p. The kernel's console goes to the file
# CONSOLE, the guest's report to standard output. PARAMETERs go on the kernel's
# command line.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

dir=$1 console=$2
shift 2

drives=()
# drive FILE SNAPSHOT
drive() {
	drives+=(-drive "if=none,id=$1,format=raw,file=$dir/$1.img,snapshot=$2"
		-device "virtio-blk-device,drive=$1")
}
# The guest finds its payload on the first one.
drive payload on
drive disk on
drive out off

# QEMU's processor counts the host's cycles, and on a busy host, without another clock to
# compare with, the kernel cannot find out how many that are in a second. Without them
# it loses time, and KCSAN's pauses keep the other CPU waiting, which they are for.
cycles=$(awk '/^cpu MHz/ { printf "tsc_early_khz=%d", $4 * 1000; exit }' /proc/cpuinfo)

# As tests/vm/boot.sh: QEMU 7.2 needs one thread, and no cmpxchg16b. A busy host
# lets the timer come too late for the kernel's check of it.
exec setpriv --pdeathsig TERM timeout --foreground -k 5 "${VM_TIMEOUT:-3600}" \
	qemu-system-x86_64 -M microvm,acpi=off,pic=on,pit=on,rtc=on,isa-serial=on \
	-accel tcg,thread=single -cpu max,cx16=off -smp 2 -m "${VM_MEMORY:-2048}" \
	-nodefaults -no-user-config -display none -no-reboot -kernel "$dir/vmlinuz" \
	-append "console=ttyS0,115200 libshare.port=/dev/hvc0 root=/dev/vdb rootfstype=ext4 rw \
init=/sbin/stage1-debug quiet log_buf_len=4M tsc=reliable $cycles no_timer_check panic=-1 oops=panic panic_on_warn=1 reboot=t \
numa=fake=2 rcupdate.rcu_cpu_stall_timeout=300 sysctl.kernel.hung_task_timeout_secs=300 watchdog_thresh=60 $*" \
	-serial "file:$console" -chardev stdio,id=report,signal=off \
	-device virtio-serial-device -device virtconsole,chardev=report \
	-fsdev "local,id=share,path=$dir/share,security_model=none,readonly=on" \
	-device virtio-9p-device,fsdev=share,mount_tag=share \
	"${drives[@]}" </dev/null
