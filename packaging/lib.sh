# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the scripts that build packages begin with. Their argument is a release's
# tarball, by default that of the work tree. It is unpacked in $run/build/$name, where
# "inside" works in a Debian system of SUITE (trixie), to whose libraries the reader
# links. The packages go to the folder OUT (dist/SUITE). Sourced, never run.
. "$(dirname "${BASH_SOURCE[0]}")/../tests/vm/lib.sh"

suite=${SUITE:-trixie}
out=$(realpath -m "${OUT:-$TOP/dist/$suite}")

"$VM/host-packages.sh" packages
hold cache -s
run=$CACHE/packaging-$$
mkdir -p "$run/build" "$out"
trap 'rm -rf "$run"' EXIT
"$TOP/packaging/root.sh" "$suite" "$run"

tarball=$(realpath "${1:-$("$TOP/packaging/dist.sh" "$run")}")
name=$(basename "$tarball" .tar.xz)
# shellcheck disable=SC2034 # for the script that sources this
version=${name#libshare-}
tar -x -f "$tarball" -C "$run/build" --no-same-owner

# inside COMMAND...: runs COMMAND in the build system, in the unpacked release.
inside() {
	# shellcheck disable=SC2016 # expanded inside
	"$VM/enter.sh" "$CACHE/packages/$suite/build/root" "$run/build" \
		sh -c 'cd "$1"; shift; exec "$@"' sh "$name" "$@"
}

# deliver FILE...: copies what was built to OUT, and names the packages among it.
deliver() {
	cp "$@" "$out"
	say "the packages are in $out:"
	printf '%s\n' "${@##*/}" | sed '/\.\(dsc\|tar\.xz\)$/d; s/^/    /' >&2
}
