#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Commands that the documents show print what the documents say: each block
# "```console", with one command after "$ ".
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$HERE/../.."

commands() {
	awk '/^```console$/ { on = 1; next } /^```$/ { on = 0 } on && sub(/^\$ /, "")' docs/numbers.md
}

output_of() {
	awk -v command="$1" '/^```$/ { on = 0 } on; $0 == "$ " command { on = 1 }' docs/numbers.md
}

# says COMMAND: it prints what stands below it.
says() {
	local -a words

	read -r -a words <<<"$1"
	[[ ${words[0]} == libshare-top ]] || return
	diff -u <(output_of "$1") <("$TOP" "${words[@]:1}")
}

while read -r command; do
	ok "docs/numbers.md: ${command##*workload-a.zst }" says "$command"
done < <(commands)
done_testing
