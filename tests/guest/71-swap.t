#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 300
"""Copies that are swapped out and back, entries shared after a fork, the swap
cache, and file pages of tmpfs and memfd libraries that are swapped out."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import compare
import expect
import guest
import swap
import tap
from census import Census
from puppet import PAGE, Puppet, R, W, X
from world import KPF_SWAPCACHE, Stopped


APART = 1100
SLOT_CACHES = 256       # slots that CPUs keep for themselves, which /proc/swaps counts as used


def moment(t, what):
    now = Stopped()
    compare.tables(t, now.snapshot, Census(now.world), what)
    return now.snapshot


def in_swap_cache(world, pid, addr):
    """Pages of a mapping that are in the swap cache as well."""
    return sum(1 for p in world.processes for v in p.vmas for r in v.records
               if (p.pid, v.start) == (pid, addr) and r[2] & KPF_SWAPCACHE)


def copies(t, place, kind):
    lib = guest.Library(place + "/swapped.so", 16)
    p = Puppet.start()
    addr = p.map(lib.path, 0, 16, R | W)
    p.map(lib.path, 0, 1)
    p.write(addr, 12)
    p.touch(addr + 12 * PAGE, 4)
    t.ok(swap.out(p, addr, 10), "ten copies are swapped out to %s" % kind)
    now = Stopped()
    used = now.world.swap_used // PAGE
    t.ok(10 <= used <= 10 + SLOT_CACHES, "/proc/swaps: ten pages and little more are used", used)
    snapshot = moment(t, "swapped out")
    expect.library(t, snapshot, lib, "swapped out: 10 swap, 2 copies", swap=10, cow=2,
                   cow_unique=2, mapped=4, procs=1)
    expect.mapping(t, snapshot, p, addr, "swapped out: its mapping", swap=10, cow=2, rss=4,
                   segment="data")

    p.protect(addr, 10, R)
    snapshot = moment(t, "read-only over swap")
    expect.mapping(t, snapshot, p, addr, "swapped relro is still relro", swap=10, cow=0,
                   segment="relro")
    p.protect(addr, 10, R | W)

    child = p.fork()
    snapshot = moment(t, "shared swap entries")
    expect.library(t, snapshot, lib, "after a fork both have the entries", swap=20, cow=4,
                   cow_unique=2, procs=2)
    # Read in by one, the page is in the swap cache, the other still has the entry.
    child.touch(addr, 3)
    t.equal(in_swap_cache(Stopped().world, child.pid, addr), 3, "they are in the swap cache")
    snapshot = moment(t, "swap cache")
    expect.library(t, snapshot, lib, "three read in by the child", swap=17, cow=7, cow_unique=5)
    p.touch(addr, 2)
    snapshot = moment(t, "swap cache, both")
    expect.library(t, snapshot, lib, "two of them by the parent too", swap=15, cow=9)
    p.write(addr, 4)
    moment(t, "written after swap")
    child.end()
    return lib, p, addr


def file_out(p, addr, pages):
    """Page out file pages that only this mapping maps."""
    def gone():
        swap.page_out(p, addr, pages)
        return swap.present_at(p, addr, pages) == 0
    return guest.wait_until(gone)


def tmpfs_pages(t, place):
    """Swapped-out pages of the file itself: neither copies nor swap of a mapping."""
    lib = guest.Library(place + "/shmem.so", 12)
    p = Puppet.start()
    addr = p.map(lib.path, 0, 12)
    private = p.map(lib.path, 0, 12, R | W)
    p.touch(addr, 12)
    p.write(private, 3)
    snapshot = moment(t, "tmpfs")
    expect.library(t, snapshot, lib, "tmpfs: all resident", cached=12, mapped=12, cow=3, swap=0)
    t.ok(file_out(p, addr, 12), "tmpfs: pages of the file are swapped out")
    t.ok(swap.out(p, private, 3), "tmpfs: the private copies are swapped out")
    now = Stopped()
    census = Census(now.world)
    compare.tables(t, now.snapshot, census, "tmpfs swapped out")
    row = census.mappings()[p.pid, addr]
    t.ok(row["smaps"]["Swap"] > 0, "tmpfs: smaps counts pages of the file as swap, %d bytes"
         % row["smaps"]["Swap"])
    expect.mapping(t, now.snapshot, p, addr, "tmpfs: that is not swap of the mapping", swap=0,
                   cow=0)
    expect.mapping(t, now.snapshot, p, private, "tmpfs: this is", swap=3, cow=0)
    cached = len(census.cache[lib.key][2])
    t.ok(cached < 12, "tmpfs: pages left the cache: %d of 12 stay" % cached)
    p.kill()


def far_apart(t, place):
    """More pages in a row that are swapped out than are passed over in one go."""
    lib = guest.Library(place + "/apart.so", APART + 1)
    p = Puppet.start()
    addr = p.map(lib.path, 0, APART + 1)
    p.touch(addr, APART + 1)
    t.ok(file_out(p, addr, APART), "tmpfs: %d pages of a file are swapped out" % APART)
    p.touch(addr + APART * PAGE)
    now = Stopped()
    census = Census(now.world)
    compare.tables(t, now.snapshot, census, "tmpfs far apart")
    cached = sorted(census.cache[lib.key][2])
    longest = max(b - a for a, b in zip([-1] + cached, cached))
    t.ok(cached[-1] == APART and longest > 1024,
         "tmpfs: the page behind %d of them is cached" % (longest - 1))
    p.kill()


def memfd(t):
    p = Puppet.start()
    fd = p.call("memfd_create", "swapped library", 0)
    p.call("ftruncate", fd, 8 * PAGE)
    shared = p.map(fd, 0, 8, R | W, 1)
    p.write(shared, 8)
    p.unmap(shared, 8)
    text = p.map(fd, 0, 8, R | X)
    p.touch(text, 8)
    moment(t, "memfd")
    t.ok(file_out(p, text, 8), "memfd: its pages are swapped out")
    moment(t, "memfd swapped out")
    p.touch(text, 2)
    moment(t, "memfd read back")
    p.kill()


def main(t):
    guest.ensure_loaded()
    # A page that waits in another CPU's batch for its LRU list is not paged out.
    os.sched_setaffinity(0, {0})
    guest.no_fault_around()
    guest.set_value("/proc/sys/vm/page-cluster", 0)     # no read-ahead from swap
    place, memory = guest.folder(), guest.tmpfs()
    for kind in ("zram", "file"):
        where = swap.on(kind)
        if not where:
            guest.lacks(t, "swap to " + kind, "not here", (5, 10))
            continue
        lib, p, addr = copies(t, place, kind)
        if kind == "zram":
            tmpfs_pages(t, memory)
            far_apart(t, memory)
            memfd(t)
        swap.off(where)
        snapshot = moment(t, "after swapoff")
        expect.library(t, snapshot, lib, "swapoff brings all back", swap=0, cow=12, cow_unique=12)
        t.equal(swap.present_at(p, addr, 16), 16, "present again")
        p.kill()
    guest.finish()


tap.run(main)
