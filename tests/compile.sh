#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# compile.sh: compiles the module for the kernels of compile.list, each a test, and sees
# what is refused. A kernel is compiled for again when the module or the headers
# have changed, and then as much of the module as make finds necessary.
set -euo pipefail
. "$(dirname "$0")/vm/lib.sh"

"$VM/host-packages.sh"
hold cache -s
run=$CACHE/compile-$$
mkdir -p "$run"
trap 'rm -rf "$run"' EXIT

rows=$(sed '/^#/d' "$TOP/tests/compile.list")
passed=0 failed=0

# check LABEL COMMAND...: a test, which passes when COMMAND ends 0.
check() {
	local label=$1

	shift
	# In a shell of its own, which a failed step ends.
	if ("$@") >"$run/out" 2>&1; then
		passed=$((passed + 1))
		echo "compile: ok - $label"
	else
		failed=$((failed + 1))
		echo "compile: not ok - $label"
		sed 's/^/    /' "$run/out"
	fi
}

# prepare SUITE: makes the cache folder cross-SUITE, with a root folder.
prepare() {
	local suite_rows id

	suite_rows=$(awk -v suite="$1" '$1 == suite' <<<"$rows")
	# Newer headers are looked for when the package lists are, once a day.
	id=$(fingerprint "$suite_rows" "$(cat "$VM"/{cross,unpack}.sh "$VM/packages.build")" "$(
		"$VM/apt.sh" "amd64,$(awk '{ print $2 }' <<<"$suite_rows" | sort -u | paste -sd,)" \
			"$1" names linux-headers-
	)")
	artefact "$CACHE/cross-$1" "$id" "$run/root.log" \
		"$1: fetch and unpack cross compilers and headers" "$VM/cross.sh" "$1" "$suite_rows"
}

# sources: the names of the files that the module is built from.
sources() {
	project_files Kbuild dkms.conf module
}

# enter ROW DIR ARGUMENT...: makes the module's targets in DIR.
enter() {
	local suite arch flavour srcarch compiler root headers

	read -r suite arch flavour srcarch compiler _ <<<"$1"
	root=$CACHE/cross-$suite/root
	headers=$(cd "$root" && echo usr/src/linux-headers-*-"$flavour")
	# pahole, which Debian's own build runs here, changes nothing that is compiled.
	"$VM/enter.sh" "$root" "$2" make -j2 -C "/$headers" M=/build ARCH="$srcarch" \
		CROSS_COMPILE="$compiler-" KCFLAGS=-Werror CONFIG_DEBUG_INFO_BTF_MODULES= "${@:3}"
}

# build ROW PREVIOUS DIR: compiles in DIR, with what PREVIOUS has of the same root.
build() {
	local suite root_id

	read -r suite _ <<<"$1"
	root_id=$(cat "$CACHE/cross-$suite/.id")
	if [[ "$(cat "$2/root-id" 2>/dev/null)" == "$root_id" ]]; then
		cp -a "$2/." "$3"
		rm -rf "$3"/{Kbuild,dkms.conf} "$3"/module/*.[ch]
	fi
	(cd "$TOP" && sources | xargs -0 cp -p --parents -t "$3")
	echo "$root_id" >"$3/root-id"
	enter "$1" "$3" modules
	test -s "$3/libshare.ko"
}

# compiled ROW
compiled() {
	local suite flavour built

	read -r suite _ flavour _ <<<"$1"
	built=$CACHE/compiled-$suite-$flavour
	artefact "$built" "$(fingerprint "$(cat "$CACHE/cross-$suite/.id" "$TOP/tests/compile.sh")" \
		"$(cd "$TOP" && sources | xargs -0 sha256sum)")" "$run/build.log" "$1" build "$1" "$built"
}

# refused ROW TEXT ARGUMENT...: whether the build ends with TEXT when told ARGUMENTs.
refused() {
	mkdir -p "$run/refused"
	(cd "$TOP" && sources | xargs -0 cp -p --parents -t "$run/refused")
	! enter "$1" "$run/refused" "${@:3}" modules >"$run/refused.log" 2>&1 || return
	cat "$run/refused.log"
	grep -qF "$2" "$run/refused.log" && ! grep -q ' CC ' "$run/refused.log"
}

# cleaned ROW: "make clean" asks for no architecture.
cleaned() {
	enter "$1" "$run/refused" CONFIG_64BIT= clean
}

# dkms_builds ARCH KERNEL: whether DKMS would, which reads dkms.conf like this.
dkms_builds() (
	# shellcheck disable=SC2034 # dkms.conf reads it
	arch=$1 kernelver=$2 kernel_source_dir=/ dkms_tree=/
	. "$TOP/dkms.conf"
	[[ $1 =~ $BUILD_EXCLUSIVE_ARCH && $2 =~ $BUILD_EXCLUSIVE_KERNEL ]]
)

# dkms ARCH KERNEL...: DKMS passes over the first KERNEL and builds for the others.
dkms() {
	local kernel

	! dkms_builds "$1" "$2" || { echo "$2 is built for"; return 1; }
	for kernel in "${@:3}"; do
		dkms_builds "$1" "$kernel" || { echo "$kernel is passed over"; return 1; }
	done
}

hold cross -x
mapfile -t suites < <(awk '{ print $1 }' <<<"$rows" | sort -u)
for suite in "${suites[@]}"; do
	prepare "$suite"
done
mapfile -t list <<<"$rows"
for row in "${list[@]}"; do
	read -r _ arch flavour _ _ kernel <<<"$row"
	check "$arch, kernel $kernel ($flavour)" compiled "$row"
done

row=$(awk '$2 == "riscv64"' <<<"$rows" | head -n 1)
check 'a 32-bit kernel is refused' refused "$row" 'this one is for riscv (32 bit)' CONFIG_64BIT=
check 'an architecture that is not in the list is refused' \
	refused "$row" 'this one is for mips' SRCARCH=mips
check 'make clean works for it all the same' cleaned "$row"
check 'DKMS: amd64' dkms x86_64 5.9.0-1-amd64 5.10.0-32-amd64 6.12.117+deb13-cloud-amd64
check 'DKMS: arm64' dkms aarch64 4.19.0-5-arm64 5.10.0-32-arm64 7.3.4+deb13-arm64
check 'DKMS: riscv64' dkms riscv64 6.11.9-1-riscv64 6.12.117+deb13-riscv64 7.2.13+deb14-riscv64
check 'DKMS: s390x' dkms s390x 5.10.0-32-s390x 6.12.117+deb13-s390x 10.0.1-s390x
check 'DKMS: ppc64el' dkms ppc64le 6.1.0-50-powerpc64le 6.12.1-powerpc64le 7.2.13+deb14-powerpc64le-64k
check 'DKMS: not loong64' dkms loongarch64 7.2.13+deb14-loong64
check 'DKMS: no other architecture' dkms mips64 6.12.117+deb13-5kc-malta
release

echo "$passed $failed 0" >"$run/counts"
total "$run/counts"
