#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Copies are charged to the right sections: of a library whose sections and
# writes are known, in a live process, as its pagemap shows it; without a module.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

lib=$BUILD/libfixture.so
readelf=$TMP/readelf

if [[ ! -r /proc/self/pagemap ]] || ((EUID)); then
	skip 'sections of a live library' 'needs root'
	done_testing
	exit
fi

# A copy, since it is deleted later on.
mkdir "$TMP/lib" "$TMP/module"
cp "$lib" "$TMP/lib"
mkfifo "$TMP/in"
LD_LIBRARY_PATH=$TMP/lib "$BUILD/fixture" <"$TMP/in" >"$TMP/ready" &
pid=$!
exec {hold}>"$TMP/in"
trap 'kill $pid 2>/dev/null || true' EXIT
for ((i = 0; i < 100; i++)); do
	[[ ! -s $TMP/ready ]] || break
	sleep 0.1
done
"$PYTHON" "$HERE/src/census.py" "$pid" "$TMP/lib/libfixture.so" >"$TMP/module/snapshot"
printf 'scan_ns 1\n' >"$TMP/module/stats"
readelf -SW "$lib" >"$readelf"

top() {
	"$TOP" --directory "$TMP/module" "$@"
}

# section FILTER: what jq's FILTER says of the rows of the fixture.
section() {
	top --json --view sections -o all >"$TMP/json"
	jq . "$TMP/json"
	jq -e "[.sections[] | select(.path | endswith(\"libfixture.so\"))] | $1" "$TMP/json"
}

ok 'three pages of .data that were written at run time' section \
	'any(.section == ".data" and .cause == "data" and .cow == 3 * 4096 and .pages == 3)'
ok 'a page of pointers in .data was relocated' section \
	'any(.section == ".data" and .cause == "relocation" and .pages == 1 and .cow == 4096)'
ok 'two pages of constant pointers were relocated' section \
	'map(select(.section == ".data.rel.ro")) | length == 1 and .[0].cause == "relocation" and
	 .[0].relocs == 1024 and .[0].pages == 2 and .[0].cow >= 2 * 4000 and .[0].cow <= 2 * 4096'
ok 'the last page of data was cleared for .bss' section \
	'any(.section == ".bss" and .cause == "bss" and .pages == 1 and .cow == 4096)'
ok 'a page of code was written to' section \
	'any(.section == ".text" and .cause == "text" and .pages == 1 and .cow == 4096)'

copies() {
	local cow

	cow=$(awk '/^# /{ t = $4 } t == "libraries" && $1 == 1 { print $14 }' "$TMP/module/snapshot")
	section "(map(.cow) | add) == $cow"
}

ok 'all copies are charged, once' copies

# relocs: how many relocations readelf finds in a section, of which we say as much.
relocs() {
	local start size want

	read -r start size < <(awk -v name="$1" '{ gsub(/\[ */, "["); }
		$2 == name { print $4, $6 }' "$readelf")
	want=$(readelf -rW "$lib" | awk -v start="$((16#$start))" -v size="$((16#$size))" '
		function hex(text,  i, n) {
			for (i = 1; i <= length(text); i++)
				n = n * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
			return n
		}
		/^[0-9a-f]+ / && hex($1) >= start && hex($1) < start + size { n++ }
		END { print n + 0 }')
	section "any(.section == \"$1\" and .relocs == $want)"
}

for name in .data.rel.ro .got .data; do
	ok "$name has as many relocations as readelf finds" relocs "$name"
done

ok 'the same library, deleted' bash -c "
	rm '$TMP/lib/libfixture.so' &&
	'$TOP' --directory '$TMP/module' --json --view sections -o all | cmp - '$TMP/json'"
ok 'a recording carries what the file says' bash -c "
	'$TOP' --directory '$TMP/module' --record '$TMP/r.zst' &&
	'$TOP' --replay '$TMP/r.zst' --json --view sections -o all | cmp - '$TMP/json'"
ok 'advice names the cause' bash -c "
	'$TOP' --directory '$TMP/module' -b -n1 --view sections | tee /dev/stderr |
	grep -q 'code or constants that were written to'"
exec {hold}>&-
wait "$pid"
ok 'the process is gone: the cause is not known, and that is said' bash -c "
	'$TOP' --directory '$TMP/module' -b -n1 --view sections | tee /dev/stderr |
	grep -q 'ELF headers could not be read'"

# What a recording says of a library without section headers, half of which the program
# wrote: that it is not known.
stripped() {
	"$TOP" --json --replay "$DATA/no-section-headers.zst" --view sections --filter libsstrip |
		jq -e '[.sections[] | .cause] | unique == ["unknown"]' &&
		"$TOP" -b --replay "$DATA/no-section-headers.zst" --view sections --filter libsstrip |
		tee /dev/stderr | grep -q 'in files without section headers'
}

ok 'without section headers, relocations are not guessed' stripped

# The same library without section headers, in a live process: segments stand for sections,
# and PT_DYNAMIC leads to the relocations.
mkdir "$TMP/bare" "$TMP/bare/module"
"$PYTHON" -c '
import sys
image = bytearray(open(sys.argv[1], "rb").read())
image[0x28:0x30], image[0x3c:0x40] = bytes(8), bytes(4)     # e_shoff; e_shnum, e_shstrndx
open(sys.argv[2], "wb").write(image)' "$lib" "$TMP/bare/libfixture.so"
LD_LIBRARY_PATH=$TMP/bare "$BUILD/fixture" <"$TMP/in" >"$TMP/bare/ready" &
pid=$!
exec {hold}>"$TMP/in"
for ((i = 0; i < 100; i++)); do
	[[ ! -s $TMP/bare/ready ]] || break
	sleep 0.1
done
"$PYTHON" "$HERE/src/census.py" "$pid" "$TMP/bare/libfixture.so" >"$TMP/bare/module/snapshot"
printf 'scan_ns 1\n' >"$TMP/bare/module/stats"
bare() {
	local relocs

	relocs=$(readelf -rW "$lib" | grep -cE '^[0-9a-f]+ ')
	"$TOP" --directory "$TMP/bare/module" --json --view sections -o all >"$TMP/bare/json"
	jq . "$TMP/bare/json"
	jq -e "[.sections[] | select(.path | endswith(\"libfixture.so\"))] |
		all(.note == \"no section headers\") and
		any(.section == \"(relro)\" and .cause == \"relocation\" and .pages == 3) and
		any(.section == \"(data)\" and .cause == \"data\" and .cow == 3 * 4096) and
		any(.section == \"(data)\" and .cause == \"relocation\" and .cow == 4096) and
		any(.section == \"(text)\" and .cause == \"text\" and .cow == 4096) and
		any(.section == \".bss\" and .cause == \"bss\" and .cow == 4096) and
		(map(select(.cause == \"relocation\") | .relocs) | add) == $relocs" "$TMP/bare/json"
}

ok 'without section headers, it is divided by its segments and PT_DYNAMIC' bare
exec {hold}>&-
wait "$pid"

# A file that is no ELF file has no headers that a recording could have.
not_elf() {
	local identity

	printf '%08192d' 0 >"$TMP/data.bin"
	identity=$("$PYTHON" -c '
import os, sys
st = os.stat(sys.argv[1])
print("%d:%d:%d" % (os.major(st.st_dev), os.minor(st.st_dev), st.st_ino))' "$TMP/data.bin")
	"$PYTHON" "$HERE/src/module.py" "$TMP/plain" "$TMP/data.bin,,$identity"
	"$TOP" -b --directory "$TMP/plain" --view sections | tee "$TMP/plain.out"
	grep -q 'not ELF' "$TMP/plain.out" && grep -q 'in files that are not ELF files' "$TMP/plain.out" &&
		! grep -q -- --record "$TMP/plain.out"
}

ok 'a file that is no ELF file is called so' not_elf
done_testing
