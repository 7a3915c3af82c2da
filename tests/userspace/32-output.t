#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What is written: its permissions, what it replaces, and where.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

a=$DATA/workload-a.zst
umask 022
mkdir "$TMP/module" "$TMP/here" "$TMP/there"
zstd -dcq "$a" | awk '/^# libshare 1 about/ { end = 1 } !end' >"$TMP/module/snapshot"
chmod 755 "$TMP"
printf 'scan_ns 1\n' >"$TMP/module/stats"
cd "$TMP/here"

table() {
	"$TOP" -b --replay "$a" --output "$@"
}

# is MODE FILE: FILE is a whole table, and has this mode.
is() {
	[[ $(stat -c %a "$2") == "$1" ]] || { ls -l "$2"; return 1; }
	diff "$2" <("$TOP" -b --replay "$a")
}

# alone FILE...: there is nothing else in the folders.
alone() {
	diff <(cd .. && ls here there) <(printf '%s\n' "$@")
}

table new
ok 'a new table is open to others' is 644 new
(umask 027 && table tight)
ok 'as far as the umask has it' is 640 tight
"$TOP" --directory "$TMP/module" --record recording
ok 'a recording is for its owner' test "$(stat -c %a recording)" = 600
"$TOP" -b --replay "$a" --view mappings --output mappings
ok 'so are addresses' test "$(stat -c %a mappings)" = 600
"$TOP" --csv --replay "$a" --view mappings -o pid,rss,path --output amounts
ok 'mappings without addresses are not' test "$(stat -c %a amounts)" = 644

for mode in 600 664 4751; do
	echo old >old
	chmod "$mode" old
	table old
	ok "an older file of mode $mode keeps it" is "$mode" old
done
chmod 640 recording
"$TOP" --directory "$TMP/module" --record recording
ok 'so does a recording' test "$(stat -c %a recording)" = 640

if ((EUID == 0)); then
	chown 65534:12 old
	chmod 640 old
	table old
	ok 'an older file keeps its owner and group' test "$(stat -c '%u %g %a' old)" = '65534 12 640'
	mkdir -m 1777 "$TMP/sticky"
	echo mine >"$TMP/sticky/file"
	chown 65534 "$TMP/sticky/file"
	ok 'what another user left in a folder for all is not written' \
		fails 2 'cannot write' table "$TMP/sticky/file"
	ok 'and stays' test "$(cat "$TMP/sticky"/*)" = mine
	if setpriv --reuid 65534 --clear-groups test -x "$TOP" -a -r "$a"; then
		chmod 777 .
		echo old >root
		ok 'an owner that cannot be kept' fails 2 'cannot write root: Operation not permitted' \
			setpriv --reuid 65534 --clear-groups "$TOP" -b --replay "$a" --output root
		ok 'the older file stays' test "$(cat root*)" = old
	else
		skip 'an owner that cannot be kept' 'the build is not open to others'
	fi
else
	skip 'owners' 'needs root'
fi

rm -f ./*
echo old >../there/target
chmod 640 ../there/target
ln -s ../there/target link
table link
ok 'through a link, its target is written' is 640 ../there/target
ok 'the link stays' test "$(readlink link)" = ../there/target
ok 'there is nothing else' alone here: link '' there: target
ln -s "$TMP/here/link" chain
table chain
ok 'through a chain of links' is 640 ../there/target
ln -s ../there/absent dangling
table dangling
ok 'through a link that leads to nothing yet' is 644 ../there/absent
ok 'that link stays, too' test -L dangling
ln -s ../there/none gone
ok 'a failure leaves nothing behind the link' bash -c "
	! '$TOP' -b --directory /none --replay '$a' --view nothing --output gone &&
	! '$TOP' --directory '$TMP/none' --record gone && [[ ! -e ../there/none && -L gone ]]"
ln -s loop loop
ok 'a link to itself' fails 2 'cannot write loop: Too many' table loop
ln -s /proc/self/fd/1 stdout
ok 'a pipe, through a link' bash -c "
	'$TOP' -b --replay '$a' --output stdout | diff - <('$TOP' -b --replay '$a') && [[ -L stdout ]]"
ok 'a file, through the link of standard output' bash -c "
	'$TOP' -b --replay '$a' --output stdout >redirected && [[ -L stdout ]] &&
	diff redirected <('$TOP' -b --replay '$a')"
done_testing
