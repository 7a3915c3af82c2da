#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# mend.sh: gives this machine back what it has lost.
set -euo pipefail

services=(shop-1 shop-2 till office-1 office-2 archive red-1 red-2 red-3 blue-1 blue-2
	mail-1 mail-2 mail-3)
./machine stop "${services[@]}"
for folder in office archive; do
	ln -f /srv/shop/lib/libtax.so "/srv/$folder/lib/libtax.so"
done
for library in libpaint.so libfont.so; do
	ln -f "/srv/images/red/lib/$library" "/srv/images/blue/lib/$library"
done
rm -f /srv/containers/*/upper/lib/*
./machine start "${services[@]}"
libshare-top --picture mended.svg --filter libpaint.so
