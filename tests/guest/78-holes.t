#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 300
"""Entries that are neither page nor swap, and pages that go away: markers of
userfaultfd, guard pages, PROT_NONE, MADV_DONTNEED, holes, truncation."""
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import compare
import expect
import guest
import tap
from census import Census
from puppet import MADV_DONTNEED, MADV_REMOVE, MAP_SHARED, PAGE, Puppet, R, W, X
from world import Stopped

MADV_GUARD_INSTALL = 102
UFFDIO_API, UFFDIO_REGISTER, UFFDIO_WRITEPROTECT = 0xc018aa3f, 0xc020aa00, 0xc018aa06
WP_SHMEM, WP_UNPOPULATED = 1 << 12, 1 << 13
MODE_WP = 2


def userfault_markers(t, memory):
    """Write-protect pages of tmpfs that are not there: markers stand for them."""
    lib = guest.Library(memory + "/markers.so", 20)
    p = Puppet.start()
    text = p.map(lib.path, 0, 20)
    p.touch(text, 5)
    addr = p.map(lib.path, 0, 20, R | W, MAP_SHARED)
    p.touch(addr, 4)
    scratch = p.scratch()
    try:
        fd = p.call("userfaultfd", os.O_CLOEXEC | os.O_NONBLOCK)
        p.poke(scratch, struct.pack("=QQQ", 0xaa, WP_SHMEM, 0))
        p.call("ioctl", fd, UFFDIO_API, scratch)
        p.poke(scratch, struct.pack("=QQQQ", addr, 20 * PAGE, MODE_WP, 0))
        p.call("ioctl", fd, UFFDIO_REGISTER, scratch)
        p.poke(scratch, struct.pack("=QQQ", addr, 10 * PAGE, 1))
        p.call("ioctl", fd, UFFDIO_WRITEPROTECT, scratch)
    except OSError as e:
        p.kill()
        return guest.lacks(t, "userfaultfd markers", "this kernel writes none for tmpfs (%s)" % e,
                           (5, 19))
    moment = Stopped()
    census = Census(moment.world)
    marked = sum(1 for m in census.all if m.vma.start == addr for r in m.vma.records
                 if not r[1] >> 63)
    t.ok(marked == 6, "six markers stand where no page is", marked)
    expect.mapping(t, moment.snapshot, p, addr, "markers are neither pages nor swap", rss=4,
                   cow=0, swap=0)
    compare.tables(t, moment.snapshot, census, "userfaultfd")
    return p.kill()


def guard_pages(t, place):
    lib = guest.Library(place + "/guarded.so", 8)
    p = Puppet.start()
    addr = p.map(lib.path, 0, 8, R | W | X)
    p.write(addr, 2)
    p.touch(addr + 2 * PAGE, 3)
    try:
        p.advise(addr + PAGE, 2, MADV_GUARD_INSTALL)
    except OSError:
        p.kill()
        return guest.lacks(t, "guard pages", "this kernel has none for files", (6, 15))
    moment = Stopped()
    expect.mapping(t, moment.snapshot, p, addr, "guard pages are nothing", rss=2, cow=1, swap=0)
    compare.tables(t, moment.snapshot, Census(moment.world), "guard pages")
    return p.kill()


def dropped(t, place):
    """MADV_DONTNEED drops copies, and PROT_NONE hides but keeps."""
    lib = guest.Library(place + "/dropped.so", 12)
    p = Puppet.start()
    addr = p.map(lib.path, 0, 12, R | W | X)
    p.write(addr, 8)
    p.advise(addr, 3, MADV_DONTNEED)
    p.touch(addr, 1)
    hidden = p.map(lib.path, 0, 12, R | W)
    p.write(hidden, 4)
    p.touch(hidden + 4 * PAGE, 4)
    p.protect(hidden, 12, 0)
    moment = Stopped()
    snapshot = moment.snapshot
    expect.mapping(t, snapshot, p, addr, "three copies dropped, one page read again", rss=1,
                   cow=5)
    expect.mapping(t, snapshot, p, hidden, "PROT_NONE over copies and pages", rss=4, cow=4,
                   segment="none", perms="---p")
    expect.library(t, snapshot, lib, "dropped and hidden", mapped=5, cow=9, cow_unique=9)
    compare.tables(t, snapshot, Census(moment.world), "dropped and hidden")
    p.advise(addr, 12, MADV_DONTNEED)
    p.unmap(hidden, 12)
    moment = Stopped()
    expect.library(t, moment.snapshot, lib, "all dropped: no page, no page table", mapped=0,
                   cow=0, rss=0, pagetables=0, maps=1, procs=1)
    compare.tables(t, moment.snapshot, Census(moment.world), "all dropped")
    p.kill()


def holes(t, place, what):
    """A hole reads as zeros; a punched one takes the pages but not the copies;
    a truncated file loses both."""
    lib = guest.Library(place + "/holes.so", 20)
    with open(lib.path, "r+b") as f:
        f.truncate(30 * PAGE)
    p = Puppet.start()
    addr = p.map(lib.path, 0, 40, R | W | X)
    p.touch(addr, 25)
    p.write(addr, 4)
    rw = p.map(lib.path, 0, 30, R | W, MAP_SHARED)
    moment = Stopped()
    expect.library(t, moment.snapshot, lib, what + ": pages of a hole are pages", mapped=21,
                   cow=4, size=30)
    compare.tables(t, moment.snapshot, Census(moment.world), what + " with a hole")

    p.advise(rw + 2 * PAGE, 4, MADV_REMOVE)     # pages 2-5; 2 and 3 have a copy
    moment = Stopped()
    expect.library(t, moment.snapshot, lib, what + ": a punched hole leaves the copies",
                   mapped=19, cow=4)
    compare.tables(t, moment.snapshot, Census(moment.world), what + " with a punched hole")

    os.truncate(lib.path, 1 * PAGE + 100)
    moment = Stopped()
    expect.library(t, moment.snapshot, lib, what + ": truncated", mapped=0, cow=2, cached=2,
                   maps=2)
    guest_row = guest.row_of(moment.snapshot, lib)
    t.equal(guest_row.get("size"), PAGE + 100, what + ": the size is the new one")
    compare.tables(t, moment.snapshot, Census(moment.world), what + " truncated")
    p.kill()


def main(t):
    guest.ensure_loaded()
    guest.no_fault_around()
    place, memory = guest.folder(), guest.tmpfs()
    userfault_markers(t, memory)
    guard_pages(t, place)
    dropped(t, place)
    holes(t, place, "ext4")
    holes(t, memory, "tmpfs")
    guest.finish()


tap.run(main)
