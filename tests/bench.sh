#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# bench.sh [short]: measures what reading libshare's tables costs, beside every
# other way to learn the same, in virtual machines. Counts instructions in one,
# takes the time in another. Prints a table with the goals and whether each is met;
# leaves all samples in a file of JSON lines, and a picture.
#
# short: instructions of "libraries" and of the floor alone, for "make check".
#
# Environment: KERNEL (names of kernels.list; 6.12), BENCH_OUT (a folder for the
# results), BASE (results of an earlier run to compare with), LOADS (instead of
# all of them, LOAD:ROUNDS[:PEER,PEER...] as in "200:9 demo:3:libraries,floor"),
# MODES (count, time or both).
set -euo pipefail

case ${1:-} in
'' | short) ;;
-h | --help)
	sed -n '3,/^set/{s/^# \{0,1\}//p}' "$0"
	exit
	;;
*)
	echo "bench.sh: what is $1? There are: bench.sh, bench.sh short, bench.sh --help" >&2
	exit 2
	;;
esac
. "$(dirname "$0")/vm/lib.sh"

bench=$TOP/tests/bench
out=${BENCH_OUT:-$CACHE/bench}
run=$CACHE/runs/$(date +%Y%m%d-%H%M%S)-$$
declare -A loads
# The logs stay for a while; check.sh clears them away.
trap 'rm -f "$run"/*/{initrd.img,vmlinuz,disk.img,payload.img}' EXIT

if [[ ${1:-} == short ]]; then
	out=$CACHE/bench-short
	modes=(count)
	export BENCH_BARE=${BENCH_BARE-1}
	loads[count]='200:3:libraries,summary,floor'
else
	read -r -a modes <<<"${MODES:-count time}"
	peers='libraries,summary,floor,census,ioctl,proc,smaps,read-smaps,read-rollup,read-maps,snapshot'
	main="200:9:$peers,processes,mappings,pages 200:3:smem"
	main+=" 100:3:$peers 400:3:$peers 1600:2:$peers demo:3:$peers"
	heap='libraries,floor'
	size='libraries,floor'
	main+=" busy:15:libraries,snapshot,floor"
	main+=" 5000-libraries:2:$size 20000-libraries:2:$size 60000-libraries:2:$size"
	main+=" million:2:$size,mappings"
	loads[time]=$main
	loads[count]="$main 100:1:smem 400:1:smem one-library:2:$peers vmas:2:$peers libraries:2:$peers"
	loads[count]+=" 100-heap:2:$heap 200-heap:2:$heap,census,smaps 400-heap:2:$heap 1600-heap:2:$heap"
fi
[[ ! ${BASE:-} || -r $BASE ]] || die "BASE=$BASE: there is no such file of results"

mkdir -p "$out" "$run"
# Before the results that it names are written anew.
[[ ! ${BASE:-} ]] || cp "$BASE" "$run/base.jsonl"

mapfile -t rows < <(list_kernels amd64 "${KERNEL:-6.12}")
((${#rows[@]})) || die "no such kernel in tests/kernels.list: $KERNEL"
"$VM/host-packages.sh" amd64 bench
hold cache -s

# note NAME MODE REPORT: adds kernel and mode to each line of a report.
note() {
	grep '^{.*"load"' "$3" | tr -d '\r' |
		sed "s/^{/{\"kernel\": \"$1\", \"mode\": \"$2\", /" >>"$run/results"
}

# measure ROW-OF-KERNELS.LIST MODE: one boot, and another one for real programs.
measure() {
	local -a row here=() demo=()
	local load name mode=$2 start=${EPOCHREALTIME/[.,]/}

	read -r -a row <<<"$1"
	name=${row[0]}
	for load in ${LOADS:-${loads[$mode]}}; do
		[[ $load == demo:* ]] && demo+=("$load") || here+=("$load")
	done
	if ((${#here[@]})); then
		say "$name: boot a machine to $mode ..."
		"$bench/boot.sh" "$mode" "$run/$name" "$run/$name-$mode.report" "${here[@]}"
		note "$name" "$mode" "$run/$name-$mode.report"
	fi
	if ((${#demo[@]})); then
		say "$name: boot a machine with real programs to $mode ..."
		"$bench/demo.sh" "$mode" "$run/$name-demo" "$run/$name-demo-$mode.report" "$1" \
			"${demo[@]}"
		note "$name" "$mode" "$run/$name-demo-$mode.report"
	fi
	say "$name: $mode: $(seconds_since "$start") s"
}

for row in "${rows[@]}"; do
	read -r -a words <<<"$row"
	"$bench/image.sh" "$run/${words[0]}" "${words[@]}"
	for mode in "${modes[@]}"; do
		measure "$row" "$mode"
	done
done
cp "$run/results" "$out/results.jsonl"
say "all samples: $out/results.jsonl"

if [[ ${1:-} == short ]]; then
	"$bench/report.py" limit "$out/results.jsonl" "$bench/limits"
else
	"$bench/report.py" table "$out/results.jsonl"
	"$bench/report.py" picture "$out/results.jsonl" "$out/scaling.svg"
fi
[[ ! ${BASE:-} ]] || "$bench/report.py" compare "$run/base.jsonl" "$out/results.jsonl"
