#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 300
"""Large folios of file systems that make them, mapped in part, copied from, and
past the end of the file; mapped in whole blocks, of which arm64 makes contiguous
entries, that are broken up again. Each page has its own counts, whatever its
folio."""
import os
import platform
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import compare
import expect
import filesystems
import guest
import tap
from census import Census
from puppet import MADV_DONTNEED, MAP_SHARED, PAGE, Puppet, R, W, X
from world import Stopped, parse_smaps

HUGE = 512          # pages of a huge page
BLOCK = 16          # pages of a fault-around, and of one contiguous entry of arm64
CONTIGUOUS = platform.machine() == "aarch64"
# Kernels that make large folios, for a file that is written at once and for one that is read.
LARGE = {"ext4": ((6, 16), (6, 16)), "xfs": ((6, 6), (6, 1))}


def read_ahead(lib):
    """Drop it, then read it in order: folios grow as the reader goes on."""
    lib.drop()
    with open(lib.path, "rb", buffering=0) as f:
        os.posix_fadvise(f.fileno(), 0, 0, os.POSIX_FADV_SEQUENTIAL)
        while f.read(1 << 16):
            pass


def write_at_once(lib):
    """Write it in one call: newer file systems make one folio of as much as fits."""
    with open(lib.path, "rb") as f:
        data = f.read()
    os.truncate(lib.path, 0)
    with open(lib.path, "wb", buffering=0) as f:
        f.write(data)
        os.fsync(f.fileno())


def makes_large(kind, how):
    return kind in LARGE and guest.kernel() >= LARGE[kind][how is read_ahead]


def look(t, kind, place, how):
    lib = guest.Library(place + "/folios.so", 300, tail=10)
    how(lib)
    name = "%s, %s" % (kind, how.__name__.replace("_", " "))
    p, q = Puppet.start(), Puppet.start()
    addr = p.map(lib.path, 0, 301, R | W | X)
    # Newer kernels map all of a folio when one page of it is touched: take that back.
    p.touch(addr, 40)
    p.touch(addr + 299 * PAGE, 2)
    p.advise(addr + 40 * PAGE, 259, MADV_DONTNEED)
    p.write(addr + 10 * PAGE, 5)
    p.write(addr + 100 * PAGE, 3)
    odd = q.map(lib.path, 17, 200)
    q.touch(odd + 5 * PAGE, 50)
    q.advise(odd, 5, MADV_DONTNEED)
    q.advise(odd + 55 * PAGE, 145, MADV_DONTNEED)
    twice = q.map(lib.path, 0, 30)
    q.touch(twice, 30)
    moment = Stopped()
    census = Census(moment.world, alias=alias_of(moment, lib))
    lib.key = next(iter(alias_of(moment, lib).values()), lib.key)
    compound = sum(1 for key, _ in census.large if key == lib.key)
    t.say("%s: %d of its mapped pages are of large folios" % (name, compound))
    if makes_large(kind, how):
        t.ok(compound > 0, name + ": makes large folios")
    expect.library(t, moment.snapshot, lib, name + ": numbers known beforehand", procs=2, maps=3,
                   cow=8, cow_unique=8, rss=109, mapped=74)
    compare.tables(t, moment.snapshot, census, name)
    p.kill()
    q.kill()


def alias_of(moment, lib):
    """btrfs: stat tells another device than the page cache has."""
    name = os.path.basename(lib.path)
    return {v.key: v.key for p in moment.world.processes for v in p.vmas
            if os.path.basename(v.path) == name}


def mapped_in_blocks(lib, prot=R | X, flags=2):
    """A puppet that maps it at the start of a block, with all of its pages mapped."""
    p = Puppet.start()
    addr = p.reserve(lib.pages, align=BLOCK * PAGE)
    p.map(lib.path, 0, lib.pages, prot, flags, addr=addr)
    p.touch(addr, lib.pages)
    return p, addr


def accessed(p, addr, pages):
    """Touch the first page of each block; how many pages smaps calls accessed then:
    the entries of a contiguous block have one accessed bit. A CPU that still knows
    an entry does not set the bit again, but none sets it for nothing: the most of
    some looks is the truth."""
    def look():
        guest.write("/proc/%d/clear_refs" % p.pid, 1)
        for first in range(0, pages, BLOCK):
            p.touch(addr + first * PAGE)
        vma = [v for v in parse_smaps(guest.read("/proc/%d/smaps" % p.pid)) if v.start == addr]
        return vma[0].smaps["Referenced"] // PAGE

    # On one CPU the two processes take turns, and the CPU forgets.
    cpus = os.sched_getaffinity(0)
    for pid in (0, p.pid):
        os.sched_setaffinity(pid, {0})
    seen = [look() for _ in range(5)]
    for pid in (0, p.pid):
        os.sched_setaffinity(pid, cpus)
    return max(seen)


def blocks(t, kind, place, large):
    """Blocks of entries that map a large folio, whole and broken up again."""
    lib = guest.Library(place + "/blocks.so", 4 * BLOCK if kind != "tmpfs" else HUGE)
    write_at_once(lib)
    lib.pages = 4 * BLOCK
    name = kind + ", in blocks"
    whole, addr = mapped_in_blocks(lib)
    if large:
        # tmpfs has all in one folio, other file systems some blocks in two.
        pages, least = accessed(whole, addr, lib.pages), 4 if kind == "tmpfs" else 1
        if CONTIGUOUS:
            t.ok(pages >= least * BLOCK, name + ": contiguous entries, %d or more" % least, pages)
        else:
            t.ok(pages <= 4, name + ": no contiguous entries here", pages)
    cut, cut_addr = mapped_in_blocks(lib)
    cut.unmap(cut_addr + 3 * PAGE, 3)
    cut.advise(cut_addr + 50 * PAGE, 4, MADV_DONTNEED)
    changed, changed_addr = mapped_in_blocks(lib)
    changed.protect(changed_addr + 20 * PAGE, 4, R)
    written, written_addr = mapped_in_blocks(lib, R | W | X)
    written.write(written_addr + 5 * PAGE)
    written.write(written_addr + 40 * PAGE, 2)
    child = written.fork()
    child.write(written_addr + 47 * PAGE, 2)        # over the edge of two blocks
    shared, shared_addr = mapped_in_blocks(lib, R | W, MAP_SHARED)
    shared.write(shared_addr + 9 * PAGE, 1)
    # Here no block of addresses is one of pages.
    askew = Puppet.start()
    askew_addr = askew.reserve(40, align=BLOCK * PAGE)
    askew.map(lib.path, 7, 40, addr=askew_addr)
    askew.touch(askew_addr, 40)

    moment = Stopped()
    snapshot = moment.snapshot
    census = Census(moment.world)
    lib.key = next(iter(alias_of(moment, lib).values()), lib.key)
    if large:
        t.equal(sum(1 for key, _ in census.large if key == lib.key), lib.pages,
                name + ": all pages are of large folios")
    expect.library(t, snapshot, lib, name + ": numbers known beforehand", procs=7, mapped=64,
                   shared=64, rss=64 + 57 + 64 + 61 + 59 + 64 + 40, cow=8, cow_unique=5,
                   mapcount_max=7)
    expect.mapping(t, snapshot, whole, addr, name + ": whole", rss=64, shared=64, cow=0)
    expect.mapping(t, snapshot, cut, cut_addr + 6 * PAGE, name + ": cut", rss=54, cow=0)
    expect.mapping(t, snapshot, changed, changed_addr + 20 * PAGE, name + ": protected", rss=4)
    expect.mapping(t, snapshot, written, written_addr, name + ": written", rss=61, cow=3,
                   cow_shared=3)
    expect.mapping(t, snapshot, child, written_addr, name + ": written by a child too", rss=59,
                   cow=5, cow_shared=3)
    expect.mapping(t, snapshot, askew, askew_addr, name + ": askew", rss=40, shared=40)
    compare.tables(t, snapshot, census, name)

    # Where that splits a folio, no process maps it any more. Pages of one that is not split
    # stay behind the end of the file, where mincore() does not look.
    os.truncate(lib.path, 37 * PAGE)
    whole.touch(addr, 37)
    moment = Stopped()
    snapshot, census = moment.snapshot, Census(moment.world)
    expect.library(t, snapshot, lib, name + ", truncated", mapped=37, cow=2, cow_unique=1)
    expect.mapping(t, snapshot, whole, addr, name + ", truncated: its mapping", rss=37, cow=0)
    compare.libraries(t, snapshot, census, what=name + ", truncated: libraries")
    compare.mappings(t, snapshot, census, what=name + ", truncated: mappings")
    for p in list(Puppet.alive):
        p.kill()


def main(t):
    guest.ensure_loaded()
    guest.set_value("/sys/kernel/debug/fault_around_bytes", BLOCK * PAGE)
    blocks(t, "tmpfs", guest.tmpfs("mode=0755,huge=always,size=64M"), True)
    places = {}
    for kind in ("ext4", "xfs", "btrfs"):
        places[kind], why = filesystems.fresh(kind)
        if places[kind]:
            blocks(t, kind, places[kind], makes_large(kind, write_at_once))
        else:
            guest.lacks(t, kind, why, (5, 10))
    guest.no_fault_around()
    for kind, place in places.items():
        if place:
            look(t, kind, place, read_ahead)
            look(t, kind, place, write_at_once)
    guest.finish()


tap.run(main)
