#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 120
"""A module that makes mistakes on purpose: this kernel notices each of them,
or its silence on libshare would mean nothing."""
import os
import platform
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import guest
import tap

BAD = os.path.join(os.path.dirname(guest.MODULE), "bad.ko")
KMEMLEAK = "/sys/kernel/debug/kmemleak"
# Locks first: any report turns their checking off.
MISTAKES = (("deadlock", "possible circular locking dependency"),
            ("sleep-in-atomic", "scheduling while atomic"),
            ("out-of-bounds", "KASAN: slab-out-of-bounds"),
            ("use-after-free", "KASAN: slab-use-after-free"),
            ("shift", "UBSAN: shift-out-of-bounds"))
FILTER = os.path.join(os.path.dirname(guest.__file__), "complaints.awk")


def make(mistake):
    guest.run("insmod", BAD, "what=" + mistake)
    guest.run("rmmod", "bad")
    return guest.run("dmesg", "--read-clear")


def complaints(said):
    """What of it would fail a test."""
    return subprocess.run(["awk", "-f", FILTER], input=said, check=True,
                          stdout=subprocess.PIPE, universal_newlines=True).stdout


def leak(t):
    make("leak")
    for _ in range(4):
        time.sleep(6)
        guest.write(KMEMLEAK, "scan")
    said = guest.read(KMEMLEAK)
    t.ok('comm "insmod"' in said, "a module's mistake is noticed: leak", *said.splitlines()[:5])


def main(t):
    guest.run("dmesg", "--clear")
    if platform.release().endswith("-kcsan"):
        said = ""
        for _ in range(10):
            said += make("race")
            if "[bad]" in said:
                break
        t.ok("KCSAN: data-race" in said and complaints(said.replace("[bad]", "[libshare]")),
             "a module's mistake is noticed: race", *said.splitlines()[:20],
             *guest.read("/sys/kernel/debug/kcsan").splitlines())
        t.equal(complaints(said), "", "but it is not libshare's")
    else:
        for mistake, report in MISTAKES:
            said = make(mistake)
            t.ok(report in said and complaints(said), "a module's mistake is noticed: " + mistake,
                 *said.splitlines()[:5])
        leak(t)
    guest.finish()


tap.run(main)
