#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 120
"""Huge pages of a file on a disk (CONFIG_READ_ONLY_THP_FOR_FS), which Debian's
kernels do not make: counted as the base pages that they cover, and still right
when a writer opens the file and the kernel drops them."""
import gzip
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import compare
import expect
import guest
import tap
from census import Census
from puppet import PAGE, Puppet, R, X
from world import Stopped

HUGE = 512          # base pages of a huge page
MADV_COLLAPSE = 25


def mapped_at(library, huge_pages):
    p = Puppet.start()
    addr = p.reserve(library.pages, align=HUGE * PAGE)
    p.map(library.path, 0, huge_pages * HUGE, R | X, addr=addr)
    p.touch(addr, huge_pages * HUGE)
    return p, addr


def collapsed(p, addr):
    try:
        p.advise(addr, HUGE, MADV_COLLAPSE)
    except BlockingIOError:
        return False
    return True


def configured():
    with gzip.open("/proc/config.gz", "rt") as f:
        return "CONFIG_READ_ONLY_THP_FOR_FS=y\n" in f


def huge_entries(census, key):
    return sum(r["smaps"].get("FilePmdMapped", 0)
               for r in census.mappings().values() if r["key"] == key) // (HUGE * PAGE)


def main(t):
    if not configured():
        return t.skip("huge pages of a file", "this kernel makes none")
    guest.ensure_loaded()
    guest.no_fault_around()
    # Only what is asked for: khugepaged would collapse the rest, at some time.
    guest.set_value("/sys/kernel/mm/transparent_hugepage/enabled", "madvise")
    library = guest.Library(guest.folder() + "/huge.so", 2 * HUGE)
    p, addr = mapped_at(library, 2)
    # Pages that are still to be written, or on some CPU's list, are not ready.
    os.sync()
    t.ok(guest.wait_until(lambda: collapsed(p, addr)), "the kernel makes a huge page of a file")
    q, q_addr = mapped_at(library, 2)

    moment = Stopped()
    census = Census(moment.world)
    t.equal(huge_entries(census, library.key), 2, "a file has a huge page, in two processes")
    expect.library(t, moment.snapshot, library, "it counts as its base pages", mapped=2 * HUGE,
                   rss=4 * HUGE, shared=2 * HUGE, saved=2 * HUGE, cached=2 * HUGE, mapcount_max=2,
                   pagetables=2)
    compare.tables(t, moment.snapshot, census, "huge page of a file")

    q.unmap(q_addr, HUGE // 2)
    # Opening it for writing makes the kernel drop its huge pages.
    os.close(os.open(library.path, os.O_RDWR))
    moment = Stopped()
    census = Census(moment.world)
    t.equal(huge_entries(census, library.key), 0, "opened for writing: none is left")
    compare.tables(t, moment.snapshot, census, "opened for writing")
    p.touch(addr, 2 * HUGE)
    moment = Stopped()
    compare.tables(t, moment.snapshot, Census(moment.world), "mapped anew")
    guest.finish()


tap.run(main)
