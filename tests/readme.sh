#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# readme.sh: fails when the README's list of booted kernels is not that of
# kernels.list, when it names a file of the module's that does not exist, or when
# a page refers to a file or figure that does not.
set -euo pipefail
cd "$(dirname "$0")/.."

status=0
if ! diff <(sed -n '/^<!-- kernels:/,/^<!-- end of kernels/p' README.md |
	awk -F ' *[|] *' '/^[|] [0-9]/ { print $3, $4 }' | sort) \
	<(awk '!/^#/ && NF { print $3, $2 }' tests/kernels.list | sort); then
	echo 'README.md (<) and tests/kernels.list (>) disagree about the kernels that are booted'
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
	tr -d '\n\t' <module/tables.c | grep -o 'head(m, snap, "[^;]*;' | sed 's/head(m, snap, "[a-z]*",//' |
		tr -d '" );' | sed 's/\\n$//' | sed 's/\\[tn]/\n/g'
	sed -n 's/^\tshow(m, "\([a-z_]*\)".*/\1/p' module/stats.c
}
while read -r name; do
	if ! grep -q "\`$name\`" docs/format.md; then
		echo "docs/format.md does not define $name"
		status=1
	fi
done < <(columns | sort -u)

# Figures and pages that a page refers to are there.
for document in README.md docs/*.md labs/*.md labs/*/README.md; do
	while read -r target; do
		if [[ ! -e $(dirname "$document")/$target ]]; then
			echo "$document refers to $target, which does not exist"
			status=1
		fi
	done < <(grep -oE '\]\([a-z0-9./_-]+\)' "$document" | tr -d ']()' | grep -v '^http')
done
exit "$status"
