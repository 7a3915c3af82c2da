#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 300
"""Numbers known beforehand, to the page: processes do to a library what the
scenario says, and every column must say just that. The census is held against
the same numbers, so that the oracle is tested too."""
import os
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import guest
import tap
from census import Census
from puppet import (CLONE_VFORK, CLONE_VM, MAP_SHARED, PAGE, Puppet, R, W, X)
from world import Stopped

LIBRARY = ("procs", "maps", "cached", "mapped", "shared", "rss", "saved", "cow", "cow_unique",
           "swap", "ksm", "mapcount_max", "pagetables")
MAPPING = ("rss", "shared", "cow", "cow_shared", "swap", "pss")
COUNTS = {"procs", "maps", "mapcount_max"}
SCENARIOS = []


def scenario(pages, **numbers):
    """numbers are pages, but for counts; those not named are 0, and cached is
    the whole file unless named."""
    def register(function):
        want = dict.fromkeys(LIBRARY, 0)
        want["cached"] = pages
        want.update(numbers)
        SCENARIOS.append((function, pages, {c: n if c in COUNTS else n * PAGE
                                            for c, n in want.items()}))
        return function
    return register


def row(pid, start, segment, rss=0, shared=0, cow=0, cow_shared=0, swap=0, pss=0):
    """An expected row of mappings, in pages; pss in bytes."""
    return (pid, start), {"segment": segment, "rss": rss * PAGE, "shared": shared * PAGE,
                          "cow": cow * PAGE, "cow_shared": cow_shared * PAGE,
                          "swap": swap * PAGE, "pss": int(pss)}


@scenario(12, procs=3, maps=3, mapped=7, shared=4, rss=13, saved=6, mapcount_max=3,
          pagetables=3)
def touched(lib):
    """three processes touch pages 0-4, 0-3 and 1-2,5-6"""
    rows = []
    for ranges, shared, pss in (([(0, 5)], 4, PAGE * (1 + 1 / 2 + 2 / 3 + 1 / 2)),
                                ([(0, 4)], 4, PAGE * (1 / 2 + 2 / 3 + 1 / 2)),
                                ([(1, 2), (5, 2)], 2, PAGE * (2 / 3 + 2))):
        p = Puppet.start()
        addr = p.map(lib.path, 0, 12)
        for first, count in ranges:
            p.touch(addr + first * PAGE, count)
        rows.append(row(p.pid, addr, "text", sum(n for _, n in ranges), shared, pss=pss))
    return rows


@scenario(9, procs=3, maps=3, mapped=9, shared=9, rss=27, saved=18, mapcount_max=3,
          pagetables=3)
def thirds(lib):
    """nine pages in three processes: a third of each is not a whole number of bytes"""
    rows = []
    for _ in range(3):
        p = Puppet.start()
        addr = p.map(lib.path, 0, 9)
        p.touch(addr, 9)
        rows.append(row(p.pid, addr, "text", 9, 9, pss=3 * PAGE))
    return rows


@scenario(9, procs=2, maps=4, mapped=6, shared=4, rss=10, saved=4, cow=3, cow_unique=3,
          mapcount_max=2, pagetables=4)
def written(lib):
    """text and data as in an ELF; data pages 4-6 written by one, read by the other"""
    rows = []
    for number in range(2):
        p = Puppet.start()
        text = p.reserve(1024 + 9)
        data = text + 1024 * PAGE       # another page table, whatever the address
        p.map(lib.path, 0, 4, R | X, addr=text)
        p.map(lib.path, 4, 5, R | W, addr=data)
        p.touch(text, 4)
        if number == 0:
            p.write(data, 3)
            rows.append(row(p.pid, text, "text", 4, 4, pss=2 * PAGE))
            rows.append(row(p.pid, data, "data", 0, 0, 3, pss=3 * PAGE))
        else:
            p.touch(data, 2)
            rows.append(row(p.pid, text, "text", 4, 4, pss=2 * PAGE))
            rows.append(row(p.pid, data, "data", 2, 0, pss=2 * PAGE))
    return rows


@scenario(6, procs=2, maps=2, mapped=0, cow=9, cow_unique=6, pagetables=2)
def forked(lib):
    """five pages written, then a fork: the child writes page 0 anew, and page 5"""
    p = Puppet.start()
    addr = p.map(lib.path, 0, 6, R | W | X)
    p.write(addr, 4)
    child = p.fork()
    child.write(addr, 1)
    child.write(addr + 4 * PAGE, 1)
    return [row(p.pid, addr, "text", cow=4, cow_shared=3, pss=PAGE * 2.5),
            row(child.pid, addr, "text", cow=5, cow_shared=3, pss=PAGE * 3.5)]


@scenario(8, procs=1, maps=5, mapped=3, rss=3, cow=2, cow_unique=2, mapcount_max=1,
          pagetables=1)
def relro(lib):
    """two pages written, then made read-only; others only read"""
    p = Puppet.start()
    addr = p.reserve(512, align=512 * PAGE)
    p.map(lib.path, 0, 8, R | W, addr=addr)
    p.write(addr + 2 * PAGE, 2)
    p.protect(addr, 2, R | X)
    p.protect(addr + 2 * PAGE, 2, R)
    p.protect(addr + 5 * PAGE, 2, R)
    p.touch(addr, 2)
    p.touch(addr + 5 * PAGE, 1)
    return [row(p.pid, addr, "text", 2, pss=2 * PAGE),
            row(p.pid, addr + 2 * PAGE, "relro", cow=2, pss=2 * PAGE),
            row(p.pid, addr + 4 * PAGE, "data"),
            row(p.pid, addr + 5 * PAGE, "rodata", 1, pss=PAGE),
            row(p.pid, addr + 7 * PAGE, "data")]


@scenario(5, procs=2, maps=3, mapped=4, shared=2, rss=6, saved=2, mapcount_max=3, pagetables=3)
def twice(lib):
    """one process maps the library twice: sharers and mappings differ"""
    p, q = Puppet.start(), Puppet.start()
    one = p.reserve(2048, align=512 * PAGE)
    two = one + 1024 * PAGE
    p.map(lib.path, 0, 5, addr=one)
    p.map(lib.path, 0, 5, addr=two)
    p.touch(one, 4)
    p.touch(two, 2)
    addr = q.map(lib.path, 0, 5)
    q.touch(addr + PAGE, 2)
    # page 0: 2 entries, 1: 3, 2: 2, 3: 1
    return [row(p.pid, one, "text", 4, 2, pss=PAGE * (1 / 2 + 1 / 3 + 1 / 2 + 1)),
            row(p.pid, two, "text", 2, 1, pss=PAGE * (1 / 2 + 1 / 3)),
            row(q.pid, addr, "text", 2, 2, pss=PAGE * (1 / 3 + 1 / 2))]


@scenario(4, procs=2, maps=2, mapped=3, shared=2, rss=5, saved=2, mapcount_max=2, pagetables=2)
def map_shared(lib):
    """a writable MAP_SHARED mapping makes no copies; kept executable by another"""
    p, q = Puppet.start(), Puppet.start()
    addr = p.map(lib.path, 0, 4, R | W, MAP_SHARED)
    p.write(addr, 3)
    other = q.map(lib.path, 0, 4)
    q.touch(other, 2)
    return [row(p.pid, addr, "data", 3, 2, pss=PAGE * 2),
            row(q.pid, other, "text", 2, 2, pss=PAGE)]


@scenario(10, procs=1, maps=1, mapped=2, rss=2, mapcount_max=1, pagetables=1)
def odd_offset(lib):
    """mapped from page 7 on, with the end of the file within"""
    p = Puppet.start()
    addr = p.map(lib.path, 7, 3)
    p.touch(addr + PAGE, 2)
    return [row(p.pid, addr, "text", 2, pss=2 * PAGE)]


@scenario(8, procs=1, maps=2, mapped=3, rss=3, mapcount_max=1, pagetables=1)
def half_unmapped(lib):
    """eight pages touched, pages 2-6 unmapped again: two VMAs stay"""
    p = Puppet.start()
    addr = p.reserve(512, align=512 * PAGE)
    p.map(lib.path, 0, 8, addr=addr)
    p.touch(addr, 8)
    p.unmap(addr + 2 * PAGE, 5)
    return [row(p.pid, addr, "text", 2, pss=2 * PAGE),
            row(p.pid, addr + 7 * PAGE, "text", 1, pss=PAGE)]


@scenario(5, procs=1, maps=1, mapped=4, rss=4, mapcount_max=1, pagetables=1)
def vforked(lib):
    """a vfork child touches what its parent maps: one process"""
    p = Puppet.start()
    addr = p.map(lib.path, 0, 5)
    p.touch(addr, 1)
    child = p.clone(CLONE_VFORK | CLONE_VM | signal.SIGCHLD)
    child.touch(addr + PAGE, 3)
    return [row(p.pid, addr, "text", 4, pss=4 * PAGE)]


@scenario(5, procs=1, maps=1, mapped=2, rss=2, cow=2, cow_unique=2, mapcount_max=1,
          pagetables=1)
def threads(lib):
    """four threads count once"""
    p = Puppet.start()
    addr = p.map(lib.path, 0, 5, R | W | X)
    for number in range(4):
        thread = p.thread()
        thread.touch(addr, 2)
        thread.write(addr + (3 + number % 2) * PAGE, 1)
    return [row(p.pid, addr, "text", 2, cow=2, pss=4 * PAGE)]


@scenario(3, procs=1, maps=1, mapped=0)
def untouched(lib):
    """mapped, never touched: a row of zeros"""
    p = Puppet.start()
    return [row(p.pid, p.map(lib.path, 0, 3), "text")]


@scenario(3, procs=1, maps=2, mapped=1, rss=1, mapcount_max=1, pagetables=1)
def prot_none(lib):
    """a PROT_NONE hole as the loader leaves between segments; its page stays mapped"""
    p = Puppet.start()
    addr = p.reserve(512, align=512 * PAGE)
    p.map(lib.path, 0, 3, addr=addr)
    p.touch(addr + 2 * PAGE, 1)
    p.protect(addr + 2 * PAGE, 1, 0)
    return [row(p.pid, addr, "text"), row(p.pid, addr + 2 * PAGE, "none", 1, pss=PAGE)]


def check(t, function, lib, want, rows, snapshot, census):
    name = function.__name__.replace("_", " ") + ": " + function.__doc__
    got = snapshot.libraries().get(lib.key, {})
    oracle = census.libraries().get(lib.key, {})
    t.none(["%s: module %r, expected %r" % (c, got.get(c), n)
            for c, n in list(want.items()) + [("kind", "lib"), ("path", lib.path), ("flags", "-"),
                                              ("size", lib.pages * PAGE)]
            if got.get(c) != n], name)
    t.none(["%s: oracle %r, expected %r" % (c, oracle.get(c), n)
            for c, n in want.items() if oracle.get(c) != n],
           function.__name__ + ": the oracle knows")
    module_rows = snapshot.mappings()
    problems = ["%s: expected %r, module %r" % (key, r, {c: module_rows.get(key, {}).get(c)
                                                         for c in r})
                for key, r in rows
                if any(module_rows.get(key, {}).get(c) != v for c, v in r.items())]
    extra = [k for k, r in module_rows.items()
             if r["lib"] == got.get("lib") and k not in dict(rows)]
    t.none(problems + ["not expected: %r" % (k,) for k in extra],
           function.__name__ + ": rows of mappings")


def main(t):
    guest.ensure_loaded()
    t.ok(guest.no_fault_around(), "fault-around can be turned off")
    place = guest.folder()
    made = []
    for function, pages, want in SCENARIOS:
        lib = guest.Library(os.path.join(place, function.__name__ + ".so"), pages)
        made.append((function, lib, want, function(lib)))
    moment = Stopped()
    census = Census(moment.world, keys=[m[1].key for m in made])
    for function, lib, want, rows in made:
        check(t, function, lib, want, rows, moment.snapshot, census)
    guest.finish()


tap.run(main)
