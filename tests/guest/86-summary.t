#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 300
"""summary: each number in it follows from the tables of a snapshot, whose numbers
other tests hold against the kernel's own."""
import os
import re
import shutil
import sys
import unicodedata

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import guest
import puppet
import summary
import swap
import tables
import tap
from puppet import PAGE, Puppet, R, W, X

GONE = os.fsdecode("žluť-\x1b[2J-\x9b-".encode() + b"\xff-gone.so")


def scene(t, place):
    """Something of all that summary speaks of."""
    lib = guest.Library(place + "/inherited.so", 40)
    p = Puppet.start()
    addr = p.map(lib.path, 0, 40, R | W | X)
    p.touch(addr, 30)
    p.write(addr, 12)
    p.fork()
    for name in ("one.so", "two.so", "three.so"):
        shutil.copy(puppet.binary("fixture.so"), "%s/%s" % (place, name))
        p.touch(p.map("%s/%s" % (place, name), 0, 3), 3)
    # What a name does to a terminal, and what is no UTF-8.
    gone = guest.Library(place + "/" + GONE, 50)
    for _ in range(3):
        q = Puppet.start()
        q.touch(q.map(gone.path, 0, 50), 50)
    os.unlink(gone.path)
    if swap.on("zram"):
        r = Puppet.start()
        addr = r.map(lib.path, 0, 40, R | W)
        r.write(addr + 30 * PAGE, 6)
        t.ok(swap.out(r, addr + 30 * PAGE, 6), "some copies are swapped out")
    else:
        guest.lacks(t, "swap to zram", "not here", (5, 10))


def still(snapshot):
    """What must not have changed, for a summary from in between to agree."""
    return [{c: v for c, v in r.items() if c != "lib"}
            for name in ("libraries", "processes", "pages") for r in snapshot.rows(name)]


def moment():
    """A summary, its stats, and a snapshot that says the same before and after it."""
    for _ in range(20):
        before = tables.snapshot()
        text, stats = tables.read("summary"), tables.stats()
        if still(before) == still(tables.snapshot()):
            return text, stats, before
    raise RuntimeError("the system does not come to rest")


def main(t):
    guest.ensure_loaded()
    guest.no_fault_around()
    guest.set_value("/proc/sys/vm/page-cluster", 0)
    scene(t, guest.folder())
    text, stats, snapshot = moment()
    t.none(summary.total_problems(text, snapshot), "first line and totals")
    found = summary.lines(text)
    t.ok(summary.duplicated(snapshot)[0] >= 6 and found["copies that are swapped out"][0] != "0",
         "copies are swapped out, and pages are cached twice", found)
    for title in summary.LISTS:
        t.none(summary.list_problems(text, title, snapshot),
               title + ": the first ten in order, each row that of libraries")
    t.ok("gone.so (deleted)" in text, "what has been unlinked is called (deleted)")
    t.ok("/žluť-\\033[2J-\\302\\233-\\377-" in text,
         "control characters and what is no UTF-8 are octal, all else as it is",
         *[line for line in text.splitlines() if "gone.so" in line])
    t.none([c for c in text if unicodedata.category(c) in ("Cc", "Cs") and c != "\n"],
           "no control character is printed")
    cost = re.search(r"^scan (\d+) took (\d+)\.(\d{3}) ms: (\d+) processes, (\d+) VMAs of "
                     r"libraries, (\d+) page-table entries$", text, re.M)
    t.equal(cost and (int(cost.group(1)), int(cost.group(2) + cost.group(3)))
            + tuple(int(n) for n in cost.groups()[3:]),
            (stats["generation"], stats["scan_ns"] // 1000, stats["scan_processes"],
             stats["scan_vmas"], stats["scan_ptes"]), "what the scan cost is that of stats")
    t.none([line for line in text.splitlines() if len(line) > 120 or line != line.rstrip()],
           "no line is wider than 120 columns")
    guest.finish()


tap.run(main)
