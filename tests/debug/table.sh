#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# table.sh: writes what the last runs of check.sh, coverage.sh and, in
# tests/bench, victim.sh have shown into tests/README.md.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

exec python3 "$DEBUG/table.py" "$TOP/tests/README.md" "$CACHE"
