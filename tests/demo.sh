#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# demo.sh: boots one of the supported kernels with real programs, and shows
# what libshare says about them. Ends 0 only if it had something true to say.
set -euo pipefail
. "$(dirname "$0")/vm/lib.sh"

read -r -a row < <(list_kernels amd64 "${KERNEL:-6.12}") ||
	die "no such kernel in tests/kernels.list: $KERNEL"
name=${row[0]} arch=${row[1]}

"$VM/host-packages.sh" "$arch"
hold cache -s
run=$CACHE/demo-$$
trap 'rm -rf "$run"' EXIT
mkdir -p "$run/add"
"$VM/top.sh" "$run" "$run/add" "$arch"
VM_ADD=$run/add "$VM/prepare.sh" "$run" "$VM/run-demo" "${row[@]}"

# The guest reports: what it does in lines that start with "@", and the rest is
# for the terminal.
report() {
	local line passed=1

	while IFS= read -r line; do
		case $line in
		@say*) say "${line#@say }" ;;
		@kernel*) say "$name: ${line#@}" ;;
		@passed) passed=0 ;;
		@*) ;;
		*) printf '%s\n' "$line" ;;
		esac
	done
	return "$passed"
}

say "$name: boot a virtual machine ..."
if "$VM/boot.sh" "$arch" "$run" "$run/console.log" | report; then
	say 'done. "make demo-top" opens the live view of it in this terminal;'
	say '"make check" runs the tests; "make load" loads the module here.'
else
	tail -n 30 "$run/console.log" >&2
	die "the demo failed: above is the end of the guest's console"
fi
