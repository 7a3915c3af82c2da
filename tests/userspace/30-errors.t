#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# When things are wrong: one line that says what to do, the right exit status,
# and nothing half-written.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

a=$DATA/workload-a.zst

if [[ -e /sys/kernel/debug/libshare ]]; then
	skip 'no module' 'the module is loaded here'
else
	ok 'no module, or no debugfs' fails 2 'run .(modprobe|mount|this with sudo)' "$TOP" -b --source module
fi
ok 'no such directory' fails 2 "no such folder $TMP/none" "$TOP" -b --directory "$TMP/none"
mkdir "$TMP/old"
echo "format 1" >"$TMP/old/stats"
ok 'a module without that file' fails 2 'load a newer libshare module' \
	"$TOP" -b --directory "$TMP/old"
mkdir "$TMP/closed"
cp "$DATA/odd.txt" "$TMP/closed/libraries"
chmod 0 "$TMP/closed/libraries"
chmod 755 "$TMP"
if ((EUID == 0)) && setpriv --reuid 65534 --clear-groups test -x "$TOP"; then
	ok 'not root' fails 2 'only root may read.*sudo' \
		setpriv --reuid 65534 --clear-groups "$TOP" -b --directory "$TMP/closed"
else
	skip 'not root' 'no other user can be had, or the build is not open to others'
fi
ok 'no such recording' fails 2 'cannot open .*none' "$TOP" -b --replay "$TMP/none"
: >"$TMP/empty"
ok 'an empty recording' fails 2 'holds no snapshot' "$TOP" -b --replay "$TMP/empty"
head -c 20000 "$a" >"$TMP/cut.zst"
ok 'a truncated recording' fails 2 'cut short' "$TOP" -b --replay "$TMP/cut.zst"
zstd -dcq "$a" >"$TMP/whole.txt"
head -c 20000 "$TMP/whole.txt" >"$TMP/cut.txt"
ok 'a truncated text' fails 2 'cut short|has .* columns' "$TOP" -b --replay "$TMP/cut.txt"
{ head -c 9000 "$a"; printf '\377\0\377\0'; tail -c +9005 "$a"; } >"$TMP/bad.zst"
ok 'a damaged recording' fails 2 'damaged' "$TOP" -b --replay "$TMP/bad.zst"
sed 's/^# libshare 1/# libshare 2/' "$DATA/odd.txt" >"$TMP/newer"
ok 'a newer format' fails 2 'version 2 is newer.*install a newer' "$TOP" -b --replay "$TMP/newer"
sed 's/^# libshare 1/# libshare 0/' "$DATA/odd.txt" >"$TMP/older"
ok 'an older format' fails 2 'version 0 is older.*load a newer' "$TOP" -b --replay "$TMP/older"
sed 's/\tsaved\t/\tsafe\t/' "$DATA/odd.txt" >"$TMP/column"
ok 'a column that is missing' fails 2 'no column saved' "$TOP" -b --replay "$TMP/column"
ok 'a table that is missing' fails 2 'has no table of processes' \
	"$TOP" -b --replay "$DATA/odd.txt" --view processes
sed 's/buildid/otherid/' "$DATA/odd.txt" >"$TMP/ids"
ok 'duplicates without build IDs' fails 2 'no column buildid: load a newer' \
	"$TOP" -b --replay "$TMP/ids" --view duplicates

ok 'an unknown view' fails 2 "unknown view 'x'" "$TOP" --view x
ok 'an unknown column' fails 2 "unknown column 'x'" "$TOP" -b --replay "$a" -o path,x
ok 'an unknown column to sort by' fails 2 "unknown column 'x'" "$TOP" -b --replay "$a" --sort x
ok 'an odd number' fails 2 "invalid number '12x' for --pid" "$TOP" --pid 12x
ok 'an unknown group' fails 2 "invalid group 'x' for --by" "$TOP" --by x
ok 'a view that has no groups' fails 2 'groups libraries, processes, heap or mappings, not pages' "$TOP" --by cgroup --view pages
ok 'metrics of groups that a recording does not have' bash -c "
	'$TOP' --openmetrics --replay '$a' --by cgroup >'$TMP/out.metrics' 2>'$TMP/err.metrics'
	[[ \$? == 2 ]] && grep -q 'no table of cgroups' '$TMP/err.metrics' &&
		grep -qx 'libshare_up 0' '$TMP/out.metrics'"
ok 'a recording without control groups' fails 2 'no table of' "$TOP" --replay "$a" --by cgroup
ok 'a control group of no such name' fails 1 "nothing matches --filter 'none'" \
	"$TOP" --noheadings --replay "$DATA/cgroups.txt" --by cgroup --filter none
ok 'no time at all' fails 2 "invalid seconds '0' for --delay" "$TOP" -d 0
ok 'two forms' fails 2 'exclude' "$TOP" --json --csv
ok 'two things to do' fails 2 'exclude' "$TOP" --openmetrics --diff a b
ok 'too many arguments' fails 2 'unexpected' "$TOP" -b "$a"
ok 'a diff of nothing' fails 2 'two recordings' "$TOP" --diff
ok 'a diff of one snapshot' fails 2 'one snapshot only' "$TOP" --diff "$a"
ok 'a picture of unknown form' fails 2 'svg, .png or .pdf' \
	"$TOP" --replay "$a" --picture "$TMP/x.gif"
ok 'a picture of no library' fails 1 'no process maps a library' \
	"$TOP" --replay "$a" --picture "$TMP/x.svg" --library /none

full() {
	fails 2 'No space left' "$TOP" -b --replay "$a" --output /dev/full || {
		# Standard output has been given to /dev/full, which takes nothing.
		return 1
	}
}

ok 'a full disk' full
ok 'a full disk, standard output' bash -c "
	'$TOP' -b --replay '$a' >/dev/full 2>'$TMP/err'; (( \$? == 2 )) && grep -q 'No space' '$TMP/err'"

small_disk() {
	local files

	mkdir "$TMP/disk"
	mount -t tmpfs -o size=16k tmpfs "$TMP/disk"
	echo old >"$TMP/disk/file.csv"
	fails 2 'No space left' "$TOP" --csv --view pages --replay "$a" --output "$TMP/disk/file.csv" || {
		umount "$TMP/disk"
		return 1
	}
	files=$(ls "$TMP/disk"; cat "$TMP/disk/file.csv")
	umount "$TMP/disk"
	[[ $files == $'file.csv\nold' ]]
}

if ((EUID == 0)) && unshare -m --propagation unchanged true 2>/dev/null; then
	ok 'a full disk leaves what was there' small_disk
else
	skip 'a full disk leaves what was there' 'nothing can be mounted here'
fi

ok 'a reader that leaves' bash -c "
	set -o pipefail
	'$TOP' -b --replay '$a' --view pages 2>'$TMP/err' | head -n 1 >/dev/null
	[[ ! -s '$TMP/err' ]]"
ok 'the same with SIGPIPE ignored' bash -c "
	(trap '' PIPE; '$TOP' -b --replay '$a' --view pages 2>'$TMP/err') | head -n 1 >/dev/null
	[[ ! -s '$TMP/err' ]]"
ok 'an output that cannot be' fails 2 'cannot write' \
	"$TOP" -b --replay "$a" --output "$TMP/none/file"
ok 'a terminal that is none' bash -c "
	TERM=none script -qec '\"$TOP\" --replay $a' /dev/null </dev/null | grep -q 'set TERM'"
ok 'a terminal that cannot place the cursor' bash -c "
	TERM=dumb timeout 10 script -qec '\"$TOP\" --replay $a' /dev/null </dev/null | tee '$TMP/dumb'
	[[ \$(wc -l <'$TMP/dumb') == 1 ]] && grep -q \"'dumb' cannot place the cursor: set TERM, or use --batch\" '$TMP/dumb'"
ok 'help that cannot be written' bash -c "
	'$TOP' --help >/dev/full 2>'$TMP/err'; (( \$? == 2 )) && grep -q 'cannot write standard output' '$TMP/err'"
ok 'a version that cannot be written' bash -c "
	'$TOP' -V >/dev/full 2>'$TMP/err'; (( \$? == 2 ))"
mkdir "$TMP/other"
ok 'another directory' fails 2 'is not the folder of the libshare module: see --directory' \
	"$TOP" -b --directory "$TMP/other"

# A directory as the module's: recording, and what it leaves when it fails.
mkdir "$TMP/module"
awk '/^# libshare 1 about/ { exit } { print }' "$TMP/whole.txt" >"$TMP/module/snapshot"
printf 'scan_ns 1000\nskipped_processes 0\n' >"$TMP/module/stats"
cp "$TMP/module/snapshot" "$TMP/module/libraries"

# leads FROM TO: whether the name FROM shows the library TO, and nothing else.
leads() {
	"$TOP" --json --directory "$TMP/module" --library "$1" |
		jq -e --arg path "$2" '[.libraries[].path] == [$path]'
}

libc=$("$TOP" --raw --noheadings -o path --replay "$a" --filter 'libc.so.*')
ln -s "$libc" "$TMP/libc"
ok 'a library' leads "$libc" "$libc"
if [[ -e $TMP/libc ]]; then
	ok 'a name that leads to a library' leads "$TMP/libc" "$libc"
else
	skip 'a name that leads to a library' 'there is no such library here'
fi

# refused ERROR: as if the kernel said so when the file is opened.
refused() {
	ASAN_OPTIONS=detect_leaks=0 strace -qq -o "$TMP/strace" -P "$TMP/module/libraries" \
		-e trace=openat -e "inject=openat:error=$1" "$TOP" -b --directory "$TMP/module"
}

# The same without the capability that the module asks for, or any other.
incapable() {
	ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o "$TMP/strace" -P "$TMP/module/libraries" \
		-e trace=openat -e "inject=openat:error=EPERM" \
		setpriv --bounding-set=-all --inh-caps=-all "$TOP" -b --directory "$TMP/module"
}

if strace -qq -o /dev/null true 2>/dev/null; then
	ok 'no capability' fails 2 'needs the capability CAP_SYS_PTRACE' incapable
	ok 'a kernel that is locked down' fails 2 'locked down.*--replay' refused EPERM
	ok 'no memory for a scan' fails 2 'not enough memory.*try again' refused ENOMEM
	ok 'a scan that was interrupted' fails 2 'interrupted' refused EINTR
	ok 'any other error' fails 2 'cannot open .*Input/output' refused EIO
else
	skip 'what only a kernel can say' 'nothing can be traced here'
fi
ok 'a recording is what was recorded' bash -c "
	'$TOP' --directory '$TMP/module' --record '$TMP/r.zst' -n 2 -d 0.1 &&
	diff <('$TOP' -b -n1 --replay '$TMP/r.zst') <('$TOP' -b -n1 --replay '$a') &&
	[[ \$(zstd -dcq '$TMP/r.zst' | grep -c '^# libshare 1 pages') == 2 ]] &&
	'$TOP' --diff '$TMP/r.zst'"
echo kept >"$TMP/kept.zst"
ok 'a recording that fails leaves what was there' bash -c "
	! '$TOP' --directory '$TMP/old' --record '$TMP/kept.zst' 2>/dev/null &&
	[[ \$(cat '$TMP/kept.zst') == kept && \$(ls '$TMP' | grep -c kept) == 1 ]]"
ok 'an interrupt ends a recording whole' bash -c "
	'$TOP' --directory '$TMP/module' --record '$TMP/i.zst' -n 1000 -d 60 & pid=\$!
	sleep 1.5; kill -TERM \$pid; wait \$pid && '$TOP' -b --replay '$TMP/i.zst' | grep -q libc"
done_testing
