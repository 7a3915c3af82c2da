#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# mend.sh: gives this machine back what it has lost.
set -euo pipefail

# TODO
