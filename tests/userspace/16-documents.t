#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Commands that the documents show print what the documents say: each block
# "```console", with one command after "$ ".
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$HERE/../.."

# commands FILE: those that it shows.
commands() {
	awk '/^```console$/ { on = 1; next } /^```$/ { on = 0 } on && sub(/^\$ /, "")' "$1"
}

# output_of FILE COMMAND: what the file says that it prints.
output_of() {
	awk -v command="$2" '/^```$/ { on = 0 } on; $0 == "$ " command { on = 1 }' "$1"
}

# says FILE COMMAND: it prints what stands below it.
says() {
	local -a words

	read -r -a words <<<"$2"
	[[ ${words[0]} == libshare-top ]] || return
	diff -u <(output_of "$1" "$2") <("$TOP" "${words[@]:1}")
}

for file in docs/numbers.md docs/containers.md; do
	while read -r command; do
		ok "$file: ${command##*data/}" says "$file" "$command"
	done < <(commands "$file")
done

# shown COMMAND: the README has each line of what it prints.
shown() {
	local -a words

	read -r -a words <<<"$1"
	"$TOP" "${words[@]:1}" >"$TMP/shown"
	[[ -s $TMP/shown ]] && diff <(sed 's/^    //' README.md | grep -Fx -f "$TMP/shown") "$TMP/shown"
}

ok 'README: who pays' shown 'libshare-top --replay tests/userspace/data/containers.txt --by container'
done_testing
