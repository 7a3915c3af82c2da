#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# sign.sh KDIR MODULE [KEY CERTIFICATE]
#
# Signs the module with a machine owner's key (MOK), which a kernel under Secure
# Boot trusts once it is enrolled. KDIR holds the kernel's headers, and with
# them its own program for this. Without a KEY, takes the one that DKMS or
# Debian's shim-signed have made here.
set -eu

kdir=$1 module=$2 key=${3:-} certificate=${4:-}
[ "$(id -u)" = 0 ] && sudo='' || sudo=sudo

if [ ! -x "$kdir/scripts/sign-file" ]; then
	echo "$kdir/scripts/sign-file is missing: are these the headers of a kernel that" >&2
	echo 'knows signed modules?' >&2
	exit 1
fi
if [ ! -e "$module" ]; then
	echo "$module is not there yet: make module" >&2
	exit 1
fi
if [ ! "$key" ]; then
	for pair in /var/lib/dkms/mok.key:/var/lib/dkms/mok.pub \
		/var/lib/shim-signed/mok/MOK.priv:/var/lib/shim-signed/mok/MOK.der; do
		if $sudo test -e "${pair%:*}" && $sudo test -e "${pair#*:}"; then
			key=${pair%:*} certificate=${pair#*:}
			break
		fi
	done
fi
if [ ! "$key" ] || [ ! "$certificate" ]; then
	cat >&2 <<-'END'
		There is no key to sign with. Make one, and enrol it (mokutil asks for a password,
		and the machine asks for it again when it next boots):

		    mok=/var/lib/shim-signed/mok
		    sudo mkdir -p -m 700 $mok
		    sudo openssl req -new -x509 -newkey rsa:2048 -nodes -days 36500 \
		        -subj '/CN=my modules/' -outform DER -keyout $mok/MOK.priv -out $mok/MOK.der
		    sudo mokutil --import $mok/MOK.der
		    sudo reboot

		Then "make sign" finds it. Or name another one: make sign KEY=FILE CERTIFICATE=FILE
	END
	exit 1
fi

# Signing twice would leave the first signature inside.
if tail -c 28 "$module" | grep -q '^~Module signature appended~'; then
	echo "$module is signed already; to sign it anew: make clean && make module sign" >&2
	exit 1
fi
# The hash that this kernel is sure to know.
hash=$(sed -n 's/^CONFIG_MODULE_SIG_HASH=//p' "$kdir/include/config/auto.conf" 2>/dev/null |
	tr -d '"') || true
$sudo "$kdir/scripts/sign-file" "${hash:-sha256}" "$key" "$certificate" "$module"
echo "Signed $module with $key."
