#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 300
"""Large folios of file systems that make them, mapped in part, copied from, and
past the end of the file. Each page has its own counts, whatever its folio."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import compare
import expect
import filesystems
import guest
import tap
from census import Census
from puppet import MADV_DONTNEED, PAGE, Puppet, R, W, X
from world import Stopped

KPF_COMPOUND = 3 << 15


def read_ahead(lib):
    """Drop it, then read it in one go: this is where folios grow large."""
    lib.drop()
    with open(lib.path, "rb", buffering=0) as f:
        os.posix_fadvise(f.fileno(), 0, 0, os.POSIX_FADV_SEQUENTIAL)
        while f.read(1 << 20):
            pass


def look(t, kind, place):
    lib = guest.Library(place + "/folios.so", 300, tail=10)
    read_ahead(lib)
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
    compound = sum(1 for m in census.all if m.key == lib.key for r in m.vma.records
                   if r[2] & KPF_COMPOUND)
    t.say("%s: %d of its entries map large folios" % (kind, compound))
    if kind == "xfs" and guest.kernel() >= (6, 1):
        t.ok(compound > 0, "xfs makes large folios")
    expect.library(t, moment.snapshot, lib, kind + ": numbers known beforehand", procs=2, maps=3,
                   cow=8, cow_unique=8, rss=109, mapped=74)
    compare.tables(t, moment.snapshot, census, kind)
    p.kill()
    q.kill()


def alias_of(moment, lib):
    """btrfs: stat tells another device than the page cache has."""
    name = os.path.basename(lib.path)
    return {v.key: v.key for p in moment.world.processes for v in p.vmas
            if os.path.basename(v.path) == name}


def main(t):
    guest.ensure_loaded()
    guest.no_fault_around()
    for kind in ("ext4", "xfs", "btrfs"):
        place, why = filesystems.fresh(kind)
        if place:
            look(t, kind, place)
        else:
            t.skip(kind, why)
    guest.finish()


tap.run(main)
