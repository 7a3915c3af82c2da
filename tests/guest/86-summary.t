#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 300
"""summary: each number in it follows from the tables of a snapshot, whose numbers
other tests hold against the kernel's own."""
import collections
import os
import re
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import guest
import puppet
import swap
import tables
import tap
from puppet import PAGE, Puppet, R, W, X

COLUMNS = ("saved", "mapped", "cached", "cow", "cow_unique")


def human(size):
    """To the nearest tenth below 100 of a unit, to the nearest one above."""
    unit = max(u for u in range(7) if u == 0 or size >= 1024 ** u)
    tenths = (size * 20 // 1024 ** unit + 1) // 2
    if tenths >= 10235:
        tenths, unit = 10, unit + 1
    if size == 0:
        return "0"
    text = "%d.%d" % divmod(tenths, 10) if tenths < 1000 and tenths % 10 else \
        str((tenths + 5) // 10)
    return text + "BKMGTPE"[unit]


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
    gone = guest.Library(place + "/gone.so", 50)
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


def duplicated(snapshot):
    """Pages that are cached under the same build ID and index once more, and how many
    libraries are so."""
    keys = collections.defaultdict(list)
    for key, row in snapshot.libraries().items():
        if row["buildid"] != "-" and row["cached"]:
            keys[row["buildid"]].append(key)
    pages = snapshot.pages()
    again = 0
    for same in keys.values():
        seen = collections.Counter(i for key in same for i, r in pages.get(key, {}).items()
                                   if r["cached"])
        again += sum(n - 1 for n in seen.values())
    return again, sum(len(same) for same in keys.values() if len(same) > 1)


def totals(snapshot):
    """The lines at the top."""
    rows = snapshot.rows("libraries")
    total = {c: sum(r[c] for r in rows) for c in ("mapped", "cow_unique", "rss", "cow", "swap")}
    take, unshared = total["mapped"] + total["cow_unique"], total["rss"] + total["cow"]
    unmapped = PAGE * sum(r["pages"] for r in snapshot.rows("histogram") if r["sharers"] == 0)
    again, libraries = duplicated(snapshot)
    parts = "file pages %s, copies %s"
    return {
        "memory that the libraries take":
            (human(take), parts % (human(total["mapped"]), human(total["cow_unique"]))),
        "what they would take unshared":
            (human(unshared), parts % (human(total["rss"]), human(total["cow"]))),
        "what sharing saves":
            (human(unshared - take),
             "%.1f times less" % ((unshared * 10 + take // 2) // take / 10)),
        "cached, but mapped by nobody": (human(unmapped), ""),
        "copies that are swapped out": (human(total["swap"]), ""),
        "cached twice under one build ID": (human(again * PAGE), "in %d libraries" % libraries),
    }


def top(t, text, title, snapshot, key):
    """A list of the first ten: the right values in order, each row as in libraries."""
    block = text.split(title + "\n")[1].split("\n\n")[0].splitlines()[1:]
    rows = {r["path"]: r for r in snapshot.rows("libraries")}
    problems = []
    for line in block:
        *sizes, procs, path = line.split(None, 6)
        path = path[:-10] if path.endswith(" (deleted)") else path
        shortened = [p for p in rows if "…" in path and p.startswith(path.split("…")[0])
                     and p.endswith(path.split("…")[1])]
        row = rows.get(shortened[0] if shortened else path)
        if not row or sizes != [human(row[c]) for c in COLUMNS] or int(procs) != row["procs"]:
            problems.append("%r: %r" % (line, row))
    t.none(problems, title + ": each row is that of libraries")
    want = sorted((r[key] for r in rows.values() if r[key]), reverse=True)[:10]
    t.equal([line.split()[COLUMNS.index(key)] for line in block], [human(v) for v in want],
            title + ": the first %d, in order" % len(want))


def main(t):
    guest.ensure_loaded()
    guest.no_fault_around()
    guest.set_value("/proc/sys/vm/page-cluster", 0)
    scene(t, guest.folder())
    text, stats, snapshot = moment()
    found = {m.group(1).strip(): (m.group(2), " ".join(m.group(3).split()))
             for m in re.finditer(r"^  ([a-z, ID]{34}) +(\S+)(.*)$", text, re.M)}
    for name, want in totals(snapshot).items():
        t.equal(found.get(name), want, name)
    t.ok(duplicated(snapshot)[0] >= 6 and found["copies that are swapped out"][0] != "0",
         "copies are swapped out, and pages are cached twice", found)
    t.equal(text.splitlines()[0], "libshare: %d libraries, mapped by %d processes"
            % (len(snapshot.rows("libraries")), len(snapshot.rows("processes"))), "first line")
    top(t, text, "Most memory saved by sharing", snapshot, "saved")
    top(t, text, "Most memory in copies (copy-on-write)", snapshot, "cow")
    t.ok("gone.so (deleted)" in text, "what has been unlinked is called (deleted)")
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
