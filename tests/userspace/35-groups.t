#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Rows put together by container, service, user, program and package.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

a=$DATA/workload-a.zst b=$DATA/workload-b.zst

for recording in workload-a.zst workload-b.zst cgroups.txt twins.txt; do
	ok "$recording: groups are what the recording's tables add up to" \
		"$PYTHON" "$HERE/src/groups.py" "$TOP" "$DATA/$recording"
done

for by in container service user program; do
	for view in pages histogram sections duplicates; do
		ok "$view has no ${by}s" fails 2 "by $by groups libraries, processes, heap or mappings, not $view" \
			"$TOP" --replay "$a" --by "$by" --view "$view"
	done
done
ok 'processes have no packages' fails 2 'by package groups libraries or mappings, not processes' \
	"$TOP" --replay "$a" --by package --view processes
ok 'a group of no such name' fails 1 "nothing matches --filter 'none'" \
	"$TOP" --noheadings --replay "$a" --by user --filter none
ok 'groups that match, and the total' bash -c "
	'$TOP' --raw --noheadings --replay '$a' --by program -o program --filter nginx |
		diff - <(printf 'nginx\ntotal\n')"
ok 'groups by CSV' bash -c "
	'$TOP' --csv --replay '$a' --by user -o procs,user | head -n 1 | grep -qx time_ns,procs,user"

# total_of RECORDING: of all programs.
total_of() {
	"$TOP" --json --replay "$1" --by program | jq '.groups[-1].pss'
}

difference() {
	"$TOP" --json --diff "$a" "$b" --by program "$@" || (($? == 1))
}

# shellcheck disable=SC2016 # it is jq's
differs() {
	local by

	by=$(($(total_of "$b") - $(total_of "$a")))
	difference -o pss,mapped,program | jq -e --argjson by "$by" '.changes |
		any(.program == "total" and .pss == $by and .change == "grew") and
		any(.program == "python3" and .mapped == null) and
		any(.program == "gone" and .change == "new")'
}

ok 'the difference of two recordings, by program' differs

# Containers have names in files of their engines.
count=$("$PYTHON" "$HERE/src/containers.py")
# shellcheck disable=SC2046 # one word a library
"$PYTHON" "$HERE/src/module.py" "$TMP/module" $(seq -f /lib/%g.so "$count")
"$PYTHON" "$HERE/src/containers.py" "$TMP/module" "$TMP/root" >"$TMP/want"
chmod 755 "$TMP"

propagation=$(own_mounts)

# shellcheck disable=SC2016 # expanded there
# here COMMAND...: on a host where engines keep what containers.py has laid out.
here() {
	unshare -m --propagation "$propagation" bash -c '
		mount --bind "$1/var/lib" /var/lib && mount --bind "$1/var/log" /var/log &&
		mount --bind "$1/passwd" /etc/passwd && shift && exec "$@"' here "$TMP/root" "$@"
}

# one BY COLUMNS PID: these columns of the only group of a process.
one() {
	"${run[@]}" "$TOP" --json "${source[@]}" --by "$1" --pid "$3" --view processes -o "$2" |
		jq -r ".groups[0] | [.${2//,/, .}] | @tsv"
}

# names FROM TO: all processes from FROM to TO.
names() {
	local pid namespace pod container service

	while IFS=$'\t' read -r pid namespace pod container service; do
		echo "$pid"
		((pid < $1 || pid > $2)) ||
			diff - <(one container namespace,pod,container "$pid") <<-END || return
				$namespace	$pod	${container//\\/\\\\}
			END
	done <"$TMP/want"
}

services() {
	local pid service

	while IFS=$'\t' read -r pid _ _ _ service; do
		diff - <(one service service "$pid") <<<"${service//\\/\\\\}" || return
	done <"$TMP/want"
}

# chosen PIDS WORD: the processes of --cgroup WORD.
chosen() {
	diff - <("${run[@]}" "$TOP" --json "${source[@]}" --view processes --cgroup "$2" |
		jq -r '.processes[].pid' | sort) <<<"$1"
}

of_containers() {
	local pids container

	while read -r container; do
		pids=$(name=$container awk -F'\t' '$4 == ENVIRON["name"] { print $1 }' "$TMP/want")
		# Names are typed as they are, and stand in tables with escapes.
		chosen "$pids" "$(printf %b "$container")" || return
	done < <(cut -f4 "$TMP/want" | grep -vx - | sort -u)
}

# id_of DIGITS LENGTH: so much of the id that containers.py makes of these digits.
id_of() {
	local id

	printf -v id "$1%.0s" {1..32}
	echo "${id:0:$2}"
}

users() {
	"${run[@]}" "$TOP" --json "${source[@]}" --by user -o procs,user |
		jq -e ".groups == [{\"procs\": $count, \"user\": \"$1\"}, {\"procs\": $count, \"user\": \"total\"}]"
}

# by_name WHERE: containers are chosen by what people call them.
by_name() {
	ok "$1: --cgroup takes the name of a container" of_containers
	ok "$1: --cgroup takes 12 digits of an id" chosen 101 "$(id_of a1 12)"
	ok "$1: --cgroup takes a whole id" chosen 101 "$(id_of a1 64)"
	ok "$1: 11 digits of an id are too few" \
		fails 1 "no process of a control group or container '$(id_of a1 11)'" \
		"${run[@]}" "$TOP" -b --noheadings "${source[@]}" --view processes \
		--cgroup "$(id_of a1 11)"
	ok "$1: metrics of a container" metrics_of web
}

# metrics_of NAME: there are series of that container, and of no other one.
metrics_of() {
	"${run[@]}" "$TOP" --openmetrics "${source[@]}" --by container --cgroup "$1" >"$TMP/metrics"
	grep '^libshare_container_' "$TMP/metrics" >"$TMP/series" &&
		! grep -v "container=\"$1\"" "$TMP/series"
}

source=(--directory "$TMP/module") run=(here)
if [[ $propagation ]]; then
	ok 'containers have the names that engines gave them' names 101 199
	ok 'services are units of systemd' services
	ok 'users have names' users root
	by_name 'on this machine'
	ok 'a recording is made there' here "$TOP" "${source[@]}" --record "$TMP/r.zst"
	source=(--replay "$TMP/r.zst") run=()
	ok 'a recording keeps the names of containers' names 101 199
	ok 'a recording keeps the names of users' users root
	by_name 'in a recording'
	# The same, if a part of the path is a link that the user has made.
	mv "$TMP/root/home/.local" "$TMP/root/home/other" && ln -s other "$TMP/root/home/.local"
	source=(--directory "$TMP/module") run=(here)
	awk -F'\t' -v OFS='\t' '$4 ~ /own$/ { $4 = "d1d1d1d1d1d1"; print }' "$TMP/want" >"$TMP/link"
	mv "$TMP/link" "$TMP/want"
	ok 'a link in the folder of a user is not followed' names 101 199
else
	skip 'names of containers' 'nothing can be mounted here'
fi

# package PATH IDENTITY: the package of a library.
package() {
	rm -rf "$TMP/module"
	"$PYTHON" "$HERE/src/module.py" "$TMP/module" "$1,-,$2"
	here "$TOP" --json --directory "$TMP/module" --by package -o libs,package |
		jq -r '.groups[0].package'
}

# is_of PACKAGE PATH IDENTITY: whether it is the package of that library.
is_of() {
	local got

	got=$(package "$2" "$3")
	[[ $got == "$1" ]] || { echo "$2 is of $got, not of $1"; return 1; }
}

# dpkg names a file of this machine by its path, or as of before /lib was a link.
packages() {
	local file=$TMP/owned.so libc=$1 dpkg=$TMP/root/var/lib/dpkg package
	local info=$dpkg/info

	: >"$file"
	mkdir -p "$info"
	for package in libowned libc6; do
		printf '%s\n' "Package: $package" 'Status: install ok installed' 'Architecture: amd64' \
			'Multi-Arch: same' 'Version: 1' 'Maintainer: none' 'Description: none' ''
	done >"$dpkg/status"
	echo 1 >"$info/format"
	printf '/.\n%s\n' "$file" >"$info/libowned:amd64.list"
	printf '/.\n%s\n' "${libc#/usr}" >"$info/libc6:amd64.list"
	echo "$file" >"$info/other.conffiles"
	is_of libowned:amd64 "$file" "$(identity "$file")" || return
	is_of libc6:amd64 "$libc" "$(identity "$libc")" || return
	# Another file under its path, as containers have them.
	is_of - "$file" "$(identity "$file")7" && is_of - "$TMP/none" 8:1:7
}

identity() {
	"$PYTHON" -c '
import os, sys
s = os.stat(sys.argv[1])
print("%d:%d:%d" % (os.major(s.st_dev), os.minor(s.st_dev), s.st_ino))' "$1"
}

# make_rpms: a database of rpm on the host, with two packages of libraries.
make_rpms() {
	mkdir -p "$TMP/rpm" "$TMP/own"
	cat >"$TMP/rpm/own.spec" <<-END
		Name: own-libs
		Version: 1
		Release: 1
		Summary: Libraries
		License: None
		BuildArch: noarch
		%description
		Libraries.
		%package -n two-libs
		Summary: More of them
		%description -n two-libs
		More of them.
		%files
		$TMP/own/one.so
		$TMP/owned.so
		%files -n two-libs
		$TMP/own/two.so
		$TMP/own/three.so
		%install
		mkdir -p %{buildroot}$TMP/own
		cd %{buildroot}$TMP && touch owned.so own/one.so own/two.so own/three.so
	END
	touch "$TMP/own"/{one,two,three,other}.so
	rpmbuild -bb --quiet --define "_topdir $TMP/rpm" --nodeps "$TMP/rpm/own.spec" &&
		here rpm -i --justdb --nodeps --nosignature "$TMP"/rpm/RPMS/noarch/*.rpm
}

# owners FILE...: the package of each of these libraries, in one scan.
owners() {
	local file

	rm -rf "$TMP/module"
	for file; do
		echo "$file,-,$(identity "$file")"
	done | xargs -d '\n' "$PYTHON" "$HERE/src/module.py" "$TMP/module"
	"${rpm[@]}" "$TOP" --json --directory "$TMP/module" --by package -o libs,package |
		jq -r '.groups | map("\(.package) \(.libs)") | sort | join(", ")'
}

packages_of_rpm() {
	local got

	make_rpms || return
	got=$(owners "$TMP/own"/{one,two,three,other}.so)
	echo "$got"
	[[ $got == '- 1, own-libs 1, total 4, two-libs 2' ]] || return
	# What dpkg has is not asked for, and another file has none.
	is_of libowned:amd64 "$TMP/owned.so" "$(identity "$TMP/owned.so")" &&
		is_of - "$TMP/own/one.so" "$(identity "$TMP/own/one.so")7"
}

# with_rpm COMMAND...: on the host, with the script on standard input for rpm.
with_rpm() {
	cat >"$TMP/fake"
	chmod 755 "$TMP/fake"
	# shellcheck disable=SC2016 # expanded there
	rpm=(here bash -c 'mount --bind "$0" /usr/bin/rpm && exec "$@"' "$TMP/fake")
	"$@"
	rpm=(here)
}

# It is asked with nothing of the user's, and not for longer than it takes to be told.
fake_rpm() {
	local got start=$SECONDS

	got=$(HOME=$TMP FOO=1 with_rpm owners "$TMP/own"/{one,two}.so <<-END
		#!/bin/sh
		env >$TMP/environment
		printf 'column\\\\\n $TMP/own/one.so\nlong\n $TMP/own/two.so'
		sleep 1000 &
		sleep 1000
	END
	)
	echo "$got $((SECONDS - start))"
	# A last line that was cut off is not a package.
	[[ $got == '- 1, column\134 1, total 2' ]] && ((SECONDS - start < 60)) &&
		! grep -E "^FOO=|^HOME=($TMP|/root)" "$TMP/environment" && ! pgrep -x -f 'sleep 1000'
}

endless_rpm() {
	local got

	got=$(with_rpm owners "$TMP/own"/{one,two}.so <<-END
		#!/bin/sh
		printf 'first\n $TMP/own/one.so\nsecond\n'
		exec yes ' $TMP/own/two.so'
	END
	)
	echo "$got"
	[[ $got == 'first 1, second 1, total 2' ]]
}

rpm=(here)
if [[ $propagation ]]; then
	ok 'libraries of this machine have packages' packages "$(realpath "$(
		ldd /bin/sh | sed -n 's/.*=> \(.*libc\.so[^ ]*\) .*/\1/p')")"
	ok 'without a database of rpm, none is made' test ! -e "$TMP/root/var/lib/rpm"
	ok 'libraries have the packages of rpm' packages_of_rpm
	ok 'an rpm that hangs is ended' fake_rpm
	ok 'an rpm that prints without end is ended' endless_rpm
else
	skip 'packages' 'nothing can be mounted here'
fi
done_testing
