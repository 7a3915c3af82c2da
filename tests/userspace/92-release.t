#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A release is hardened, and a compiler that warns of more does not stop its build.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

source=$HERE/../../userspace

# has OPTION PATTERN: readelf says so of the program.
has() {
	readelf -W "$1" "$RELEASE" >"$TMP/elf"
	grep -E "$2" "$TMP/elf"
}

ok 'PIE' has -h 'Type: +DYN'
ok 'PIE, as it was linked' has -d 'FLAGS_1.*\bPIE\b'
ok 'RELRO' has -l '^ +GNU_RELRO'
ok 'BIND_NOW' has -d 'BIND_NOW'
ok 'a stack that is not executable' has -l '^ +GNU_STACK .* RW +0x'
ok 'a stack protector' has --dyn-syms ' __stack_chk_fail(@|$)'
ok 'FORTIFY' has --dyn-syms ' __(v?s?n?f?printf|memcpy|read|fread)_chk(@|$)'
ok 'no path to libraries' bash -c "! readelf -dW '$RELEASE' | grep -E 'RPATH|RUNPATH'"

# flags VARIABLE...: how make would compile and link, told these variables.
flags() {
	make -n -C "$source" BUILD="$TMP/none" "$@" >"$TMP/flags"
	grep -E -- ' -o [^ ]+(\.o|libshare-top) ' "$TMP/flags"
}

each() {
	flags "${@:2}" >"$TMP/lines"
	(($(wc -l <"$TMP/lines") > 20)) && ! grep -vE -- "$1" "$TMP/lines"
}

ok 'no warning is an error' bash -c "
	make -n -C '$source' BUILD='$TMP/none' | tee '$TMP/flags' | grep -q -- -Wall && ! grep -e -Werror '$TMP/flags'"
ok 'flags of a packager are kept' each ' -O3 .*-fstack-protector-strong|-fstack-protector-strong.* -O3 ' CFLAGS=-O3
ok 'its FORTIFY too' bash -c "
	make -n -C '$source' BUILD='$TMP/none' CPPFLAGS=-D_FORTIFY_SOURCE=3 >'$TMP/flags' &&
	grep -q -- -D_FORTIFY_SOURCE=3 '$TMP/flags' && ! grep -- -D_FORTIFY_SOURCE=2 '$TMP/flags'"
ok 'flags of the linker are added to' bash -c "
	make -n -C '$source' BUILD='$TMP/none' LDFLAGS=-Wl,-O1 | grep -- '-o $TMP/none/libshare-top' |
	grep -e '-Wl,-O1.*-pie.*-z,relro.*now'"

# The observer is small: the libraries that the live view maps, and its share in KiB.
small() {
	local pid libraries pss

	TERM=xterm timeout 20 script -qec "stty rows 24 cols 80; '$RELEASE' --replay $DATA/workload-b.zst" \
		/dev/null <"$TMP/keys" >"$TMP/screen" &
	exec {hold}>"$TMP/keys"
	for ((i = 0; i < 100; i++)); do
		grep -aq 'libc.so' "$TMP/screen" && break
		sleep 0.1
	done
	pid=$(pgrep -n -f "^$RELEASE --replay")
	libraries=$(awk '$2 ~ /x/ && $6 ~ /^\// { print $6 }' "/proc/$pid/maps" | sort -u | grep -c '\.so')
	# Of files: what else it has depends on the recording.
	pss=$(awk '/^[0-9a-f]+-/ { file = $6 ~ /^\// } /^Pss:/ && file { sum += $2 } END { print sum }' \
		"/proc/$pid/smaps")
	printf q >&"$hold"
	exec {hold}>&-
	wait
	echo "$libraries libraries, PSS $pss KiB"
	((libraries > 3 && libraries <= 10 && pss > 200 && pss <= 2048))
}

if [[ -r /proc/self/smaps ]]; then
	mkfifo "$TMP/keys"
	ok 'the live view is small' small
	sed 's/^/# /' "$TMP/out"
else
	skip 'the live view is small' 'this kernel has no smaps'
fi
done_testing
