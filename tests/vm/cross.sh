#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# cross.sh SUITE ROWS DIR
#
# Unpacks into DIR/root what builds the module for ROWS of compile.list, all of them of
# SUITE: cross compilers that run here, and kernel headers. The mirror may lack a
# package that its lists name; then the kernel before that one is taken.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

suite=$1 rows=$2 dir=$3
arches=amd64,$(awk '{ print $2 }' <<<"$rows" | sort -u | paste -sd,)

# newest FLAVOUR ARCH: the newest headers of that flavour that can be downloaded.
newest() {
	local name

	for name in $("$VM/apt.sh" "$arches" "$suite" names linux-headers- |
		grep -E "^linux-headers-[0-9][^-]*-$1\$" | sort -rV); do
		if (cd "$dir/debs" && "$VM/apt.sh" "$arches" "$suite" fetch "$name:$2"); then
			echo "$name"
			return
		fi
		echo "cannot download $name" >&2
	done
	die "$suite has no headers for $2"
}

packages=()
mkdir "$dir/debs"
while read -r _ arch flavour _ compiler _; do
	name=$(newest "$flavour" "$arch" 2>"$dir/debs/log" | tail -n 1) || {
		cat "$dir/debs/log" >&2
		exit 1
	}
	version=${name#linux-headers-}
	version=${version%"-$flavour"}
	packages+=("$name:$arch" "linux-headers-$version-common" "linux-kbuild-$version")
	needs+=("gcc-$compiler")
done <<<"$rows"
rm -r "$dir/debs"

# What runs here comes with all that it needs, headers without: they depend on a
# compiler of the other architecture, and on the kernel.
mapfile -t needs < <(sed '/^#/d' "$VM/packages.build"; printf '%s\n' "${needs[@]}" | sort -u)
mapfile -t packages < <(
	printf '%s\n' "${packages[@]}"
	"$VM/apt.sh" "$arches" "$suite" list "${needs[@]}"
)
mapfile -t packages < <(printf '%s\n' "${packages[@]}" | sort -u)
"$VM/unpack.sh" "$arches" "$suite" "${packages[@]}" "$dir"
