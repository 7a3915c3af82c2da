#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 60
"""Under kernel lockdown, as Secure Boot brings it, root still reads all files,
and a module that nobody signed is not loaded. There is no way back from it, so
this is the last test of its machine."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import guest
import invariants
import tables
import tap

LOCKDOWN = "/sys/kernel/security/lockdown"


def check(t, how):
    guest.write(LOCKDOWN, how)
    t.ok("[%s]" % how in guest.read(LOCKDOWN), "the kernel is locked down: %s" % how)
    for name in sorted(os.listdir(tables.DIRECTORY)):
        t.equal(guest.refused(tables.read, name), "done", "%s: root reads %s" % (how, name))
    t.none(invariants.all_problems(tables.snapshot()), "%s: the snapshot agrees with itself" % how)
    t.ok(guest.refused(os.listdir, "/sys/kernel/debug") == "done", "%s: debugfs is there" % how)
    t.ok(guest.refused(guest.write, "/sys/kernel/debug/libshare/stats", "x") != "done",
         "%s: nobody writes" % how)
    # That other files of debugfs are not readable shows that it has an effect.
    t.equal(guest.refused(guest.read, "/sys/kernel/debug/fault_around_bytes"), "EPERM",
            "%s: a file of debugfs that can be written is refused" % how)


def main(t):
    guest.ensure_loaded()
    if not os.path.exists(LOCKDOWN):
        guest.mount("securityfs", "securityfs", "/sys/kernel/security", keep=True)
    if not os.path.exists(LOCKDOWN):
        return t.skip("lockdown", "this kernel has none")
    check(t, "integrity")
    check(t, "confidentiality")
    guest.unload()
    t.ok(guest.refused(guest.load) in ("EPERM", "EKEYREJECTED"),
         "a module that is not signed is not loaded")
    t.ok("unsigned" in guest.run("dmesg").lower(), "and the kernel's log says why")
    guest.finish()


tap.run(main)
