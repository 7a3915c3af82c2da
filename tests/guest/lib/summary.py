# SPDX-License-Identifier: GPL-2.0-only
"""What summary must say, worked out from the tables of a snapshot."""
import collections
import os
import re
import unicodedata

from puppet import PAGE

COLUMNS = ("saved", "mapped", "cached", "cow", "cow_unique")
LISTS = {"Most memory saved by sharing": "saved",
         "Most memory in copies (copy-on-write)": "cow"}


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
             (parts + ", %.1f times less")
             % (human(total["rss"] - total["mapped"]), human(total["cow"] - total["cow_unique"]),
                (unshared * 10 + take // 2) // take / 10)),
        "cached, but not mapped": (human(unmapped), ""),
        "copies that are swapped out": (human(total["swap"]), ""),
        "cached twice under one build ID":
            (human(again * PAGE), "in %d libraries" % libraries if libraries else ""),
    }


def lines(text):
    """{name: (first number, rest of the line)} of the lines at the top."""
    return {m.group(1).strip(): (m.group(2), " ".join(m.group(3).split()))
            for m in re.finditer(r"^  ([a-z, ID]{34}) +(\S+)(.*)$", text, re.M)}


def total_problems(text, snapshot):
    found = lines(text)
    problems = ["%s: %r, not %r" % (name, found.get(name), want)
                for name, want in totals(snapshot).items() if found.get(name) != want]
    first = "libshare: %d libraries, mapped by %d processes" % (
        len(snapshot.rows("libraries")), len(snapshot.rows("processes")))
    if text.splitlines()[0] != first:
        problems.append("first line: %r, not %r" % (text.splitlines()[0], first))
    return problems


def printable(text):
    """As a terminal may have it: control characters, and what is no UTF-8, in octal."""
    return "".join(c if unicodedata.category(c) not in ("Cc", "Cs") else
                   "".join("\\%03o" % b for b in os.fsencode(c)) for c in text)


def list_problems(text, title, snapshot):
    """A list of the first ten: the right values in order, each row as in libraries."""
    key = LISTS[title]
    block = text.split(title + "\n")[1].split("\n\n")[0].splitlines()[1:]
    rows = {printable(r["path"]): r for r in snapshot.rows("libraries")}
    problems = []
    for line in block:
        *sizes, procs, path = line.split(None, 6)
        path = path[:-10] if path.endswith(" (deleted)") else path
        shortened = [p for p in rows if "…" in path and p.startswith(path.split("…")[0])
                     and p.endswith(path.split("…")[1])]
        row = rows.get(shortened[0] if shortened else path)
        if not row or sizes != [human(row[c]) for c in COLUMNS] or int(procs) != row["procs"]:
            problems.append("%r: %r" % (line, row))
    want = sorted((r[key] for r in rows.values() if r[key]), reverse=True)[:10]
    got = [line.split()[COLUMNS.index(key)] for line in block]
    if got != [human(v) for v in want]:
        problems.append("order: %r, not %r" % (got, want))
    return problems


def problems(text, snapshot):
    """All of it, for a summary of the same moment as the snapshot."""
    return total_problems(text, snapshot) + [
        title + ": " + p for title in LISTS for p in list_problems(text, title, snapshot)]
