#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# load.sh MODULE: loads the module, as root or through sudo. Where the kernel
# refuses it, says why and what to do.
set -u

module=$1
[ "$(id -u)" = 0 ] && sudo='' || sudo=sudo

if [ -d /sys/module/libshare ]; then
	echo 'libshare is loaded already; "make unload" removes it.' >&2
	exit 1
fi
if $sudo insmod "$module"; then
	echo "Loaded. Now try: ${sudo:+$sudo }cat /sys/kernel/debug/libshare/summary"
	exit
fi

# Only root may read them.
lockdown=$($sudo cat /sys/kernel/security/lockdown 2>/dev/null)
built_for=$(modinfo -F vermagic "$module" 2>/dev/null | cut -d' ' -f1)
signer=$(modinfo -F signer "$module" 2>/dev/null)

if [ "$built_for" ] && [ "$built_for" != "$(uname -r)" ]; then
	cat >&2 <<-END
		It was built for kernel $built_for, and $(uname -r) is running. Build it anew:
		    make clean && make module
	END
elif case $lockdown in *'[integrity]'* | *'[confidentiality]'*) ;; *) false ;; esac ||
	grep -qsx Y /sys/module/module/parameters/sig_enforce; then
	echo 'This kernel is locked down, as Secure Boot has it: it takes no module but one' >&2
	echo 'that is signed by a key it trusts.' >&2
	if [ "$signer" ]; then
		cat >&2 <<-END
			This one is signed by "$signer", which the kernel does not trust, or not yet:
			enrol the key (sudo mokutil --import CERTIFICATE), reboot, and confirm it on the
			blue screen that comes up before the kernel.
		END
	else
		echo '"make sign" signs it, and says how to make such a key if there is none.' >&2
	fi
elif [ "$(cat /proc/sys/kernel/modules_disabled 2>/dev/null)" = 1 ]; then
	echo 'This kernel takes no modules any more until it boots again (modules_disabled).' >&2
else
	echo 'What the kernel says of it: sudo dmesg | tail' >&2
fi
exit 1
