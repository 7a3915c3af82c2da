#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Command lines tell processes of one name apart, and recordings keep them.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

"$PYTHON" "$HERE/src/module.py" "$TMP/module" /lib/a.so /lib/b.so
# An argument of odd bytes, and a process that is gone.
bash -c 'sleep 1000; :' "$(printf 'na\033me\\x')" 'two words' &
pid=$!
trap 'pkill -P "$pid" || true' EXIT
sed -i "s/^101\t/$pid\t/; s/\t101\t/\t$pid\t/; s/^102\t/4194305\t/" "$TMP/module"/{snapshot,processes,mappings}
while [[ $(tr '\0' ' ' <"/proc/$pid/cmdline") != bash*words* ]]; do
	sleep 0.1
done

# cmdlines OPTION...: what the column says, process by process.
cmdlines() {
	"$TOP" --json --view processes -o pid,cmdline -x pid "$@" |
		jq -r '.processes[] | "\(.pid) \(.cmdline)"' | tee "$TMP/got"
	diff - "$TMP/got" <<-END
		$pid bash -c sleep 1000; : na\\033me\\134x two words
		4194305 -
	END
}

ok 'the column' cmdlines --directory "$TMP/module"
"$TOP" --directory "$TMP/module" --record "$TMP/r.zst"
pkill -P "$pid"
wait "$pid" || true
trap - EXIT
ok 'a recording has it when the process is gone' cmdlines --replay "$TMP/r.zst"
ok 'other columns are read without it' bash -c "
	'$TOP' -b --noheadings --view processes --directory '$TMP/module' | grep -q p1"
ok 'an older recording does not have it' bash -c "
	'$TOP' --json --view processes -o cmdline --replay '$DATA/workload-a.zst' |
		jq -e '[.processes[].cmdline] | unique == [\"-\"]'"
done_testing
