#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# tools.sh LOGS
#
# Makes the cache folder "tools": a root folder with compiler, headers and
# everything that checks the work tree, the same on every machine. The kernel
# is the one named 6.12 in kernels.list; checkpatch.pl comes from its source.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

logs=$1
read -r _ arch suite _ < <(list_kernels amd64 6.12)

# shellcheck disable=SC2046 # one word a package
needs=$("$VM/apt.sh" "$arch" "$suite" list "linux-headers-cloud-$arch" \
	$(sed '/^#/d' "$VM"/packages.{build,tools}) | grep -Ev '^linux-(image|binary|modules)-')
source=$("$VM/apt.sh" "$arch" "$suite" list linux-source-6.12 | grep '^linux-source-')

make_tools() {
	local dir=${!#}

	"$VM/unpack.sh" "$@"
	cd "$dir"
	"$VM/apt.sh" "$arch" "$suite" fetch "$source"
	mkdir -p "$dir/root/checkpatch/include"
	dpkg-deb --fsys-tarfile linux-source-*.deb | tar -xO --wildcards '*.tar.xz' |
		xz -dc | tar -x -C "$dir/root/checkpatch" --strip-components=1 --wildcards \
		'*/scripts/checkpatch.pl' '*/scripts/spelling.txt' '*/scripts/const_structs.checkpatch'
	rm linux-source-*.deb
}

hold tools -x
# shellcheck disable=SC2086 # one word a package
artefact "$CACHE/tools" "$(fingerprint "$needs" "$source" "$(cat "$VM"/{tools,unpack}.sh)")" \
	"$logs/tools.log" 'fetch and unpack compiler, headers, checkpatch, sparse, shellcheck, codespell' \
	make_tools "$arch" "$suite" $needs
