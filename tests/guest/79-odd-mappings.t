#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 300
"""Mappings that no program makes but one could: far into a file, over the
edge of a page table, in a thousand pieces, in another order, in more page tables than
are read in one go, of secret memory."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import compare
import expect
import guest
import tables
import tap
from census import Census
from puppet import MAP_SHARED, PAGE, Puppet, R, W, X
from world import Stopped

TABLE = 512             # pages that one page table maps
FAR = (1 << 31) - 1, (1 << 32) - 1, 1 << 32, (1 << 34) + 77


def far(memory):
    """Pages whose index does not fit into 32 bits."""
    lib = guest.Library(memory + "/far.so", 1)
    os.truncate(lib.path, (FAR[-1] + 1) * PAGE)
    p = Puppet.start()
    for index in FAR:
        addr = p.map(lib.path, index, 1, R | W | X)
        p.touch(addr)
    copy = p.map(lib.path, FAR[2], 1, R | W)
    p.write(copy)
    return lib


def over_the_edge(place):
    """Three page tables for 514 pages; and a page of a library in each of two."""
    lib = guest.Library(place + "/edge.so", TABLE + 2)
    p = Puppet.start()
    base = p.reserve(4 * TABLE, align=TABLE * PAGE)
    addr = base + (TABLE - 1) * PAGE
    p.map(lib.path, 0, TABLE + 2, R | W | X, addr=addr)
    p.touch(addr, TABLE + 2)
    p.write(addr, 2)
    return lib, p, addr


def in_pieces(place, pieces=1000):
    """Every other page of a mapping has other rights: a VMA each."""
    lib = guest.Library(place + "/pieces.so", pieces)
    p = Puppet.start()
    addr = p.map(lib.path, 0, pieces, R | X)
    p.touch(addr, pieces)
    for index in range(0, pieces, 2):
        p.protect(addr + index * PAGE, 1, R)
    return lib


def in_many_tables(memory, nr=80):
    """A page in each of more tables than are read before the lock is dropped, in two
    processes; each maps one of the pages twice."""
    lib = guest.Library(memory + "/tables.so", 1)
    os.truncate(lib.path, nr * TABLE * PAGE)
    p = Puppet.start()
    addr = p.reserve(nr * TABLE, align=TABLE * PAGE)
    p.map(lib.path, 0, nr * TABLE, R | X, addr=addr)
    again = p.map(lib.path, 0, 1, R | W)
    for process in (p, p.fork()):
        for table in range(nr):
            process.touch(addr + table * TABLE * PAGE)
        process.touch(again)
    return lib, nr


def backwards(place):
    """remap_file_pages(): the pages of a shared mapping in another order."""
    lib = guest.Library(place + "/backwards.so", 6)
    p = Puppet.start()
    p.touch(p.map(lib.path, 0, 1), 1)
    addr = p.map(lib.path, 0, 6, R | W, MAP_SHARED)
    p.touch(addr, 6)
    try:
        for index in range(6):
            p.call("remap_file_pages", addr + index * PAGE, PAGE, 0, 5 - index, 0)
    except OSError:
        return None
    p.touch(addr, 6)
    return lib


def secret(t):
    """Memory that the kernel itself has no mapping of, and must not be read: it cannot
    be executed, so it is no library."""
    p = Puppet.start()
    try:
        fd = p.call("memfd_secret", 0)
    except OSError as e:
        p.kill()
        return guest.lacks(t, "secret memory", "not on this kernel (%s)" % e.strerror, (5, 14))
    p.call("ftruncate", fd, 8 * PAGE)
    t.equal(guest.refused(p.map, fd, 0, 8, R | W | X, MAP_SHARED), "EPERM",
            "secret memory cannot be mapped executable")
    addr = p.map(fd, 0, 8, R | W, MAP_SHARED)
    t.equal(guest.refused(p.protect, addr, 8, R | X), "EACCES", "nor made so")
    p.poke(addr, b"\x7fELF\x02\x01\x01")
    p.write(addr + PAGE, 4)
    for name in ("summary", "libraries"):
        t.ok(tables.read(name), "secret memory: %s can be read" % name)
    rows = [r for r in tables.snapshot().rows("mappings") if r["pid"] == p.pid
            and r["start"] == addr]
    t.none(["%r" % r for r in rows], "secret memory is no library")
    p.kill()
    return None


def main(t):
    guest.ensure_loaded()
    guest.no_fault_around()
    place, memory = guest.folder(), guest.tmpfs()
    far_lib = far(memory)
    edge_lib, p, addr = over_the_edge(place)
    pieces_lib = in_pieces(place)
    tables_lib, nr = in_many_tables(memory)
    backwards_lib = backwards(place)

    moment = Stopped()
    snapshot = moment.snapshot
    expect.library(t, snapshot, far_lib, "far into a file", mapped=4, rss=4, cow=1, cached=5,
                   size=FAR[-1] + 1, maps=5)
    pages = snapshot.pages({far_lib.key}).get(far_lib.key, {})
    t.equal({i: (r["sharers"], r["copies"]) for i, r in pages.items() if r["sharers"]},
            {FAR[0]: (1, 0), FAR[1]: (1, 0), FAR[2]: (1, 1), FAR[3]: (1, 0)},
            "far into a file: the page indices")
    expect.library(t, snapshot, edge_lib, "over the edge of two page tables", mapped=TABLE,
                   rss=TABLE, cow=2, pagetables=3)
    expect.mapping(t, snapshot, p, addr, "one mapping in three page tables", rss=TABLE, cow=2)
    expect.library(t, snapshot, pieces_lib, "a thousand VMAs", maps=1000, procs=1, mapped=1000)
    expect.library(t, snapshot, tables_lib, "in many page tables", maps=4, procs=2, mapped=nr,
                   rss=2 * nr, cow=0, mapcount_max=4)
    row = {tables.identity(r): r for r in tables.table("libraries").rows}[tables_lib.key]
    t.equal((row["mapped"], row["rss"], row["mapcount_max"]), (nr * PAGE, 2 * nr * PAGE, 4),
            "in many page tables: the same without rows of mappings")
    if backwards_lib:
        rows = [r for r in snapshot.rows("mappings") if r["path"] == backwards_lib.path
                and r["perms"] == "rw-s"]
        t.equal([r["offset"] // PAGE for r in sorted(rows, key=lambda r: r["start"])],
                [5, 4, 3, 2, 1, 0], "pages in another order")
        expect.library(t, snapshot, backwards_lib, "each of them mapped", mapped=6, rss=6, cow=0)
    else:
        guest.lacks(t, "pages in another order", "no remap_file_pages()", (5, 10))
    compare.tables(t, snapshot, Census(moment.world), "odd mappings")
    for puppet in list(Puppet.alive):
        puppet.kill()
    secret(t)
    guest.finish()


tap.run(main)
