#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# boot.sh ARCH DIR CONSOLE [QEMU-OPTION...]
#
# Boots vmlinuz with disk.img and payload.img, all in folder DIR; the images
# stay as they are. The kernel's console goes to the file CONSOLE, the guest's
# report to standard output. QEMU's own exit status says
# little: a guest that panics ends like one that is done.
#
# Environment: VM_TIMEOUT (seconds), VM_MEMORY (MB), VM_CPUS (2), VM_KEEP=1 (what the guest
# writes to disk.img stays there), and APPEND, more of the kernel's command line;
# on amd64, VM_REPORT says where the report goes instead (a character device as QEMU
# writes it), so that QEMU-OPTIONs can use standard input and output.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

arch=$1 dir=$2 console=$3
shift 3

case $arch in
amd64)
	# QEMU 7.2 emulates cmpxchg16b with wrong flags, and with a thread a CPU
	# it trips over kernels that patch their own code. A fast "rep movsb" of the
	# processor's it emulates byte by byte; without one, kernels copy by words.
	machine=(qemu-system-x86_64 -M q35 -accel "tcg,thread=single"
		-cpu "max,cx16=off,erms=off,fsrm=off" -serial "file:$console" -serial "${VM_REPORT:-stdio}")
	# A busy host lets the timer come too late for the kernel's check of it.
	append='console=ttyS0 libshare.port=/dev/ttyS1 no_timer_check'
	;;
arm64)
	# This machine has one serial port: the report comes over virtio.
	# shellcheck disable=SC2054 # QEMU's commas
	machine=(qemu-system-aarch64 -M virt -accel "tcg,thread=single" -cpu cortex-a76
		-serial "file:$console" -device virtio-serial-pci
		-chardev stdio,id=report -device virtconsole,chardev=report)
	append='console=ttyAMA0 libshare.port=/dev/hvc0 libshare.patience=3'
	;;
*)
	die "boot.sh: no machine for $arch"
	;;
esac

append+=' root=/dev/nvme0n1 rootfstype=ext4 rw init=/sbin/stage1 quiet'
append+=' panic=-1 oops=panic panic_on_warn=1'
	# A busy host may stop the machine for a while: that is no stall of its kernel.
	append+=' rcupdate.rcu_cpu_stall_timeout=300 watchdog_thresh=60'
# Two nodes, one of them of memory alone, between which only the tests move
# pages; memfd_secret() in kernels that hide it (before 6.5); nothing is missing
# that a test may leave out.
append+=" numa_balancing=disable secretmem.enable=1 libshare.whole=1 ${APPEND:-}"
memory=${VM_MEMORY:-1024} cpus=${VM_CPUS:-2}
[[ ${VM_KEEP:-} ]] && snapshot=off || snapshot=on
# shellcheck disable=SC2054 # QEMU's commas
nodes=(-object "memory-backend-ram,id=near,size=$((memory / 2))M"
	-object "memory-backend-ram,id=far,size=$((memory / 2))M"
	-numa node,nodeid=0,cpus=0-$((cpus - 1)),memdev=near
	-numa node,nodeid=1,memdev=far)

[[ ${VM_REPORT:-} ]] || exec </dev/null
exec setpriv --pdeathsig TERM timeout --foreground -k 5 "${VM_TIMEOUT:-5400}" "${machine[@]}" \
	-smp "$cpus" -m "$memory" "${nodes[@]}" -nodefaults -no-user-config -display none -no-reboot \
	-kernel "$dir/vmlinuz" -append "$append" \
	-drive "if=none,id=disk,format=raw,file=$dir/disk.img,snapshot=$snapshot" \
	-device nvme,drive=disk,serial=disk \
	-drive "if=none,id=payload,format=raw,file=$dir/payload.img,snapshot=on" \
	-device virtio-blk-pci,drive=payload "$@"
