#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# check.sh: boots kernels that watch themselves and runs on them the tests of
# tests/guest ("suite") and those that try to break things: "attack", "storm"
# and "lockdown"; "mistakes" shows that a kernel notices what it should.
#
# Environment: DEBUG_KERNEL (names in kernels.list) and SETS choose what runs,
# TESTS (patterns) which test files, or for one set as in SETS='suite=20-*,22-*';
# STORM and CALLER are the seconds that the storm and the random calls last (1800 and
# 600); JOBS is how many machines run at once; DEBUG_RUN is a folder for the logs.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

run=${DEBUG_RUN:-$CACHE/debug-runs/$(date +%Y%m%d-%H%M%S)-$$}
names=${DEBUG_KERNEL:-$(debug_kernels)}
for name in $names; do
	[[ $(debug_kernel "$name") ]] || die "kernels.list has no $name"
done

"$VM/host-packages.sh" amd64
hold cache -s
mkdir -p "$run" "$CACHE/debug-runs"
find "$CACHE/debug-runs" -mindepth 1 -maxdepth 1 -type d -mmin +240 |
	sort -r | tail -n +41 | xargs -r rm -rf

# parameters NAME SET: what goes on the kernel's command line.
parameters() {
	echo "libshare.slow=${SLOW:-10} libshare.storm=${STORM:-1800}" \
		"libshare.caller=${CALLER:-600}"
	# The kernel has data races of its own: those of libshare are picked out.
	[[ $1 != kcsan ]] || echo panic_on_warn=0
	case $2 in
	mistakes) echo libshare.mistakes panic_on_warn=0 kasan_multi_shot ;;
	lockdown) echo slab_nomerge init_on_alloc=1 init_on_free=1 page_poison=1 vsyscall=none ;;
	esac
}

# test_set NAME SET: leaves logs and counts in $run/NAME-SET.
test_set() {
	local name=$1 set=$2 logs=$run/$1-$2

	"$DEBUG/prepare.sh" "$logs" "$name" "$set" || return
	# shellcheck disable=SC2046 # one word a parameter
	boot_and_test "$name, $set" "$logs" '' \
		"$DEBUG/boot.sh" "$logs" "$logs/console.log" $(parameters "$name" "$set") || true
	rm -f "$logs"/{payload,disk}.img "$logs/vmlinuz"
}

# Patterns for file names are not for the shell.
set -f
running=0
asked=()
for name in $names; do
	read -r _ _ _ _ sets < <(debug_kernel "$name")
	for word in ${SETS:-${sets//,/ }}; do
		set=${word%%=*}
		asked+=("$name-$set")
		((running++ < ${JOBS:-2})) || wait -n || true
		if [[ $word == *=* ]]; then
			patterns=${word#*=}
			TESTS=${patterns//,/ } test_set "$name" "$set" &
		else
			test_set "$name" "$set" &
		fi
	done
done
wait

for set in "${asked[@]}"; do
	# What left no counts broke before it could count.
	cat "$run/$set/counts" 2>/dev/null || echo 0 1 0
done >"$run/counts"
total "$run/counts"
