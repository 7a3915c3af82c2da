#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 600
"""Very many VMAs in a process, libraries, processes; with libshare.many=most on
the kernel's command line as many as a machine may have."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import guest
import puppet
import tables
import tap
from puppet import PAGE

# VMAs, libraries, processes
COUNTS = {"some": (20000, 1000, 600), "most": (1000000, 10000, 32000)}
FEW_MS = 20
LOCKS = ("mmap_lock_hold_max_ns", "pte_lock_hold_max_ns")


class Many:
    """Runs the program of that name, until the end of the block."""

    def __init__(self, what, path, count):
        self.program = subprocess.Popen([puppet.binary("many"), what, path, str(count)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        universal_newlines=True)
        made, why = self.program.stdout.readline().split(" ", 1)
        self.made = int(made)
        self.why = why.strip()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.program.stdin.close()
        self.program.wait()


def scan(t, what, normal):
    """Only the libraries: many rows take Python too long under a checked kernel. Of the
    longest holds of each lock the shortest of some scans: a busy host takes the CPU from
    the holder of a lock as from any other task, but not in each scan."""
    few = FEW_MS * int(guest.parameter("slow", "1")) * 10 ** 6
    held, last = dict.fromkeys(LOCKS, 1 << 63), []

    def short():
        last[:] = tables.table("libraries").rows, tables.stats()
        held.update({name: min(ns, last[1][name]) for name, ns in held.items()})
        return all(ns < few for ns in held.values())
    guest.wait_until(short)
    rows, stats = last
    t.say("%s: scan %d ms (%d ms before), %d KiB, locks held %s us"
          % (what, stats["scan_ns"] / 1e6, normal["scan_ns"] / 1e6, stats["memory_bytes"] / 1024,
             [ns // 1000 for ns in held.values()]))
    for name in LOCKS:
        t.ok(held[name] < few, "%s: %s is %d us" % (what, name, held[name] // 1000))
    return {tables.identity(row): row for row in rows}, stats


def main(t):
    guest.ensure_loaded()
    vmas, libraries, processes = COUNTS[guest.parameter("many", "some")]
    library = guest.Library(guest.folder() + "/one.so", 16)
    guest.set_value("/proc/sys/vm/max_map_count", 2000000)
    guest.set_value("/proc/sys/kernel/pid_max", 100000)
    guest.set_value("/proc/sys/kernel/threads-max", 100000)
    _, normal = scan(t, "nothing special", tables.stats())

    with Many("mappings", library.path, vmas) as p:
        t.ok(p.made == vmas, "a process with %d VMAs (%s)" % (p.made, p.why))
        rows, stats = scan(t, "many VMAs", normal)
        t.equal(rows[library.key]["maps"], p.made, "many VMAs: all of them are counted")
        t.equal(stats["skipped_processes"], 0, "many VMAs: the process is not skipped")

    place = guest.folder()
    with Many("files", place, libraries) as p:
        t.ok(p.made == libraries, "%d libraries (%s)" % (p.made, p.why))
        rows, _ = scan(t, "many libraries", normal)
        found = [r for r in rows.values() if r["path"].startswith(place)]
        t.equal(len(found), p.made, "many libraries: each has a row")
        t.ok(all(r["procs"] == 1 and r["cached"] == PAGE for r in found),
             "many libraries: and what is in it is right")
        ids = {r["buildid"] for r in found}
        t.ok(len(ids) == p.made and len({i[:16] for i in ids}) == 1,
             "many libraries: they are told apart, though their build IDs begin alike")

    with Many("processes", library.path, processes) as p:
        t.ok(p.made >= min(processes, 5000), "%d processes (%s)" % (p.made, p.why))
        rows, stats = scan(t, "many processes", normal)
        t.equal(rows[library.key]["procs"], p.made + 1, "many processes: all of them are counted")
        t.ok(stats["scan_processes"] > p.made, "many processes: and looked at")
    guest.finish()


tap.run(main)
