#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 300
"""Copies that KSM merged are still copies, and are named: MADV_MERGEABLE,
PR_SET_MEMORY_MERGE, and zero pages that KSM puts in their place."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import compare
import expect
import guest
import tap
from census import Census
from puppet import MADV_MERGEABLE, PAGE, Puppet, R, W, X
from world import PFN, PRESENT, Stopped

KSM = "/sys/kernel/mm/ksm/"
PR_SET_MEMORY_MERGE = 67


def value(name):
    return int(guest.read(KSM + name))


def merge(t, areas, what):
    """Let KSM work until it has made one page of all of these: (process, address, pages)."""
    def frames():
        return {word & PFN if word & PRESENT else None
                for area in areas for word in guest.pagemap(*area)}
    guest.write(KSM + "run", 1)
    t.ok(guest.wait_until(lambda: len(frames()) == 1 and None not in frames()),
         what + ": one page for all", frames())
    # Returns when KSM has ended what it was at.
    guest.write(KSM + "run", 0)


def moment(t, what):
    now = Stopped()
    compare.tables(t, now.snapshot, Census(now.world), what)
    return now


def main(t):
    guest.ensure_loaded()
    if not os.path.isdir(KSM):
        return guest.lacks(t, "KSM", "this kernel has none", (5, 10))
    guest.no_fault_around()
    guest.UNDO.callback(guest.write, KSM + "run", 2)
    for name, new in (("sleep_millisecs", 5), ("pages_to_scan", 2000), ("smart_scan", 0)):
        guest.set_value(KSM + name, new)
    place = guest.folder()
    lib = guest.Library(place + "/merged.so", 10)
    zero = guest.Library(place + "/zero.so", 10)
    puppets = []
    for number in range(2):
        p = Puppet.start()
        addr = p.map(lib.path, 0, 10, R | W | X)
        p.fill(addr, 6, 0x55)
        p.write(addr + 6 * PAGE, 2, 10 * number + 1)
        p.advise(addr, 10, MADV_MERGEABLE)
        puppets.append((p, addr))
    merge(t, [(p, addr, 6) for p, addr in puppets], "the copies of two")
    now = moment(t, "merged")
    expect.library(t, now.snapshot, lib, "12 of 16 copies are of KSM", cow=16, ksm=12, procs=2,
                   cow_unique=6 + 4)
    t.equal(sum(r["ksm"] for r in now.snapshot.rows("mappings")) // PAGE,
            value("pages_shared") + value("pages_sharing"), "as many as KSM itself says")

    p, addr = puppets[0]
    p.write(addr, 2)
    now = moment(t, "written again")
    expect.library(t, now.snapshot, lib, "a write takes two pages back", cow=16, ksm=10)
    child = p.fork()
    now = moment(t, "forked")
    expect.library(t, now.snapshot, lib, "a fork inherits merged pages", cow=24, ksm=14, procs=3)
    child.kill()

    # One process that holds the same copy at the same page, twice.
    double = guest.Library(place + "/double.so", 4)
    p = Puppet.start()
    areas = []
    for _ in range(2):
        addr = p.map(double.path, 0, 4, R | W | X)
        p.fill(addr, 3, 0x33)
        p.advise(addr, 4, MADV_MERGEABLE)
        areas.append((p, addr, 3))
    merge(t, areas, "copies of one process")
    now = moment(t, "merged within one process")
    expect.library(t, now.snapshot, double, "the same copy twice in one process", cow=6, ksm=6,
                   cow_unique=3, procs=1, maps=2)
    expect.mapping(t, now.snapshot, p, addr, "is shared with no other process", cow=3,
                   cow_shared=0)

    if not guest.set_value(KSM + "use_zero_pages", 1):
        guest.lacks(t, "zero pages", "no use_zero_pages", (5, 10))
    else:
        p = Puppet.start()
        addr = p.map(zero.path, 0, 10, R | W | X)
        p.fill(addr, 4, 0)
        p.write(addr + 4 * PAGE, 1)
        p.touch(addr + 5 * PAGE, 1)
        p.advise(addr, 10, MADV_MERGEABLE)
        merge(t, [(p, addr, 4)], "copies of zeros")
        now = moment(t, "zero pages")
        expect.library(t, now.snapshot, zero,
                       "a zero page is neither file page nor copy", cow=1, mapped=1, ksm=0,
                       pagetables=1)

    guest.set_value(KSM + "use_zero_pages", 0)
    p = Puppet.start()
    try:
        p.call("prctl", PR_SET_MEMORY_MERGE, 1, 0, 0, 0)
    except OSError:
        guest.lacks(t, "PR_SET_MEMORY_MERGE", "this kernel has none", (6, 4))
    else:
        whole = guest.Library(place + "/whole.so", 8)
        addr = p.map(whole.path, 0, 8, R | W | X)
        p.fill(addr, 5, 0x77)
        merge(t, [(p, addr, 5)], "copies of a process that asked for it")
        now = moment(t, "PR_SET_MEMORY_MERGE")
        expect.library(t, now.snapshot, whole, "a process that asked for it", cow=5, ksm=5,
                       cow_unique=5)
    guest.finish()


tap.run(main)
