# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the labs' scripts of the host share: names of labs, works of students,
# and the disk that carries them into the machine.
# Sourced, never run.

. "$(dirname "${BASH_SOURCE[0]}")/../../tests/debug/lib.sh"
LABS=$TOP/labs
export VM_DISK=labs

# lab_folder N: the name of a lab's folder.
lab_folder() {
	local -a found

	mapfile -t found < <(cd "$LABS" && compgen -G "$1-*/README.md")
	[[ ${#found[@]} == 1 && $1 =~ ^[0-9]+$ ]] ||
		die "there is no lab ${1:-without a number}; choose one with N=: $(lab_numbers)"
	dirname "${found[0]}"
}

lab_numbers() {
	(cd "$LABS" && compgen -G '[0-9]*-*/grade.py') | sed 's/-.*//' | sort -n | paste -sd ' '
}

# copy_work LAB WHOSE TARGET: makes folder TARGET from a work for a lab: the
# "start", the "work" of the person here, the "reference" solution, another one that is
# right or wrong (right/N, wrong/N: files that are different from the reference, and a
# patch of others), an "empty" one, or any folder.
copy_work() {
	local lab=$LABS/$1 whose=$2 target=$3 size

	mkdir -p "$target"
	case $whose in
	empty) ;;
	start | work) cp -rp "$lab/$whose/." "$target" ;;
	reference) cp -rp "$lab/start/." "$lab/solution/." "$target" ;;
	right/* | wrong/*)
		cp -rp "$lab/start/." "$lab/solution/." "$lab/$whose/." "$target"
		[[ ! -e $target/patch ]] || git -C "$target" apply patch
		rm -f "$target"/{expect,patch}
		;;
	*)
		[[ -d $whose ]] || die "SOLUTION=$whose is not a folder, nor reference, start, work, right/N or wrong/N"
		size=$(du -sm "$whose" | cut -f1)
		((size <= 64)) || die "$whose holds $size MB; 64 are the most that goes into the machine"
		cp -rp "$whose/." "$target"
		;;
	esac
}

# check_name NAME: dies unless it can be the name of a student.
check_name() {
	[[ $1 =~ ^[A-Za-z0-9_.@-]{0,64}$ ]] ||
		die "STUDENT=$1: at most 64 letters, digits and _ . @ -"
}

# criteria LAB: the criteria of a lab's grader, "POINTS NAME", as its source has them.
criteria() {
	sed -nE 's/^@grade\.criterion\(([0-9]+), "(.*)"\)$/\1 \2/p' "$LABS/$1/grade.py"
}

# check_report LAB FILE [STATUS]: says what is wrong with what a grader printed, and
# fails if anything is. A report holds each criterion of the lab once and in order, with
# points that it can give, and then a total that is their sum, and nothing after it; one
# whose grader has ended early (STATUS "cut") holds the first criteria and no total.
check_report() {
	awk -v status="${3:-whole}" '
		function problem(text) { print text; bad = 1 }
		FNR == NR { most[++count] = $1; sub(/^[^ ]+ /, ""); name[count] = $0; next }
		!NF { next }
		total != "" { problem("after the total: " $0); next }
		/^\[[0-9]+\/[0-9]+\] / {
			split(substr($1, 2), part, /[\/\]]/)
			sub(/^[^ ]+ /, "")
			at++
			if (at > count || substr($0, 1, length(name[at]) + 3) != name[at] " - ")
				problem("not criterion " at " of the lab: " $0)
			else if (part[2] != most[at] || part[1] + 0 > part[2] + 0)
				problem("points that it cannot give: " part[1] "/" part[2] ": " $0)
			sum += part[1]
			maximum += part[2]
			next
		}
		/^total: / { total = $2 }
		END {
			if (!count)
				problem("the lab has no criteria")
			if (status == "cut") {
				if (total != "")
					problem("a total, though its grader did not end")
			} else if (at != count || total != sum + 0 "/" maximum + 0) {
				problem(at + 0 " of " count " criteria, which give " sum + 0 "/" maximum + 0 \
					", and the total \"" total "\"")
			}
			exit bad
		}' <(criteria "$1") "$2"
}

# The kernel that checks itself, for the lab that writes a part of a kernel.
CHECKED=kasan

# checked_kernel_built: whether it is there already: it takes long to build.
checked_kernel_built() {
	[[ -e $CACHE/debug-$CHECKED/kernel/.id ]]
}

# set_row: sets row to that of kernels.list that the labs run on.
set_row() {
	read -r -a row < <(list_kernels amd64 "${KERNEL:-6.12}") ||
		die "tests/kernels.list has no ${KERNEL:-6.12} on amd64"
}

# add_labs RUN: into RUN/add go the labs themselves, without what a student should
# not see, and libshare-top.
add_labs() {
	local folder tree=$1/add

	"$VM/top.sh" "$1" "$tree"
	mkdir -p "$tree/labs"
	cp -rp "$LABS/lib" "$tree/labs"
	for folder in "$LABS"/[0-9]*-*; do
		mkdir "$tree/labs/${folder##*/}"
		find "$folder" -mindepth 1 -maxdepth 1 ! -name solution ! -name right ! -name wrong \
			! -name 'work*' -exec cp -rp -t "$tree/labs/${folder##*/}" {} +
	done
}

# grade_works RUN LAB WHOSE...: boots a machine in the empty folder RUN that
# grades works, pairs of arguments, and prints what it says of them. KERNEL is a name
# of tests/kernels.list or CHECKED; STUDENT whose numbers (or the work says), FEEDBACK
# how much is told (lab.py).
grade_works() {
	local run=$1 number=0
	local -a row boot

	shift
	mkdir -p "$run/add/gradings"
	add_labs "$run"
	while (($#)); do
		copy_work "$1" "$2" "$run/add/gradings/$number"
		echo "$number $1 $2 ${STUDENT:--} ${FEEDBACK:--}" >>"$run/add/gradings/list"
		number=$((number + 1))
		shift 2
	done
	if [[ ${KERNEL:-} == "$CHECKED" ]]; then
		prepare_checked "$run"
		boot=("$DEBUG/boot.sh" "$run" "$run/console.log" libshare.patience=5)
	else
		set_row
		"$VM/host-packages.sh" "${row[1]}"
		VM_ADD=$run/add "$VM/prepare.sh" "$run" "$LABS/lib/guest-grade" "${row[@]}"
		boot=("$VM/boot.sh" "${row[1]}" "$run" "$run/console.log")
	fi
	say "${KERNEL:-6.12}: boot a virtual machine and grade ..."
	"${boot[@]}" | sed -u 's/\r$//'
}

# prepare_checked RUN: as tests/vm/prepare.sh, for the kernel that checks itself. If it
# is there, it is taken as it is.
prepare_checked() {
	local run=$1 built
	local -a row

	"$VM/host-packages.sh" amd64
	checked_kernel_built || "$DEBUG/kernel.sh" "$run" "$CHECKED"
	# The programs on the disk are those of the labs' usual machine.
	KERNEL='' set_row
	VM_ADD=$run/add "$VM/prepare.sh" "$run" "$LABS/lib/guest-grade" "${row[@]}"
	mv "$run/disk.img" "$run/usual.img"

	hold "debug-$CHECKED" -x
	build_tests "$run" "$CHECKED"
	cp -al "$CACHE/debug-$CHECKED/kernel/headers" "$run/add/headers"
	VM_ADD=$run/add step "$run/payload.log" "$CHECKED: pack the module and the works" \
		"$VM/payload.sh" "$built" "$LABS/lib/guest-grade" "$run/payload.img"
	add_machine "$run" "$CHECKED" "$run/usual.img"
	release
}
