#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# lab.sh: boots a virtual machine for a lab, with a shell on this terminal. The
# person's work lives in labs/N-name/work, is copied into the machine, and comes
# back after each command in there.
#
# Environment: N is the lab; WORK another folder than labs/N-name/work; STUDENT the name
# of the person, whose numbers the lab then has (it stays in the work).
set -euo pipefail
. "$(dirname "$0")/lib/host.sh"

lab=$(lab_folder "${N:-}")
work=$(realpath -m "${WORK:-$LABS/$lab/work}")
check_name "${STUDENT:-}"
row=()
set_row
[[ -d $work ]] || copy_work "$lab" start "$work"

"$VM/host-packages.sh" "${row[1]}"
hold cache -s
run=$CACHE/lab-$$
mkdir -p "$run/add"

# The disk on which the machine hands back the work: two halves (lab-save).
HALF=$((64 << 20))

# newest: number, half, size and checksum of the newest of what is there, if any.
newest() {
	local half word number size sum

	for half in 0 1; do
		read -r word number size sum < <(dd if="$run/save.img" bs=4096 count=1 iflag=skip_bytes \
			skip=$((half * HALF)) status=none | tr -d '\0') || continue
		[[ $word == libshare-lab ]] && echo "$number $half $size $sum"
	done | sort -n | tail -n 1
}

# bring_back: replaces the work by what was saved last, if that is whole and new.
saved=
bring_back() {
	local number half size sum tar=$run/back.tar

	read -r number half size sum < <(newest) || return 0
	[[ $number != "$saved" ]] || return 0
	dd if="$run/save.img" of="$tar" bs=64k iflag=skip_bytes,count_bytes status=none \
		skip=$((half * HALF + 4096)) count="$size"
	[[ $(sha256sum <"$tar") == "$sum "* ]] || return 0
	rm -rf "$run/back"
	mkdir "$run/back"
	tar -C "$run/back" --no-same-owner --no-same-permissions -xf "$tar" || return 0
	if [[ ! -d $work.before || ! -e $run/kept ]]; then
		rm -rf "$work.before"
		cp -r "$work" "$work.before"
		touch "$run/kept"
	fi
	find "$work" -mindepth 1 -delete
	cp -r "$run/back/." "$work"
	saved=$number
}

terminal=$(stty -g 2>/dev/null) || terminal=
saver=
cleanup() {
	[[ ! $saver ]] || kill "$saver" 2>/dev/null || true
	[[ ! $terminal ]] || stty "$terminal"
	rm -rf "$run"
}
trap cleanup EXIT

add_labs "$run"
copy_work "$lab" "$work" "$run/add/work"
read -r rows columns < <(stty size 2>/dev/null || echo 24 80)
kind=vt100
[[ ! ${TERM:-} =~ ^(xterm|screen|tmux|rxvt|linux)[a-z0-9-]*$ ]] || kind=$TERM
echo "$lab ${STUDENT:--} /dev/ttyS2 $rows $columns $kind" >"$run/add/session"
truncate -s $((2 * HALF)) "$run/save.img"
VM_ADD=$run/add "$VM/prepare.sh" "$run" "$LABS/lib/guest-shell" "${row[@]}"

# While the person works, what was saved shows up here.
while sleep 1; do bring_back; done 2>/dev/null &
saver=$!
say "${row[0]}: boot a virtual machine for lab $lab; \"exit\" ends it"
VM_REPORT=file:$run/report VM_TIMEOUT=86400 "$VM/boot.sh" "${row[1]}" "$run" "$run/console.log" \
	-chardev stdio,id=terminal,signal=off -serial chardev:terminal \
	-drive "if=none,id=save,format=raw,file=$run/save.img" -device virtio-blk-pci,drive=save || true
[[ ! $terminal ]] || stty "$terminal"
kill "$saver"
wait "$saver" || true
saver=

if ! grep -q '^@end' "$run/report"; then
	echo
	say 'the machine did not come to its end. What its kernel said:'
	grep -aE -m 1 -A 40 'BUG:|Kernel panic|Oops:|WARNING:' "$run/console.log" >&2 ||
		tail -n 40 "$run/console.log" >&2
fi

bring_back
if [[ $saved ]]; then
	say "your work is in $work (what it was before: $work.before)"
else
	die "nothing came back from the machine; $work is as it was"
fi
