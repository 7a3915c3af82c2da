# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What every script of the test machine shares: where things are, progress
# lines, steps that keep a log, and artefacts that are built once.
# Sourced, never run.

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export VM=$TOP/tests/vm
CACHE=${LIBSHARE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/libshare}
# Start of the whole command, in microseconds: scripts it calls inherit it.
export LIBSHARE_T0=${LIBSHARE_T0:-${EPOCHREALTIME/[.,]/}}
export LC_ALL=C
# /sbin is where mke2fs lives, and is not in every user's PATH.
PATH=$PATH:/usr/sbin:/sbin

# project_files PATH...: the files of the work tree below these paths that git knows
# or would add, with a NUL after each. In an unpacked release there is no git: what is
# there is taken.
project_files() (
	cd "$TOP" || exit
	if [[ -e .git ]]; then
		git ls-files -z --cached --others --exclude-standard "$@"
	else
		find "$@" -path ./dist -prune -o '(' -type f -o -type l ')' -print0 |
			sed -z 's,^\./,,'
	fi | while IFS= read -r -d '' file; do
		# A file that is deleted but not committed yet is still listed.
		[[ ! -e $file ]] || printf '%s\0' "$file"
	done | sort -z
)

# seconds_since MICROSECONDS: prints them as "12.3".
seconds_since() {
	local tenths=$(((${EPOCHREALTIME/[.,]/} - $1) / 100000))

	printf '%d.%d' $((tenths / 10)) $((tenths % 10))
}

# say TEXT...: a progress line, with the seconds since the command began.
say() {
	printf '[%6s s] %s\n' "$(seconds_since "$LIBSHARE_T0")" "$*" >&2
}

die() {
	printf 'libshare: %s\n' "$*" >&2
	exit 1
}

# step LOG LABEL COMMAND...: runs COMMAND with its output in LOG, says how long
# it took; when it fails, shows the end of LOG and where the rest is, and exits.
step() {
	local log=$1 label=$2 start=${EPOCHREALTIME/[.,]/}

	shift 2
	say "$label ..."
	if "$@" >"$log" 2>&1; then
		say "$label: $(seconds_since "$start") s"
		return
	fi
	say "$label: FAILED. The end of its log:"
	tail -n 30 "$log" | sed 's/^/    /' >&2
	die "the full log is $log"
}

# hold NAME MODE: takes the lock NAME until "release", or until this shell and
# all it started end; MODE is -s (shared), -x (exclusive) or -nx (exclusive, or
# fail at once).
hold() {
	mkdir -p "$CACHE/lock"
	exec {held}>"$CACHE/lock/$1"
	flock "$2" "$held"
}

release() {
	exec {held}>&-
}

# artefact DIR ID LOG LABEL COMMAND...: makes folder DIR by running COMMAND with
# the name of an empty folder as its last argument, unless DIR was made from the
# same ID before. An interrupted build leaves nothing that a later run would
# take for whole. The caller holds a lock.
artefact() {
	local dir=$1 id=$2 log=$3 label=$4

	shift 4
	if [[ "$(cat "$dir/.id" 2>/dev/null)" == "$id" ]]; then
		return
	fi
	rm -rf "$dir.new"
	mkdir -p "$dir.new"
	step "$log" "$label" "$@" "$dir.new"
	echo "$id" >"$dir.new/.id"
	rm -rf "$dir"
	mv "$dir.new" "$dir"
}

# fingerprint TEXT...: a short identity of some text.
fingerprint() {
	printf '%s\n' "$@" | sha256sum | cut -c1-16
}

# list_kernels ARCH NAMES: "name arch kernel userland" of the rows of kernels.list
# of this architecture and of these names; an empty one of the two stands for all.
list_kernels() {
	awk -v arch="$1" -v names="$2" '
		BEGIN { n = split(names, name, " "); for (i in name) want[name[i]] }
		/^#/ || NF == 0 { next }
		(arch == "" || $2 == arch) && (!n || $1 in want) { print $1, $2, $3, $4 }
	' "$TOP/tests/kernels.list"
}

# row_label NAME ARCH: what to call that row of kernels.list in messages.
row_label() {
	[[ $2 == amd64 ]] && echo "$1" || echo "$1 on $2"
}

# usual_tests NAME ARCH: patterns of the tests that "make check" runs on that row of
# kernels.list.
usual_tests() {
	awk -v name="$1" -v arch="$2" '
		$1 == name && $2 == arch { gsub(",", " ", $5); print $5 == "all" ? "*" : $5 }
	' "$TOP/tests/kernels.list"
}

# wanted FILE: whether TESTS, patterns of the names of tests, asks for this one.
wanted() {
	local pattern name

	[[ ${TESTS:-} ]] || return 0
	name=$(basename "$1" .t)
	set -f
	for pattern in $TESTS; do
		# shellcheck disable=SC2053 # a pattern
		[[ $name != ${pattern%.t} ]] || return 0
	done
	return 1
}

# total FILE: adds up lines of "PASSED FAILED SKIPPED" and says so, or leaves
# that to the caller who asked for them in the file LIBSHARE_COUNTS. Fails when
# a test did, or when there was none.
total() {
	[[ ! ${LIBSHARE_COUNTS:-} ]] || cat "$1" >>"$LIBSHARE_COUNTS"
	awk -v silent="${LIBSHARE_COUNTS:-}" '
		{ passed += $1; failed += $2; skipped += $3 }
		END {
			text = sprintf("%d passed, %d failed", passed, failed)
			if (skipped)
				text = text sprintf(", %d skipped", skipped)
			if (!silent)
				print text
			exit !passed || failed
		}' "$1"
}

# boot_and_test LABEL DIR MARK COMMAND...: runs COMMAND, which boots a guest with its console
# in DIR/consoleMARK.log, and judges its report; leaves reportMARK.log, countsMARK and
# againMARK in DIR (see judge.awk). Fails when a test did, having shown what the kernel
# complained of.
boot_and_test() {
	local label=$1 dir=$2 mark=$3 start=${EPOCHREALTIME/[.,]/} status=0
	local trouble='BUG:|WARNING:|INFO:|Oops|Kernel panic|UBSAN:'

	shift 3
	say "$label: boot and test ..."
	"$@" | tee "$dir/report$mark.log" |
		awk -v name="$label" -v counts="$dir/counts$mark" -v again="$dir/again$mark" \
			-f "$VM/judge.awk" || status=$?
	say "$label: boot and test: $(seconds_since "$start") s"
	((status)) || return 0
	if grep -qE "$trouble" "$dir/console$mark.log"; then
		say "$label: from the kernel's console:"
		grep -m 1 -B 5 -A 60 -E "$trouble" "$dir/console$mark.log" | sed 's/^/    /' >&2
	fi
	say "$label: FAILED: all of it is in $dir/report$mark.log and console$mark.log"
	return "$status"
}

# as_owner COMMAND...: runs COMMAND so that it sees the user as root, which
# unpacking and imaging foreign root folders need. Real root stays as it is.
as_owner() {
	if ((EUID == 0)); then
		"$@"
	else
		unshare --user --map-root-user -- "$@"
	fi
}

# pack TREE IMAGE: makes IMAGE, a disk of all that is in the folder TREE with some room
# beside it; the folder goes.
pack() {
	local size=$(($(du -sm "$1" | cut -f1) * 2 + 64))

	as_owner mke2fs -q -t ext4 -O ^has_journal -m 0 -E root_owner=0:0 -d "$1" "$2" "${size}M"
	rm -r "$1"
}
