#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Pictures are what their names say, and show what there is to be shown.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

b=$DATA/workload-b.zst
crypto=/usr/lib/x86_64-linux-gnu/libcrypto.so.3

# colours FILE: the colours of a PNG, each with its number of pixels.
colours() {
	"$PYTHON" - "$1" <<-'END'
		import collections, struct, sys, zlib
		data = open(sys.argv[1], "rb").read()
		assert data[:8] == b"\x89PNG\r\n\x1a\n"
		width, height, depth, kind = struct.unpack(">IIBB", data[16:26])
		assert (depth, kind) == (8, 2), (depth, kind)
		at, packed = 8, b""
		while at < len(data):
		    size, name = struct.unpack(">I4s", data[at:at + 8])
		    packed += data[at + 8:at + 8 + size] if name == b"IDAT" else b""
		    at += size + 12
		raw, stride = zlib.decompress(packed), 3 * width
		before, count = bytearray(stride), collections.Counter()
		for y in range(height):
		    line = bytearray(raw[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
		    kind = raw[y * (stride + 1)]
		    for i in range(stride):
		        a, b = line[i - 3] if i > 2 else 0, before[i]
		        c = before[i - 3] if i > 2 else 0
		        p = a + b - c
		        line[i] = (line[i] + (0, a, b, (a + b) // 2, min(
		            (abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2])[kind]) & 255
		    before = line
		    count.update(bytes(line[i:i + 3]).hex() for i in range(0, stride, 3))
		for colour, n in count.most_common():
		    print(colour, n)
	END
}

# map_cells: the page map has as many orange cells as the library has copied pages.
map_cells() {
	local pages pixels

	"$TOP" --replay "$b" --library "$crypto" --map "$TMP/map.png"
	pages=$("$TOP" --json --replay "$b" --view pages --library "$crypto" -o count,copies |
		jq '[.pages[] | select(.copies > 0).count] | add')
	# Cells are 18 by 18 pixels; the legend has one of 22 by 22, with an edge.
	pixels=$(colours "$TMP/map.png" | awk '$1 == "e6610c" { print $2 }')
	echo "$pages pages, $pixels pixels"
	((pixels >= pages * 18 * 18 && pixels <= pages * 18 * 18 + 22 * 22))
}

ok 'page map: an orange cell for each copied page' map_cells
for form in svg png pdf; do
	for what in picture map; do
		ok "$what.$form" "$TOP" --replay "$b" --library "$crypto" "--$what" "$TMP/$what.$form"
	done
done
ok 'PNG' bash -c "file '$TMP'/*.png | grep -c PNG"
ok 'PDF' bash -c "[[ \$(file '$TMP'/*.pdf | grep -c 'PDF document') == 2 ]]"
ok 'SVG is XML' "$PYTHON" -c '
import sys, xml.dom.minidom
for name in sys.argv[1:]:
    assert xml.dom.minidom.parse(name).documentElement.tagName == "svg"' \
	"$TMP/picture.svg" "$TMP/map.svg"
ok 'copies are in the picture' bash -c "
	$(declare -f colours); PYTHON=$PYTHON colours '$TMP/picture.png' >'$TMP/colours'
	awk '\$1 == \"e6610c\" { exit !(\$2 > 5000) }' '$TMP/colours'"
ok 'a library without a name to choose' "$TOP" --replay "$DATA/workload-a.zst" \
	--picture "$TMP/any.svg"
ok 'a failure leaves no file' bash -c "
	! '$TOP' --replay '$TMP/none' --map '$TMP/left.png' 2>/dev/null && [[ ! -e '$TMP/left.png' ]]"

# Bars have the colour of those who share the pages, which the legend has once: one
# process here, not four; and half of the segment is not mapped at all.
true_bars() {
	"$PYTHON" "$HERE/src/module.py" "$TMP/module" /lib/a.so
	"$TOP" --directory "$TMP/module" --picture "$TMP/one.png"
	colours "$TMP/one.png" >"$TMP/colours"
	grep -E '^(c7dcf0|6baed7) ' "$TMP/colours"
	awk '$1 == "6baed7" && $2 > 22 * 22 { wrong = 1 } $1 == "c7dcf0" { one = $2 }
		END { exit wrong || one < 10000 }' "$TMP/colours"
}

ok 'a bar is coloured as its pages are shared' true_bars
shared() {
	"$TOP" --replay "$b" --library "$crypto" --picture "$TMP/shared.pdf"
	pdftotext -layout "$TMP/shared.pdf" "$TMP/shared.txt"
	grep -q 'python3 × 6' "$TMP/shared.txt" && grep -q 'postgres × 7' "$TMP/shared.txt" &&
		grep -q '22 processes map 3.5M of file pages; 2.3M of these are shared' "$TMP/shared.txt"
}

if command -v pdftotext >/dev/null; then
	ok 'processes that are alike are one, and the sums are the columns' shared
else
	skip 'processes that are alike are one, and the sums are the columns' 'there is no pdftotext'
fi
done_testing
