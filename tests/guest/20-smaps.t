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


def tmpfs_devices():
    """Devices where smaps' Swap includes pages of the file."""
    found = {(0, 1)}        # memfd: the kernel's own mount of tmpfs
    for line in guest.read("/proc/self/mountinfo").splitlines():
        fields = line.split()
        if fields[fields.index("-") + 1] in ("tmpfs", "devtmpfs"):
            found.add(tuple(int(n) for n in fields[2].split(":")))
    return found


def against_smaps(t, snapshot, census):
    """Invariant 1: rss + cow is Rss, cow is Anonymous, swap is Swap."""
    rows = snapshot.mappings()
    shmem = tmpfs_devices()
    wrong = {"Rss": [], "Anonymous": [], "Swap": [], "Pss": []}
    for key, want in census.mappings().items():
        got = rows.get(key)
        smaps = want["smaps"]
        if got is None:
            wrong["Rss"].append("no row for %r %s" % (key, want["path"]))
            continue
        swap = want["swap"] if want["key"][:2] in shmem else smaps["Swap"]
        for name, value, right in (("Rss", got["rss"] + got["cow"], smaps["Rss"]),
                                   ("Anonymous", got["cow"], smaps["Anonymous"]),
                                   ("Swap", got["swap"], swap)):
            if value != right:
                wrong[name].append("%r %s: module %d, smaps %d" % (key, want["path"], value, right))
        # smaps rounds down to kB, and a little for each page before that.
        if not -1 <= got["pss"] - smaps["Pss"] <= 1024 + len(want) * 16:
            wrong["Pss"].append("%r %s: module %d, smaps %d"
                                % (key, want["path"], got["pss"], smaps["Pss"]))
    for name, text in (("Rss", "rss + cow is Rss"), ("Anonymous", "cow is Anonymous"),
                       ("Swap", "swap is Swap"), ("Pss", "pss is Pss, to rounding")):
        t.none(wrong[name], "smaps (invariant 1): %s, %d rows" % (text, len(rows)))


def against_rollup(t, snapshot, world):
    """Only file mappings of libraries count here, so smaps_rollup bounds it."""
    problems = []
    for pid, row in snapshot.processes().items():
        for process in world.processes:
            whole = int(process.rollup.get("Pss", "0 kB").split()[0]) * 1024
            if process.pid == pid and row["pss"] > whole + 1024:
                problems.append("%d: pss %d, smaps_rollup %d" % (pid, row["pss"], whole))
    t.none(problems, "processes stay below smaps_rollup")


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
    against_rollup(t, snapshot, moment.world)
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
