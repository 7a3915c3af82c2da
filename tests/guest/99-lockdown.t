#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Under kernel lockdown root can read the files, and libshare-top shows them. The last
of all tests: nothing takes lockdown back, and no module can be loaded any more."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import guest
import tables
import tap

LOCKDOWN = "/sys/kernel/security/lockdown"


def main(t):
    guest.ensure_loaded()
    if not os.path.ismount("/sys/kernel/security"):
        guest.mount("securityfs", "securityfs", "/sys/kernel/security")
    if not os.path.exists(LOCKDOWN):
        t.skip("lockdown", "this kernel has none")
        return
    for level in ("integrity", "confidentiality"):
        guest.write(LOCKDOWN, level)
        t.ok("[%s]" % level in guest.read(LOCKDOWN), "the kernel is locked down: " + level)
        for name in sorted(os.listdir(tables.DIRECTORY)):
            t.ok(tables.read(name), level + ": " + name)
        if guest.can_run("libshare-top"):
            done = subprocess.run("libshare-top --json | jq -e '.libraries|length>0'", shell=True,
                                  check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            t.equal((done.returncode, done.stdout), (0, b"true\n"), level + ": libshare-top")


tap.run(main)
