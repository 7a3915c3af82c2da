#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# build-kernel.sh SUITES ROOT SOURCE FRAGMENT... DIR
#
# Builds package SOURCE (NAME=VERSION) inside the build root ROOT, configured
# by the files FRAGMENT, into DIR: see compile.sh.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

suites=$1 root=$2 source=$3
fragments=("${@:4:$#-4}")
dir=${!#}

mkdir -p "$dir"/{fragments,source}
for number in "${!fragments[@]}"; do
	cp "${fragments[number]}" "$dir/fragments/$number"
done
cd "$dir"
"$VM/apt.sh" amd64 "$suites" fetch "$source"
# Neither documentation nor graphics drivers nor other machines.
dpkg-deb --fsys-tarfile linux-source-*.deb | tar -xO --wildcards '*.tar.xz' |
	xz -dc -T2 | tar -x -C source --strip-components=1 --exclude='*/Documentation/*.rst' \
	--exclude='*/drivers/gpu/*.[ch]' --exclude='*/tools/testing' --exclude='*/arch/*.dts*'
rm linux-source-*.deb
cp "$DEBUG/compile.sh" .
nice -n 19 "$VM/enter.sh" "$root" "$dir" ./compile.sh "${DEBUG_JOBS:-2}"
rm -r source out fragments wanted compile.sh
