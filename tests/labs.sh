#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# labs.sh: tests each lab's grader: the reference solution gets full marks, what
# students start from does not, each wrong answer loses the points that its file
# "expect" says, and no other; nothing at all and hostile files get nothing, and
# stop nothing. One virtual machine grades them all. If the kernel that checks itself has
# been built, lab 7 is graded there as well.
#
# Environment: N chooses labs ("1 3"), WHOSE works of them ("start wrong/1"), KERNEL
# another kernel (kasan: nothing but lab 7 on the one that checks itself).
set -euo pipefail
. "$(dirname "$0")/../labs/lib/host.sh"

export VM_TIMEOUT=${VM_TIMEOUT:-3600}
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
			all+=" reference $(cd "$LABS/$lab" && compgen -G 'wrong/*' | paste -sd ' ')"
		for whose in ${WHOSE:-$all}; do
			works+=("$lab" "$whose")
		done
	done
	((${#works[@]})) || die 'there are no labs'
}

# Between "@grade" and "@graded" stand criteria, "[GOT/MAX] WHAT - REASON", and
# "total: GOT/MAX"; expect holds "[GOT/MAX] WHAT" of those that lose, after "checked"
# what they lose on the kernel that checks itself.
judge() {
	awk -v labs="$LABS" -v wanted="$((${#works[@]} / 2))" -v counts="$run/counts" \
		-v checked="$([[ ${KERNEL:-} != "$CHECKED" ]] || echo 1)" '
		function problem(text) { problems = problems "\n    " text }
		function expectations(file,    line, what, some) {
			delete expected
			while ((getline line <file) > 0) {
				some = some || line ~ /^(checked )?\[/
				if (checked)
					sub(/^checked /, "", line)
				if (line !~ /^\[/)
					continue
				what = line
				sub(/^\[[0-9]+\/[0-9]+\] /, "", what)
				expected[what] = substr(line, 1, index(line, "]"))
			}
			close(file)
			if (!some)
				problem("nothing is expected of it")
		}
		/^@grade / {
			lab = $2; whose = $3
			sub(/.*\//, "", whose)
			if ($3 ~ /^wrong/)
				whose = $3
			delete expected
			lost = got = criteria = 0
			total = problems = said = ""
			if (whose ~ /^wrong/)
				expectations(labs "/" lab "/" whose "/expect")
			next
		}
		/^\[[0-9]+\/[0-9]+\] .* - ./ {
			criteria++
			said = said "\n    " $0
			points = substr($1, 2, length($1) - 2)
			split(points, part, "/")
			got += part[1]
			lost += part[2] - part[1]
			what = $0
			sub(/^[^ ]+ /, "", what)
			sub(/ - .*/, "", what)
			want = what in expected ? expected[what] : "[" part[2] "/" part[2] "]"
			if (whose ~ /^(reference|wrong)/ && $1 != want)
				problem("wanted " want ": " $0)
			delete expected[what]
			next
		}
		/^total: / { total = $2; next }
		/^@graded / {
			for (what in expected)
				problem("there is no criterion: " what)
			if ($2 || total == "" || !criteria)
				problem("the grader ended with status " $2 " and total \"" total "\"")
			if (whose == "start" && !lost)
				problem("what students start from gets full marks")
			if (whose ~ /^(empty|.*hostile)$/ && got)
				problem("points for nothing")
			if (problems) {
				failed++
				print "labs: not ok - " lab " " whose ": " total " (" $3 " s)" problems said
			} else {
				passed++
				print "labs: ok - " lab " " whose ": " total " (" $3 " s)"
			}
			graded++
			fflush()
			next
		}
		/^@end/ { ended = 1 }
		!/^@/ && NF { print "    " $0 }
		END {
			if (graded != wanted || !ended) {
				failed++
				print "labs: not ok - " graded + 0 " of " wanted " works were graded, and the guest " \
					(ended ? "ended" : "did not get to its end")
			}
			print passed + 0, failed + 0, 0 >>counts
		}'
}

# grade_all FOLDER: grades works in one machine.
grade_all() {
	mkdir -p "$1"
	grade_works "$1" "${works[@]}" | tee "$1/report.log" | judge || true
	rm -rf "$1"/{*.img,vmlinuz,add}
	say "labs: $(seconds_since "$start") s; all of it is in $1/report.log and $1/console.log"
}

if [[ ${KERNEL:-} != "$CHECKED" ]]; then
	read -r -a numbers <<<"${N:-$(lab_numbers)}"
	set_works "${numbers[@]}"
	grade_all "$run"
	# What a person does in each lab's machine.
	for number in "${numbers[@]}"; do
		rm -f "$run/session-counts"
		"$TOP/tests/labs/session.sh" "$run" "$number" || true
		cat "$run/session-counts" >>"$run/counts" 2>/dev/null || echo 0 1 0 >>"$run/counts"
	done
	rm -rf "$run"/{session,session.before,typed,shown}
fi

# A machine for each: what such a kernel has complained of once, it may not say again.
if [[ ${KERNEL:-} == "$CHECKED" ]] ||
	{ [[ ! ${KERNEL:-} && " ${N:-7} " == *' 7 '* ]] && checked_kernel_built; }; then
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
