#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# victim.sh: measures what a process feels of being watched: not at all, by
# libshare, by a reader of every smaps, every smaps_rollup, each without pause
# (src/victim.c). The unit is an instruction, a nanosecond each: see boot.sh.
# Ends 1 when the goals are missed. What it prints stays in the cache, for
# tests/debug/table.sh.
#
# Environment: KERNEL (names of kernels.list; 6.12 and trixie-backports),
# ROUNDS.
set -euo pipefail
. "$(dirname "$0")/../vm/lib.sh"

bench=$TOP/tests/bench
run=$CACHE/runs/$(date +%Y%m%d-%H%M%S)-$$
trap 'rm -f "$run"/*/{initrd.img,vmlinuz}' EXIT

mapfile -t rows < <(list_kernels amd64 "${KERNEL:-6.12 trixie-backports}")
"$VM/host-packages.sh" amd64 bench
hold cache -s
mkdir -p "$run"
status=0
for row in "${rows[@]}"; do
	read -r -a words <<<"$row"
	name=${words[0]}
	"$bench/image.sh" "$run/$name" "${words[@]}"
	say "$name: boot a machine with a victim ..."
	start=${EPOCHREALTIME/[.,]/}
	"$bench/boot.sh" count "$run/$name" "$run/$name.report" "victim:${ROUNDS:-30000}"
	say "$name: $(seconds_since "$start") s"
	mkdir -p "$CACHE/victim"
	"$bench/victim.py" "$name" "$run/$name.report" | tee "$CACHE/victim/$name" || status=1
done
exit "$status"
