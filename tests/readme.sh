#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# readme.sh: fails when the documents name what is not there: kernels, files,
# make targets, columns, parameters.
#
# shellcheck disable=SC2016 # backquotes of Markdown
set -euo pipefail
cd "$(dirname "$0")/.."

status=0
if ! diff <(sed -n '/^<!-- kernels:/,/^<!-- end of kernels/p' README.md |
	awk -F ' *[|] *' '/^[|] [0-9]/ { print $3, $4 }' | sort) \
	<(awk '!/^#/ && NF { print $3, $2 }' tests/kernels.list | sort); then
	echo 'README.md (<) and tests/kernels.list (>) disagree about the kernels that are booted'
	status=1
fi

if ! diff <(sed -n '/^<!-- compiled:/,/^<!-- end of compiled/p' docs/kernels.md |
	awk -F ' *[|] *' '/^[|] [0-9]/ { print $3, $4, $5, $2 }' | sort) \
	<(awk '!/^#/ && NF { print $1, $2, $3, $6 }' tests/compile.list | sort); then
	echo 'docs/kernels.md (<) and tests/compile.list (>) disagree about the kernels that are compiled for'
	status=1
fi

for file in $(sed -n 's/^static const struct file_spec files.*//; s/^\t{ "\([a-z]*\)", { &.*/\1/p' \
	module/debugfs.c) stats; do
	for document in README.md docs/format.md; do
		if ! grep -q "\`$file\`" "$document"; then
			echo "$document does not speak of the file $file"
			status=1
		fi
	done
done

# Every column that is printed is documented, and every stat.
columns() {
	cat module/tables.c module/pagerows.c module/cgrouptable.c | tr -d '\n\t' | grep -o 'head(m, snap, "[^;]*;' | sed 's/head(m, snap, "[a-z]*",//' |
		tr -d '" );' | sed 's/\\n$//' | sed 's/\\[tn]/\n/g'
	sed -n 's/^\tshow(m, "\([a-z_]*\)".*/\1/p' module/stats.c
}
while read -r name; do
	if ! grep -q "\`$name\`" docs/format.md; then
		echo "docs/format.md does not define $name"
		status=1
	fi
done < <(columns | sort -u)

documents=(README.md CONTRIBUTING.md CHANGELOG.md docs/*.md tests/README.md)

# Every link leads somewhere, and every file of the project that is named is there;
# labs also name files that a student makes.
for document in "${documents[@]}" labs/*.md labs/*/README.md; do
	folder=$(dirname "$document")
	while read -r link; do
		[[ -e $folder/${link%%#*} ]] || { echo "$document: no such file: $link"; status=1; }
	done < <(grep -o '](\([^)]*\))' "$document" | sed 's/^](//; s/)$//' | grep -v '^[a-z]*:')
	[[ $document != labs/* ]] || continue
	while read -r path; do
		compgen -G "$path" >/dev/null || { echo "$document: no such file: $path"; status=1; }
	done < <(grep -oE '`(module|userspace|tests|docs|packaging|labs)/[A-Za-z0-9_./*-]+`' "$document" | tr -d '`' |
		grep -v '^userspace/build/')
done

# Every column is said to be exact, or not, without the module; and where a test has to
# allow for something, so does the document.
exceptions=$(sed -n '/^## libshare-top without/,/^Numbers of libraries/p' docs/comparison.md)
while read -r table column; do
	row=$(awk -F ' *[|] *' -v table="$table" -v column="$column" '
		$2 == table { n = split($3, names, ", ")
			for (i = 1; i <= n; i++) if (names[i] == column) print $4 }' <<<"$exceptions")
	if [[ ! $row ]]; then
		echo "docs/comparison.md: nothing about the column $column of $table without the module"
		status=1
	elif [[ $row == exact ]] && grep -q "(\"$table\", \"$column\")" tests/guest/lib/source.py; then
		echo "docs/comparison.md calls $column of $table exact, tests/guest/lib/source.py does not"
		status=1
	fi
done < <(awk '
	/^static const struct libshare_column [a-z]+\[\]/ { table = $5; sub(/\[.*/, "", table) }
	table ~ /^(libraries|processes|mappings|pages|histogram)$/ && match($0, /^\tC\([a-z_]+,/) {
		column = substr($0, 4, RLENGTH - 4); if (column != "lib") print table, column }
	/^#undef C/ { table = "" }' userspace/data/columns.c)
# All handouts have the same parts, and three reflections.
for document in labs/*/README.md; do
	parts=$(grep -E '^## (Aim|Background|Steps|Reflections)$' "$document" | paste -sd ' ')
	if [[ $parts != '## Aim ## Background ## Steps ## Reflections' ||
		$(sed -n '/^## Reflections/,$p' "$document" | grep -cE '^[123]\. ') != 3 ]] ||
		! grep -qE '^\*\*Before\*\*: .* \*\*Time\*\*: .* \*\*Points\*\*: ' "$document"; then
		echo "$document: not the parts of a handout"
		status=1
	fi
done

# What docs/course.md says is graded is a criterion, and what it says is seen a section.
while IFS=$'\t' read -r number name; do
	grep -qxF "$name" < <(sed -nE 's/^@grade\.criterion\([0-9]+, "(.*)"\)$/\1/p' labs/"$number"-*/grade.py) || {
		echo "docs/course.md: lab $number has no criterion \"$name\""
		status=1
	}
done < <(sed -nE 's/.*\| lab ([0-9]): `(.*)` \|$/\1\t\2/p' docs/course.md)
while read -r anchor; do
	grep -E '^## ' docs/story.md | tr 'A-Z ' 'a-z-' | grep -qx -- "##-$anchor" || {
		echo "docs/course.md: story.md has no section $anchor"
		status=1
	}
done < <(grep -oE 'story\.md#[a-z-]+' docs/course.md | sed 's/.*#//')

# What docs/cost.md says of the module's size is what CONTRIBUTING.md counts.
files=(module/*.[ch])
for count in "lines $(cat "${files[@]}" | wc -l)" "files ${#files[@]}"; do
	grep -qE "^\| ${count% *} of the module \| .* \| ${count#* } \|$" \
		<(sed 's/\([0-9]\),\([0-9]\)/\1\2/g' docs/cost.md) || {
		echo "docs/cost.md: the module has ${count#* } ${count% *}"
		status=1
	}
done

# Every make target that is named is there.
while read -r target; do
	grep -qE "^([a-z-]+ )*$target( [a-z-]+)*:" Makefile || {
		echo "the documents speak of \"make $target\", which the Makefile does not know"
		status=1
	}
done < <(grep -ohE '(`| {4})(sudo )?make [a-z-]+' "${documents[@]}" | sed 's/.*make //' | sort -u)

# Every file of the module that the picture of its inside names, and the other way round.
while read -r name; do
	[[ -e module/$name ]] || { echo "docs/inside.md: no such file: module/$name"; status=1; }
done < <(sed -n '/^```/,/^```/p' docs/inside.md | grep -oE '[a-z]+[.]c')

# Every parameter is in the README.
while read -r name; do
	grep -q "\`$name\`" README.md || { echo "README.md: nothing about the parameter $name"; status=1; }
done < <(sed -n 's/^module_param[a-z_]*(\([a-z_]*\),.*/\1/p' module/*.c)
exit "$status"
