#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What --library and the other filters choose, and what is said if that is nothing.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

b=$DATA/workload-b.zst

# nothing PATTERN OPTION...: there are no rows, one line says why, and the status is 1.
nothing() {
	local status=0

	"$TOP" -b --noheadings --replay "$b" "${@:2}" >"$TMP/rows" 2>"$TMP/said" || status=$?
	cat "$TMP/rows" "$TMP/said"
	[[ $status == 1 && ! -s $TMP/rows && $(wc -l <"$TMP/said") == 1 ]] &&
		grep -qF -- "$1" "$TMP/said"
}

for view in libraries processes mappings sections; do
	[[ $view != sections ]] && ok "$view: no such process" nothing 'no process 99999 maps a library' --view "$view" --pid 99999
	ok "$view: no such library" nothing "no process maps a library '/none'" \
		--view "$view" --library /none
	[[ $view != sections ]] && ok "$view: no such control group" nothing "control group or container 'nope'" --view "$view" --cgroup nope
	ok "$view: no such name" nothing "nothing matches --filter 'zzzz'" --view "$view" --filter zzzz
done
ok 'a process that does not map the library' nothing 'match all of --library, --pid' \
	--library libpq.so.5.17 --pid 1
ok 'JSON has an empty table all the same' bash -c "
	'$TOP' --json --replay '$b' --pid 99999 2>/dev/null | jq -e '.libraries == []'"
ok 'metrics of nothing' bash -c "
	'$TOP' --openmetrics --replay '$b' --filter zzzz >'$TMP/metrics' 2>'$TMP/said'; (( \$? == 1 )) &&
	grep -q zzzz '$TMP/said' && tail -n 1 '$TMP/metrics' | grep -qx '# EOF'"
ok 'a picture of nothing' fails 1 "no process maps a library '/none'" \
	"$TOP" --replay "$b" --picture "$TMP/x.svg" --library /none
ok 'a difference of nothing' fails 2 "nothing matches --filter 'zzzz'" \
	"$TOP" --diff "$DATA/workload-a.zst" "$b" --filter zzzz
single() {
	[[ ! $("$TOP" -b --noheadings --replay "$b" --view duplicates --library 'libcrypt.*' 2>&1) ]]
}

ok 'a library without duplicates is no mistake' single

# shows PATH OPTION...: only this library has a row.
shows() {
	"$TOP" --json --replay "$b" "${@:2}" | tee /dev/stderr |
		jq -e --arg path "$1" '[.libraries[].path] == [$path]'
}

# several PATTERN OPTION...: it is not clear which library is meant.
several() {
	fails 2 "$1" "$TOP" -b --replay "$b" "${@:2}"
}

crypt=/usr/lib/x86_64-linux-gnu/libcrypt.so.1.1.0
ok 'the last part of a path' shows "$crypt" --library libcrypt.so.1.1.0
ok 'a glob' shows "$crypt" --library 'libcrypt.*'
ok 'a glob of paths' shows "$crypt" --library '/usr/*/libcrypt.*'
ok 'a part of a name is no name' nothing "a library 'libcrypt'" --library libcrypt
ok 'a name of two libraries' several \
	"'libcrypto.so.3' matches 2 libraries: use one of /.* /opt/app/lib/libcrypto.so.3" \
	--library libcrypto.so.3
ok 'a glob of many' several "matches [0-9]+ libraries: use one of /.* \.\.\." --library 'lib*'

# A file that was replaced while processes still map it, and one with another name.
mkdir "$TMP/files"
echo library >"$TMP/files/lib.so"
ln "$TMP/files/lib.so" "$TMP/files/hard.so"
ln -s lib.so "$TMP/files/link.so"
identity=$("$PYTHON" -c '
import os, sys
st = os.stat(sys.argv[1])
print("%d:%d:%d" % (os.major(st.st_dev), os.minor(st.st_dev), st.st_ino))' "$TMP/files/lib.so")
"$PYTHON" "$HERE/src/module.py" "$TMP/module" /old/lib.so,d /old/lib.so /old/lib.so,d \
	"$TMP/files/lib.so,,$identity" /gone/lib.so,d,9:9:1 /gone/lib.so,d,9:9:2 /z/lonely.so,d /gone/lib.so,d,8:8:1

# has WANT VIEW COLUMN OPTION...: the column has these values, one after another.
has() {
	local got

	got=$("$TOP" --json --directory "$TMP/module" --view "$2" "${@:4}" |
		jq -r "[.$2[].$3 | tostring] | join(\" \")")
	echo "$got"
	[[ $got == "$1" ]]
}

for view in libraries mappings pages; do
	ok "$view: a path is the file that has it now" has "$([[ $view == pages ]] && echo 2 2 || echo 2)" \
		"$view" lib -o lib --library /old/lib.so
done
ok 'processes: only those that map the file which has the path now' \
	has 102 processes pid --library /old/lib.so
ok 'an older file, by device and inode' has 103 processes pid --library 8:1:1003
ok 'the processes that still run it, by inode alone' has 103 processes pid --library 1003
ok 'an inode that no library has' fails 1 "no process maps a library '4711'" \
	"$TOP" -b --noheadings --directory "$TMP/module" --view processes --library 4711
ok 'an inode on two file systems' fails 2 "'1' matches 2 libraries: use one of 9:9:1 8:8:1" \
	"$TOP" -b --directory "$TMP/module" --view processes --library 1
ok 'a device without an inode is no inode' fails 1 "no process maps a library '9:9:1x'" \
	"$TOP" -b --noheadings --directory "$TMP/module" --view processes --library 9:9:1x
ok 'a hard link' has 104 processes pid --library "$TMP/files/hard.so"
ok 'a symbolic link' has 104 processes pid --library "$TMP/files/link.so"
ok 'its path' has 104 processes pid --library "$TMP/files/lib.so"
ok 'what was unlinked has its path if no other file has' has 107 processes pid --library lonely.so
ok 'two of these are told apart' fails 2 'use one of 9:9:1 9:9:2' \
	"$TOP" -b --directory "$TMP/module" --view processes --library /gone/lib.so
done_testing
