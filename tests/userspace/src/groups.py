# SPDX-License-Identifier: GPL-2.0-only
"""Adds up the tables of a recording by itself, and compares groups with that.

    groups.py PROGRAM RECORDING"""
import collections
import json
import re
import subprocess
import sys

program, recording = sys.argv[1:]


def read():
    text = subprocess.run(["zstd", "-dcfq", recording], stdout=subprocess.PIPE,
                          check=True).stdout.decode()
    found, names = {}, None
    for line in text.splitlines():
        if line.startswith("# libshare 1 "):
            rows = found[line.split()[3]] = []
            names = None
        elif names is None:
            names = line.split("\t")
        else:
            rows.append(dict(zip(names, line.split("\t"))))
    return found


tables = read()
NUMBERS = {"rss", "pss", "private", "cow", "swap", "pagetables", "shared", "cow_shared", "mapped",
           "cow_unique", "saved", "cached", "charged", "idle", "lent", "borrowed", "maps", "ksm"}
for rows in tables.values():
    for row in rows:
        row.update({k: int(v) for k, v in row.items() if k in NUMBERS and v != "-"})
process = {p["pid"]: p for p in tables["processes"]}
library = {l["lib"]: l for l in tables["libraries"]}


def unit(path):
    units = [p for p in path.split("/") if p.endswith((".service", ".scope"))]
    if units and units[0].startswith("user@"):
        return "/".join(units[:2])
    return units[0] if units else "-"


def container(path):
    found = re.search(r"-([0-9a-f]{64})\.scope", path)
    if not found:
        return "-"
    names = {n["key"]: n["name"] for n in tables.get("names", [])}
    return names.get(found[1], found[1][:12])


LABELS = {"cgroup": lambda p: p["cgroup"], "service": lambda p: unit(p["cgroup"]),
          "user": lambda p: {"0": "root"}.get(p["uid"], p["uid"]), "program": lambda p: p["comm"],
          "container": lambda p: container(p["cgroup"])}
problems = []


def show(by, view, *options):
    out = subprocess.run([program, "--json", "--replay", recording, "--by", by, "--view", view,
                          "-o", "all", *options], stdout=subprocess.PIPE, check=True).stdout
    rows = json.loads(out.splitlines()[0])["groups"]
    assert rows[-1][by] == "total", rows[-1]
    return {r[by]: r for r in rows[:-1]}, rows[-1]


def expect(what, got, want):
    if got != want:
        problems.append("%s: %s, not %s" % (what, got, want))


def sums(rows, columns):
    return {c: sum(r[c] for r in rows) for c in columns}


def compare(what, got, rows, columns, **more):
    rows = list(rows)
    # Older modules did not tell all columns.
    want = {**sums(rows, [c for c in columns if c in rows[0]]), **more}
    expect(what, {c: got[c] for c in want}, want)


def by_label(label, rows):
    groups = collections.defaultdict(list)
    for row in rows:
        groups[label(row)].append(row)
    return groups


def name(label):
    # Recordings of before have no names of users.
    known = any(n["kind"] == "user" for n in tables.get("names", []))
    return lambda p: p["uid"] if label is LABELS["user"] and not known else label(p)


def distinct(rows, uses):
    """Distinct file pages and copies of a library in a group, and those that it alone has: as
    far as mappings tell. uses: all mappings of the library."""
    pids = {r["pid"] for r in rows}
    lib = library[rows[0]["lib"]]
    shared, cow_shared = sum(r["shared"] for r in rows), sum(r["cow_shared"] for r in rows)
    rss, cow = sum(r["rss"] for r in rows), sum(r["cow"] for r in rows)
    if pids == {r["pid"] for r in uses}:
        return lib["mapped"], lib["cow_unique"], lib["mapped"] + lib["cow_unique"]
    ranges = sorted((r["pid"], int(r["offset"], 16),
                     int(r["offset"], 16) + int(r["end"], 16) - int(r["start"], 16))
                    for r in rows if r["rss"])
    twice = any(x[0] == y[0] and x[2] > y[1] for x, y in zip(ranges, ranges[1:]))
    alone = len(pids) == 1
    return (rss if (alone or not shared) and not twice else None,
            cow if alone or not cow_shared else None,
            rss - shared + cow - cow_shared
            if (alone or not shared + cow_shared) and not twice else None)


def libraries(by, label):
    rows, total = show(by, "libraries")
    uses = by_label(lambda m: m["lib"], tables["mappings"])
    mappings = by_label(lambda m: label(process[m["pid"]]), tables["mappings"])
    expect("%s: groups" % by, sorted(rows), sorted(mappings))
    for group, maps in mappings.items():
        pids = {m["pid"] for m in maps}
        found = [distinct(v, uses[k]) for k, v in by_label(lambda m: m["lib"], maps).items()]
        want = [None if None in column else sum(column) for column in zip(*found)]
        compare("%s %s" % (by, group), rows[group], [process[p] for p in pids],
                ["rss", "pss", "cow", "swap"], procs=len(pids), mapped=want[0],
                cow_unique=want[1], private=want[2], libs=len({m["lib"] for m in maps}))
    compare("%s: total" % by, total, tables["libraries"], ["rss", "cow", "swap", "mapped",
                                                           "cow_unique"],
            procs=len(process), libs=len(library))


def charges(by, label):
    """Where the table cgroups is there, it says it."""
    rows, total = show(by, "libraries")
    groups = by_label(lambda r: "-" if r["cgroup"] == "-" else label(r), tables["cgroups"])
    expect("%s: groups" % by, sorted(rows), sorted(groups))
    for group, parts in groups.items():
        compare("%s %s" % (by, group), rows[group], parts, ["charged", "idle", "rss", "cow", "pss"])
        r = rows[group]
        if None not in (r["mapped"], r["borrowed"], r["lent"]):
            expect("%s %s: mapped" % (by, group), r["mapped"],
                   r["borrowed"] + r["charged"] - r["lent"] - r["idle"])
        if len({p["cgroup"] for p in parts}) == 1:
            compare("%s %s" % (by, group), r, parts, ["mapped", "private", "cow_unique", "lent",
                                                      "borrowed"])
    compare("%s: total" % by, total, tables["cgroups"], ["charged", "idle", "rss", "cow"],
            mapped=sum(l["mapped"] for l in library.values()))


def processes(by, label):
    rows, total = show(by, "processes")
    columns = ["rss", "pss", "private", "cow", "swap", "pagetables", "maps"]
    for group, members in by_label(label, process.values()).items():
        compare("processes, %s %s" % (by, group), rows.pop(group), members, columns,
                procs=len(members))
    expect("processes, %s: others" % by, rows, {})
    compare("processes, %s: total" % by, total, process.values(), columns, procs=len(process))


def mappings_of(by, label):
    rows, total = show(by, "mappings")
    columns = ["rss", "shared", "cow", "cow_shared", "swap", "ksm", "pss"]
    for group, maps in by_label(label, tables["mappings"]).items():
        compare("mappings, %s %s" % (by, group), rows.pop(group), maps, columns, maps=len(maps),
                procs=len({m["pid"] for m in maps}), libs=len({m["lib"] for m in maps}))
    expect("mappings, %s: others" % by, rows, {})
    compare("mappings, %s: total" % by, total, tables["mappings"], columns,
            maps=len(tables["mappings"]), procs=len({m["pid"] for m in tables["mappings"]}),
            libs=len({m["lib"] for m in tables["mappings"]}))


def packages():
    """No recording of before has packages: all libraries are in one group."""
    rows, total = show("package", "libraries")
    columns = ["saved", "mapped", "shared", "cow", "cow_unique", "cached", "rss", "swap"]
    for row in (rows["-"], total):
        compare("package", row, tables["libraries"], columns, libs=len(library),
                procs=len({m["pid"] for m in tables["mappings"]}))


for kind, function in LABELS.items():
    function = name(function)
    path = kind in ("cgroup", "container", "service")
    if path and "cgroups" in tables:
        charges(kind, function)
    elif kind != "cgroup":
        libraries(kind, function)
    processes(kind, function)
    mappings_of(kind, lambda m, f=function: f(process[m["pid"]]))
packages()
for problem in problems:
    print(problem)
sys.exit(bool(problems))
