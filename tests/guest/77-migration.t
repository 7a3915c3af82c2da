#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 300
"""Pages on the move: the kernel compacts memory in a loop while it scans. A
migration entry counts as the page that it stands for, so what nobody touches
keeps its numbers."""
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import expect
import guest
import invariants
import tables
import tap
from puppet import MAP_POPULATE, MAP_PRIVATE, PAGE, Puppet, R, W, X

SECONDS = 8
MOVER = "while :; do echo 1 > /proc/sys/vm/compact_memory; done"


def migrated():
    for line in guest.read("/proc/vmstat").splitlines():
        if line.startswith("pgmigrate_success "):
            return int(line.split()[1])
    return 0


def holes(folder):
    """Free every other page of a lot of memory: compaction has work to do."""
    path = folder + "/holes"
    with open(path, "wb") as f:
        for _ in range(96):
            f.write(bytes(1 << 20))
    return path


def punch(path, step):
    size = os.path.getsize(path)
    fd = os.open(path, os.O_RDWR)
    for offset in range(step * PAGE, size, 16 * PAGE):
        # FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE
        guest.LIBC.fallocate(fd, 3, guest.ctypes.c_long(offset), guest.ctypes.c_long(PAGE))
    os.close(fd)


def main(t):
    guest.ensure_loaded()
    if not os.path.exists("/proc/sys/vm/compact_memory"):
        return t.skip("migration", "this kernel does not compact memory")
    guest.no_fault_around()
    memory = guest.tmpfs("mode=0755,size=200M,huge=never")
    path = holes(memory)
    lib = guest.Library(memory + "/moved.so", 1500)
    on_disk = guest.Library(guest.folder() + "/moved.so", 500)
    for _ in range(4):
        p = Puppet.start()
        addr = p.map(lib.path, 0, 1500, R | W | X, MAP_PRIVATE | MAP_POPULATE)
        p.touch(p.map(on_disk.path, 0, 500), 500)
        t.equal(len(p.peek(addr, 8)), 8, "a puppet has its pages")
    p.fork()
    before = migrated()
    mover = subprocess.Popen(["sh", "-c", MOVER], stderr=subprocess.DEVNULL)
    end = time.monotonic() + SECONDS
    problems, scans, first = [], 0, None
    while time.monotonic() < end:
        punch(path, scans % 16)
        snapshot = tables.snapshot()
        scans += 1
        problems += ["scan %d: %s" % (scans, p) for p in invariants.all_problems(snapshot)]
        rows = {k: (r["rss"], r["cow"], r["swap"]) for k, r in snapshot.mappings().items()
                if r["path"] in (lib.path, on_disk.path)}
        first = first or rows
        problems += ["scan %d: %r: rss, cow, swap %r, first %r" % (scans, k, r, first.get(k))
                     for k, r in rows.items() if r != first.get(k)]
        for library in (lib, on_disk):
            row = guest.row_of(snapshot, library)
            problems += ["scan %d: %s %d, not %d pages" % (scans, c, row.get(c, -1), n)
                         for c, n in (("cached", library.pages * PAGE),)
                         if row.get(c) != n]
    mover.kill()
    mover.wait()
    moved = migrated() - before
    t.say("%d pages moved during %d scans" % (moved, scans))
    t.ok(moved > 1000, "pages were moved: %d" % moved)
    t.ok(scans > 5, "%d scans meanwhile" % scans)
    t.none(problems, "rss, cow, swap and cached of what nobody touches stay as they were")
    last = tables.snapshot()
    # Populating a writable mapping writes: every page is a copy; the first 500
    # of the last puppet, and all others of it, its child inherits.
    expect.library(t, last, lib, "and are right in the end: copies", procs=5, cow=5 * 1500,
                   cow_unique=4 * 1500, mapped=0)
    expect.library(t, last, on_disk, "and file pages", procs=5, mapped=500, rss=4 * 500)
    guest.finish()


tap.run(main)
