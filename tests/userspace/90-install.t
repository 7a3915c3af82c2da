#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What is installed: the program, manuals without a complaint that name every
# option and column, completions that work, and units.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

source=$HERE/../../userspace
root=$TMP/root

ok 'make install' make -s -C "$source" install SANITIZE=1 CFLAGS='-g -O1' BUILD="$BUILD/top" \
	DESTDIR="$root" prefix=/usr
files=$(cd "$root" && find . -type f | sort)
ok 'all of it is there' diff - <(echo "$files") <<'END'
./usr/lib/systemd/system/libshare-metrics.service
./usr/lib/systemd/system/libshare-metrics.timer
./usr/libexec/libshare/libshare-picture
./usr/sbin/libshare-top
./usr/share/bash-completion/completions/libshare-top
./usr/share/libshare/libshare-top.schema.json
./usr/share/man/man4/libshare.4
./usr/share/man/man8/libshare-top.8
./usr/share/zsh/site-functions/_libshare-top
END
ok 'the service runs what was installed' grep -q '^ExecStart=/usr/sbin/libshare-top --openmetrics' \
	"$root/usr/lib/systemd/system/libshare-metrics.service"

# setting NAME: all that the service says of it.
setting() {
	sed -n "s/^$1=//p" "$root/usr/lib/systemd/system/libshare-metrics.service"
}

# What the service does, where the files are root's alone, as the module's are.
metrics() {
	mkdir -p "$TMP/debug/module" "$TMP/metrics"
	zstd -dcq "$DATA/workload-b.zst" >"$TMP/debug/module/libraries"
	printf 'scan_ns 1\n' >"$TMP/debug/module/stats"
	sed -n '/^# libshare 1 cgroups/,$p' "$DATA/cgroups.txt" |
		sed "s,/user.slice/[^\t]*,/docker/$(printf '%064d' 1)," >"$TMP/debug/module/cgroups"
	chmod 400 "$TMP/debug/module"/*
	chmod 700 "$TMP/debug"
	rm -f "$TMP/metrics"/*
	"$@" "$RELEASE" --openmetrics --directory "$TMP/debug/module" --output "$TMP/metrics/libshare.prom"
	grep -q ^libshare_saved_bytes "$TMP/metrics/libshare.prom" &&
		grep -q ^libshare_container_charged_bytes "$TMP/metrics/libshare.prom"
}

# stops RESULT [COMMAND...]: what the service does once it has stopped so; through COMMAND.
# systemd writes $$ for a $ of the shell, and expands none in quotes.
stops() {
	local command

	command=$(setting ExecStopPost | sed "s,\\$\\$,\$,g; s,/usr/sbin/libshare-top,'$RELEASE',")
	[[ $command == "/bin/sh -c '"*"'" ]] || { echo "$command"; return 1; }
	command=${command#*\'}
	SERVICE_RESULT=$1 LIBSHARE_TEXTFILE_DIR=$TMP/metrics "${@:2}" /bin/sh -c "${command%\'}"
}

# after RESULT UP: what the file says of the scan then.
after() {
	metrics && stops "$1"
	grep -x "libshare_up $2" "$TMP/metrics/libshare.prom"
}

# Both commands name the file in one folder, which the service may write to. Without the
# -, systemd would end the service with status 226 if it is missing.
one_folder() {
	local folder

	folder=$(setting Environment | sed -n 's/^LIBSHARE_TEXTFILE_DIR=//p')
	[[ $folder == /* && $(setting ReadWritePaths) == -$folder ]] &&
		[[ $(setting ExecStart) == *" --output \${LIBSHARE_TEXTFILE_DIR}/libshare.prom" ]]
}

unfiltered() {
	metrics strace -f -qq -o "$TMP/calls" || return
	stops timeout strace -f -qq -A -o "$TMP/calls"
	systemd-analyze syscall-filter --no-pager >"$TMP/sets"
	"$PYTHON" - "$TMP/calls" "$TMP/sets" "$(setting SystemCallFilter)" <<-'END'
		import re, sys
		sets, name = {}, None
		for line in open(sys.argv[2]):
		    word = line.split("#")[0].strip() or "-"
		    if line.startswith("@"):
		        name = word
		        sets[name] = []
		    elif name and line.startswith("    ") and word != "-":
		        sets[name].append(word)
		def members(what):
		    return {what} if not what.startswith("@") else set().union(*map(members, sets[what]))
		allowed = set()
		for line in sys.argv[3].splitlines():
		    words = set().union(*map(members, line.lstrip("~").split()))
		    allowed = allowed - words if line.startswith("~") else allowed | words
		used = set(re.findall(r"^\d+ +([a-z0-9_]+)\(", open(sys.argv[1]).read(), re.M))
		# Made by systemd, before there is a filter.
		used.discard("execve")
		print(len(used), len(allowed), used - allowed)
		sys.exit(used - allowed != set() or len(used) < 10 or "ptrace" in allowed)
	END
}

capable() {
	local caps

	caps=$(setting CapabilityBoundingSet | sed 's/CAP_/+/g; s/ /,/g' | tr '[:upper:]' '[:lower:]')
	[[ $caps ]] && metrics setpriv --bounding-set="-all,$caps" --inh-caps=-all --no-new-privs
}

if command -v systemd-analyze >/dev/null; then
	# systemd looks for it below that root.
	install -D /bin/sh "$root/bin/sh"
	ok 'systemd has nothing to say about the units' bash -c "
		! systemd-analyze verify --man=no --root='$root' \
			/usr/lib/systemd/system/libshare-metrics.service 2>&1 |
			grep libshare-metrics | grep -v 'Unit .* not found'"
	rm "$root/bin/sh"
	# 2.5 on its scale, where 10 is a service that is not confined at all.
	ok 'the service is confined' bash -c "
		systemd-analyze security --offline=yes --root='$root' --threshold=25 --no-pager \
			libshare-metrics.service"
	ok 'no system call of ours is filtered' unfiltered
else
	skip 'systemd has nothing to say about the units' 'there is no systemd'
fi

ok 'the folder of the metrics can be missing, and named' one_folder
ok 'after a scan that worked, the numbers stay' after success 1
for result in exit-code signal timeout oom-kill; do
	ok "a scan that ended with $result has no numbers" after "$result" 0
done
ok 'the service is bounded' bash -c "
	for limit in MemoryMax TimeoutStartSec TimeoutStopSec TasksMax; do
		grep -qE \"^\$limit=[0-9]+[Ms]?\$\" '$root/usr/lib/systemd/system/libshare-metrics.service' ||
			{ echo \"no \$limit\"; exit 1; }
	done"
if ((EUID == 0)); then
	ok 'the capabilities of the service are enough' capable
else
	skip 'the capabilities of the service are enough' 'needs root'
fi

if command -v mandoc >/dev/null; then
	ok 'mandoc has nothing to say about the manuals' mandoc -Tlint -Wwarning "$source"/man/*.[48]
else
	skip 'mandoc has nothing to say about the manuals' 'there is no mandoc'
fi

# Options in --help, one a line.
options() {
	"$TOP" --help | grep -oE '^ +(-[a-zA-Z], )?--[a-z-]+' | grep -oE -- '--[a-z-]+'
}

each_option() {
	local option missing=0

	(($(options | wc -l) > 20))
	for option in $(options); do
		grep -qF -- "$1${option#--}" "$2" || { echo "$2: no $option"; missing=1; }
	done
	return "$missing"
}

ok 'the manual explains each option' each_option '\-' "$source/man/libshare-top.8"
# The keys of the live view, as its source has them.
keys_documented() {
	local key missing=0

	sed -n '/^\.Sh LIVE VIEW/,/^\.Sh /p' "$source/man/libshare-top.8" |
		sed 's/\\&//g' >"$TMP/keys"
	for key in Up Down PgUp PgDn Home End Enter Tab Esc Backspace Left Right p c m w u n N S M P C % / F2 F3 F4 '>' '<' F6 r I d \
		Space s '?' h F1 q F10 j k g G Ctrl-B Ctrl-F Ctrl-L Ctrl-U; do
		grep -qE "^\.It (.* )?${key/\?/\\?}( |\$)" "$TMP/keys" || { echo "no key $key"; missing=1; }
	done
	return "$missing"
}

ok 'the manual explains each key' keys_documented
ok 'bash completes each option' each_option -- "$source/completions/libshare-top.bash"
ok 'zsh completes each option' each_option -- "$source/completions/_libshare-top"

columns_documented() {
	local table column missing=0

	for table in libraries processes mappings pages histogram; do
		for column in $("$TOP" --json --replay "$DATA/workload-b.zst" --view "$table" -o all |
			jq -r ".${table}[0] | keys[]" | grep -vx cmdline); do
			# These follow from those of libraries.
			[[ $table.$column != @(processes|mappings).flags ]] || continue
			sed -n "/^\.Ss Columns of $table/,/^\.El/p" "$source/man/libshare.4" |
				grep -qE "^\.It (.*, )?$column(,|\$)" ||
				{ echo "$table: no $column"; missing=1; }
		done
	done
	return "$missing"
}

ok 'libshare(4) explains each column' columns_documented

# bash_completes WANT WORD...: completing the last WORD gives WANT.
bash_completes() {
	local want=$1

	shift
	PATH="$root/usr/sbin:$PATH" bash -c '
		. "$1"
		shift
		compopt() { :; }
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_libshare_top
		printf "%s\n" "${COMPREPLY[@]}"' bash \
		"$root/usr/share/bash-completion/completions/libshare-top" "$@" >"$TMP/completions"
	cat "$TMP/completions"
	grep -qx -- "$want" "$TMP/completions"
}

ok 'bash: a view' bash_completes sections libshare-top --view sec
ok 'bash: a column' bash_completes cow_unique libshare-top -o cow
ok 'bash: a column after others' bash_completes path,saved libshare-top -o path,sa
ok 'bash: a column of another view' bash_completes pss libshare-top --view processes -x ps
ok 'bash: a view after =' bash_completes sections libshare-top --view = sec
ok 'bash: a view after = alone' bash_completes sections libshare-top --view =
ok 'bash: a column that is added' bash_completes +cow_unique libshare-top -o +cow_u
ok 'bash: a short option' bash_completes -J libshare-top -
ok 'bash: a library' bash_completes libsqlite3.so.0.8.6 \
	libshare-top --replay "$DATA/workload-b.zst" --library libsql
ok 'bash: the path of a library' bash_completes /usr/lib/x86_64-linux-gnu/libsqlite3.so.0.8.6 \
	libshare-top --replay = "$DATA/workload-b.zst" --library = /usr/lib/x86_64-linux-gnu/libsql
ok 'bash: a control group' bash_completes /workload \
	libshare-top --replay "$DATA/workload-b.zst" --cgroup /w
ok 'bash: an option' bash_completes --openmetrics libshare-top --open

if command -v zsh >/dev/null; then
	ok 'zsh: it is no nonsense' zsh -n "$root/usr/share/zsh/site-functions/_libshare-top"
else
	skip 'zsh: it is no nonsense' 'there is no zsh'
fi

ok 'what was installed draws' bash -c "
	'$root/usr/sbin/libshare-top' --replay '$DATA/workload-b.zst' --filter 'libz.*' --map '$TMP/map.svg' &&
	grep -q '<svg' '$TMP/map.svg'"
rm "$root/usr/libexec/libshare/libshare-picture"
ok 'without the program that draws' fails 2 'cannot run libshare-picture.*: No such file' \
	"$root/usr/sbin/libshare-top" --replay "$DATA/workload-b.zst" --map "$TMP/map.svg"
ok 'make uninstall' bash -c "
	make -s -C '$source' uninstall DESTDIR='$root' prefix=/usr &&
	[[ ! \$(find '$root' -type f) ]]"
done_testing
