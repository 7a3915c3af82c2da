#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Pictures are what their names say, and show what there is to be shown.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

b=$DATA/workload-b.zst
crypto=/usr/lib/x86_64-linux-gnu/libcrypto.so.3

colours() {
	"$PYTHON" "$HERE/src/colours.py" "$@"
}

layout() {
	"$PYTHON" "$HERE/src/layout.py" "$@"
}

# map_cells: the page map has as many orange cells as the library has copied pages.
map_cells() {
	local pages pixels

	"$TOP" --replay "$b" --library "$crypto" --map "$TMP/map.png"
	pages=$("$TOP" --json --replay "$b" --view pages --library "$crypto" -o count,copies |
		jq '[.pages[] | select(.copies > 0).count] | add')
	# Cells are 18 by 18 pixels, of which 8 sections that begin there take up to 6 columns
	# each; the legend has one and a half of 22 by 22, with an edge.
	pixels=$(colours count "$TMP/map.png" | awk '$1 == "dd6516" { print $2 }')
	echo "$pages pages, $pixels pixels"
	((pixels >= pages * 18 * 18 - 8 * 6 * 18 && pixels <= pages * 18 * 18 + 3 * 11 * 22))
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
copied() {
	colours count "$TMP/picture.png" | awk '$1 == "dd6516" { n = $2 } END { exit !(n > 5000) }'
}

ok 'copies are in the picture' copied
ok 'a library without a name to choose' "$TOP" --replay "$DATA/workload-a.zst" \
	--picture "$TMP/any.svg"
ok 'a failure leaves no file' bash -c "
	! '$TOP' --replay '$TMP/none' --map '$TMP/left.png' 2>/dev/null && [[ ! -e '$TMP/left.png' ]]"

# Bars have the colour of those who share the pages, which the legend has once: one
# process here, not four; and half of the segment is not mapped at all.
true_bars() {
	"$PYTHON" "$HERE/src/module.py" "$TMP/module" /lib/a.so
	"$TOP" --directory "$TMP/module" --picture "$TMP/one.png"
	colours count "$TMP/one.png" >"$TMP/colours"
	grep -E '^(b4d6f2|3a6cae) ' "$TMP/colours"
	awk '$1 == "3a6cae" && $2 > 22 * 22 { wrong = 1 } $1 == "b4d6f2" { one = $2 }
		END { exit wrong || one < 10000 }' "$TMP/colours"
}

ok 'a bar is coloured as its pages are shared' true_bars
ok 'the colour-blind, and a printer, tell colours apart: picture' \
	colours legend "$TMP/picture.png" "$TMP/picture.svg"
ok 'and page map' colours legend "$TMP/map.png" "$TMP/map.svg"

# Each text has its width with it, whatever font a viewer has.
texts() {
	grep "<title>$crypto</title>" "$TMP/picture.svg" &&
		grep '>python3 × 6<' "$TMP/picture.svg" &&
		grep '>postgres × 7<' "$TMP/picture.svg" &&
		grep '>22 processes map 3.5M of file pages; 2.3M of these are shared' "$TMP/picture.svg" &&
		! grep '<text' "$TMP/picture.svg" "$TMP/map.svg" | grep -v textLength
}

ok 'text is text: processes that are alike are one, and the sums are the columns' texts

# draw NAME OPTION...: both pictures.
draw() {
	"$TOP" "${@:2}" --picture "$TMP/draw-picture-$1.svg" &&
		"$TOP" "${@:2}" --map "$TMP/draw-map-$1.svg"
}

# Large and small libraries, of many processes and of one, and names that are odd, or long.
inside() {
	local library long

	"$TOP" --raw --noheadings --replay "$b" -o dev,ino |
		awk 'NR % 9 == 0 { print $1 ":" $2 }' >"$TMP/some"
	(($(wc -l <"$TMP/some") > 5)) || return
	while read -r library; do
		draw "$library" --replay "$b" --library "$library" || return
	done <"$TMP/some"
	printf -v long '/%0200d.so' 7
	"$PYTHON" "$HERE/src/module.py" "$TMP/odd" "/lib/<a>&amp;\"'.so" "$long"
	for library in 8:1:1001 8:1:1002; do
		draw "$library" --directory "$TMP/odd" --library "$library" || return
	done
	layout inside "$TMP"/draw-*.svg "$TMP"/{picture,map}.svg
}

ok 'nothing is outside, and no text on another' inside

segments() {
	"$TOP" --json --replay "$b" --library "$1" --view mappings -o pid,start,segment \
		>"$TMP/mappings"
	"$TOP" --replay "$b" --library "$1" --picture "$TMP/segments.svg"
	layout segments "$TMP/segments.svg" "$TMP/mappings"
}

ok 'each segment has its name' segments "$crypto"
ok 'in eight processes too' segments /usr/lib/x86_64-linux-gnu/libc.so.6

# What the recording says of the library's sections, with the pages where they are.
sections() {
	zstd -dcq "$b" | awk -F '\t' -v path="$crypto" '
		/^# libshare/ { split($0, word, " "); table = word[4]; head = 1; next }
		head { for (i = 1; i <= NF; i++) at[table, $i] = i; head = 0; next }
		table == "libraries" && $NF == path { lib = $at[table, "lib"] }
		table == "elf" && $at[table, "lib"] == lib {
			first = $at[table, "offset"]; last = first + $at[table, "size"] - 1
			first = int(first / 4096); last = int(last / 4096)
			print $NF, (first == last ? first : first "–" last) }' | sort >"$TMP/want"
	layout sections "$TMP/map.svg" | sort >"$TMP/got"
	(($(wc -l <"$TMP/want") > 20)) && diff "$TMP/want" "$TMP/got"
}

ok 'page map: each section has its name and pages' sections
# Programs that were linked both ways, and two processes of a library: tables as the
# module writes them, and what GNU ld said of the programs.
mkdir "$TMP/linking"
zstd -dcq "$DATA/linking.tar.zst" | tar -x -C "$TMP/linking"

# linking RECORDING MAP: the picture is the recording, page by page.
linking() {
	local with=() form

	[[ ! $2 ]] || with=(--link-map "$TMP/linking/$2")
	for form in svg png; do
		"$TOP" --replay "$TMP/linking/$1" --linking "$TMP/linking-$1.$form" "${with[@]}" \
			"${@:3}" || return
	done
	"$PYTHON" "$HERE/src/linking.py" "$TMP/linking-$1".{svg,png} "$TMP/linking/$1" \
		"${with[@]:1}" && layout inside "$TMP/linking-$1.svg"
}

ok 'static linking, page by page' linking static user-static.map
ok 'dynamic linking, page by page' linking dynamic user.map
ok 'two processes, page by page' linking shared '' --library libstory.so
ok 'all eyes and a printer tell its colours apart' \
	colours legend "$TMP/linking-shared.png" "$TMP/linking-shared.svg"

# What a picture shows is told in words as well.
described() {
	local picture

	for picture in picture map linking-static; do
		grep -E '<desc>[A-Z].*: [0-9]+ pages, of which [0-9]+ process' "$TMP/$picture.svg" || return
	done
	grep '>user.c → user.c.o<' "$TMP/linking-static.svg" &&
		grep '>1 of its object files<' "$TMP/linking-static.svg"
}

ok 'each picture has a description' described

# Each of two processes has some of the pages that were copied once: which one has which
# cannot be known.
uncertain() {
	awk -F '\t' -v OFS='\t' '
		/^# libshare/ { split($0, word, " "); table = word[4]; print; next }
		table == "mappings" && $8 == "rw-p" && $NF ~ /libstory/ { $12 = 4 * 4096 }
		{ print }' "$TMP/linking/shared" >"$TMP/uncertain"
	! cmp -s "$TMP/uncertain" "$TMP/linking/shared" || return
	"$TOP" --replay "$TMP/uncertain" --library libstory.so --linking "$TMP/uncertain.png" &&
		"$TOP" --replay "$TMP/linking/shared" --library libstory.so --linking "$TMP/certain.png" ||
		return
	# Stripes are drawn in this colour only there.
	[[ $(colours count "$TMP/certain.png" | awk '$1 == "1c4d8a" { print $2 }') -lt \
		$(colours count "$TMP/uncertain.png" | awk '$1 == "1c4d8a" { print $2 }') ]]
}

ok 'what is not known has stripes' uncertain
ok 'too many files for it' fails 2 'too many for a picture of single pages' \
	"$TOP" --replay "$b" --linking "$TMP/x.svg"
ok 'the map of another file' fails 2 'is of user-static, which is not in the picture' \
	"$TOP" --replay "$TMP/linking/dynamic" --linking "$TMP/x.svg" \
	--link-map "$TMP/linking/user-static.map"
ok 'a file that is no map' fails 2 'not a map of GNU ld' \
	"$TOP" --replay "$TMP/linking/dynamic" --linking "$TMP/x.svg" --link-map "$0"
ok 'no room for inputs between two processes' fails 2 'choose it with --pid' \
	"$TOP" --replay "$TMP/linking/shared" --library user --linking "$TMP/x.svg" \
	--link-map "$TMP/linking/user.map"
done_testing
