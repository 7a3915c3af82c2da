#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 300
"""Processes that fork, exec, exit, map and write without pause while it scans
(invariant 7): each snapshot still agrees with itself, and what stands still
among them is told exactly; so it is in libraries alone, which are counted another
way. libshare.churn=SECONDS on the kernel's command line
sets for how long."""
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import guest
import invariants
import tables
import tap
from puppet import PAGE, Puppet, R, W, X

SHELL = "while :; do /bin/true; (exit 3); done"


def start(place):
    """Those that run without pause, and one that stands still."""
    busy = guest.Library(place + "/busy.so", 40)
    runners = []
    for _ in range(3):
        p = Puppet.start()
        addr = p.map(busy.path, 0, 40, R | W | X)
        p.send("churn", addr, 40, p.open(busy.path))
        runners.append(p)
    shell = subprocess.Popen(["sh", "-c", SHELL], start_new_session=True)
    still = guest.Library(place + "/still.so", 20)
    p = Puppet.start()
    addr = p.map(still.path, 0, 20, R | W | X)
    p.touch(addr, 10)
    p.write(addr + 5 * PAGE, 9)
    p.fork().write(addr + 5 * PAGE, 2)
    return shell, busy, still


def main(t):
    guest.ensure_loaded()
    guest.no_fault_around()
    seconds = float(guest.parameter("churn", "60"))
    shell, busy, still = start(guest.folder())
    want = {"procs": 2, "maps": 2, "mapped": 5 * PAGE, "shared": 5 * PAGE, "rss": 10 * PAGE,
            "saved": 5 * PAGE, "cow": 18 * PAGE, "cow_unique": 11 * PAGE}
    end = time.monotonic() + seconds
    problems, moved, alone, scans, processes, skipped = [], [], [], 0, set(), 0
    generation = 0
    while scans < 3 or time.monotonic() < end:
        snapshot = tables.snapshot()
        scans += 1
        problems += ["scan %d: %s" % (scans, p) for p in invariants.all_problems(snapshot)]
        row = guest.row_of(snapshot, still)
        moved += ["scan %d: %s is %r, not %r" % (scans, c, row.get(c), v)
                  for c, v in want.items() if row.get(c) != v]
        if int(snapshot.header["generation"]) <= generation:
            problems.append("scan %d: generation %s" % (scans, snapshot.header["generation"]))
        generation = int(snapshot.header["generation"])
        processes |= {r["pid"] for r in snapshot.rows("mappings")}
        skipped += int(snapshot.header["skipped"])
        if not guest.row_of(snapshot, busy):
            problems.append("scan %d: no row for the library of the busy ones" % scans)
        rows = {tables.identity(r): r for r in tables.table("libraries").rows}
        moved += ["libraries after scan %d: %s is %r, not %r" % (scans, c, rows[still.key][c], v)
                  for c, v in want.items() if rows[still.key][c] != v]
        # A process that maps a file and unmaps it between two scans is missed.
        rows.pop(busy.key, None)
        alone += ["after scan %d: %s" % (scans, p) for p in invariants.library_rows(rows.values())]
    os.killpg(shell.pid, 9)
    shell.wait()
    t.say("%d snapshots in %d s, of %d processes, %d skipped"
          % (scans, seconds, len(processes), skipped))
    t.ok(len(processes) > 2 * scans ** 0.5, "processes came and went: %d" % len(processes))
    t.none(problems, "invariants 2, 3 and 6 hold in each snapshot of a busy system (invariant 7)")
    t.none(alone, "libraries for itself agrees with itself, too")
    t.none(moved, "what stands still is told exactly in each snapshot")
    guest.finish()
    guest.unload()
    t.ok(not guest.loaded(), "nothing holds the module afterwards")
    guest.load()


tap.run(main)
