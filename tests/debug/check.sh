#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# check.sh: boots kernels that watch themselves and runs on them the tests of
# tests/guest ("suite") and those that try to break things: "attack", "storm"
# and "lockdown"; "mistakes" shows that a kernel notices what it should.
#
# Environment: DEBUG_KERNEL (names in kernels.list) and SETS choose what runs,
# TESTS (patterns) which test files, or for one set as in SETS='suite=20-*,22-*';
# STORM and CALLER are the seconds that the storm and the random calls last;
# MANY=most makes as many of all as can be; JOBS is how many machines run at once;
# DEBUG_RUN is a folder for the logs.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

run=${DEBUG_RUN:-$CACHE/debug-runs/$(date +%Y%m%d-%H%M%S)-$$}
trouble='BUG:|WARNING:|INFO:|Oops|Kernel panic|UBSAN:'

"$VM/host-packages.sh" amd64
hold cache -s
mkdir -p "$run"
find "$CACHE/debug-runs" -mindepth 1 -maxdepth 1 -type d | sort -r | tail -n +41 | xargs -r rm -rf

# parameters NAME SET: what goes on the kernel's command line.
parameters() {
	echo "libshare.slow=${SLOW:-10} ${STORM:+libshare.storm=$STORM}" \
		"${CALLER:+libshare.caller=$CALLER} ${MANY:+libshare.many=$MANY}"
	# The kernel has data races of its own: those of libshare are picked out.
	[[ $1 != kcsan ]] || echo panic_on_warn=0
	case $2 in
	mistakes) echo libshare.mistakes panic_on_warn=0 kasan_multi_shot ;;
	lockdown) echo slab_nomerge init_on_alloc=1 init_on_free=1 page_poison=1 vsyscall=none ;;
	esac
}

# boot_and_test NAME SET: leaves logs and counts in $run/NAME-SET.
boot_and_test() {
	local name=$1 set=$2 logs=$run/$1-$2 start=${EPOCHREALTIME/[.,]/} status=0

	"$DEBUG/prepare.sh" "$logs" "$name" "$set" || return
	say "$name: boot and test ($set) ..."
	# shellcheck disable=SC2046 # one word a parameter
	"$DEBUG/boot.sh" "$logs" "$logs/console.log" $(parameters "$name" "$set") |
		tee "$logs/report.log" |
		awk -v name="$name" -v counts="$logs/counts" -f "$VM/judge.awk" || status=$?
	rm -f "$logs"/{payload,disk}.img "$logs/vmlinuz"
	say "$name: boot and test ($set): $(seconds_since "$start") s"
	if ((status)); then
		if grep -qE "$trouble" "$logs/console.log"; then
			say "$name: from the kernel's console:"
			grep -m 1 -B 5 -A 60 -E "$trouble" "$logs/console.log" | sed 's/^/    /' >&2
		fi
		say "$name: FAILED: all of it is in $logs/report.log and console.log"
	fi
}

# Patterns for file names are not for the shell.
set -f
running=0
for name in ${DEBUG_KERNEL:-kasan}; do
	for word in ${SETS:-suite attack storm lockdown mistakes}; do
		set=${word%%=*}
		((running++ < ${JOBS:-2})) || wait -n || true
		if [[ $word == *=* ]]; then
			patterns=${word#*=}
			TESTS=${patterns//,/ } boot_and_test "$name" "$set" &
		else
			boot_and_test "$name" "$set" &
		fi
	done
done
wait

for name in ${DEBUG_KERNEL:-kasan}; do
	for word in ${SETS:-suite attack storm lockdown mistakes}; do
		# What left no counts broke before it could count.
		cat "$run/$name-${word%%=*}/counts" 2>/dev/null || echo 0 1 0
	done
done >"$run/counts"
total "$run/counts"
