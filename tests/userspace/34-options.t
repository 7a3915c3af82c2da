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
done_testing
