#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The figures are right, and JSON and CSV are what they claim to be.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

for recording in workload-a.zst workload-b.zst twins.txt btrfs-three-snapshots.zst; do
	ok "$recording: all views agree with the recording" \
		"$PYTHON" "$HERE/src/oracle.py" "$TOP" "$DATA/$recording"
done

schema() {
	"$TOP" --json --replay "$DATA/$2" --view "$1" -o all "${@:3}" >"$TMP/json"
	"$PYTHON" -c '
import json, sys, jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft7Validator.check_schema(schema)
jsonschema.validate(json.load(open(sys.argv[2])), schema)' "$HERE/../../userspace/libshare-top.schema.json" "$TMP/json"
}

for view in libraries processes mappings pages histogram sections duplicates; do
	ok "$view: JSON is as the schema says" schema "$view" workload-b.zst
done
ok 'cgroups: JSON is as the schema says' schema cgroups cgroups.txt
for view in audit distinct findings what-if; do
	ok "$view: JSON is as the schema says" schema "$view" audit.txt -n1
done
ok 'erosion: JSON is as the schema says' schema erosion audit.txt
ok 'JSON of odd names is as the schema says' schema libraries odd.txt

json() {
	"$TOP" --json --replay "$DATA/$1" "${@:3}" | jq -e "$2"
}

ok 'jq finds libraries' json workload-a.zst '.libraries|length>0'
ok 'sizes are numbers' json workload-a.zst '.libraries|all(.saved|type=="number")'
ok 'what is not known is null' json odd.txt \
	'.libraries|map(select(.path=="-"))[0]|.mapcount_max==null and .ksm==null' -o all
ok 'odd bytes are escaped' json odd.txt '.libraries|any(.path=="/lib/\\377\\376-not-utf8\\303")'
# shellcheck disable=SC2016 # it is jq's
ok 'a filter of a pid leaves its libraries' json workload-a.zst \
	'(.libraries|length) as $n | $n > 0 and $n < 60' --pid "$(
		"$TOP" --raw --noheadings --replay "$DATA/workload-a.zst" --view processes \
			-o pid,comm | awk '$2 == "nginx" { print $1; exit }')"

csv() {
	"$TOP" --csv --replay "$DATA/$1" --view "$2" -o all >"$TMP/csv"
	"$TOP" --json --replay "$DATA/$1" --view "$2" -o all >"$TMP/json"
	# shellcheck disable=SC2016 # it is Python's
	"$PYTHON" -c '
import csv, json, sys
rows = list(csv.DictReader(open(sys.argv[1], newline="")))
assert {row.pop("time_ns") for row in rows} == {str(json.load(open(sys.argv[2]))["time_ns"])}
want = json.load(open(sys.argv[2]))[sys.argv[3]]
want = [{k: "" if v is None else str(v) for k, v in row.items()} for row in want]
assert rows == want, [(a, b) for a, b in zip(rows, want) if a != b][:3]
assert rows' "$TMP/csv" "$TMP/json" "$2"
}

for view in libraries pages; do
	ok "$view: CSV and JSON say the same" csv odd.txt "$view"
done
ok 'processes: CSV and JSON say the same' csv workload-b.zst processes

cgroup() {
	"$TOP" --json --replay "$DATA/workload-a.zst" --view processes -o all "$@" |
		jq -e '.processes|length'
}

within() {
	local all some rest

	all=$(cgroup) some=$(cgroup --cgroup /workload)
	rest=$(cgroup --cgroup /work || true)
	((some > 0 && some < all && rest == 0))
}

groups() {
	"$TOP" --json --replay "$DATA/cgroups.txt" --view cgroups -o all "${@:2}" | jq -e "$1"
}

ok 'cgroups: each row as the module has it' groups '.cgroups | length == 6 and
	(map(select(.lib == 1) | .charged) | add) == 409600 and
	all(.mapped == .borrowed + .charged - .lent - .idle)'
ok 'cgroups: of a group and those below it' groups '.cgroups | length == 4 and
	all(.cgroup | startswith("/system.slice"))' --cgroup /system.slice
ok 'cgroups: of a library' groups '.cgroups | map(.cgroup) ==
	["/system.slice/nginx.service", "/system.slice"]' --library /usr/sbin/nginx
by_cgroup() {
	"$TOP" --json --replay "$DATA/cgroups.txt" --by cgroup -o all "${@:2}" | jq -e "$1"
}

ok '--by cgroup: the total is last, and is what all libraries take' by_cgroup '.groups[-1] |
	.cgroup == "total" and .charged == 573440 and .mapped == 409600 and .procs == 5 and
	.libs == 2 and .cow_unique == 49152 and .pss == 458752'
ok '--by cgroup: a process counts once, whatever it maps' by_cgroup '.groups |
	map(select(.cgroup == "/system.slice/nginx.service"))[0] |
	.procs == 2 and .libs == 2 and .mapped == 368640 and .private == 155648'
ok '--by cgroup: of a library, the total comes last' by_cgroup '.groups | length == 3 and
	.[-1].charged == 163840' --library /usr/sbin/nginx -x cgroup --reverse
ok '--by cgroup: of some groups; what they share is not known' by_cgroup '.groups | length == 4
	and .[-1].mapped == null and .[-1].charged == 532480' --cgroup /system.slice
ok 'cgroups: CSV and JSON say the same' csv cgroups.txt cgroups
ok 'a control group holds those below it, and no namesakes' within

# chosen PIDS GROUP...: each GROUP is a way to name the control groups of these processes.
chosen() {
	local pids=$1 group

	shift
	for group; do
		echo "--cgroup $group"
		"$TOP" --json --replay "$DATA/cgroups.txt" --view processes --cgroup "$group" |
			jq -e "[.processes[].pid] | sort == [$pids]"
	done
}

ok '--cgroup: a subtree, however its path is written' chosen 10,20,21 /system.slice system.slice \
	/system.slice/ /sys/fs/cgroup/system.slice /sys/fs/cgroup/system.slice/
ok '--cgroup: the root' chosen 10,20,21,30,31 / /sys/fs/cgroup /sys/fs/cgroup/
ok '--cgroup: globs of paths' chosen 20,21 '/system.slice/ng*' 'system.slice/*x.service' \
	'/sys/fs/cgroup/*/nginx.servic?'
ok '--cgroup: a glob of a name, on any level' chosen 20,21 'nginx*' '[n]ginx.service'
ok '--cgroup: a glob leaves a subtree' chosen 10,20,21 '/sys*' 'sys*'
ok '--cgroup: an escape of the tables' chosen 30,31 $'user.slice/user\tone' $'user.slice/*\t*'
ok '--cgroup: a * does not match a slash' fails 1 "no process of a control group '/s\*nginx.service'" \
	"$TOP" -b --noheadings --replay "$DATA/cgroups.txt" --view cgroups -o charged --filter none \
	--cgroup '/s*nginx.service'
# of_group GROUP FILTER: of libraries that the group maps.
of_group() {
	"$TOP" --json --replay "$DATA/cgroups.txt" -o all --cgroup "$1" | jq -e ".libraries | $2"
}

ok '--cgroup: libraries as the group has them' of_group '/system.slice/nginx*' \
	'map([.ino, .procs, .mapped, .rss, .saved, .cow_unique, .swap]) | sort ==
	[[101, 2, 286720, 491520, 204800, 12288, 0], [102, 2, 81920, 163840, 81920, 16384, 4096]]'
ok '--cgroup: what two groups share is not known' of_group /system.slice \
	'map([.ino, .procs, .mapped, .rss, .saved, .cow]) | sort ==
	[[101, 3, null, 696320, null, 24576], [102, 2, 81920, 163840, 81920, 16384]]'
ok '--cgroup: all groups are the machine' bash -c "
	diff <('$TOP' --raw --replay '$DATA/cgroups.txt' -o mapped,rss,cow_unique,path --cgroup /) \
		<('$TOP' --raw --replay '$DATA/cgroups.txt' -o mapped,rss,cow_unique,path)"
ok '--cgroup: a line says whose numbers they are' bash -c "
	'$TOP' -b --replay '$DATA/cgroups.txt' --cgroup system.slice | grep -q 'processes in system.slice only' &&
	'$TOP' -b --replay '$DATA/workload-b.zst' --view histogram --cgroup / | grep -q 'those of all processes' &&
	'$TOP' -b --replay '$DATA/cgroups.txt' --pid 10 | grep -q 'those of all processes'"
ok 'JSON of processes says their control group' json cgroups.txt \
	'.processes | all(.cgroup | startswith("/"))' --view processes
ok 'duplicates: the containers that map each file' json twins.txt '.duplicates |
	map([.ino, .containers]) == [[101, "-,web1"], [202, "b2b2b2b2b2b2"],
		[303, "shop/cart-0/app,b2b2b2b2b2b2"]]' --view duplicates
ok 'duplicates: JSON is as the schema says' schema duplicates twins.txt
for by in cgroup container service user program package; do
	ok "--by $by: JSON is as the schema says" schema libraries cgroups.txt --by "$by"
done
ok 'JSON of duplicates says their inode' json workload-b.zst '.duplicates | all(.ino > 0)' \
	--view duplicates
done_testing
