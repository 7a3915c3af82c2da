#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# demo-top.sh: boots one of the supported kernels with real programs, and opens
# libshare-top there on this terminal. Quitting it ends the virtual machine.
set -euo pipefail
. "$(dirname "$0")/vm/lib.sh"

[[ -t 0 && -t 1 ]] || die 'demo-top wants a terminal; "make demo" needs none'
read -r -a row < <(list_kernels amd64 "${KERNEL:-6.12}") ||
	die "no such kernel in tests/kernels.list: $KERNEL"
name=${row[0]} arch=${row[1]}

"$VM/host-packages.sh" "$arch"
hold cache -s
run=$CACHE/demo-top-$$
mkdir -p "$run"
settings=$(stty -g)
watcher=
cleanup() {
	[[ ! $watcher ]] || kill "$watcher" 2>/dev/null || true
	stty "$settings"
	rm -rf "$run"
}
trap cleanup EXIT

# Tells the guest the terminal's size, again and again: what is said before it
# listens is lost.
tell_size() {
	local out

	exec {out}<>"$run/sizes.in"
	while sleep 0.5; do
		echo "size $(stty size) end" >&"$out"
	done
}

"$VM/top.sh" "$run" "$run/add"
echo "/dev/ttyS2 /dev/ttyS3 ${TERM:-xterm}" >"$run/add/session"
mkfifo "$run/sizes.in" "$run/sizes.out"
VM_ADD=$run/add "$VM/prepare.sh" "$run" "$VM/run-demo-top" "${row[@]}"

say "$name: boot a virtual machine, where the live view opens; ? helps, q quits ..."
tell_size </dev/tty &
watcher=$!
VM_REPORT=file:$run/report VM_TIMEOUT=86400 "$VM/boot.sh" "$arch" "$run" "$run/console.log" \
	-chardev stdio,id=terminal,signal=off -serial chardev:terminal -serial "pipe:$run/sizes" || true
if ! grep -q '^@end' "$run/report"; then
	stty "$settings"
	tput rmcup || true
	tail -n 30 "$run/console.log" >&2
	die 'the machine did not come to its end: above is what its kernel said last'
fi
