#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 300
"""Transparent huge pages of tmpfs: mapped by one entry, by many, split by
munmap and mprotect; a write to one gives one copy of a base page."""
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

HUGE = 512          # base pages of a huge page


class HugeLibrary(guest.Library):
    def __init__(self, path, huge_pages):
        # pylint: disable=super-init-not-called
        self.path, self.pages = path, huge_pages * HUGE
        with open(path, "wb") as f:
            for index in range(huge_pages):
                f.write(bytes([index + 1]) * (HUGE * PAGE))
        os.chmod(path, 0o755)
        self.key = guest.key_of(path)


def mapped_at(lib, prot=R | X, flags=2, pages=None):
    p = Puppet.start()
    pages = pages or lib.pages
    addr = p.reserve(pages, align=HUGE * PAGE)
    p.map(lib.path, 0, pages, prot, flags, addr=addr)
    return p, addr


def touch(p, addr, huge_pages):
    for number in range(huge_pages):
        p.touch(addr + number * HUGE * PAGE)


def cached(lib):
    return [r["cached"] for r in tables.table("libraries").rows if r["path"] == lib.path][0]


def main(t):
    guest.ensure_loaded()
    guest.no_fault_around()
    guest.set_value("/sys/kernel/mm/transparent_hugepage/enabled", "always")
    try:
        place = guest.tmpfs("mode=0755,huge=always,size=64M")
    except guest.subprocess.CalledProcessError:
        return guest.lacks(t, "huge pages of tmpfs", "this kernel has none", (5, 10))

    def library(name, huge_pages):
        return HugeLibrary("%s/%s.so" % (place, name), huge_pages)

    whole = library("whole", 2)
    for _ in range(3):
        p, addr = mapped_at(whole)
        touch(p, addr, 2)
    small = library("small-entries", 1)
    p, addr = mapped_at(small)
    touch(p, addr, 1)
    q = Puppet.start()
    odd = q.map(small.path, 3, 100)             # no huge entry fits here
    q.touch(odd, 100)
    cut = library("cut", 2)
    cut_p, cut_addr = mapped_at(cut)
    touch(cut_p, cut_addr, 2)
    cut_p.unmap(cut_addr + 100 * PAGE, 50)
    cut_p.touch(cut_addr, 60)
    locked = library("protected", 1)
    p, addr = mapped_at(locked)
    touch(p, addr, 1)
    p.protect(addr + 10 * PAGE, 10, R)
    p.touch(addr, 30)
    written = library("written", 1)
    w, w_addr = mapped_at(written, R | W | X)
    w.touch(w_addr)
    w.write(w_addr + 7 * PAGE, 1)
    other, o_addr = mapped_at(written)
    other.touch(o_addr)
    shared = library("shared", 1)
    s, s_addr = mapped_at(shared, R | W, MAP_SHARED)
    s.write(s_addr, 1)
    x, x_addr = mapped_at(shared)
    x.touch(x_addr)

    moment = Stopped()
    census = Census(moment.world)
    rows = census.mappings()
    by_pmd = sum(r["smaps"].get("ShmemPmdMapped", 0) for r in rows.values()) // (HUGE * PAGE)
    t.ok(by_pmd >= 8, "%d huge pages are mapped by one entry" % by_pmd)
    snapshot = moment.snapshot
    expect.library(t, snapshot, whole, "two huge pages in three processes: no page table",
                   mapped=2 * HUGE, rss=6 * HUGE, shared=2 * HUGE, saved=4 * HUGE, pagetables=0,
                   mapcount_max=3, cached=2 * HUGE)
    expect.library(t, snapshot, small, "one entry here, small ones there", mapped=HUGE,
                   shared=100, rss=HUGE + 100, mapcount_max=2)
    t.ok(guest.row_of(snapshot, small).get("pagetables", 0) >= PAGE, "these need a page table")
    expect.library(t, snapshot, written, "a write gives one copy of a base page", cow=1,
                   cow_unique=1)
    expect.library(t, snapshot, shared, "MAP_SHARED makes none", cow=0, mapped=HUGE,
                   rss=2 * HUGE)
    compare.tables(t, snapshot, census, "huge pages")

    # The file loses its second half: entries of it go, those of the first stay.
    os.truncate(whole.path, HUGE * PAGE + 5 * PAGE)
    # A huge page that another task looks at just then is split a moment later, if ever.
    guest.wait_until(lambda: cached(whole) <= (HUGE + 5) * PAGE, 10)
    moment = Stopped()
    compare.tables(t, moment.snapshot, Census(moment.world), "truncated")
    guest.finish()


tap.run(main)
