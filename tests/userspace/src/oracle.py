#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Checks what libshare-top prints against the recording itself, by arithmetic
that shares no code with it.

    oracle.py LIBSHARE-TOP RECORDING"""
import json
import subprocess
import sys

TEXT = {"dev", "kind", "flags", "buildid", "path", "cgroup", "comm", "perms", "segment", "start",
        "end", "offset"}
checks = 0


def check(what, got, want):
    global checks
    checks += 1
    if got != want:
        sys.exit("%s: %r, not %r" % (what, got, want))


def read(recording):
    text = subprocess.check_output(["zstd", "-dcfq", recording]).decode()
    tables, page = {}, 0
    for line in text.splitlines():
        if line.startswith("# libshare "):
            name = line.split()[3]
            page = int(dict(p.split("=") for p in line.split()[4:])["page_size"])
            columns, rows = None, tables.setdefault(name, [])
        elif columns is None:
            columns = line.split("\t")
        else:
            row = dict(zip(columns, line.split("\t")))
            rows.append({k: v if k in TEXT or name in ("about", "elf", "names") else
                         None if v == "-" else int(v) for k, v in row.items()})
    return tables, page


def derive(view, row, tables):
    """Flags of mappings and processes are those of libraries."""
    flags = {lib["lib"]: lib["flags"] for lib in tables["libraries"]}
    if view == "mappings":
        row["flags"] = flags[row["lib"]]
    if view == "processes":
        mine = {flags[m["lib"]] for m in tables["mappings"] if m["pid"] == row["pid"]}
        row["flags"] = "d" if any("d" in f for f in mine) else "-"


def views(top, recording, tables):
    """Each table comes out as it went in."""
    result = {}
    for view in ("libraries", "processes", "mappings", "pages", "histogram", "sections",
                 "duplicates"):
        out = subprocess.check_output([top, "--json", "--replay", recording, "--view", view, "-o",
                                       "all"])
        result[view] = json.loads(out)[view]
        if not tables.get(view):
            continue
        want = []
        for row in tables[view]:
            row = dict(row)
            for key in ("start", "end", "offset"):
                if key in row:
                    row[key] = "%x" % int(row[key], 16)
            derive(view, row, tables)
            want.append(row)
        # What an older module did not print is not known.
        missing = set(result[view][0]) - set(want[0])
        check(view + ": not in it", missing - {"ksm", "cmdline"}, set())
        got = [dict(row) for row in result[view]]
        for name in missing:
            check(view + "." + name, {row.pop(name) for row in got},
                  {"-" if name == "cmdline" else None})
        key = (lambda row: sorted((k, str(v)) for k, v in row.items()))
        check(view, sorted(got, key=key), sorted(want, key=key))
    return result


def sections(result, tables, page):
    """Copies are charged once each, to sections that lie where they were made."""
    cow, elf = {}, {}
    for row in tables.get("elf", []):
        elf.setdefault(int(row["lib"]), []).append(row)
    for row in result["sections"]:
        cow[row["lib"]] = cow.get(row["lib"], 0) + row["cow"]
    for lib in tables["libraries"]:
        copies = [i for run in tables["pages"] if run["lib"] == lib["lib"] and run["copies"]
                  for i in range(run["first"], run["first"] + run["count"])]
        check("copies of %s" % lib["path"], cow.get(lib["lib"], 0), lib["cow"])
        for row in (r for r in result["sections"] if r["lib"] == lib["lib"]):
            if row["section"] == "-":
                continue
            parts = [e for e in elf[lib["lib"]] if e["section"] == row["section"]]
            pages = {i for e in parts for i in copies if int(e["offset"]) < (i + 1) * page and
                     int(e["offset"]) + int(e["size"]) > i * page}
            check("%s of %s has copied pages" % (row["section"], lib["path"]),
                  0 < row["pages"] <= len(pages), True)


def duplicates(result, tables, page):
    groups = {}
    for lib in tables["libraries"]:
        if lib["buildid"] != "-" and lib["cached"]:
            groups.setdefault(lib["buildid"], []).append(lib["lib"])
    wasted = 0
    for libs in groups.values():
        count = {}
        for run in tables["pages"]:
            if run["lib"] in libs and run["cached"]:
                for i in range(run["first"], run["first"] + run["count"]):
                    count[i] = count.get(i, 0) + 1
        wasted += sum(n - 1 for n in count.values()) * page
    check("duplicated", sum(row["wasted"] for row in result["duplicates"]), wasted)
    seen = {}
    for row in result["duplicates"]:
        runs = [r for r in tables["pages"] if r["lib"] == row["lib"] and r["cached"]]
        before = seen.setdefault(row["group"], set())
        check("idle pages of duplicate %s" % row["path"], row["idle"],
              sum(i in before for r in runs if not r["sharers"]
                  for i in range(r["first"], r["first"] + r["count"])) * page)
        before.update(i for r in runs for i in range(r["first"], r["first"] + r["count"]))
    return wasted


def metrics(top, recording, tables, wasted):
    out = subprocess.check_output([top, "--openmetrics", "--replay", recording, "--max-series",
                                   "1000"]).decode()
    values = dict(line.rsplit(" ", 1) for line in out.splitlines() if not line.startswith("#"))
    libs = tables["libraries"]
    resident = sum(lib["mapped"] + lib["cow_unique"] for lib in libs)
    for name, want in (
            ("libraries", len(libs)), ("resident_bytes", resident),
            ("saved_bytes", sum(lib["rss"] - lib["mapped"] for lib in libs)),
            ("saved_bytes", sum(lib["saved"] for lib in libs)),
            ("fork_saved_bytes", sum(lib["cow"] - lib["cow_unique"] for lib in libs)),
            ("cow_unique_bytes", sum(lib["cow_unique"] for lib in libs)),
            ("cow_bytes", sum(lib["cow"] for lib in libs)),
            ("duplicated_bytes", wasted), ("libraries_left_out", 0)):
        check("metric " + name, int(values["libshare_" + name]), want)
    for path in {lib["path"] for lib in libs}:
        mine = [lib for lib in libs if lib["path"] == path]
        labels = ['{path="%s"%s' % (path, ',nth="%d"' % nth if nth > 1 else "")
                  for nth in range(1, len(mine) + 1)]
        for metric, column in (("saved_bytes", "saved"), ("mapped_bytes", "mapped"),
                               ("cow_unique_bytes", "cow_unique"), ("processes", "procs")):
            check("%s of %s" % (metric, path),
                  sorted(int(values["libshare_library_%s%s}" % (metric, l)]) for l in labels),
                  sorted(lib[column] for lib in mine))
        # What the info says of a file is said of the file whose numbers these are.
        for own in labels:
            info, = [v for v in values if v.startswith("libshare_library_info" + own + ",dev=")]
            check("info of " + path, values[info], "1")
            mapped = int(values["libshare_library_mapped_bytes%s}" % own])
            tail = {',dev="%s",ino="%d"%s}' % (
                lib["dev"], lib["ino"],
                ',buildid="%s"' % lib["buildid"] if lib["buildid"] != "-" else "")
                for lib in mine if lib["mapped"] == mapped}
            check("file of " + path, info[len("libshare_library_info" + own):] in tail, True)
    check("series of libraries", len([v for v in values if v.startswith("libshare_library_")]),
          5 * len(libs))


def main():
    top, recording = sys.argv[1:]
    tables, page = read(recording)
    result = views(top, recording, tables)
    sections(result, tables, page)
    wasted = duplicates(result, tables, page)
    metrics(top, recording, tables, wasted)
    print("%d checks" % checks)


main()
