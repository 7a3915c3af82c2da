#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# An option does what it says, or is refused by its name.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

cd "$TMP"
a=$DATA/workload-a.zst b=$DATA/workload-b.zst

# What each mode refuses.
refuses() {
	local mode=$1 option

	shift
	for option; do
		# shellcheck disable=SC2086 # several words
		ok "${mode%% *}: $option" fails 2 "${option%% *} does not apply to ${mode%% *}|exclude each other" \
			"$TOP" $mode $option
	done
}

refuses "--openmetrics --replay $b" --json --csv --raw --bytes --noheadings '--columns path' \
	'--sort cow' --reverse '--view processes' '--iterations 2' '--delay 1' '--directory .'
refuses "--diff $a $b" "--replay $a" '--max-series 5' '--iterations 2' '--delay 1' '--directory .'
refuses "--picture $TMP/x.svg --replay $b" --json '--view pages' '--sort cow' "--output $TMP/y" --bytes
refuses "--map $TMP/x.svg --replay $b" --csv '--columns path' --noheadings
refuses "--html $TMP/x.html --replay $b" --json '--library x' '--pid 1' '--filter x' '--cgroup /' \
	'--view processes' "--output $TMP/y"
refuses "--record $TMP/x.zst --directory $TMP" "--replay $b" --json '--library x' '--pid 1' \
	'--columns path' '--view pages' "--output $TMP/y"
ok 'a table has no series' fails 2 'max-series does not apply to a table' \
	"$TOP" -b --replay "$b" --max-series 5
ok 'a recording is printed at once' fails 2 'delay does not apply to a recording' \
	"$TOP" -b --replay "$b" --delay 1
ok 'a recording is no directory' fails 2 'exclude each other' "$TOP" -b --replay "$b" --directory .
for option in '--filter a' '--library a' '--pid 1' '--cgroup a' '--columns path' '--sort cow' \
	'--view pages' "--replay $a" "--output $TMP/y"; do
	# shellcheck disable=SC2086 # several words
	ok "twice: $option" fails 2 "${option%% *} is given more than once" \
		"$TOP" -b --replay "$b" $option $option
done
for list in saved saved,path +path PATH,cow; do
	ok "--output $list is a list of columns" fails 2 'is a list of columns.*use --columns' \
		"$TOP" -b --replay "$b" --output "$list"
done
ok '--output ./saved is a file' bash -c "
	cd '$TMP' && '$TOP' -b --replay '$b' --output ./saved && [[ -s saved ]]"
for option in '--pid 206' '--cgroup /'; do
	# shellcheck disable=SC2086 # several words
	ok "sections of one process: ${option%% *}" fails 2 'sections counts the copies of all processes' \
		"$TOP" -b --replay "$b" --view sections $option
done

# refused PATTERN OPTION...: on a terminal, it ends with a line that says why.
refused() {
	timeout 5 script -qec "\"$TOP\" --replay $b $2" /dev/null </dev/null >"$TMP/terminal" || true
	cat "$TMP/terminal"
	[[ $(wc -l <"$TMP/terminal") == 1 ]] && grep -qE -- "$1" "$TMP/terminal"
}

for view in duplicates pages histogram mappings; do
	ok "live: --view $view" refused "view $view does not apply to the live view: use --batch" \
		"--view $view"
done
ok 'live: --view sections' refused 'sections of all libraries.*use --library or --batch' \
	'--view sections'
ok 'live: --noheadings' refused 'noheadings does not apply to the live view: use --batch' --noheadings
ok 'live: a column that is unknown' refused "unknown column 'x'" '-o x'

# Lists of pids, users, and short options.
pids() {
	"$TOP" -b --raw --noheadings --replay "$b" --view processes -o pid "$@" | sort -n | tr '\n' ' '
}

# processes FILTER: what jq finds in the table of all of them.
processes() {
	"$TOP" --json --replay "$b" --view processes -o pid,uid |
		jq -r ".processes | map(select($1).pid) | sort | map(\"\(.) \") | add"
}

ok '--pid takes a list' test "$(pids --pid 252,206,207)" = '206 207 252 '
ok 'those that are not there are left out' test "$(pids --pid 206,99999)" = '206 '
ok 'none of them is there' fails 1 'no process 99998, nor any other of --pid, maps a library' \
	"$TOP" -b --noheadings --replay "$b" --pid 99998,99999
ok 'libraries that one of them maps' bash -c "
	[[ \$('$TOP' -b --noheadings --replay '$b' --pid 206,252 | wc -l) == \
		\$(for pid in 206 252; do
			'$TOP' -b --raw --noheadings -o path --replay '$b' --pid \$pid
		done | sort -u | wc -l) ]]"
for list in '1,' ',1' '1,,2' x '1,x'; do
	ok "--pid '$list'" fails 2 "invalid number '.*' for --pid" "$TOP" -b --replay "$b" --pid "$list"
done
ok '--user takes a number' test "$(pids --user 105)" = "$(processes '.uid == 105')"
ok '--user takes a name' test "$(pids --user root)" = "$(processes '.uid == 0')"
ok '--user: a name that is unknown' fails 2 "unknown user 'no-such-user' for --user" \
	"$TOP" -b --replay "$b" --user no-such-user
ok '--user: one that has no process' fails 1 'no process of user 4242 maps a library' \
	"$TOP" -b --noheadings --replay "$b" --user 4242
ok '--user and --pid: both' test "$(pids --user 105 --pid 206,252)" = '206 '
while read -r short long value; do
	ok "$short is $long" diff <("$TOP" -b --replay "$b" "$short" "$value" -o +lib 2>&1) \
		<("$TOP" -b --replay "$b" "$long" "$value" -o +lib 2>&1)
done <<-END
	-p --pid 206
	-u --user 105
	-l --library libpq.so.5.17
	-f --filter ssl
	-g --cgroup /
	-v --view mappings
END
ok '-i is --replay' diff <("$TOP" -b -i "$b") <("$TOP" -b --replay "$b")
ok '-w is --record' fails 2 'replay does not apply to --record' "$TOP" -w "$TMP/x.zst" -i "$b"
for view in libraries sections; do
	ok "--list-columns: all columns of $view, as --help has them" diff \
		<("$TOP" --list-columns --view "$view" | awk '{ print $1 }') \
		<("$TOP" --help | awk -v view="$view" '
			/^Columns of --view / { there = $4 == view; next }
			there && !NF { exit }
			there { print tolower($1) }')
done
ok '--list-columns: those that are shown' diff \
	<("$TOP" --list-columns | awk '$3 == "*" { print toupper($1) }') \
	<("$TOP" -b --replay "$b" | head -n 1 | tr -s ' ' '\n' | sed '/^$/d')
ok '--list-columns and --by' bash -c "'$TOP' --list-columns --by cgroup | grep -q '^libs  *count'"
ok '--list-columns prints nothing else' fails 2 'json does not apply to --list-columns' \
	"$TOP" --list-columns --json
done_testing
