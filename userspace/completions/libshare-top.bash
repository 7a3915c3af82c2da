# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Completion of libshare-top for bash.

# What one column holds, of the recording on the command line or of this machine.
_libshare_top_values() {
	libshare-top --raw --noheadings -n 1 -o "$2" --view "$1" "${source[@]}" 2>/dev/null | sort -u
}

_libshare_top() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} view=libraries by='' i
	local -a source=()
	local options='--batch --by --bytes --cgroup --columns --csv --delay --diff --directory --down
		--explain --filter --help --html --iterations --json --library --linking --link-map
		--list-columns --map --max-series --memory-max
		--min --noheadings --openmetrics --output --picture --pid --raw --read-files --record
		--replay --reverse --since --sort --source --user --verify --version --view --what-if
		-b -d -f -g -h -i -J -l -n -o -p -r -u -v -V -w -x'

	# bash splits --view=libraries into three words.
	if [[ $cur == = ]]; then
		cur=''
	elif [[ $prev == = ]]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	for ((i = 1; i < COMP_CWORD - 1; i++)); do
		local value=${COMP_WORDS[i + 1]}

		[[ $value != = ]] || value=${COMP_WORDS[i + 2]}
		case ${COMP_WORDS[i]} in
		--by) by=$value ;;
		--view | -v) view=$value ;;
		--replay | -i | --directory | --source) source=("${COMP_WORDS[i]}" "${value/#\~/$HOME}") ;;
		esac
	done
	case $prev in
	--view | -v)
		mapfile -t COMPREPLY < <(compgen -W 'libraries processes mappings pages histogram
			cgroups sections duplicates audit distinct findings what-if erosion heap' -- "$cur")
		return
		;;
	--what-if)
		mapfile -t COMPREPLY < <(compgen -W 'zygote ksm one-address dedup' -- "$cur")
		return
		;;
	--by)
		mapfile -t COMPREPLY < <(compgen -W 'cgroup container service user program package' -- "$cur")
		return
		;;
	--source)
		mapfile -t COMPREPLY < <(compgen -W 'auto module proc' -- "$cur")
		return
		;;
	-o | --columns | -x | --sort)
		local done='' columns

		# What was typed before the last comma stays, and a + before the list.
		if [[ $prev == -o || $prev == --columns ]]; then
			if [[ $cur == *,* ]]; then
				done=${cur%,*},
			elif [[ $cur == +* ]]; then
				done=+
			fi
		fi
		columns=$(libshare-top --list-columns --view "$view" ${by:+--by "$by"} 2>/dev/null |
			awk '{ print $1 }')
		mapfile -t COMPREPLY < <(compgen -P "$done" -W "$columns all" -- "${cur#"$done"}")
		return
		;;
	--user | -u)
		mapfile -t COMPREPLY < <(compgen -u -- "$cur")
		return
		;;
	--pid | -p)
		mapfile -t COMPREPLY < <(if ((${#source[@]})); then
			compgen -W "$(_libshare_top_values processes pid)" -- "$cur"
		else
			cd /proc && compgen -G "${cur}[0-9]*"
		fi)
		return
		;;
	--library | -l)
		local path

		# Whole paths, and their last parts.
		COMPREPLY=()
		while IFS= read -r path; do
			[[ $path != "$cur"* ]] || COMPREPLY+=("$path")
			[[ ${path##*/} != "$cur"* ]] || COMPREPLY+=("${path##*/}")
		done < <(_libshare_top_values libraries path)
		return
		;;
	--cgroup | -g)
		mapfile -t COMPREPLY < <(compgen -W "$(_libshare_top_values processes cgroup)" -- "$cur")
		return
		;;
	-n | --iterations | -d | --delay | --filter | -f | --max-series | --memory-max | --min)
		return
		;;
	--record | -w | --replay | -i | --since | --output | --picture | --map | --linking | --link-map | --html | --directory)
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
