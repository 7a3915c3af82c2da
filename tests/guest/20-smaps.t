#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 240
"""Real programs, all stopped: every row against smaps, and against a census of
pagemap, kpageflags and kpagecount made in user space."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import compare
import guest
import invariants
import tap
from census import Census
from puppet import PAGE
from workload import realest
from world import Stopped


def against_smaps(t, snapshot, census):
    """Invariant 1: rss + cow is Rss, cow is Anonymous, swap is Swap."""
    wrong = compare.smaps_problems(snapshot, census)
    for name, text in (("Rss", "rss + cow is Rss"), ("Anonymous", "cow is Anonymous"),
                       ("Swap", "swap is Swap"), ("Pss", "pss is Pss, to rounding")):
        t.none(wrong[name], "smaps (invariant 1): %s, %d rows"
               % (text, len(snapshot.rows("mappings"))))


def against_rollup(t, snapshot, census):
    """smaps_rollup of a process, without what smaps says of all but libraries, is what
    its mappings add up to; and bounds its PSS."""
    sums, others = {}, {}
    rows, processes = snapshot.mappings(), snapshot.processes()
    for process in census.world.processes:
        others[process.pid] = dict(process.totals)
    for (pid, start), want in census.mappings().items():
        row = rows.get((pid, start), {"rss": 0, "cow": 0})
        for name, value in (("Rss", row["rss"] + row["cow"]), ("Anonymous", row["cow"])):
            sums[pid, name] = sums.get((pid, name), 0) + value
            others[pid][name] -= want["smaps"][name]
    problems = []
    for process in census.world.processes:
        # The heap of the process that compares grows meanwhile.
        if process.comm == "snap" or not process.rollup:
            continue
        problems += ["%d %s: %s of libraries %d, smaps_rollup %d, of which of others %d"
                     % (process.pid, process.comm, name, sums.get((process.pid, name), 0),
                        process.rollup[name], others[process.pid][name])
                     for name in ("Rss", "Anonymous")
                     if sums.get((process.pid, name), 0) + others[process.pid][name]
                     != process.rollup[name]]
        row = processes.get(process.pid, {"pss": 0})
        if row["pss"] > process.rollup["Pss"] + 1024:
            problems.append("%d %s: pss %d, smaps_rollup %d"
                            % (process.pid, process.comm, row["pss"], process.rollup["Pss"]))
    t.none(problems, "smaps_rollup: %d processes" % len(census.world.processes))


def same_again(t, first, second):
    """On a quiet system a second scan says the same, but for its generation."""
    for name, table in first.tables.items():
        again = second.tables[name]
        strip = lambda rows: [{c: v for c, v in r.items() if c != "lib"} for r in rows]
        t.equal(strip(again.rows) == strip(table.rows), True, "a second scan repeats " + name)
    t.ok(int(second.header["generation"]) > int(first.header["generation"]),
         "a second scan has a higher generation")


def main(t):
    guest.ensure_loaded()
    work = realest()
    moment = Stopped(again=True)
    work.end()
    census = Census(moment.world)
    snapshot = moment.snapshot
    t.say("%d processes, %d libraries, %d mappings" % (
        len(moment.world.processes), len(census.keys), len(census.all)))
    t.ok(len(census.keys) >= 15 and len(moment.world.processes) >= 8, "there is enough to see")
    t.none(["%r: %r" % i for i in census.frames.items() if len(i[1]) > 1],
           "the oracle sees one frame a page")

    against_smaps(t, snapshot, census)
    against_rollup(t, snapshot, census)
    compare.libraries(t, snapshot, census)
    compare.mappings(t, snapshot, census)
    compare.processes(t, snapshot, census)
    compare.pages(t, snapshot, census)
    t.none(compare.kernel_mapcount_problems(snapshot.pages(), census),
           "kpagecount (invariant 4): mappings of %d pages" % len(census.kpagecount))
    compare.histogram(t, snapshot, census)
    t.none(invariants.sums_over_mappings(snapshot), "invariant 2: sums over mappings")
    t.none(invariants.pages_arithmetic(snapshot), "invariant 3: arithmetic over pages")
    t.none(invariants.pss_total(snapshot), "invariant 6: the sum of pss")
    t.none(invariants.forms(snapshot), "the tables of a snapshot fit together")
    saved = sum(r["saved"] for r in snapshot.rows("libraries"))
    t.ok(saved > 100 * PAGE, "sharing saves something: %d bytes" % saved)
    same_again(t, snapshot, moment.second)
    guest.finish()


tap.run(main)
