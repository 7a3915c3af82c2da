# SPDX-License-Identifier: GPL-2.0-only
"""Compares the module's tables with the census, a column at a time."""
import guest
import invariants
from puppet import PAGE
from tables import identity

LIBRARY_COLUMNS = ("procs", "maps", "size", "cached", "mapped", "shared", "rss", "saved", "cow",
                   "cow_unique", "swap", "ksm", "mapcount_max", "pagetables", "kind")
MAPPING_COLUMNS = ("end", "offset", "perms", "segment", "rss", "shared", "cow", "cow_shared",
                   "swap", "ksm", "pss")
PROCESS_COLUMNS = ("uid", "libs", "maps", "rss", "pss", "private", "cow", "swap", "pagetables",
                   "cgroup", "comm")
PAGE_COLUMNS = ("cached", "sharers", "mappings", "copies")
NO_PAGE = {"cached": 0, "sharers": 0, "mappings": 0, "copies": 0, "mapcount": 0}


def name_of(key, census_row=None):
    text = "%d:%d %d" % key if isinstance(key, tuple) and len(key) == 3 else str(key)
    paths = (census_row or {}).get("paths") or (census_row or {}).get("path")
    return "%s %s" % (text, paths) if paths else text


def only_of(rows, keys, key_of):
    return {k: r for k, r in rows.items() if keys is None or key_of(k, r) in keys}


def same_rows(tap, got, want, what):
    problems = ["missing: %s" % name_of(k, want[k]) for k in want if k not in got]
    problems += ["not expected: %s %s" % (name_of(k), got[k].get("path", ""))
                 for k in got if k not in want]
    return tap.none(problems, "%s: the same %d rows" % (what, len(want)))


def column_problems(got, want, column):
    return ["%s: module %r, oracle %r" % (name_of(k, want[k]), got[k].get(column), want[k][column])
            for k in want if k in got and got[k].get(column) != want[k][column]]


def same_columns(tap, got, want, columns, what):
    same_rows(tap, got, want, what)
    for column in columns:
        tap.none(column_problems(got, want, column), "%s: column %s" % (what, column))


def libraries(tap, snapshot, census, columns=LIBRARY_COLUMNS, what="libraries", keys=None):
    """keys: the libraries to compare; None is all."""
    got = only_of(snapshot.libraries(), keys, lambda k, r: k)
    want = only_of(census.libraries(), keys, lambda k, r: k)
    same_columns(tap, got, want, columns, what)
    problems = ["%s: module %r, oracle %r" % (name_of(k), got[k]["path"], want[k]["paths"])
                for k in want if k in got and got[k]["path"] not in want[k]["paths"]]
    tap.none(problems, what + ": column path")
    problems = ["%s: flags %r, oracle says deleted=%r" % (name_of(k), got[k]["flags"],
                                                           want[k]["deleted"])
                for k in want if k in got and ("d" in got[k]["flags"]) != want[k]["deleted"]]
    tap.none(problems, what + ": flag d")
    same_alone(tap, snapshot, what)


def same_alone(tap, snapshot, what):
    """Compare the file libraries, made by a scan that keeps no other row, with the table
    in snapshot: both must have the same rows and the same stats."""
    if not snapshot.alone:
        return
    got, want = snapshot.alone.libraries(), snapshot.libraries()
    columns = [c for c in snapshot.tables["libraries"].columns if c != "lib"]
    problems = ["libraries misses %s" % name_of(k, want[k]) for k in want if k not in got]
    problems += ["libraries has %s" % name_of(k, got[k]) for k in got if k not in want]
    problems += ["%s: %s" % (column, p) for column in columns
                 for p in column_problems(got, want, column)]
    if snapshot.alone.tables["libraries"].columns != snapshot.tables["libraries"].columns:
        problems.append("other columns: %r" % snapshot.alone.tables["libraries"].columns)
    rows = {"scan_libraries": "libraries", "scan_processes": "processes", "scan_vmas": "mappings"}
    problems += ["stats: %s is %r, but %s has %d rows" % (name, snapshot.alone_stats.get(name),
                                                         table, len(snapshot.rows(table)))
                 for name, table in rows.items()
                 if snapshot.alone_stats.get(name) != len(snapshot.rows(table))]
    tap.none(problems, "%s: the file libraries has the same %d rows as the table in snapshot"
             % (what, len(want)))


def mapping_rows(snapshot, keys):
    return only_of(snapshot.mappings(), keys, lambda k, r: identity(r))


def mappings(tap, snapshot, census, columns=MAPPING_COLUMNS, what="mappings", keys=None):
    same_columns(tap, mapping_rows(snapshot, keys),
                 only_of(census.mappings(), keys, lambda k, r: r["key"]), columns, what)


def processes(tap, snapshot, census, columns=PROCESS_COLUMNS, what="processes", pids=None):
    """Only whole rows can be compared: census must be of all libraries, or pids
    must map no library but those of the census."""
    got = only_of(snapshot.processes(), pids, lambda k, r: k)
    want = only_of(census.processes(), pids, lambda k, r: k)
    same_columns(tap, got, want, columns, what)


def pages_problems(got, want, column):
    problems = []
    for key, pages in want.items():
        for index in sorted(set(pages) | set(got.get(key, {}))):
            g = got.get(key, {}).get(index, NO_PAGE)[column]
            w = pages.get(index, NO_PAGE)[column]
            if g != w:
                problems.append("%s page %d: module %r, oracle %r"
                                % (name_of(key), index, g, w))
    return problems


def pages(tap, snapshot, census, columns=PAGE_COLUMNS, what="pages", keys=None):
    got = snapshot.pages(keys)
    want = only_of(census.pages(), keys, lambda k, r: k)
    total = sum(len(p) for p in want.values())
    for column in columns:
        tap.none(pages_problems(got, want, column),
                 "%s: column %s of %d pages" % (what, column, total))
    extra = [name_of(k) for k in got if k not in want]
    tap.none(extra, what + ": no library that should not be there")


def histogram(tap, snapshot, census, what="histogram", keys=None):
    got = only_of(snapshot.histogram(), keys, lambda k, r: k)
    want = only_of(census.histogram(), keys, lambda k, r: k)
    problems = ["%s: module %r, oracle %r" % (name_of(k), g, w) for k in set(got) | set(want)
                for g, w in [({s: n for s, n in got.get(k, {}).items() if n}, want.get(k, {}))]
                if g != w]
    tap.none(problems, "%s: of %d libraries" % (what, len(want)))


def tmpfs_devices():
    """Devices where smaps' Swap includes pages of the file."""
    found = {(0, 1)}        # memfd: the kernel's own mount of tmpfs
    for line in guest.read("/proc/self/mountinfo").splitlines():
        fields = line.split()
        if fields[fields.index("-") + 1] in ("tmpfs", "devtmpfs"):
            found.add(tuple(int(n) for n in fields[2].split(":")))
    return found


def smaps_problems(snapshot, census):
    """Invariant 1, and PSS, by field of smaps. Where KSM has merged a copy, smaps
    divides by all processes that have the page, at whatever place; where the kernel keeps no
    mapcounts of pages, by what they are on average over a folio."""
    rows = snapshot.mappings()
    exact = guest.keeps_mapcounts()
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
        # smaps rounds down to kB, and by a byte at most for 4,096 pages before that.
        slack = 1025 + smaps["Rss"] // PAGE // 4096
        if exact and not want["ksm"] and not -1 <= got["pss"] - smaps["Pss"] <= slack:
            wrong["Pss"].append("%r %s: module %d, smaps %d"
                                % (key, want["path"], got["pss"], smaps["Pss"]))
    return wrong


def tables(tap, snapshot, census, what):
    """Every row and column of every table, a check a table."""
    both = [("libraries", snapshot.libraries(), census.libraries(), LIBRARY_COLUMNS),
            ("mappings", snapshot.mappings(), census.mappings(), MAPPING_COLUMNS),
            ("processes", snapshot.processes(), census.processes(), PROCESS_COLUMNS)]
    for name, got, want, columns in both:
        problems = ["missing: %s" % name_of(k, want[k]) for k in want if k not in got]
        problems += ["not expected: %s %s" % (name_of(k), got[k].get("path", ""))
                     for k in got if k not in want]
        for column in columns:
            problems += ["%s %s" % (column, p) for p in column_problems(got, want, column)]
        tap.none(problems, "%s: %s, %d rows by %d columns" % (what, name, len(want), len(columns)))
    got, want = snapshot.pages(), census.pages()
    problems = ["%s %s" % (c, p) for c in PAGE_COLUMNS for p in pages_problems(got, want, c)]
    tap.none(problems, "%s: pages, %d by %d columns"
             % (what, sum(len(p) for p in want.values()), len(PAGE_COLUMNS)))
    tap.none(kernel_mapcount_problems(got, census), "%s: mappings and mapcount of pages are "
             "kpagecount's (invariant 4)" % what)
    same_alone(tap, snapshot, what)
    histogram(tap, snapshot, census, what + ": histogram")
    tap.none(["%s %s" % (name, p) for name, found in smaps_problems(snapshot, census).items()
              for p in found], what + ": rss, cow, swap and pss are those of smaps (invariant 1)")
    tap.none(invariants.all_problems(snapshot), what + ": the snapshot agrees with itself "
             "(invariants 2, 3, 6)")


def kernel_mapcount_problems(pages_got, census):
    """Invariant 4, for each page that is mapped, and no mapcount for the others.
    A kernel with CONFIG_NO_PAGE_MAPCOUNT keeps no count for pages of large
    folios, and kpagecount is an average there: then libshare says '-' for all
    of them, and there is nothing to compare."""
    problems = []
    known, unknown = 0, 0
    for (key, index), count in census.kpagecount.items():
        row = pages_got.get(key, {}).get(index, NO_PAGE)
        large = (key, index) in census.large
        if row["mapcount"] is None and large:
            unknown += 1
            continue
        known += large
        if row["mappings"] != count or row["mapcount"] != count:
            problems.append("%s page %d: mappings %r, mapcount %r, kpagecount %r"
                            % (name_of(key), index, row["mappings"], row["mapcount"], count))
    for key, pages_of in pages_got.items():
        problems += ["%s page %d: mapcount %r, mapped by no process"
                     % (name_of(key), i, r["mapcount"])
                     for i, r in pages_of.items() if not r["sharers"] and r["mapcount"]]
    if known and unknown:
        problems.append("mapcount of %d pages of large folios, '-' for %d" % (known, unknown))
    return problems
