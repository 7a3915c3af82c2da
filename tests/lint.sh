#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# lint.sh: checks the style of the work tree, each tool a test. The tools run
# in a root folder of their own, so that they say the same on every machine.
set -euo pipefail
. "$(dirname "$0")/vm/lib.sh"

"$VM/host-packages.sh"
hold cache -s
run=$CACHE/lint-$$
mkdir -p "$run/source"
trap 'rm -rf "$run"' EXIT
"$VM/tools.sh" "$run"

cd "$TOP"
project_files . | xargs -0 cp -p --parents -t "$run/source"
cd "$run/source"

# inside COMMAND...: runs COMMAND in the tools' root, in the copy of the tree.
inside() {
	"$VM/enter.sh" "$CACHE/tools/root" "$run/source" "$@"
}

# files_with PATTERN [GREP-OPTION...]: files whose first line matches PATTERN.
files_with() {
	find . -type f ! -path './.git/*' -exec awk -v pattern="$1" \
		'FNR == 1 && $0 ~ pattern { print FILENAME }' {} +
}

passed=0 failed=0

# lint LABEL COMMAND...: a test, which passes when COMMAND ends 0.
lint() {
	local label=$1

	shift
	if "$@" >"$run/out" 2>&1; then
		passed=$((passed + 1))
		echo "lint: ok - $label"
	else
		failed=$((failed + 1))
		echo "lint: not ok - $label"
		sed 's/^/    /' "$run/out"
	fi
}

checkpatch() {
	inside perl /checkpatch/scripts/checkpatch.pl --no-tree --root=/checkpatch --strict --terse --no-summary --quiet \
		--show-types "$@"
}

# The one file that may look at the kernel's version, and leave out arguments
# that an older function does not have.
checkpatch_compat() {
	checkpatch --ignore CONSTANT_COMPARISON,LINUX_VERSION_CODE,MACRO_ARG_UNUSED \
		-f module/compat.h
}

# The types of ELF files are in camel case.
checkpatch_module() {
	local -a files

	mapfile -t files < <(find module -name '*.[ch]' ! -name compat.h)
	checkpatch --ignore CAMELCASE -f "${files[@]}"
}

# Advice that is for the kernel only. A message of a program stays in one
# piece, however long, so that it can be searched for.
checkpatch_programs() {
	local -a files

	local kernel_only=ARRAY_SIZE,AVOID_EXTERNS,BIT_MACRO,CAMELCASE,ENOSYS,LONG_LINE_STRING,MACRO_ARG_REUSE

	kernel_only+=,PREFER_DEFINED_ATTRIBUTE_MACRO,PREFER_KERNEL_TYPES,VOLATILE
	# A list of initializers cannot be in parentheses.
	kernel_only+=,COMPLEX_MACRO
	mapfile -t files < <(find tests userspace labs docs -name '*.[ch]' 2>/dev/null)
	checkpatch --ignore "$kernel_only" -f "${files[@]}"
}

# build OPTION...: compiles the module; fails when that says anything of it.
build() {
	local headers

	headers=$(cd "$CACHE/tools/root" && echo usr/src/linux-headers-*-cloud-amd64)
	inside make -s -C "/$headers" M=/build clean
	inside make -s -C "/$headers" M=/build "$@" modules 2>&1 | tee "$run/build.log"
	! grep -E '(module/|libshare).*(warning|error|Error)' "$run/build.log"
}

shellcheck_all() {
	local -a files

	mapfile -t files < <(files_with '^#!.*[/ ](ba)?sh$'; find . -name '*.sh')
	inside shellcheck -x -P SCRIPTDIR "${files[@]}"
}

spdx() {
	local file missing=0

	while IFS= read -r file; do
		head -n 3 "$file" | grep -q 'SPDX-License-Identifier: GPL-2.0-only' || {
			echo "$file: no SPDX line"
			missing=1
		}
	done < <(find . -type f ! -path './.git/*' ! -name '*.md' ! -name .gitignore ! -path './LICENSES/*' \
		! -path './packaging/debian/copyright' ! -path './packaging/debian/source/*' \
		! -path './labs/*.json' ! -path './docs/fleet/*.json' ! -path './labs/*/student' ! -path './labs/*/hints-taken' ! -path './tests/userspace/corpus/*' ! -path './tests/userspace/data/*' \
		! -path './tests/userspace/expected/*')
	return "$missing"
}

# The version stands in dkms.conf; only the news may repeat it, and do so rightly.
version() {
	local version

	version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
	[[ $version ]] || return 1
	[[ $(sed -n 's/^## \([0-9.]*\) .*/\1/p' CHANGELOG.md | head -n 1) == "$version" ]] || {
		echo "the newest release in CHANGELOG.md is not $version"
		return 1
	}
	! grep -rnF "$version" --include='*.[ch]' --include='*.[48]' --include='*.sh' --include='*.in' \
		--include=Makefile --include=Kbuild --include=README.md --include=control --include=rules .
}

# Since this check exists: "subsystem: do something", at most 72 characters. A release
# has no history.
subjects() {
	local first shape='[a-z0-9./_-]+(, [a-z0-9./_-]+)*: '
	local verb='(?!(the|an?|it|no|all|what|when|where|each|every)\b)[a-z]*([^s]|ss|us)\b'

	[[ -e $TOP/.git ]] || return 0
	first=$(git -C "$TOP" log --format=%H -S'subjects()' -- tests/lint.sh | tail -n 1)
	[[ $first ]] || return 0
	! git -C "$TOP" log --no-merges --format=%s "$first^!" HEAD |
		grep -vP "^(?=.{1,72}\$)$shape$verb"
}

# A task, process or user is "it"; the field has words for the rest.
plain_words() {
	local words="he|his|him|himself|she|her|whom|whoever|nobody|somebody|anybody|everybody|for want of"

	! grep -rnwiIE "$words" module docs labs tests packaging ./*.md Makefile Kbuild dkms.conf \
		userspace --exclude=lint.sh
}

# In userspace/, data knows nothing of views, nor these of what writes or shows them.
arrows() {
	! grep -rn '#include "\(views\|out\|live\)/' userspace/data || return
	! grep -rn '#include "\(options\.h\|out/\|live/\)' userspace/views || return
	! grep -rn '#include "live/' userspace/out || return
	! grep -rnE '\b(libshare|LIBSHARE)_[a-zA-Z]' userspace --include='*.[ch]' |
		grep -vE '"[^"]*(libshare|LIBSHARE)_|LIBSHARE_VERSION'
}

# A release builds the module and tests itself, without git.
release() {
	local name headers

	name=$("$TOP/packaging/dist.sh" "$run/dist") || return
	name=$(basename "$name" .tar.xz)
	mkdir -p "$run/source/$name"
	tar -x -f "$run/dist/$name.tar.xz" -C "$run/source" --no-same-owner
	"$name/packaging/dist.sh" "$run/again" >/dev/null || return
	diff <(tar -t -f "$run/dist/$name.tar.xz") <(tar -t -f "$run/again/$name.tar.xz") || return
	headers=$(cd "$CACHE/tools/root" && echo usr/src/linux-headers-*-cloud-amd64)
	inside make -s -C "/$headers" M="/build/$name" modules || return
	grep -aqx "version=${name#libshare-}" <(tr '\0' '\n' <"$name/libshare.ko") || {
		echo 'the module has another version'
		return 1
	}
	inside make -s -C "$name/tests/unit" check || return
	# What is installed is taken away again.
	inside make -s -C "$name" install-module KDIR="/$headers" DESTDIR=/build/dest || return
	[[ $(find dest -name libshare.ko) == dest/lib/modules/*-cloud-amd64/updates/libshare.ko ]] || return
	inside make -s -C "$name" uninstall-module KDIR="/$headers" DESTDIR=/build/dest || return
	[[ ! $(find dest ! -type d -o -name updates) ]]
}

lint 'SPDX line in each file but data' spdx
lint 'reuse: licence and holder of each file' inside reuse lint --quiet
lint 'the version stands in one place' version
lint 'README and format say what there is' tests/readme.sh
lint 'handouts have all parts' tests/labs/handouts.sh
# A folio is "uptodate"; .Nd is a macro of manuals.
lint 'codespell' inside codespell -L uptodate,nd --skip '*.zst,./tests/userspace/data,./tests/userspace/expected'
lint 'plain words' plain_words
lint 'subjects of the commits' subjects
lint 'includes of the reader go one way' arrows
lint 'shellcheck' shellcheck_all
lint 'checkpatch --strict: module' checkpatch_module
lint 'checkpatch --strict: compat.h' checkpatch_compat
lint 'checkpatch --strict: programs' checkpatch_programs
lint 'compiler, W=1' build W=1
lint 'sparse' build C=2
lint 'a release builds and tests itself' release

echo "$passed $failed 0" >"$run/counts"
total "$run/counts"
