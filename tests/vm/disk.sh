#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# disk.sh ARCH SUITES PACKAGE=VERSION... DIR
#
# Makes DIR/vmlinuz and DIR/disk.img: a kernel and an ext4 disk to boot it
# from, with PACKAGEs (the kernel's image among them) unpacked on it.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

arch=$1
dir=${!#}
root=$dir/root

"$VM/unpack.sh" "$@"

# inside COMMAND...: runs COMMAND in the new root, where its programs can run.
inside() {
	"$VM/enter.sh" "$root" "$dir" "$@"
}

kernel=$(cd "$root/usr/lib/modules" && echo *)
find "$root/boot" "$root/usr/lib/modules" -name 'vmlinu[xz]*' -type f \
	-exec mv {} "$dir/vmlinuz" \;
depmod -b "$root/usr" "$kernel" 2>/dev/null ||
	inside depmod "$kernel"

cp "$VM/stage1" "$root/sbin/stage1"
echo 'libshare-test' >"$root/etc/hostname"
echo '127.0.0.1 localhost' >"$root/etc/hosts"
echo 'passwd: files
group: files
hosts: files' >"$root/etc/nsswitch.conf"
{
	echo 'postgres:x:105:105::/var/lib/postgresql:/bin/sh'
	echo 'sshd:x:106:65534::/run/sshd:/usr/sbin/nologin'
	echo 'user:x:1000:1000::/tmp:/bin/sh'
} >>"$root/etc/passwd"
{
	echo 'postgres:x:105:'
	echo 'user:x:1000:'
} >>"$root/etc/group"

if [[ $arch == "$(dpkg --print-architecture)" ]]; then
	# What takes long in the guest is done here, where it can be: half the
	# start of a Python program would be compiling its modules.
	# shellcheck disable=SC2016 # expanded in the new root
	inside sh -c 'python3 -m compileall -q /usr/lib/python3*' || true
	if ((EUID == 0)); then
		chown 105:105 "$root/var/lib/postgresql"
		# shellcheck disable=SC2016 # expanded in the new root
		inside setpriv --reuid 105 --regid 105 --clear-groups sh -c \
			'/usr/lib/postgresql/*/bin/initdb -D /var/lib/postgresql/test \
				--auth=trust --no-locale --no-sync'
	fi
fi

size=$(($(du -sm "$root" | cut -f1) * 5 / 4 + 256))
as_owner mke2fs -q -t ext4 -O ^has_journal -m 0 -E lazy_itable_init=1,root_owner=0:0 \
	-d "$root" "$dir/disk.img" "${size}M"
rm -rf "$root"
