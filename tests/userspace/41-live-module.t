#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The live view above files like the module's: it reads what the screen shows and
# no more, one scan at a time, and lives on when they go away.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

use_terminals
module=$TMP/module

mkdir "$module"
zstd -dcq "$DATA/workload-a.zst" | awk -v dir="$module" '
	/^# libshare 1 about/ { rest = 1 }
	rest { next }
	/^# libshare/ { file = dir "/" $4; sub(/$/, " duplicated=1048576") }
	{ print >file; print >(dir "/snapshot") }'
echo 'scan_ns 41000000' >"$module/stats"

seen=0
# opened WANT: from the last call on, the module's files that were opened are WANT.
# What was going on before a key was pressed is given time to end.
opened() {
	local try got

	for ((try = 0; try < 20; try++)); do
		got=$(tail -n "+$((seen + 1))" "$TMP/opened" | grep -oE "$module/[a-z]+" |
			sed 's,.*/,,' | sort -u | tr '\n' ' ')
		[[ $got != "$1 " ]] || break
		((try % 5 != 4)) || seen=$(wc -l <"$TMP/opened")
		sleep 0.3
	done
	seen=$(wc -l <"$TMP/opened")
	[[ $got == "$1 " ]] || { echo "opened: $got"; return 1; }
}

# A process that traces for leaks cannot be traced.
new_terminal 100x24 "cd $TMP; env TERM=tmux ASAN_OPTIONS=detect_leaks=0 \
	strace -f -qq -e trace=openat -e signal=none -o $TMP/opened \
	$TOP --directory $module -d 0.2 2>$TMP/live.err; echo status \$?; exec sleep 1000"
ok 'it opens' see 'scan 41.0 ms'
ok 'what is in memory twice is what the module says' see 'duplicated 1M'
ok 'libraries: it reads that file only' opened 'libraries stats'
keys p
ok 'p: processes' see 'postgres'
ok 'processes: it reads those two files' opened 'libraries processes stats'
keys p
see SAVED >/dev/null
ok 'libraries again: the one file again' opened 'libraries stats'
keys Enter
ok 'Enter: the processes of a library' see 'nginx'
ok 'details come from the file that has all' opened 'snapshot stats'
keys Escape
see SAVED >/dev/null
ok 'no details any more' opened 'libraries stats'
keys b Down Down Down Down Enter
ok 'b: users have the names of this machine' see ' root'
ok 'groups come from the file that has all' opened 'snapshot stats'
keys Enter
ok 'Enter: the libraries of a user' see 'of root'
keys Escape b Enter
see SAVED >/dev/null
ok 'no groups any more' opened 'libraries stats'
keys d
ok 'd: changes since the mark' see 'changes since the mark'
keys p
# Rows that did not change are hidden: without those of the mark, all would be new.
ok 'the mark has processes too' see 'nothing has changed since the mark'
keys d p s C-u s a v e d . z s t Enter
ok 's: saved' see 'saved; libshare-top --replay saved.zst shows it'
ok 'all of it, not just what the screen shows' bash -c "
	for view in libraries processes mappings pages histogram; do
		# What command lines there are by now is another matter.
		columns=\$('$TOP' --csv -o all --view \$view --replay '$TMP/saved.zst' 2>/dev/null |
			sed 's/time_ns,//; s/,cmdline//; q')
		diff <('$TOP' --csv -o \$columns --view \$view --replay '$TMP/saved.zst') \
			<('$TOP' --csv -o \$columns --view \$view --replay '$module/snapshot') || exit 1
	done"
keys Space
see paused >/dev/null
sleep 0.5
seen=$(wc -l <"$TMP/opened")
sleep 1
ok 'paused: nothing is read' test "$seen" = "$(wc -l <"$TMP/opened")"
keys Enter
ok 'but for what is opened then' see 'nginx'
keys Escape Space
mv "$module/libraries" "$TMP/kept"
ok 'the module is gone: it says so' see 'load a newer libshare module'
mkfifo "$module/libraries"
sleep 0.5
seen=$(wc -l <"$TMP/opened")
sleep 1.5
ok 'a scan that takes long: no other one begins' bash -c "
	tail -n '+$((seen + 1))' '$TMP/opened' | tee /dev/stderr | [[ \$(grep -c '$module/libraries') -le 1 ]]"
keys '?'
ok 'and keys work meanwhile' see 'page map of the library, and back'
keys x
cat "$TMP/kept" >"$module/libraries"
rm "$module/libraries"
mv "$TMP/kept" "$module/libraries"
# A scan that met no file ends before the second one from now begins.
scans() {
	grep -c "$module/libraries" "$TMP/opened"
}

scans=$(scans)
for ((try = 0; try < 150 && $(scans) < scans + 3; try++)); do
	sleep 0.1
done
ok 'it goes on' see 'scan 41.0 ms'
keys q
ok 'q quits' see 'status 0'

new_terminal 200x24 "TERM=tmux ASAN_OPTIONS=detect_leaks=0 exec \
	$TOP --source proc --by user --view processes -d 0.5 2>$TMP/live.err"
see 'the processes of each user' >/dev/null
keys Enter
ok 'processes of a group have command lines' see '--by user --view processes'

# An rpm that hangs is ended after 10 seconds; the screen does not wait for that.
: >"$TMP/own.so"
"$PYTHON" "$HERE/src/module.py" "$TMP/one" "$TMP/own.so,-,$("$PYTHON" -c '
import os, sys
s = os.stat(sys.argv[1])
print("%d:%d:%d" % (os.major(s.st_dev), os.minor(s.st_dev), s.st_ino))' "$TMP/own.so")"
mkdir -p "$TMP/lib/rpm"
: >"$TMP/lib/rpm/rpmdb.sqlite"
printf '#!/bin/sh\nsleep 1000\n' >"$TMP/slow"
chmod 755 "$TMP/slow"
propagation=$(own_mounts)
if [[ $propagation ]]; then
	# shellcheck disable=SC2016 # expanded there
	new_terminal 100x24 unshare -m --propagation "$propagation" sh -c '
		mount --bind "$0/lib" /var/lib && mount --bind "$0/slow" /usr/bin/rpm &&
		TERM=tmux exec "$1" --directory "$0/one" -d 0.2 2>"$0/live.err"' "$TMP" "$TOP"
	see SAVED >/dev/null
	keys b Up Enter
	see 'scanning ...' >/dev/null
	keys '?'
	ok 'while rpm is asked, keys work' see 'page map of the library, and back'
	keys x
	ok 'still nothing is known' see 'scanning ...'
	ok 'an rpm that hangs is ended' see ' total'
else
	skip 'an rpm that hangs' 'nothing can be mounted here'
fi

n=$TESTS_DONE
timeout 240 "$PYTHON" "$HERE/src/terminal.py" "$TOP" "$DATA/workload-a.zst" >"$TMP/terminal" 2>&1 || true
while IFS= read -r line; do
	case $line in
	'ok '* | 'not ok '*)
		TESTS_DONE=$((TESTS_DONE + 1))
		echo "${line%%ok *}ok $TESTS_DONE - ${line#* - }"
		;;
	1..*) ;;
	*) echo "# $line" ;;
	esac
done <"$TMP/terminal"
ok 'the terminal was taken away in eight ways' test $((TESTS_DONE - n)) = 8
done_testing
