#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 300
"""Pages on the move: the kernel compacts memory in a loop while it scans. A
migration entry counts as the page that it stands for, so what nobody touches
keeps its numbers: a row of mappings, PSS and all, never changes by a byte."""
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

SECONDS, PATIENCE = 10, 20      # at least; at most, until an entry under migration is met
MOVER = "while :; do echo 1 > /proc/sys/vm/compact_memory; done"
PUNCH_HOLE = 3          # FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE


def migrated():
    for line in guest.read("/proc/vmstat").splitlines():
        if line.startswith("pgmigrate_success "):
            return int(line.split()[1])
    return 0


class Holes:
    """Memory with free pages here and there, anew each time: work to compact."""

    def __init__(self, folder, megabytes=96):
        self.fd = os.open(folder + "/holes", os.O_RDWR | os.O_CREAT)
        self.pages = megabytes * (1 << 20) // PAGE
        for index in range(megabytes):
            os.pwrite(self.fd, bytes(1 << 20), index << 20)

    def punch(self, step):
        for page in range(step % 16, self.pages, 16):
            guest.LIBC.fallocate(self.fd, PUNCH_HOLE, guest.ctypes.c_long(page * PAGE),
                                 guest.ctypes.c_long(PAGE))
        for page in range((step + 8) % 16, self.pages, 16):
            os.pwrite(self.fd, b"x", page * PAGE)


def settle(place, memory):
    """Four processes, and a fork of the last, that do nothing from here on."""
    in_memory = guest.Library(memory + "/moved.so", 1500)
    on_disk = guest.Library(place + "/moved.so", 500)
    for _ in range(4):
        p = Puppet.start()
        p.map(in_memory.path, 0, 1500, R | W | X, MAP_PRIVATE | MAP_POPULATE)
        p.touch(p.map(on_disk.path, 0, 500), 500)
        p.touch(p.map(in_memory.path, 0, 1500), 1500)
    p.fork()
    return in_memory, on_disk


def rows_of(name):
    """The lines about our libraries, without the number that a scan gives them."""
    lines = [line.split("\t") for line in tables.read(name).splitlines()
             if line.endswith("/moved.so")]
    return sorted(line[:1] + line[2:] if name == "mappings" else line[1:] for line in lines)


def watch(t, holes):
    """Scan after scan; what has changed, and how many migration entries were met."""
    first = {name: rows_of(name) for name in ("mappings", "histogram")}
    problems, scans, met = [], 0, 0
    start = time.monotonic()
    while time.monotonic() < start + (SECONDS if met else PATIENCE):
        if scans % 2 == 0:
            holes.punch(scans // 2)
        if scans % 8 == 0:
            problems += invariants.all_problems(tables.snapshot())
        name = "histogram" if scans % 4 == 3 else "mappings"
        rows = rows_of(name)
        met += tables.stats().get("nonpresent_ptes", 0)
        scans += 1
        problems += ["scan %d: %r, first %r" % (scans, row, old)
                     for row, old in zip(rows, first[name]) if row != old]
        if len(rows) != len(first[name]):
            problems.append("scan %d: %d rows, first %d" % (scans, len(rows), len(first[name])))
    t.say("%d migration entries met in %d scans" % (met, scans))
    t.ok(scans > 20, "%d scans" % scans)
    if met:
        t.ok(True, "scans met entries under migration")
    else:
        t.skip("scans met entries under migration", "none in %d scans" % scans)
    return problems


def main(t):
    guest.ensure_loaded()
    if not os.path.exists("/proc/sys/vm/compact_memory"):
        return t.skip("migration", "this kernel does not compact memory")
    guest.no_fault_around()
    memory = guest.tmpfs("mode=0755,size=200M,huge=never")
    holes = Holes(memory)
    in_memory, on_disk = settle(guest.folder(), memory)
    before = migrated()
    movers = [subprocess.Popen(["sh", "-c", MOVER], stderr=subprocess.DEVNULL)
              for _ in range(2)]
    problems = watch(t, holes)
    for mover in movers:
        mover.kill()
        mover.wait()
    moved = migrated() - before
    t.ok(moved > 100, "pages were moved: %d" % moved)
    t.none(problems, "not a byte changes in the rows of what nobody touches (invariant 7)")
    last = tables.snapshot()
    # Populating a writable mapping writes: every page of it is a copy, and the
    # child inherits the last parent's, but no file page of the other mappings.
    expect.library(t, last, in_memory, "right in the end: copies", procs=5, cow=5 * 1500,
                   cow_unique=4 * 1500, mapped=1500, rss=4 * 1500)
    expect.library(t, last, on_disk, "right in the end: file pages", procs=5, mapped=500,
                   rss=4 * 500)
    guest.finish()


tap.run(main)
