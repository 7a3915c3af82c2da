#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# apt of another Debian suite, with its own state in the cache folder; the
# mirror is the one that this machine's apt uses.
#
#   apt.sh ARCHES SUITES list PACKAGE...   prints what PACKAGEs need, themselves
#                                          included, as NAME:ARCH=VERSION
#   apt.sh ARCHES SUITES names PREFIX      prints the names of packages that begin so
#   apt.sh ARCHES SUITES fetch NAME=VERSION...   downloads these into .
#
# ARCHES and SUITES are separated by commas; the first of ARCHES is meant where
# a package names none.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

arches=$1 suites=$2 action=$3
shift 3

state=$CACHE/apt/$suites-$arches
options=(
	-o "Dir::Etc::sourcelist=$state/sources.list"
	-o Dir::Etc::sourceparts=/dev/null
	-o Dir::Etc::preferences=/dev/null
	-o Dir::Etc::preferencesparts=/dev/null
	-o "Dir::State=$state"
	-o "Dir::State::status=$state/status"
	-o "Dir::Cache=$state/cache"
	-o "APT::Architecture=${arches%%,*}"
	-o "APT::Architectures=$arches"
	-o APT::Sandbox::User=
	-o APT::Install-Recommends=false
	-o Acquire::Languages=none
	-o Acquire::Retries=3
)

# The first mirror that this machine's apt has for Debian itself.
mirror() {
	# shellcheck disable=SC2016 # apt's, not the shell's
	local format='$(SITE)'

	apt-get indextargets --format "$format" 'Created-By: Packages' \
		'Origin: Debian' 'Label: Debian' | sort -u | head -n 1
}

write_sources() {
	local site suite trust=signed-by=/usr/share/keyrings/debian-archive-keyring.gpg

	site=${DEBIAN_MIRROR:-$(mirror)}
	[[ $site ]] || die "apt knows no Debian mirror here: run 'apt-get update'" \
		"as root, or set DEBIAN_MIRROR to a mirror's URL"
	mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
	: >"$state/status"
	for suite in ${suites//,/ }; do
		# The Release file of a mirror frozen for a while has expired.
		echo "deb [$trust check-valid-until=no] $site $suite main"
	done >"$state/sources.list"
}

# Package lists are a day old at most, or as old as the network allows.
update() {
	[[ -f $state/sources.list ]] || write_sources
	[[ ! -f $state/updated || $(find "$state/updated" -mmin +1440) ]] || return 0
	say "get the package lists of $suites ($arches) ..."
	if apt-get "${options[@]}" -q update >"$state/update.log" 2>&1; then
		touch "$state/updated"
	elif [[ -f $state/updated ]]; then
		say "no new package lists for $suites: going on with the old ones"
	else
		tail -n 20 "$state/update.log" >&2
		die "cannot get the package lists of $suites"
	fi
}

# Resolving takes a second or two, so answers are kept until the lists change.
list() {
	local answer

	answer=$state/list-$(fingerprint "$@")
	if [[ ! $answer -nt $state/updated ]]; then
		apt-get "${options[@]}" -qq -y --print-uris install "$@" |
			awk '{
				n = split($2, part, "[_]"); sub(/\.deb$/, "", part[3])
				gsub("%3a", ":", part[2])
				print part[1] ":" part[3] "=" part[2]
			}' | sed 's/:all=/=/' | sort >"$answer.new"
		mv "$answer.new" "$answer"
	fi
	cat "$answer"
}

mkdir -p "$state"
exec {lock}>"$state.lock"
flock "$lock"
case $action in
list)
	update
	list "$@"
	;;
names)
	update
	apt-cache "${options[@]}" pkgnames "$1" | sort
	;;
fetch)
	# A list of this morning may name a version that has left the mirror, but
	# then so does the caller: it must start over with new lists.
	apt-get "${options[@]}" -q download "$@" || {
		rm -f "$state/updated"
		die "cannot download; the package lists are out of date or the network is away: try again"
	}
	;;
*)
	die "apt.sh: unknown action $action"
	;;
esac
