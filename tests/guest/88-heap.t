#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 300
"""libshare-top --view heap: a parent forks children over a known number of anonymous pages,
and each child writes to some of them. Differences are exact, whatever else they have."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import guest
import reader
import tap
from puppet import MADV_NOHUGEPAGE, MAP_ANONYMOUS, MAP_PRIVATE, PAGE, Puppet, R, W

PAGES, CHILDREN, STEP = 256, 3, 10
SPARE = 8                       # pages at the end that a command is tried on


def heaps(pids):
    """Rows of some processes, and of all as one group."""
    rows = {r["pid"]: r for r in reader.rows_of("heap") if r["pid"] in pids}
    groups = json.loads(reader.top("--json", "-n1", "-o", "all", "--view", "heap", "--by",
                                   "program"))["groups"]
    names = {r["program"]: r for r in groups}
    return rows, names[os.readlink("/proc/%d/exe" % pids[0])]


def changes(before, after):
    return {c: (after[c] - before[c]) // PAGE for c in ("heap", "alone", "shared")}


def main(t):
    guest.ensure_loaded()
    if not guest.has_reader(t):
        return
    parent = Puppet.start()
    addr = parent.address_call("mmap", 0, PAGES * PAGE, R | W, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    parent.advise(addr, PAGES, MADV_NOHUGEPAGE)
    parent.write(addr, 1)
    before, _ = heaps([parent.pid])
    parent.write(addr, PAGES)
    after, group = heaps([parent.pid])
    t.equal(changes(before[parent.pid], after[parent.pid]),
            {"heap": PAGES - 1, "alone": PAGES - 1, "shared": 0},
            "pages that are written are its own")
    t.equal(group["procs"], 1, "no other process is in its group")
    children = [parent.fork() for _ in range(CHILDREN)]
    pids = [p.pid for p in [parent, *children]]
    for child in children:
        child.write(addr + (PAGES - SPARE) * PAGE, SPARE)
    before, group = heaps(pids)
    t.ok(all(before[p]["shared"] >= (PAGES - SPARE) * PAGE for p in pids),
         "what was there at the fork is shared", before)
    t.ok(group["saved"] >= CHILDREN * (PAGES - SPARE) * PAGE, "and there once", group)
    for i, child in enumerate(children, 1):
        child.write(addr, i * STEP)
    after, later = heaps(pids)
    for i, child in enumerate(children, 1):
        t.equal(changes(before[child.pid], after[child.pid]),
                {"heap": 0, "alone": i * STEP, "shared": -i * STEP},
                "child %d has what it wrote for itself" % i)
    # The first pages are now of the parent alone, in which all children wrote.
    t.equal(changes(before[parent.pid], after[parent.pid]),
            {"heap": 0, "alone": STEP, "shared": -STEP},
            "what all children wrote, the parent has alone")
    written = sum(i * STEP for i in range(1, CHILDREN + 1))
    t.equal((later["distinct"] - group["distinct"]) // PAGE, written,
            "each page that was written is one more")
    t.equal(later["saved"], later["heap"] - later["distinct"], "saved is what is there once")
    for process in [*children, parent]:
        process.kill()
    guest.finish()


tap.run(main)
