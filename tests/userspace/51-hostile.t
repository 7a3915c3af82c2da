#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Files of other users, which the reader opens as root: what one claims to have in it
# costs no more than a real library, and none is opened but the one that is mapped.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

if [[ ! -r /proc/self/pagemap ]] || ((EUID)); then
	skip 'hostile files' 'needs root'
	done_testing
	exit
fi

pid=
trap 'stop' EXIT

# start KIND FILE [ROOT]: maps such a file in a process, of which module/ tells.
start() {
	local try

	rm -rf "$TMP/module" "$TMP/in" "$TMP/ready"
	mkdir "$TMP/module"
	mkfifo "$TMP/in"
	"$PYTHON" "$HERE/src/hostile.py" "$@" <"$TMP/in" >"$TMP/ready" &
	pid=$!
	exec {hold}>"$TMP/in"
	for ((try = 0; try < 100; try++)); do
		[[ ! -s $TMP/ready ]] || break
		sleep 0.1
	done
	"$PYTHON" "$HERE/src/census.py" "$pid" "$2" >"$TMP/module/snapshot"
	printf 'scan_ns 1\n' >"$TMP/module/stats"
}

stop() {
	[[ $pid ]] || return 0
	exec {hold}>&-
	wait "$pid"
	pid=
}

# section FILTER: what jq's FILTER says of the file's rows.
section() {
	"$TOP" --directory "$TMP/module" --json --view sections -o all >"$TMP/json"
	jq . "$TMP/json"
	jq -e ".sections | $1" "$TMP/json"
}

# cheap FILTER: no matter what the file claims, it is read at once, and jq's FILTER says
# that the rows are right.
cheap() {
	within 10 200 "$RELEASE" --directory "$TMP/module" -b --view sections --output "$TMP/table" &&
		within 20 200 "$RELEASE" --directory "$TMP/module" --record "$TMP/r.zst" &&
		section "$1" && cp "$TMP/json" "$TMP/live" &&
		"$TOP" --replay "$TMP/r.zst" --json --view sections -o all | cmp - "$TMP/live"
}

file=$TMP/lib.so
for kind in relr rela many-relr names sections holes bss; do
	start "$kind" "$file"
	ok "$kind: $(du -k --apparent-size "$file" | cut -f1) kB that take $(du -k "$file" | cut -f1)" cheap \
		'any(.[]; .section | IN(".data", ".bss")) and all(.[]; .note == "cut short") and (map(.cow) | add) == 4096'
	stop
done
for kind in numbers segments; do
	start "$kind" "$file"
	ok "more $kind than 16 bits can tell" cheap \
		'length == 1 and .[0].cause == "unknown" and .[0].note == "cut short"'
	stop
done

start plain "$file"
ok 'a file like others has no note' cheap \
	'length == 1 and .[0].section == ".data" and .[0].note == "-" and .[0].cow == 4096'

# known WANT EDIT...: as if the module had printed what sed's EDIT makes of it; WANT says
# whether the sections are known then.
known() {
	local want=$1 status=0

	shift
	cp "$TMP/module/snapshot" "$TMP/kept"
	sed -i -e "$1" "$TMP/module/snapshot"
	! cmp -s "$TMP/kept" "$TMP/module/snapshot" || { echo 'nothing was changed'; return 1; }
	section "$want" || status=$?
	cp "$TMP/kept" "$TMP/module/snapshot"
	return "$status"
}

yes='length == 1 and .[0].section == ".data" and .[0].note == "-"'
no='length == 1 and .[0].cause == "unknown" and .[0].note == "-"'
dev=$(awk -F '\t' '/^# /{ t = $0 } t ~ / mappings / && $1 ~ /^[0-9]/ { print $3; exit }' "$TMP/module/snapshot")
ino=$(stat -c %i "$file")

# In this way the link to the mapping leads nowhere, and only the path is left.
by_path="s,^$pid\t1\t\([^\t]*\t[^\t]*\)\t[0-9a-f]*\t[0-9a-f]*,$pid\t1\t\1\t1000\t2000,"

ok 'by its mapping' section "$yes"
ok 'by its path' known "$yes" "$by_path"
ok 'another inode number' known "$no" "s,\t$ino\t,\t1$ino\t,"
ok 'another size' known "$no" "/\tlib\t-\t/s,\t$(stat -c %s "$file")\t,\t4096\t,"
case $(stat -f -c %T "$file") in
overlayfs | btrfs) skip 'another device' 'this file system shows other devices' ;;
*) ok 'another device' known "$no" "s,\t$dev\t,\t77:77\t," ;;
esac
ln -s "$TMP" "$TMP/link"
ok 'a path through a link' known "$yes" "$by_path; s,\t$file\$,\t$TMP/link/lib.so,"
ok 'a path through a link of /proc' known "$no" "$by_path; s,\t$file\$,\t/proc/self/root$file,"
mkfifo "$TMP/fifo"
ok 'a pipe' known "$no" "$by_path; s,\t$file\$,\t$TMP/fifo,"

shortened='length == 1 and .[0].cause == "unknown" and .[0].note == "path shortened"'
ok 'a shortened path: by its mapping' known "$yes" 's,\tlib\t-\t,\tlib\ts\t,'
ok 'a shortened path is never opened' known "$shortened" "$by_path; s,\tlib\t-\t,\tlib\tds\t,"
sed -i -e "$by_path" -e 's,\tlib\t-\t,\tlib\ts\t,' "$TMP/module/snapshot"
ok 'the advice says so' bash -c "
	'$TOP' --directory '$TMP/module' -b --view sections | tee /dev/stderr | grep -q '^path shortened: '"
ok 'and a recording' bash -c "
	'$TOP' --directory '$TMP/module' --record '$TMP/r.zst' &&
	'$TOP' --json --replay '$TMP/r.zst' --view sections -o all | jq -e '.sections | $shortened'"
stop

# A root of its own, in which a link is meant that leads out of it for others.
mkdir -p "$TMP/root/lib"
ln -s /lib "$TMP/root/other"
start plain "$TMP/root/lib/own.so" "$TMP/root"
by_path="s,^$pid\t1\t\([^\t]*\t[^\t]*\)\t[0-9a-f]*\t[0-9a-f]*,$pid\t1\t\1\t1000\t2000,"
ok 'a path in the root of the process' known "$yes" "$by_path; s,\t$TMP/root/lib/own.so\$,\t/lib/own.so,"
ok 'a link there leads to what is below it' known "$yes" \
	"$by_path; s,\t$TMP/root/lib/own.so\$,\t/other/own.so,"
ok 'and so do parents of it' known "$yes" \
	"$by_path; s,\t$TMP/root/lib/own.so\$,\t/../../../lib/own.so,"
stop
done_testing
