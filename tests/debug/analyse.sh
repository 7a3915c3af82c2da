#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# analyse.sh: static analysers, each a test: the kernel's own coccinelle
# scripts and cppcheck on the module; gcc's and clang's analyzers and cppcheck
# on the programs. They run in a root folder of their own.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

suite=trixie
tools=$CACHE/analyse
run=$CACHE/analyse-$$
mkdir -p "$run/source"
trap 'rm -rf "$run"' EXIT

# shellcheck disable=SC2046 # one word a package
needs=$("$VM/apt.sh" amd64 "$suite" list $(packages "$DEBUG/packages.analyse"))
kernel=$("$VM/apt.sh" amd64 "$suite" list linux-source-6.12 | grep '^linux-source-[0-9]')

hold analyse -x
# shellcheck disable=SC2086 # one word a package
artefact "$tools" "$(fingerprint "$needs" "$kernel" "$(cat "$DEBUG/analyse-root.sh")")" \
	"$run/tools.log" 'fetch and unpack static analysers' \
	"$DEBUG/analyse-root.sh" "$suite" "$kernel" $needs
release

cd "$TOP"
project_files module userspace tests | xargs -0 cp -p --parents -t "$run/source"

# inside COMMAND...: runs COMMAND in the analysers' root, in the copy.
inside() {
	nice -n 19 "$VM/enter.sh" "$tools/root" "$run/source" "$@"
}

passed=0 failed=0

# analyse LABEL COMMAND...: a test, which passes when COMMAND ends 0 and says
# nothing.
analyse() {
	local label=$1

	shift
	if "$@" >"$run/out" 2>&1 && [[ ! -s $run/out ]]; then
		passed=$((passed + 1))
		echo "analyse: ok - $label"
	else
		failed=$((failed + 1))
		echo "analyse: not ok - $label"
		sed 's/^/    /' "$run/out"
	fi
}

# coccinelle FOLDER: what the scripts say that have a report mode; others say nothing
# useful.
coccinelle() {
	# shellcheck disable=SC2016 # expanded inside
	inside sh -c 'for script in $(grep -rl "virtual report" /coccinelle --include="*.cocci" | sort); do
		spatch -D report --very-quiet --no-includes --include-headers --sp-file "$script" \
			--dir "$1" 2>/dev/null || true
	done' sh "$1"
}

# Whether they say anything at all: of a function that frees twice.
coccinelle_notices() {
	mkdir "$run/source/mistake"
	printf 'void mistake(char *p)\n{\n\tkfree(p);\n\tkfree(p);\n}\n' >"$run/source/mistake/mistake.c"
	coccinelle mistake | grep -q 'mistake\.c:4' || echo 'kfree() of what was freed is not reported'
}

programs() {
	(cd "$run/source" && find userspace tests/debug/src -name '*.c' | sort)
}

libraries='smartcols ncursesw libzstd libelf json-c cairo libxxhash'

# each COMMAND: runs COMMAND FILE for each program's file, with its flags.
each() {
	# shellcheck disable=SC2016,SC2046 # expanded inside; one word a file
	inside sh -c 'flags=$(pkg-config --cflags $1) command=$2
		status=0
		shift 2
		for file; do
			$command -std=gnu11 -D_GNU_SOURCE -Iuserspace $flags "$file" || status=1
		done
		exit $status' sh "$libraries" "$1" $(programs)
}

gcc_analyzer() {
	each 'gcc -O2 -fanalyzer -c -o /dev/null'
}

clang_analyzer() {
	each 'clang --analyze -Xclang -analyzer-output=text -Xclang -analyzer-werror'
}

# cppcheck_of OPTION-OR-PATH...
cppcheck_of() {
	inside cppcheck --quiet --enable=warning,performance,portability --inline-suppr \
		--suppress=missingIncludeSystem --suppress=unknownMacro \
		--suppress=normalCheckLevelMaxBranches --error-exitcode=1 --std=c11 "$@"
}

analyse "the kernel's coccinelle scripts: module" coccinelle module
analyse "the kernel's coccinelle scripts: they notice a mistake" coccinelle_notices
# The kernel counts in void pointers, as gcc allows.
analyse 'cppcheck: module' cppcheck_of -D__KERNEL__ -DCONFIG_64BIT \
	'-Dxa_for_each(xa,i,e)=while(((e)=xa_next(xa,&(i))))' \
	--suppress=arithOperationsOnVoidPointer module
analyse 'cppcheck: programs' cppcheck_of -D_GNU_SOURCE userspace tests/debug/src
analyse 'gcc -fanalyzer: programs' gcc_analyzer
analyse 'clang --analyze: programs' clang_analyzer

echo "$passed $failed 0" >"$run/counts"
total "$run/counts"
