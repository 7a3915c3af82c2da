#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 300
"""What is in the page cache (invariant 5), against mincore(2) and cachestat(2): whole files,
dropped ones, those of which a part is mapped, on a disk and in memory; and a
scan reads nothing from disk and leaves the cache as it is."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import guest
import tap
from census import Census
from puppet import PAGE, Puppet, R
from world import Stopped


def page_in(path, first, count):
    """Read pages into the cache without mapping them, and without read-ahead."""
    fd = os.open(path, os.O_RDONLY)
    os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_RANDOM)
    os.pread(fd, count * PAGE, first * PAGE)
    os.close(fd)


def check(t, moment, census, library, name, least=None, most=None):
    """cached against the oracle, and within bounds known beforehand, in pages."""
    got = guest.row_of(moment.snapshot, library).get("cached")
    size, cachestat, cached = census.cache[library.key]
    t.equal(got, (len(cached) if cachestat is None else cachestat) * PAGE,
            "%s: cached is what %s says (invariant 5)"
            % (name, "mincore" if cachestat is None else "cachestat"))
    if cachestat is not None:
        t.ok(cachestat >= len(cached), name + ": cachestat sees no less than mincore")
    t.equal(size, os.stat(library.path).st_size, name + ": size")
    t.ok(got is not None and least * PAGE <= got <= most * PAGE,
         "%s: %d to %d pages are cached" % (name, least, most), "got %r bytes" % got)
    pages = moment.snapshot.pages({library.key}).get(library.key, {})
    marked = {i for i, r in pages.items() if r["cached"] and i * PAGE < size}
    t.equal(sorted(marked), sorted(cached), name + ": each page that mincore sees, no other")


def main(t):
    guest.ensure_loaded()
    guest.no_fault_around()
    disk, memory = guest.folder(), guest.tmpfs()
    whole = guest.Library(disk + "/whole.so", 40, tail=100)
    dropped = guest.Library(disk + "/dropped.so", 64)
    part = guest.Library(disk + "/part.so", 64)
    again = guest.Library(disk + "/again.so", 64)
    shmem = guest.Library(memory + "/shmem.so", 20, tail=1)
    sparse = memory + "/sparse.so"
    with open(sparse, "wb") as f:
        f.truncate(100 * PAGE)
        f.seek(10 * PAGE)
        f.write(b"x" * 3 * PAGE)

    p = Puppet.start()
    p.touch(p.map(whole.path, 0, 41), 2)
    p.map(dropped.path, 0, 64)
    dropped.drop()
    part.drop()
    # The code of a program is read in whole; a file marked random is not.
    addr = p.map(part.path, 0, 64)
    p.advise(addr, 64, 1)
    p.touch(addr + 3 * PAGE, 1)
    p.touch(addr + 60 * PAGE, 1)
    part.drop()
    p.map(again.path, 0, 64)
    again.drop()
    page_in(again.path, 8, 4)
    p.touch(p.map(shmem.path, 0, 21), 1)
    sparse_library = guest.Library.__new__(guest.Library)
    sparse_library.path, sparse_library.key = sparse, guest.key_of(sparse)
    p.touch(p.map(sparse, 0, 100, R | 4) + 11 * PAGE, 1)

    moment = Stopped(again=True)
    census = Census(moment.world)
    check(t, moment, census, whole, "whole file, two pages mapped", 41, 48)
    check(t, moment, census, dropped, "dropped, with no entry left", 0, 0)
    # A file system with large folios reads, and keeps, whole folios.
    check(t, moment, census, part, "dropped but for what is mapped", 2, 64)
    check(t, moment, census, again, "read again in part, mapped by no entry", 4, 64)
    check(t, moment, census, shmem, "tmpfs file", 21, 21)
    check(t, moment, census, sparse_library, "tmpfs file with holes", 3, 3)
    for library in (whole, dropped, part, again, shmem):
        first = guest.row_of(moment.snapshot, library)
        second = guest.row_of(moment.second, library)
        t.equal(second.get("cached"), first.get("cached"),
                "a scan reads nothing in: " + os.path.basename(library.path))
    mapped = {name: guest.row_of(moment.snapshot, lib).get("mapped")
              for name, lib in (("whole", whole), ("dropped", dropped), ("part", part))}
    t.equal(mapped, {"whole": 2 * PAGE, "dropped": 0, "part": 2 * PAGE}, "mapped is another thing")
    guest.finish()


tap.run(main)
