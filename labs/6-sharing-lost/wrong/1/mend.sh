#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# mend.sh: gives this machine back what it has lost.
set -euo pipefail

ln -f /srv/shop/lib/libtax.so /srv/office/lib/libtax.so
for library in libpaint.so libfont.so; do
	ln -f "/srv/images/red/lib/$library" "/srv/images/blue/lib/$library"
done
rm /srv/containers/red-2/upper/lib/libpaint.so
./machine stop mail-1 mail-2
./machine start mail-1 mail-2
libshare-top --picture mended.svg --filter libpaint.so
