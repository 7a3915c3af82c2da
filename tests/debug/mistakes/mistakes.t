#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 60
"""A module that makes mistakes on purpose: this kernel notices each of them,
or its silence on libshare would mean nothing."""
import os
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


def make(mistake):
    guest.run("insmod", BAD, "what=" + mistake)
    guest.run("rmmod", "bad")
    return guest.run("dmesg", "--read-clear")


def main(t):
    guest.run("dmesg", "--clear")
    for mistake, report in MISTAKES:
        said = make(mistake)
        t.ok(report in said, "a module's mistake is noticed: " + mistake, *said.splitlines()[:5])
    make("leak")
    for _ in range(4):
        time.sleep(6)
        guest.write(KMEMLEAK, "scan")
    said = guest.read(KMEMLEAK)
    t.ok('comm "insmod"' in said, "a module's mistake is noticed: leak", *said.splitlines()[:5])
    guest.finish()


tap.run(main)
