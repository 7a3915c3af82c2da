#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 300
"""Pages on the move: they go from one NUMA node to the other and back in a loop
while it scans. A migration entry counts as the page that it stands for, so what
no process touches keeps its numbers: a row of mappings, PSS and all, never changes
by a byte. But a copy that two have may move after one of them was looked at and
before the other: then it is two copies, in two frames."""
import os
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import expect
import guest
import invariants
import numa
import tables
import tap
from puppet import MAP_POPULATE, MAP_PRIVATE, PAGE, Puppet, R, W, X

SECONDS, PATIENCE = 10, 120     # at least; at most, until scans have met enough
ROW_KEY = {"mappings": ("pid", "start"), "histogram": ("dev", "ino", "sharers"),
           "libraries": ("dev", "ino")}
SHARERS = 4                     # of each file page of the two libraries


def migrated():
    """How many pages ever were, or None."""
    for line in guest.read("/proc/vmstat").splitlines():
        if line.startswith("pgmigrate_success "):
            return int(line.split()[1])
    return None


def settle(place, memory):
    """Four processes, and a fork of the last, that do nothing from here on."""
    in_memory = guest.Library(memory + "/moved.so", 1500)
    on_disk = guest.Library(place + "/moved.so", 500)
    for _ in range(SHARERS):
        p = Puppet.start()
        p.map(in_memory.path, 0, 1500, R | W | X, MAP_PRIVATE | MAP_POPULATE)
        p.touch(p.map(on_disk.path, 0, 500), 500)
        p.touch(p.map(in_memory.path, 0, 1500), 1500)
    p.fork()
    return in_memory, on_disk


def start_mover():
    """A process that moves all pages of the puppets there and back until it is killed."""
    pids = [p.pid for p in Puppet.alive]
    mover = os.fork()
    if mover == 0:
        while True:
            for source, target in ((0, 1), (1, 0)):
                for pid in pids:
                    numa.migrate_pages(pid, source, target)

    def end():
        os.kill(mover, signal.SIGKILL)
        os.waitpid(mover, 0)
    return end


def rows_of(text, name):
    """The lines about our libraries, without the number that a scan gives them."""
    lines = text.splitlines()
    columns = lines[1].split("\t")
    rows = [dict(zip(columns, line.split("\t"))) for line in lines[2:]
            if line.endswith("/moved.so")]
    for row in rows:
        del row["lib"]
        # An entry under migration is no mapping.
        row.pop("mapcount_max", None)
    return sorted(rows, key=lambda r: [r[c] for c in ROW_KEY[name]])


def same(row, first):
    """The same to the byte; copies that two have may be fewer, and count for more."""
    if int(first.get("cow_shared", "0")):
        if int(row["cow_shared"]) > int(first["cow_shared"]) or \
                not int(first["pss"]) <= int(row["pss"]) <= int(row["cow"]) + int(row["rss"]):
            return False
        row = dict(row, cow_shared=first["cow_shared"], pss=first["pss"])
    if "cow_unique" in first:
        if not int(first["cow_unique"]) <= int(row["cow_unique"]) <= int(row["cow"]):
            return False
        row = dict(row, cow_unique=first["cow_unique"])
    return row == first


def entries_missing(snapshot):
    """Entries that map no file page just now, over all pages of our libraries; and
    pages that it says too much or too little of. Each has one entry a sharer."""
    missing, problems = 0, []
    for row in snapshot.rows("pages"):
        if row["path"].endswith("/moved.so"):
            missing += row["count"] * (SHARERS - row["mappings"])
            if row["sharers"] != SHARERS or not 0 <= row["mappings"] <= SHARERS:
                problems.append("page %d: %r" % (row["first"], row))
    return missing, problems


def watch(t):
    """Scan after scan; what has changed."""
    first = {name: rows_of(tables.read(name), name) for name in ROW_KEY}
    problems, rounds = [], 0
    met = {"file pages": 0, "copies": 0}
    start = time.monotonic()
    longest = PATIENCE * guest.patience()
    while time.monotonic() < start + (SECONDS if all(met.values()) and rounds > 6 else longest):
        for name, rows in first.items():
            now = rows_of(tables.read(name), name)
            problems += ["round %d: %r, first %r" % (rounds, row, old)
                         for row, old in zip(now, rows) if not same(row, old)]
            if len(rows) != len(now):
                problems.append("round %d: %d rows, first %d" % (rounds, len(now), len(rows)))
        snapshot = tables.snapshot()
        missing, wrong = entries_missing(snapshot)
        nonpresent = tables.stats()["nonpresent_ptes"]
        problems += wrong + invariants.all_problems(snapshot)
        if missing > nonpresent:
            problems.append("round %d: %d entries are missing, %d not present"
                            % (rounds, missing, nonpresent))
        met["file pages"] += missing
        met["copies"] += nonpresent - missing
        rounds += 1
    t.say("met %r in %d rounds" % (met, rounds))
    t.ok(rounds > 6, "%d rounds of scans" % rounds)
    t.ok(all(met.values()), "scans met entries under migration, of copies and of file pages", met)
    return problems


def main(t):
    guest.ensure_loaded()
    if not t.ok(numa.nodes() >= 2, "this machine has two nodes"):
        return
    guest.no_fault_around()
    memory = guest.tmpfs("mode=0755,size=200M,huge=never")
    in_memory, on_disk = settle(guest.folder(), memory)
    before = migrated()
    end_mover = start_mover()
    try:
        problems = watch(t)
    finally:
        end_mover()
    if before is None:
        guest.lacks(t, "pages were moved", "this kernel does not count them", (5, 10))
    else:
        t.ok(migrated() - before > 10000, "pages were moved: %d" % (migrated() - before))
    t.none(problems, "not a byte changes in the rows of what no process touches (invariant 7), and "
           "an entry under migration is no mapping")
    last = tables.snapshot()
    # Populating a writable mapping writes: every page of it is a copy, and the
    # child inherits the last parent's, but no file page of the other mappings.
    expect.library(t, last, in_memory, "right in the end: copies", procs=5, cow=5 * 1500,
                   cow_unique=4 * 1500, mapped=1500, rss=4 * 1500)
    expect.library(t, last, on_disk, "right in the end: file pages", procs=5, mapped=500,
                   rss=4 * 500)
    guest.finish()


tap.run(main)
