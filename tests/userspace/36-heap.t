#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Anonymous memory outside of libraries: what relatives share since a fork.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

ok 'heaps of a family are what /proc says' "$PYTHON" "$HERE/src/heaps.py" "$TOP" \
	"$(readlink -f "$PYTHON")" "$TMP/heapful"
ok 'a recording has no heaps' fails 2 'does not apply to a recording' \
	"$TOP" --replay "$DATA/workload-a.zst" --view heap
ok 'a difference has none' fails 2 'does not apply to a recording' \
	"$TOP" --diff "$DATA/workload-a.zst" "$DATA/workload-b.zst" --view heap
ok 'heaps have no packages' fails 2 'by package groups libraries or mappings, not heap' \
	"$TOP" --source proc --view heap --by package
ok 'heaps of one process' bash -c "
	'$TOP' --json --source proc --view heap --pid \$\$ | jq -e '.heap | length == 1 and .[0].heap > 0'"
done_testing
