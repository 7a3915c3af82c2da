#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 300
"""Copies that are inherited: written by the child, the parent or both, over
three generations, and by a zygote with 50 children. cow_unique is exact."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import compare
import expect
import guest
import tap
from census import Census
from puppet import PAGE, Puppet, R, W, X
from world import Stopped

CHILDREN = 50


def family(place, name, pages):
    library = guest.Library("%s/%s.so" % (place, name), pages)
    p = Puppet.start()
    return library, p, p.map(library.path, 0, pages, R | W | X)


def main(t):
    guest.ensure_loaded()
    guest.no_fault_around()
    place = guest.folder()

    by_child, p, addr = family(place, "by-child", 6)
    p.write(addr, 4)
    p.fork().write(addr, 2)
    by_parent, p, addr = family(place, "by-parent", 6)
    p.write(addr, 4)
    child = p.fork()
    p.write(addr, 3)
    by_both, p, addr = family(place, "by-both", 6)
    p.write(addr, 4)
    child = p.fork()
    child.write(addr, 4)
    p.write(addr, 4)
    child.write(addr + 4 * PAGE, 1)
    p.write(addr + 4 * PAGE, 1)

    # 8 pages: the first writes 0-5, its child 0-3 anew, its grandchild 0-1 and 7.
    three, p, addr = family(place, "three-generations", 8)
    p.write(addr, 6)
    child = p.fork()
    child.write(addr, 4)
    grandchild = child.fork()
    grandchild.write(addr, 2)
    grandchild.write(addr + 7 * PAGE, 1)
    three_addr, three_pids = addr, (p.pid, child.pid, grandchild.pid)

    # The middle one is gone: the copies stay with the others.
    orphan, p, addr = family(place, "orphan", 4)
    p.write(addr, 3)
    child = p.fork()
    grandchild = child.fork()
    child.end()

    zygote, p, addr = family(place, "zygote", 32)
    p.write(addr, 20)
    p.touch(addr + 20 * PAGE, 12)
    for number in range(CHILDREN):
        child = p.fork()
        if number % 5 == 0:
            child.write(addr + number % 20 * PAGE, 2)

    moment = Stopped()
    snapshot = moment.snapshot
    expect.library(t, snapshot, by_child, "written by the child: 2 of 4 part",
                   procs=2, cow=8, cow_unique=6, mapped=0)
    expect.library(t, snapshot, by_parent, "written by the parent: 3 of 4 part",
                   procs=2, cow=8, cow_unique=7)
    expect.library(t, snapshot, by_both, "written by both: nothing shared",
                   procs=2, cow=10, cow_unique=10)
    expect.library(t, snapshot, three, "three generations", procs=3, cow=19, cow_unique=13)
    for pid, cow, shared in zip(three_pids, (6, 6, 7), (2, 4, 4)):
        expect.mapping(t, snapshot, pid, three_addr, "three generations: %d copies, %d shared"
                       % (cow, shared), cow=cow, cow_shared=shared)
    expect.library(t, snapshot, orphan, "the middle generation gone", procs=2, cow=6,
                   cow_unique=3)
    # 10 children write two pages each: 20 copies of their own.
    expect.library(t, snapshot, zygote, "a zygote with %d children" % CHILDREN,
                   procs=CHILDREN + 1, cow=20 * (CHILDREN + 1),
                   cow_unique=20 + 2 * CHILDREN // 5,
                   mapped=12, rss=12 * (CHILDREN + 1))
    compare.tables(t, snapshot, Census(moment.world), "fork")
    guest.finish()


tap.run(main)
