#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The audit: of a made-up recording, which data/audit.txt has been written for; and of
# live processes whose copies are known to the page, without a module.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

made_up=$DATA/audit.txt

golden audit.txt "$TOP" -b --replay "$made_up" --view audit -n1
golden audit.json pretty --replay "$made_up" --view audit -n1 -o all
golden explain.txt "$TOP" --replay "$made_up" --explain -n1
golden explain-one.txt "$TOP" --replay "$made_up" --explain libcrypto -n1
golden explain.json pretty --replay "$made_up" --explain -n1
golden what-if.txt "$TOP" --replay "$made_up" --what-if zygote -n1
golden what-if.csv "$TOP" --replay "$made_up" --view what-if --csv -n1
golden erosion.txt "$TOP" -b --replay "$made_up" --view erosion
golden distinct.txt "$TOP" -b --replay "$made_up" --view distinct -n1
golden flags.txt "$TOP" -b --replay "$made_up" --view processes -o +flags -n1
golden flags-mappings.csv "$TOP" --csv --replay "$made_up" --view mappings -o pid,flags,path -n1
golden erosion.json pretty --replay "$made_up" --view erosion
golden sections-distinct.txt "$TOP" -b --replay "$made_up" --view sections -n1

ok 'an unknown change' fails 2 "unknown change 'magic' for --what-if" "$TOP" --what-if magic
ok 'erosion of nothing' fails 2 'give --since FILE, or --replay FILE' "$TOP" -b --view erosion
ok 'erosion of a process' fails 2 '--pid, --user and --cgroup do not apply' \
	"$TOP" -b --replay "$made_up" --view erosion --pid 100
ok 'two things to ask of copies' fails 2 'exclude each other' "$TOP" --explain --what-if ksm
ok 'a view, and what to do' fails 2 'exclude each other' "$TOP" --explain --view audit
ok 'columns of what to do' fails 2 '--columns does not apply to --explain: use --view findings' \
	"$TOP" --explain -o rule
ok 'a beginning of something else' fails 2 '--since does not apply to --view audit' \
	"$TOP" --view audit --since "$made_up"
ok 'two beginnings' fails 2 '--replay and --since exclude' \
	"$TOP" --view erosion --since "$made_up" --replay "$made_up"
ok 'a picture of findings' fails 2 '--explain does not apply to --map' "$TOP" --explain --map x.svg
ok 'erosion of a library that is not there' fails 1 "no process maps a library 'libnone'" \
	"$TOP" --noheadings -b --replay "$made_up" --view erosion --library libnone
ok 'erosion of one library' bash -c "
	'$TOP' --json --replay '$made_up' --view erosion --library libcrypto.so.3 | tee /dev/stderr |
	jq -e '.erosion | length > 0 and all(.path == \"/usr/lib/libcrypto.so.3\")'"
ok 'a recording without an audit' fails 2 'no audit in it: record with' \
	"$TOP" -b --replay "$DATA/workload-a.zst" --explain
ok 'erosion of recordings without an audit' fails 2 'no audit in it: record with' \
	"$TOP" -b --replay "$DATA/workload-a.zst" --view erosion
ok 'what-if dedup needs no audit' bash -c "
	'$TOP' --replay '$DATA/workload-b.zst' --what-if dedup --json |
	jq -e '.[\"what-if\"] | length > 0 and all(.change == \"dedup\")'"
# advice LIBRARY TEXT FILE: what is said below its sections.
advice() {
	"$TOP" -b --replay "$3" --view sections --library "$1" -n1 | tee /dev/stderr | grep -qF -- "$2"
}

# Without an audit, and with one that says that there is nothing to win.
awk '/^# libshare 1 (audit|programs|distinct) / { skip = 1 } /^# libshare 1 libraries / { skip = 0 }
	!skip' "$made_up" >"$TMP/plain.txt"
awk -F '\t' -v OFS='\t' '/^# libshare/ { audit = / audit / } audit && NF > 20 && $14 ~ /^[0-9]/ { $14 = 0 }
	{ print }' "$made_up" >"$TMP/forked.txt"
ok 'copies of a zygote: it is not advised to become one' \
	advice libcrypto.so.3 'Processes that forked share some of them already: --view audit counts' "$TMP/plain.txt"
ok 'copies that each process has for itself: a zygote' \
	advice server 'Processes that fork from one that has loaded the library share them (a zygote)' "$TMP/plain.txt"
ok 'with an audit, what is left to win' advice libcrypto.so.3 'would win back 800K' "$made_up"
ok 'nothing, if they share what they can' \
	advice libcrypto.so.3 'Processes of one program share them as far as they can.' "$TMP/forked.txt"

# change NAME COLUMN PROCS: all libraries for which this change wins, and what the audit's column says.
change() {
	"$TOP" --replay "$made_up" --what-if "$1" --json -n1 | jq -c '.["what-if"] |
		all(.change == "'"$1"'"), (map({path, wins, now, procs}) | sort)' >"$TMP/change"
	"$TOP" --replay "$made_up" --view audit -o all --json -n1 | jq -c 'true,
		(.audit | map(select(.section == "(all)" and .'"$2"' > 0) |
			{path, wins: .'"$2"', now: .copies, procs: .'"$3"'}) | sort)' |
		diff - "$TMP/change" && grep -q libcrypto "$TMP/change"
}

ok 'JSON of --what-if zygote' change zygote zygote zygote_procs
ok 'JSON of --what-if ksm' change ksm ksm equal_procs
ok 'JSON of --what-if one-address' change one-address one_address one_address_procs
# Twelve more deleted files of which it could tell.
awk -F '\t' -v OFS='\t' '{ print }
	/^3\t.*libold/ && $4 == "lib" {
		for (i = 1; i <= 12; i++) {
			$1 = 100 + i
			$3 = 1000 + i
			print
		}
	}' "$made_up" >"$TMP/many.txt"
ok 'at most ten findings' bash -c "
	'$TOP' --replay '$TMP/many.txt' --explain --json -n1 | tee /dev/stderr |
	jq -e '.findings | length == 10'"

# Two files of one size without build IDs, and one of another size.
sed '/libtwo/ s/\t44\t/\t-\t/; /libsingle/ s/\t66\t/\t-\t/' "$made_up" >"$TMP/no-ids.txt"
ok 'files without build IDs are not counted as no duplicates' bash -c "
	'$TOP' -b --replay '$TMP/no-ids.txt' --view duplicates -n1 | tee /dev/stderr |
	grep -q '^not known: 2 files of equal sizes have no build ID (512K in memory)' &&
	'$TOP' --replay '$TMP/no-ids.txt' --view duplicates --json -n1 |
	jq -e '.not_known == {files: 2, cached: 524288} and .duplicates == [] and
		.totals.duplicated == null'"
ok 'nor by --explain' bash -c "
	'$TOP' --replay '$TMP/no-ids.txt' --explain -n1 | tee /dev/stderr |
	grep -q '^not known: 2 files of equal sizes have no build ID (512K in memory)' &&
	'$TOP' --replay '$TMP/no-ids.txt' --explain --json -n1 |
	jq -e '.not_known.files == 2 and all(.findings[]; .rule != \"duplicate\")'"
ok 'nor by --what-if dedup' bash -c "
	'$TOP' --replay '$TMP/no-ids.txt' --what-if dedup -n1 | tee /dev/stderr |
	grep -q '^not known: 2 files' &&
	! '$TOP' --replay '$TMP/no-ids.txt' --what-if ksm -n1 | grep 'not known'"
ok 'nor by the report' bash -c "
	'$TOP' --replay '$TMP/no-ids.txt' --html '$TMP/no-ids.html' &&
	grep -q '\"not_known\":{\"files\":2,\"cached\":524288}' '$TMP/no-ids.html'"
ok 'with build IDs, nothing is unknown' bash -c "
	'$TOP' --replay '$made_up' --explain -n1 | tee /dev/stderr | grep -q . &&
	! '$TOP' --replay '$made_up' --explain -n1 | grep 'not known'"

# A library whose section headers were stripped, recorded by an older version.
golden no-section-headers.txt "$TOP" -b --replay "$DATA/no-section-headers.zst" \
	--view sections --filter libsstrip

if [[ ! -r /proc/self/pagemap ]] || ((EUID)); then
	skip 'an audit of live processes' 'needs root'
	done_testing
	exit
fi

# Three processes that write to the same pages.
holders=()
trap 'kill "${holders[@]}" 2>/dev/null || true' EXIT
hold
of_holders "$TMP/module"

top() {
	"$TOP" --directory "$TMP/module" "$@"
}

# row FILTER: what jq's FILTER says of the audit's rows of the fixture.
row() {
	top --json --view audit -o all --library "$TMP/lib/libfixture.so" >"$TMP/json"
	jq . "$TMP/json"
	jq -e ".audit | $1" "$TMP/json"
}

ok 'data that all wrote alike, and pointers' row \
	'any(.section == ".data" and .equal == 9 * 4096 and .relocated == 3 * 4096 and
	     .equal_procs == 3 and .ksm == 6 * 4096 and .zygote == 8 * 4096)'
distinct() {
	top --json --view distinct -o all --library "$TMP/lib/libfixture.so" >"$TMP/distinct"
	jq . "$TMP/distinct"
	jq -e "([.distinct[] | .count * .copies] | add) * 4096 ==
		$(awk '/libfixture/ && $4 == "lib" { print $15 }' "$TMP/module/snapshot")" "$TMP/distinct"
}

ok 'distinct copies by page' distinct
ok 'constant pointers are equal but for addresses' row \
	'any(.section == ".data.rel.ro" and .relocated == .copies and .copies > 5 * 4096)'
ok 'code that was written with what it was' row \
	'any(.section == ".text" and .in_file == 3 * 4096 and .copies == 3 * 4096)'
ok 'the classes add up to what the module counts' row \
	"map(select(.section == \"(all)\")) | length == 1 and
	 .[0].copies == $(awk '/libfixture/ && $4 == "lib" { print $15 }' "$TMP/module/snapshot") and
	 .[0].changed == 0 and .[0].unread == 0 and
	 .[0].copies == (.[0] | .in_file + .equal + .relocated + .different)"
ok 'one process has nothing to compare with' bash -c "
	'$TOP' --directory '$TMP/module' --json --view audit -o all --pid ${holders[0]} \
		--library '$TMP/lib/libfixture.so' | tee /dev/stderr |
	jq -e '.audit[0] | .procs == 1 and .alone == .different and .equal + .relocated == 0'"
ok 'a recording holds what the audit said' bash -c "
	'$TOP' --directory '$TMP/module' --record '$TMP/r.zst' --view audit &&
	'$TOP' --replay '$TMP/r.zst' --json --view audit -o all \
		--library '$TMP/lib/libfixture.so' | jq .audit >'$TMP/replayed' &&
	jq .audit '$TMP/json' | diff - '$TMP/replayed'"
# report FILTER OPTION...: what jq's FILTER says of the data of a report.
report() {
	top --html "$TMP/report.html" "${@:2}" &&
		sed -n '/id="data">/,/<\/script>/p' "$TMP/report.html" |
		sed 's/.*id="data">//; s/<\/script>.*//' | jq -e "$1"
}

ok 'a report of an audit that is made for it' report \
	'.findings and .["what-if"] and (.audit.rows | any(.[1] == ".data" and .[3] == 36864))' \
	--view audit
ok 'a report without one' report '.libraries and (has("audit") or has("findings") | not)'
ok 'on a terminal, it says first what it reads' bash -c "
	script -qec \"'$TOP' --directory '$TMP/module' -b -n1 --view audit\" /dev/null |
	tee /dev/stderr | grep -q 'reading the copies that 3 processes hold'"

# Each read takes 50 ms.
slowly() {
	ASAN_OPTIONS=detect_leaks=0 strace -qq -o /dev/null -e trace=pread64 \
		-e inject=pread64:delay_enter=50000 "$TOP" --directory "$TMP/module" -b \
		--view audit 2>"$TMP/progress" >/dev/null
	cat "$TMP/progress"
	grep -qE '^libshare-top: .* of .* of copies read$' "$TMP/progress"
}

if strace -qq -o /dev/null true 2>/dev/null; then
	ok 'after a second, it says how far it is' slowly
else
	skip 'after a second, it says how far it is' 'strace is not allowed here'
fi
# unread: the memory of the first process cannot be read. The pages of code that all wrote
# are in copies of their own.
unread() {
	ASAN_OPTIONS=detect_leaks=0 strace -qq -o /dev/null -e trace=pread64 -P "/proc/${holders[0]}/mem" \
		-e inject=pread64:error=EIO "$TOP" --directory "$TMP/module" --json --view audit -o all \
		--library "$TMP/lib/libfixture.so" >"$TMP/unread"
	jq . "$TMP/unread"
	jq -e '.audit | any(.section == ".text" and .unread == 4096 and .unread_procs == 1 and
		.in_file == 2 * 4096 and .in_file_procs == 2 and .procs == 3)' "$TMP/unread"
}

if strace -qq -o /dev/null true 2>/dev/null; then
	ok 'copies that cannot be read are told, with their processes' unread
	for view in libraries processes mappings pages histogram sections duplicates; do
		ok "--view $view reads no memory" bash -c "
			ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o '$TMP/opened' -e trace=openat \
				'$TOP' --directory '$TMP/module' -b -n1 --view $view &&
			grep -q '$TMP/module/' '$TMP/opened' && ! grep '/mem\"' '$TMP/opened'"
	done
	ok '--view audit does' bash -c "
		ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o '$TMP/opened' -e trace=openat \
			'$TOP' --directory '$TMP/module' -b --view audit >/dev/null &&
		[[ \$(grep -c '/mem\"' '$TMP/opened') == 3 ]]"
else
	skip 'what is read, and what is not' 'strace is not allowed here'
fi
# What the module counted and is gone by now is told.
"$PYTHON" - "$TMP/module/snapshot" <<'END'
import sys
lines = open(sys.argv[1]).read().split("\n")
for i, line in enumerate(lines):
    fields = line.split("\t")
    if len(fields) == 21 and "libfixture" in line:
        fields[13], fields[14] = str(int(fields[13]) + 8192), str(int(fields[14]) + 8192)
        lines[i] = "\t".join(fields)
open(sys.argv[1], "w").write("\n".join(lines))
END
ok 'copies that are gone are not read, and changed' row \
	'any(.section == "(all)" and .unread == 8192 and .changed == 8192)'
kill "${holders[@]}"
wait "${holders[@]}" 2>/dev/null || true
ok 'all processes are gone' row \
	'.[0] | .unread == .copies and .changed == .copies and .copies > 0'
done_testing
