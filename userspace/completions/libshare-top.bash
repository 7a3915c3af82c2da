# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Completion of libshare-top for bash.

_libshare_top() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} view=libraries i
	local options='--batch --bytes --cgroup --columns --csv --delay --diff --directory --filter
		--help --html --iterations --json --library --map --max-series --memory-max --noheadings
		--openmetrics --output --picture --pid --raw --read-files --record --replay
		--reverse --sort --source --verify --version --view'

	for ((i = 1; i < COMP_CWORD; i++)); do
		[[ ${COMP_WORDS[i]} != --view ]] || view=${COMP_WORDS[i + 1]}
	done
	case $prev in
	--view)
		mapfile -t COMPREPLY < <(compgen -W 'libraries processes mappings pages histogram
			sections duplicates' -- "$cur")
		return
		;;
	--source)
		mapfile -t COMPREPLY < <(compgen -W 'auto module proc' -- "$cur")
		return
		;;
	-o | --columns | -x | --sort)
		local done='' columns

		# What was typed before the last comma stays.
		[[ $cur != *,* || $prev == -x || $prev == --sort ]] || done=${cur%,*},
		columns=$(libshare-top --help 2>/dev/null | awk -v view="$view" '
			/^Columns of --view / { there = $4 == view; next }
			/^Columns marked/ { exit }
			there && NF { print tolower($1) }')
		mapfile -t COMPREPLY < <(compgen -P "$done" -W "$columns all" -- "${cur##*,}")
		return
		;;
	--pid)
		mapfile -t COMPREPLY < <(cd /proc && compgen -G "${cur}[0-9]*")
		return
		;;
	-n | --iterations | -d | --delay | --filter | --max-series | --memory-max | --cgroup)
		return
		;;
	--record | --replay | --output | --picture | --map | --html | --library | --directory)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	esac
	if [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
	else
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
	fi
}

complete -F _libshare_top libshare-top
