#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 120
"""What stats says about how long locks are held is true, by the kernel's own
trace of them; and however much memory a process has, no more than a bounded
number of page tables is read in one hold of its mmap_lock."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import guest
import locks
import tables
import tap
from puppet import Puppet, R

MMAP, TABLE = "mmap_lock", "ptlock"
BUDGET = 64		# tables in one hold, as module/vmas.c promises
TICK_NS = 4000000
TRIES = 7


def traced(name="libraries"):
    """One scan: its trace, and what stats says of it."""
    events = locks.trace(tables.DIRECTORY + "/" + name)
    return events, tables.stats()


def check_true(t, file):
    close = {MMAP: 0, TABLE: 0}
    longer = []
    for _ in range(TRIES):
        events, stats = traced(file)
        for name, column in ((MMAP, "mmap_lock_hold_max_ns"), (TABLE, "pte_lock_hold_max_ns")):
            held = sorted((h for h, _ in locks.holds(events, name)), reverse=True) or [0]
            # The trace starts a little before and ends a little after. A tick in between
            # makes it longer; a hold of mmap_lock is much longer than that.
            ticks = stats["scan_ns"] // TICK_NS + 1 if name == TABLE else 0
            usual = held[min(ticks, len(held) // 2)]
            t.say("%s: %s: stats %d us, trace %d us, without %d ticks %d us"
                  % (file, name, stats[column] // 1000, held[0] // 1000, ticks, usual // 1000))
            close[name] += stats[column] > 0.5 * usual
            held = held[0]
            if stats[column] > held + 2000:
                longer.append("%s: stats %d ns, trace %d ns" % (name, stats[column], held))
    t.none(longer, "%s: no hold is said to be longer than the trace shows" % file)
    for name, count in close.items():
        t.ok(count > TRIES // 2,
             "%s: %s: the longest hold that stats tells is the longest in most traces"
             % (file, name))


def check_bounded(t, megabytes):
    library = guest.Library(guest.folder() + "/large.so", megabytes << 8)
    p = Puppet.start()
    addr = p.map(library.path, 0, library.pages, R)
    executable = p.map(library.path, 0, 1)
    before, stats_before = traced()
    p.touch(addr, library.pages)
    p.touch(executable)
    after, stats_after = traced()
    tables_more = stats_after["scan_tables"] - stats_before["scan_tables"]
    t.ok(tables_more >= megabytes // 2 - 1, "a process grows by %d page tables" % tables_more)
    for when, events in (("before", before), ("after", after),
                         ("with all its rows", traced("mappings")[0])):
        most = max([inner for _, inner in locks.holds(events, MMAP)], default=0)
        t.ok(0 < most <= BUDGET, "%s: at most %d tables are read in one hold of mmap_lock"
             % (when, most))
    p.kill()


def main(t):
    if locks.why_not():
        return t.skip("holds of locks", locks.why_not())
    guest.ensure_loaded()
    locks.start((MMAP, TABLE))
    try:
        for file in ("libraries", "mappings"):
            check_true(t, file)
        check_bounded(t, 256)
    finally:
        locks.stop()
    guest.finish()


tap.run(main)
