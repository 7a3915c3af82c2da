# SPDX-License-Identifier: GPL-2.0-only
"""What must hold within one snapshot, whatever the system does meanwhile:
the sums over mappings (2), the arithmetic over pages (3) and the PSS total (6)."""
from collections import defaultdict

from puppet import PAGE
from tables import identity

SKIPPED = ("skipped_exited", "skipped_stuck", "skipped_too_long")


def sums_over_mappings(snapshot):
    """Invariant 2."""
    problems = []
    sums = defaultdict(lambda: defaultdict(int))
    pids, libs = defaultdict(set), defaultdict(set)
    for row in snapshot.rows("mappings"):
        for side in ("lib %d" % row["lib"], "pid %d" % row["pid"]):
            total = sums[side]
            total["maps"] += 1
            for column in ("cow", "swap", "ksm", "rss", "pss"):
                total[column] += row[column]
        pids[row["lib"]].add(row["pid"])
        libs[row["pid"]].add(row["lib"])
    rows = [("lib %d" % r["lib"], r, "procs", len(pids[r["lib"]])) for r in
            snapshot.rows("libraries")]
    rows += [("pid %d" % r["pid"], r, "libs", len(libs[r["pid"]])) for r in
             snapshot.rows("processes")]
    for side, row, column, count in rows:
        total = sums.pop(side, defaultdict(int))
        for equal in ("maps", "cow", "swap", "ksm"):
            if equal in row and row[equal] != total[equal]:
                problems.append("%s %s: %s %d, sum over mappings %d"
                                % (side, row.get("path", ""), equal, row[equal], total[equal]))
        if row[column] != count:
            problems.append("%s: %s %d, mappings say %d" % (side, column, row[column], count))
        if row["rss"] > total["rss"]:
            problems.append("%s: rss %d, more than the mappings' %d"
                            % (side, row["rss"], total["rss"]))
        # Each mapping's PSS is rounded down on its own.
        if "pss" in row and not 0 <= row["pss"] - total["pss"] <= total["maps"]:
            problems.append("%s: pss %d, sum over mappings %d of %d rows"
                            % (side, row["pss"], total["pss"], total["maps"]))
    return problems + ["%s: has mappings but no row" % side for side in sums]


def pages_arithmetic(snapshot):
    """Invariant 3."""
    problems = []
    histograms = snapshot.histogram()
    for key, row in snapshot.libraries().items():
        problems += _library_problems(key, row, histograms.get(key, {}), snapshot)
    return problems


def _runs(snapshot):
    runs = getattr(snapshot, "runs_by_library", None)
    if runs is None:
        runs = defaultdict(list)
        for row in snapshot.rows("pages"):
            runs[identity(row)].append(row)
        snapshot.runs_by_library = runs
    return runs


def _library_problems(key, row, histogram, snapshot):
    runs = _runs(snapshot).get(key, [])
    sharers = defaultdict(int)
    last = None
    problems = []
    for run in runs:
        if last is not None and run["first"] < last:
            problems.append("%s: pages at %d overlap or are out of order" % (key, run["first"]))
        last = run["first"] + run["count"]
        if run["sharers"] or run["cached"]:
            sharers[run["sharers"]] += run["count"]
    want = {
        "mapped": PAGE * sum(n for s, n in sharers.items() if s),
        "shared": PAGE * sum(n for s, n in sharers.items() if s > 1),
        "rss": PAGE * sum(n * s for s, n in sharers.items()),
        "mapcount_max": max((r["mappings"] for r in runs), default=0),
    }
    want["saved"] = want["rss"] - want["mapped"]
    problems += ["%s %s: %s %d, pages say %d" % (key, row["path"], c, row[c], v)
                 for c, v in want.items() if row[c] != v]
    if {s: n for s, n in histogram.items() if n} != dict(sharers):
        problems.append("%s %s: histogram %r, pages say %r"
                        % (key, row["path"], histogram, dict(sharers)))
    return problems


def pss_total(snapshot):
    """Invariant 6."""
    rows = snapshot.rows("processes")
    got = sum(r["pss"] for r in rows)
    want = sum(r["mapped"] + r["cow_unique"] for r in snapshot.rows("libraries"))
    if abs(want - got) > PAGE * max(1, len(rows)):
        return ["PSS of %d processes %d, mapped and copied %d" % (len(rows), got, want)]
    return []


def cgroups(snapshot):
    """What the table cgroups says, against libraries and processes."""
    problems = []
    by_lib = defaultdict(list)
    for row in snapshot.rows("cgroups"):
        by_lib[row["lib"]].append(row)
        own = row["charged"] - row["lent"] - row["idle"]
        problems += ["%s: %r" % (text, row) for text, holds in (
            ("mapped is not borrowed and its own", row["mapped"] == row["borrowed"] + own),
            ("rss is not within mapped and procs times mapped",
             row["mapped"] <= row["rss"] <= row["procs"] * row["mapped"]),
            ("more is private than there is",
             row["private"] <= row["mapped"] + row["cow_unique"]),
            ("cow_unique", row["cow_unique"] <= row["cow"]),
            ("a row for nothing", row["procs"] or row["charged"]),
        ) if not holds]
    group_of = {r["pid"]: r["cgroup"] for r in snapshot.rows("processes")}
    users = defaultdict(set)
    for row in snapshot.rows("mappings"):
        users[row["lib"], group_of.get(row["pid"])].add(row["pid"])
    for lib in snapshot.rows("libraries"):
        rows = by_lib.pop(lib["lib"], [])
        problems += _groups_of(lib, rows, users)
    return problems + ["rows of library %d, which is not there" % lib for lib in by_lib]


def _groups_of(lib, rows, users):
    sums = {c: sum(r[c] for r in rows) for c in
            ("procs", "rss", "charged", "idle", "private", "cow", "cow_unique", "swap", "pss")}
    # Each group's PSS is rounded down on its own.
    lost = lib["mapped"] + lib["cow_unique"] - sums["pss"]
    wrong = [text for text, holds in (
        ("charged does not sum to cached", sums["charged"] == lib["cached"]),
        ("idle is more than no process maps", sums["idle"] == lib["cached"] - lib["mapped"]),
        ("procs, rss, cow or swap do not sum",
         all(sums[c] == lib[c] for c in ("procs", "rss", "cow", "swap"))),
        ("a group maps more than there is", all(r["mapped"] <= lib["mapped"] for r in rows)),
        ("private", sums["private"] <= lib["mapped"] + lib["cow_unique"]),
        ("cow_unique", sums["cow_unique"] >= lib["cow_unique"]),
        ("pss", 0 <= lost <= len(rows)),
        ("a group is there twice", len({r["cgroup"] for r in rows}) == len(rows)),
        ("processes", all(r["procs"] == len(users.get((lib["lib"], r["cgroup"]), ()))
                          for r in rows)),
    ) if not holds]
    return ["%s: %r, groups %r" % (", ".join(wrong), lib, rows)] if wrong else []


def library_rows(rows):
    """What holds in each row of libraries for itself, whichever way it was counted."""
    problems = []
    for r in rows:
        wrong = [text for text, holds in (
            ("rss is more than procs times mapped", r["rss"] <= r["procs"] * r["mapped"]),
            ("one process shares", r["procs"] > 1 or not r["shared"]),
            ("a page has more mappings than VMAs", r["mapcount_max"] <= r["maps"]),
            ("more is shared than mapped", r["shared"] <= r["mapped"]),
            ("more is mapped than cached", r["mapped"] <= r["cached"]),
            ("saved", r["saved"] == r["rss"] - r["mapped"]),
            ("more copies are alone than there are", r["cow_unique"] <= r["cow"]),
        ) if not holds]
        if wrong:
            problems.append("%s: %r" % (", ".join(wrong), r))
    return problems


def all_problems(snapshot):
    return (sums_over_mappings(snapshot) + pages_arithmetic(snapshot) + pss_total(snapshot)
            + cgroups(snapshot) + forms(snapshot))


def skipped_problems(header):
    """The processes that a scan skipped: a number for each reason, and some of them by
    name as PID:REASON:COMM, if there are any."""
    found = {name: header.get(name, "") for name in ("skipped",) + SKIPPED}
    if not all(text.isdigit() for text in found.values()):
        return ["skipped processes: %r" % found]
    total = int(found["skipped"])
    problems = []
    if total != sum(int(found[name]) for name in SKIPPED):
        problems.append("the reasons do not add up: %r" % found)
    named = skipped_names(header)
    alive = total - int(found["skipped_exited"])
    if len(named) != min(alive, 8):
        problems.append("%d were skipped and live, these are named: %r" % (alive, named))
    for pid, reason, _ in named:
        if not pid.isdigit() or not int(found.get("skipped_" + reason.replace("-", "_"), "0")):
            problems.append("skipped: %r, but %r" % (header["skipped_who"], found))
    return problems


def skipped_names(header):
    """[(pid, reason, comm)], all of them text."""
    text = header.get("skipped_who", "")
    return [tuple((part + "::").split(":")[:3]) for part in text.split(",") if text.strip("-")]


def forms(snapshot):
    """One scan feeds all tables, and lib and (dev, ino) name the same thing."""
    problems = []
    generations = {t.header.get("generation") for t in snapshot.tables.values()}
    if len(generations) != 1:
        problems.append("generations %r in one snapshot" % generations)
    number = {}
    for table in snapshot.tables.values():
        if table.columns[-1] not in ("path", "comm"):
            problems.append("%s: the last column is %s" % (table.name, table.columns[-1]))
        if table.header.get("page_size") != str(PAGE):
            problems.append("%s: page_size %r" % (table.name, table.header.get("page_size")))
        problems += ["%s: %s" % (table.name, p) for p in skipped_problems(table.header)]
        for row in table.rows:
            if "lib" in row and number.setdefault(row["lib"], identity(row)) != identity(row):
                problems.append("%s: lib %d is two files" % (table.name, row["lib"]))
    return problems
