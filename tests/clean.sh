#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# clean.sh: removes the cache of the test machines.
set -euo pipefail
. "$(dirname "$0")/vm/lib.sh"

[[ -d $CACHE ]] || exit 0
# Whatever works in there holds this lock.
hold cache -nx || die "$CACHE is in use: stop the run that uses it first"
du -sh "$CACHE" | sed 's/^/remove /'
rm -rf "$CACHE"
