# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# What the tests in the guest share. Sourced, never run.

export PATH=/usr/local/sbin:/usr/sbin:/usr/bin DEBIAN_FRONTEND=noninteractive
debugfs=/sys/kernel/debug/libshare
{ read -r old; read -r new; } </libshare/versions
{ read -r first; read -r second; } </libshare/kernels
export old new first second

number=0

# check WHAT COMMAND...: a test, which passes when COMMAND ends 0.
check() {
	what=$1
	shift
	number=$((number + 1))
	if "$@" >/tmp/said 2>&1; then
		echo "ok $number - $what"
	else
		echo "not ok $number - $what"
		tail -n 40 /tmp/said | sed 's/^/# /'
	fi
}

# finish: the last line of a test.
finish() {
	echo "1..$number"
}

# install DEB...: installs packages, in the order that they need.
install() {
	apt-get install -y --no-install-recommends "$@"
}

# status: what DKMS has, a line each "VERSION KERNEL STATUS".
status() {
	dkms status | sed -n 's,^libshare[/ ]*,,; s/[,:]* / /g; s/ x86_64 / /p'
}

# everything: all files of this system, and which of them mention the module to modprobe.
everything() {
	find / -xdev ! -path '/var/log/*' ! -path '/var/lib/dkms/mok.*' | sort
	grep -l libshare /usr/lib/modules/*/modules.* /etc/mod* -r
}

# works VERSION: loads the module, which comes from DKMS for this kernel, and looks.
works() {
	modprobe libshare &&
		[ "$(cat /sys/module/libshare/version)" = "$1" ] &&
		modinfo -F vermagic libshare | grep -F "$(uname -r) " &&
		head -n 1 "$debugfs/summary" | grep -E '^libshare: [1-9][0-9]* libraries'
}

# shows PROGRAM VERSION: libshare-top speaks of the C library.
shows() {
	[ "$(command -v libshare-top)" = "$1" ] &&
		[ "$(libshare-top --version)" = "libshare-top $2" ] &&
		libshare-top -b -n1 | tee /dev/stderr | grep -q '/libc\.so\.6'
}

# pages FOLDER: it has the pages of the release, where README.md's links lead.
pages() {
	for page in README.md docs/format.md docs/limits.md docs/metrics.md \
		docs/fleet/libshare.rules.yml docs/fleet/dashboard.json docs/fleet/kubernetes.yaml; do
		tar -x -O -f /libshare/release.tar.xz "libshare-$old/$page" | cmp - "$1/$page" ||
			return
	done
}

# dkms_empty: DKMS has no module.
dkms_empty() {
	[ ! "$(dkms status)" ] && [ ! -e /var/lib/dkms/libshare ]
}

# no_file: no file of this system has the module's name, but the tests' own.
no_file() {
	! find / -xdev -path /libshare -prune -o -name '*libshare*' -print | grep .
}
