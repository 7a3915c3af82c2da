#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# lab.sh: boots a virtual machine for a lab, with a shell on this terminal. The
# person's work lives in labs/N-name/work, is copied into the machine, and comes
# back after each command in there.
#
# Environment: N is the lab; WORK another folder than labs/N-name/work.
set -euo pipefail
. "$(dirname "$0")/lib/host.sh"

lab=$(lab_folder "${N:-}")
work=$(realpath -m "${WORK:-$LABS/$lab/work}")
row=()
set_row
[[ -d $work ]] || copy_work "$lab" start "$work"

"$VM/host-packages.sh" "${row[1]}"
hold cache -s
run=$CACHE/lab-$$
mkdir -p "$run/add"
terminal=$(stty -g 2>/dev/null) || terminal=
cleanup() {
	[[ ! $terminal ]] || stty "$terminal"
	rm -rf "$run"
}
trap cleanup EXIT

add_labs "$run"
copy_work "$lab" "$work" "$run/add/work"
read -r rows columns < <(stty size 2>/dev/null || echo 24 80)
kind=vt100
[[ ! ${TERM:-} =~ ^(xterm|screen|tmux|rxvt|linux)[a-z0-9-]*$ ]] || kind=$TERM
echo "$lab /dev/ttyS2 $rows $columns $kind" >"$run/add/session"
truncate -s 64M "$run/save.img"
VM_ADD=$run/add "$VM/prepare.sh" "$run" "$LABS/lib/guest-shell" "${row[@]}"

say "${row[0]}: boot a virtual machine for lab $lab; \"exit\" ends it"
VM_REPORT=file:$run/report VM_TIMEOUT=86400 "$VM/boot.sh" "${row[1]}" "$run" "$run/console.log" \
	-chardev stdio,id=terminal,signal=off -serial chardev:terminal \
	-drive "if=none,id=save,format=raw,file=$run/save.img" -device virtio-blk-pci,drive=save || true
[[ ! $terminal ]] || stty "$terminal"

if ! grep -q '^@end' "$run/report"; then
	echo
	say 'the machine did not come to its end. What its kernel said:'
	grep -aE -m 1 -A 40 'BUG:|Kernel panic|Oops:|WARNING:' "$run/console.log" >&2 ||
		tail -n 40 "$run/console.log" >&2
fi

# What came back replaces the work only when it is whole.
mkdir "$run/back"
if [[ $(tar -tf "$run/save.img" 2>/dev/null | head -n 1) ]] &&
	tar -C "$run/back" --no-same-owner --no-same-permissions -xf "$run/save.img"; then
	rm -rf "$work.before"
	mv "$work" "$work.before"
	cp -r "$run/back" "$work"
	say "your work is in $work (what it was before: $work.before)"
else
	die "nothing came back from the machine; $work is as it was"
fi
