#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 600
#
# The newer kernel runs.
. "$(dirname "$0")/../lib.sh"

check "this is $second" [ "$(uname -r)" = "$second" ]
check 'the module works' works "$old"
check 'libshare-top works' shows /usr/sbin/libshare-top "$old"
finish
