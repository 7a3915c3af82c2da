#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# labs.sh: tests each lab's grader: the reference solution and others that are right get
# full marks, what students start from does not, each wrong work loses the points that
# its file "expect" says, and no others; nothing at all and hostile files get nothing, and
# stop nothing. One virtual machine grades them all. If the kernel that checks itself has
# been built, lab 7 is graded there as well.
#
# Environment: N chooses labs ("1 3"), WHOSE works of them ("start wrong/1"; then nothing
# but these is tested; "session": the machine of the lab alone), KERNEL another kernel
# (kasan: nothing but lab 7 on the one that checks itself).
set -euo pipefail
. "$(dirname "$0")/../labs/lib/host.sh"

export VM_TIMEOUT=${VM_TIMEOUT:-14400}
# Values are for instructors; here they say why a test fails.
export FEEDBACK=reveal
"$TOP/tests/labs/reports.sh"
"$TOP/tests/labs/handouts.sh"
hold cache -s
run=$CACHE/runs/$(date +%Y%m%d-%H%M%S)-$$-labs
mkdir -p "$run"
cp -rp "$TOP/tests/labs/hostile" "$run"
ln -s /dev/zero "$run/hostile/answers.json"
ln -s /proc/kmsg "$run/hostile/predictions.json"
ln -s target.scene "$run/hostile/target.scene"
start=${EPOCHREALTIME/[.,]/}

# set_works LAB...: sets works to the labs and works to grade.
set_works() {
	local number lab all whose

	works=()
	for number; do
		lab=$(lab_folder "$number")
		all="start empty $run/hostile"
		# An instructor may have taken the solutions out.
		[[ ! -d $LABS/$lab/solution ]] ||
			all+=" reference $(cd "$LABS/$lab" && shopt -s nullglob && echo right/* wrong/*)"
		for whose in ${WHOSE:-$all}; do
			[[ $whose != hostile ]] || whose=$run/hostile
			works+=("$lab" "$whose")
		done
	done
	((${#works[@]})) || die 'there are no labs'
}

judge() {
	awk -v labs="$LABS" -v wanted="$((${#works[@]} / 2))" -v counts="$run/counts" \
		-v checked="$([[ ${KERNEL:-} != "$CHECKED" ]] || echo 1)" -f "$TOP/tests/labs/judge.awk"
}

# check_reports FOLDER: "make grade" takes each report for one, as the host judges it.
check_reports() {
	local number lab said=$1/said failed=0

	for ((number = 0; number < ${#works[@]}; number += 2)); do
		lab=${works[number]}
		awk -v lab="$lab" -v whose="${works[number + 1]}" '
			/^@/ { inside = $1 == "@grade" && $2 == lab && $3 == whose; next }
			inside && NF' "$1/report.log" >"$said"
		check_report "$lab" "$said" && continue
		echo "labs: not ok - $lab ${works[number + 1]}: not a report"
		failed=$((failed + 1))
	done
	echo "0 $failed 0" >>"$run/counts"
}

# grade_all FOLDER: grades works in one machine.
grade_all() {
	mkdir -p "$1"
	grade_works "$1" "${works[@]}" | tee "$1/report.log" | judge || true
	check_reports "$1"
	rm -rf "$1"/{*.img,vmlinuz,add}
	say "labs: $(seconds_since "$start") s; all of it is in $1/report.log and $1/console.log"
}

if [[ ${KERNEL:-} != "$CHECKED" ]]; then
	read -r -a numbers <<<"${N:-$(lab_numbers)}"
	if [[ ${WHOSE:-} != session ]]; then
		set_works "${numbers[@]}"
		grade_all "$run"
	fi
	# What a person does in each lab's machine.
	[[ ! ${WHOSE:-} || $WHOSE == session ]] || numbers=()
	for number in "${numbers[@]}"; do
		rm -f "$run/session-counts"
		"$TOP/tests/labs/session.sh" "$run" "$number" || true
		cat "$run/session-counts" >>"$run/counts" 2>/dev/null || echo 0 1 0 >>"$run/counts"
	done
	rm -rf "$run"/{session,session.before,typed,shown}
fi

# A machine for each: what such a kernel has complained of once, it may not say again.
if [[ ${KERNEL:-} == "$CHECKED" ]] ||
	{ [[ ! ${KERNEL:-} && " ${N:-7} " == *' 7 '* && ${WHOSE:-} != session ]] &&
		checked_kernel_built; }; then
	export KERNEL=$CHECKED
	set_works 7
	all=("${works[@]}")
	for ((number = 0; number < ${#all[@]}; number += 2)); do
		works=("${all[@]:number:2}")
		grade_all "$run/$CHECKED-$number"
	done
fi
[[ -s $run/counts ]] || echo 0 1 0 >"$run/counts"
total "$run/counts"
