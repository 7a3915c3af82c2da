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
    made = (6, 6) if how is write_at_once else (6, 1)
    if kind == "xfs" and guest.kernel() >= made:
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


def main(t):
    guest.ensure_loaded()
    guest.no_fault_around()
    for kind in ("ext4", "xfs", "btrfs"):
        place, why = filesystems.fresh(kind)
        if place:
            look(t, kind, place, read_ahead)
            look(t, kind, place, write_at_once)
        else:
            t.skip(kind, why)
    guest.finish()


tap.run(main)
