#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Under kernel lockdown, as Secure Boot brings it, root reads all files, libshare-top
shows them, and only a signed module is loaded. The last of all tests: nothing takes
lockdown back."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import guest
import invariants
import tables
import tap

LOCKDOWN = "/sys/kernel/security/lockdown"
# What "make load" runs.
LOAD = os.path.join(os.path.dirname(guest.MODULE), "load.sh")
# Signed by the kernel's own key, where the kernel was built here.
SIGNED = os.path.join(os.path.dirname(guest.MODULE), "signed.ko")


def check_files(t, level):
    guest.write(LOCKDOWN, level)
    t.ok("[%s]" % level in guest.read(LOCKDOWN), "the kernel is locked down: " + level)
    for name in sorted(os.listdir(tables.DIRECTORY)):
        t.equal(guest.refused(tables.read, name), "done", "%s: root reads %s" % (level, name))
    # Of one file: the kernel limits how often it says so, and is asked below.
    t.ok(guest.refused(guest.write, tables.DIRECTORY + "/stats", "x") != "done",
         level + ": no user writes")
    t.none(invariants.all_problems(tables.snapshot()), level + ": the snapshot agrees with itself")
    # That a file of debugfs with other rights is not readable shows that it has an effect.
    t.equal(guest.refused(guest.read, "/sys/kernel/debug/fault_around_bytes"), "EPERM",
            level + ": a file of debugfs that can be written is refused")
    if guest.has_reader(t):
        done = subprocess.run("libshare-top --json | jq -e '.libraries|length>0'", shell=True,
                              check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        t.equal((done.returncode, done.stdout), (0, b"true\n"), level + ": libshare-top")


def check_loading(t):
    guest.unload()
    t.ok(guest.refused(guest.load) in ("EPERM", "EKEYREJECTED"),
         "a module that is not signed is not loaded")
    t.ok("unsigned" in guest.run("dmesg").lower(), "and the kernel's log says why")
    done = subprocess.run([LOAD, guest.MODULE], check=False, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, universal_newlines=True)
    t.equal(done.returncode, 1, "make load fails")
    t.ok("locked down" in done.stdout and '"make sign"' in done.stdout,
         "make load: it says why, and what to do", done.stdout)
    if os.path.exists(SIGNED):
        t.equal(guest.refused(guest.load, "", SIGNED), "done", "one that is signed is loaded")
        t.equal(guest.refused(tables.read, "summary"), "done", "and works")


def main(t):
    guest.ensure_loaded()
    if not os.path.ismount("/sys/kernel/security"):
        guest.mount("securityfs", "securityfs", "/sys/kernel/security", keep=True)
    if not os.path.exists(LOCKDOWN):
        t.skip("lockdown", "this kernel has none")
        return
    check_files(t, "integrity")
    check_files(t, "confidentiality")
    check_loading(t)
    guest.finish()


tap.run(main)
