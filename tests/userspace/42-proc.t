#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# libshare-top without the module, on the processes of this test: everything that it
# does with the module, it does with /proc. That its numbers are right, the tests in
# virtual machines say.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

sleep 1000 &
sleeper=$!
trap 'kill "$sleeper"' EXIT

# first PATTERN COMMAND...: the first line that COMMAND prints matches PATTERN.
first() {
	local pattern=$1

	shift
	"$@" >"$TMP/printed"
	head -n 1 "$TMP/printed"
	head -n 1 "$TMP/printed" | grep -qE -- "$pattern"
}

# The module is on no machine that runs these tests.
if [[ -d /sys/kernel/debug/libshare ]]; then
	skip 'no module: /proc' 'the module is loaded here'
else
	ok 'no module: /proc, and why' first '^source: /proc \(.*(not loaded|debugfs|may read).*\)' "$TOP" -b
fi
ok 'it says what it does not know' first 'not known: .*build IDs' "$TOP" -b --source proc
ok '--read-files: nothing about build IDs' bash -c \
	"'$TOP' -b --source proc --read-files | head -n 1 | tee /dev/stderr | grep -v 'build IDs'"
for view in libraries processes mappings pages histogram sections; do
	ok "view $view" bash -c "'$TOP' --source proc --json --view $view 2>/dev/null |
		jq -e '.source.name == \"proc\" and (.$view | length > 0)'"
done
ok 'duplicates need --read-files' fails 2 'use --read-files' "$TOP" --source proc --view duplicates -b
ok 'duplicates, with it' "$TOP" --source proc --view duplicates -b --read-files
ok 'a process that it knows' bash -c "'$TOP' --source proc --json --view processes --pid $sleeper |
	jq -e '.processes[0] | .comm == \"sleep\" and .libs >= 3 and .rss > 0'"
ok 'a recording' "$TOP" --source proc --record "$TMP/proc.zst"
ok 'which says where it comes from' first '^source: /proc; not known' "$TOP" -b --replay "$TMP/proc.zst"
ok 'and is compared with another' bash -c \
	"'$TOP' --source proc --record '$TMP/b.zst' && { '$TOP' --diff '$TMP/proc.zst' '$TMP/b.zst' || ((\$? == 1)); }"
ok 'metrics' bash -c "'$TOP' --source proc --openmetrics | grep -q '^libshare_saved_bytes [1-9]'"
ok 'a report' bash -c "'$TOP' --source proc --html '$TMP/r.html' && grep -q 'source: /proc' '$TMP/r.html'"
ok 'a page map' "$TOP" --source proc --map "$TMP/m.svg"
# sparse: a library of 32 MiB in memory, each page far from the next.
sparse() {
	"$PYTHON" -c '
import mmap, os, sys
fd = os.memfd_create("sparse")
os.ftruncate(fd, 4 << 30)
area = mmap.mmap(fd, 4 << 30, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_EXEC)
for at in range(0, 4 << 30, 512 << 10):
    area[at]
print("ready", flush=True)
sys.stdin.read()'
}
coproc sparse
read -r _ <&"${COPROC[0]}"
ok 'a sparse library' within 60 200 "$RELEASE" --source proc -b --view pages --filter sparse
STATUS=2 ok 'more than --memory-max allows' within 60 60 \
	"$RELEASE" --source proc -b --view pages --memory-max 16
eval "exec ${COPROC[1]}>&-"
ok 'an unknown source' fails 2 "unknown source 'nothing' for --source: give auto, module or proc" "$TOP" --source nothing

ok 'two sources' fails 2 '--directory does not apply to --source proc' \
	"$TOP" --source proc --directory "$TMP"
ok 'a recording, and a source' fails 2 '--replay and --source exclude' \
	"$TOP" --source proc --replay "$TMP/proc.zst"
ok 'files, and the module' fails 2 '--read-files does not apply to the module' \
	"$TOP" --read-files --source module
ok 'a difference of a source' fails 2 '--source does not apply to --diff' \
	"$TOP" --source proc --diff "$TMP/proc.zst" "$TMP/b.zst"
ok 'verify of a view' fails 2 '--view does not apply to --verify' "$TOP" --verify --view pages
ok 'control groups' fails 2 '/proc has no table of cgroups: load' \
	"$TOP" -b --source proc --view cgroups
mkdir "$TMP/wrong"
zstd -dcq "$DATA/workload-a.zst" >"$TMP/wrong/snapshot"
: >"$TMP/wrong/stats"
verify() {
	local status=0

	"$TOP" --verify "$@" >"$TMP/verdict" || status=$?
	cat "$TMP/verdict"
	return "$status"
}
if ((EUID == 0)) && "$TOP" --source proc -b | head -n 1 | grep -vq 'page frames'; then
	ok 'verify: not the numbers of this machine' bash -c "'$TOP' --verify --directory '$TMP/wrong'; [ \$? = 1 ]"
	verify --directory "$TMP/wrong" >"$TMP/out" || true
	ok 'it names three differences of a table, and counts the others' bash -c \
		"cat '$TMP/verdict'; [[ \$(grep -c '^libraries: ' '$TMP/verdict') == 3 ]] &&
			grep -q '^\.\.\. and ' '$TMP/verdict'"
else
	skip 'verify: not the numbers of this machine' 'not root'
	skip 'it names three differences of a table, and counts the others' 'not root'
fi
ok 'verify: no module' fails 2 "no such folder $TMP/none" "$TOP" --verify --directory "$TMP/none"
if ((EUID == 0)); then
	ok 'a user is told that others are not seen' first 'only root may read' \
		setpriv --reuid 65534 --clear-groups "$TOP" -b --source proc
else
	skip 'a user is told that others are not seen' 'not root'
fi
zstd -dcq "$TMP/proc.zst" | sed 's/ unseen=[0-9]* frames=[01]/ unseen=2 frames=1/' >"$TMP/unseen"
ok 'root is told so, too, and not to become root' first '2 processes that could not be read' \
	"$TOP" -b --replay "$TMP/unseen"
done_testing
