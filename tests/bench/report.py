#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Reports on the samples that bench.sh takes.

    report.py table RESULTS             every number, and the goals
    report.py compare BASE RESULTS      what has changed since BASE
    report.py limit RESULTS LIMITS      ends 1 where a table got too dear
    report.py picture RESULTS FILE.svg  cost against number of processes"""
import sys

import picture
import results

# what the same takes without the module: name, peer
PEERS = (
    ("exact census from maps and pagemap", "census"),
    ("libshare-top without the module", "proc"),
    ("PROCMAP_QUERY and PAGEMAP_SCAN", "ioctl"),
    ("smaps parsed and added up", "smaps"),
    ("only reading every maps", "read-maps"),
    ("smem -m", "smem"),
)
FLOORS_GOAL = 1.45          # times the floor that libraries may cost
SNAPSHOT_GOAL = 30e6        # instructions of snapshot at 200 processes
BUSY_GOAL = 1.1             # times what it costs on a quiet system, in no round more
HEAP_GOAL = 0.02            # what 64 MB of heap in every process may add
PROC_GOAL = 1.1             # times the fastest exact census, with the demo's programs
SCALE_GOAL = 0.10           # what a process may cost more among 1600 than among 100
LIBRARY_SCALE_GOAL = 1.3    # times what a library costs among 5,000
LIBRARIES = ("5000-libraries", "20000-libraries", "60000-libraries")
LIBRARY_GOAL = 256          # bytes that a row of libraries may keep beside its path
PATH_BYTES = 32             # in which the path of a library of the loads is kept
MAPPING_GOAL = 104          # bytes that a row of mappings may keep
PAGE_GOAL = 16              # bytes that a cached page may keep
LOADS_A_LINE = 5


def amount(mode, value):
    return "%.3f M instructions" % (value / 1e6) if mode == "count" else "%.3f ms" % (value / 1e6)


def print_cells(cells, kernel, mode):
    unit = "million instructions" if mode == "count" else "milliseconds"
    loads = [load for load in results.keys_of(cells, 2)
             if any(key[:3] == (kernel, mode, load) for key in cells)]
    print("\n%s, %s (median ± half the range of the middle half)" % (kernel, unit))
    for first in range(0, len(loads), LOADS_A_LINE):
        some = loads[first:first + LOADS_A_LINE]
        print("%-12s" % "" + "".join("%20s" % load for load in some))
        for peer in results.keys_of(cells, 3):
            row = [cells.get((kernel, mode, load, peer)) for load in some]
            if any(row):
                print("%-12s" % peer + "".join(
                    "%20s" % ("%.3f ± %.3f" % (cell.median / 1e6, cell.spread / 1e6)
                              if cell else "-") for cell in row))


def say_goal(name, value, goal, met):
    print("  %-42s %12s %12s   %s" % (name, value, goal, "met" if met else "NOT met"))


def say_most(name, value, most, unit="%.2f times"):
    say_goal(name, unit % value, unit % most, value <= most)


def kept(row):
    """What libshare keeps of a scan: the larger of what it says and what is allocated."""
    return max(row["memory"], row.get("allocated", 0))


def print_memory_goals(memory, kernel):
    def say_bytes(name, load, peer, nr_of, goal, without=None):
        row, less = memory.get((kernel, load, peer)), memory.get((kernel, load, without))
        if row and (less or not without):
            value = (kept(row) - (kept(less) if less else 0)) / row[nr_of]
            say_most(name, value, goal, "%.3f bytes")

    say_bytes("kept of a row of libraries, path and all", LIBRARIES[-1], "libraries", "libraries",
              LIBRARY_GOAL + PATH_BYTES)
    say_bytes("kept of a row of mappings", "million", "mappings", "vmas", MAPPING_GOAL)
    say_bytes("kept of a cached page", "libraries", "pages", "cached", PAGE_GOAL, "libraries")


def print_goals(cells, kernel):
    def median(load, peer):
        cell = cells.get((kernel, "count", load, peer))
        return cell.median if cell else None

    print("\n%-44s %12s %12s" % (kernel + ", goals (instructions)", "measured", "goal"))
    mine, floor = median("200", "libraries"), median("200", "floor")
    busy, snapshot = cells.get((kernel, "count", "busy", "libraries")), median("200", "snapshot")
    if mine and floor:
        say_most("libraries, against the floor", mine / floor, FLOORS_GOAL)
    if mine and busy:
        say_most("while 200 processes a second come and go", busy.most / mine, BUSY_GOAL)
    if snapshot:
        say_most("snapshot", snapshot / 1e6, SNAPSHOT_GOAL / 1e6, "%.1f M")
    for load in results.SCALING:
        plain, heap = median(load, "libraries"), median(load + "-heap", "libraries")
        if plain and heap:
            say_most("64 MB of heap in each of %s processes" % load, 100 * (heap / plain - 1),
                     100 * HEAP_GOAL, "%+.2f %%")
    few, many = median("100", "libraries"), median("1600", "libraries")
    if few and many:
        say_most("a process among 1600, against 100", 100 * (many / 1600 / (few / 100) - 1),
                 100 * SCALE_GOAL, "%+.1f %%")


def print_peers(cells, kernel):
    mine = cells.get((kernel, "count", "200", "libraries"))
    theirs = [(name, cells.get((kernel, "count", "200", peer))) for name, peer in PEERS]
    proc = cells.get((kernel, "count", "demo", "proc"))
    exact = [cells.get((kernel, "count", "demo", peer)) for peer in ("census", "ioctl")]
    if proc and any(exact):
        say_most("libshare-top without the module, demo, against a census",
                 proc.median / min(cell.median for cell in exact if cell), PROC_GOAL)
    if mine and any(cell for _, cell in theirs):
        print("\n%s, libraries is cheaper than (instructions)" % kernel)
        for name, cell in theirs:
            if cell:
                print("  %-42s %6.1f times" % (name, cell.median / mine.median))


def print_library_goals(cells, kernel, mode):
    """What a library costs, among how many there are."""
    costs = {load: cells[kernel, mode, load, "libraries"].median / int(load.split("-")[0])
             for load in LIBRARIES if (kernel, mode, load, "libraries") in cells}
    if not costs:
        return
    unit = "instructions" if mode == "count" else "ns"
    print("\n%s, %s a library: %s" % (kernel, unit, ", ".join(
        "%.0f in %s" % (cost, load) for load, cost in costs.items())))
    for load in LIBRARIES[1:]:
        if load in costs and LIBRARIES[0] in costs:
            say_most("%s, against %s" % (load, LIBRARIES[0]), costs[load] / costs[LIBRARIES[0]],
                     LIBRARY_SCALE_GOAL)


def print_fit(cells, kernel, mode):
    fits = {peer: results.fit(cells, kernel, mode, peer) for peer in results.keys_of(cells, 3)}
    if not any(fits.values()):
        return
    print("\n%s, fitted cost (%s)" % (kernel, "instructions" if mode == "count" else "ns"))
    print("  %-12s %12s %12s %12s %12s" % ("", "a scan", "a process", "a VMA", "an entry"))
    for peer, costs in fits.items():
        if costs:
            print("  %-12s %12.0f %12.0f %12.1f %12.2f" % ((peer,) + tuple(costs)))


def print_memory(memory, kernel):
    loads = list(dict.fromkeys(load for name, load, _ in memory if name == kernel))
    peers = list(dict.fromkeys(peer for name, _, peer in memory if name == kernel))
    if not loads:
        return
    print("\n%s, kilobytes kept while the file is open" % kernel)
    print("%-16s" % "" + "".join("%12s" % peer for peer in peers))
    for load in loads:
        print("%-16s" % load + "".join(
            "%12.1f" % (kept(memory[kernel, load, peer]) / 1024)
            if (kernel, load, peer) in memory else "%12s" % "-" for peer in peers))


def table(path):
    cells, memory = results.read(path), results.read_memory(path)
    for kernel in results.keys_of(cells, 0):
        for mode in results.keys_of(cells, 1):
            print_cells(cells, kernel, mode)
            print_fit(cells, kernel, mode)
            # Time is at the mercy of whatever else the machine does.
            if mode == "count":
                print_goals(cells, kernel)
                print_memory_goals(memory, kernel)
                print_peers(cells, kernel)
            print_library_goals(cells, kernel, mode)
        print_memory(memory, kernel)
    return 0


def compare(base, path):
    before, after = results.read(base), results.read(path)
    print("%-12s %-6s %-14s %-12s %14s %14s %9s" % (
        "kernel", "by", "load", "", "before (M)", "now (M)", "change"))
    for key, cell in after.items():
        old = before.get(key)
        if not old:
            continue
        noise = (old.spread + cell.spread) / old.median
        change = cell.median / old.median - 1
        print("%-12s %-6s %-14s %-12s %14.3f %14.3f %+8.1f %%%s" % (
            key + (old.median / 1e6, cell.median / 1e6, 100 * change,
                   "" if abs(change) > noise else "  (within the spread)")))
    return 0


def limit(path, limits):
    cells, judged, failed = results.read(path), 0, 0
    kernels = results.keys_of(cells, 0)
    with open(limits, encoding="ascii") as file:
        rows = [line.split() for line in file if line.strip() and not line.startswith("#")]
    for kernel, peer, times in rows:
        if kernel not in kernels:
            continue
        judged += 1
        mine = cells.get((kernel, "count", "200", peer))
        floor = cells.get((kernel, "count", "200", "floor"))
        if not mine or not floor:
            failed += 1
            print("not ok %s: %s was not measured" % (kernel, peer))
            continue
        ratio = mine.median / floor.median
        bad = ratio > 1.2 * float(times)
        failed += bad
        print("%s %s: %s costs %s, %.2f times the floor; it was %s times when last noted" % (
            "not ok" if bad else "ok", kernel, peer, amount("count", mine.median), ratio, times))
    return 1 if failed or not judged else 0


def main():
    commands = {"table": table, "compare": compare, "limit": limit, "picture": picture.draw}
    if len(sys.argv) < 3 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    sys.exit(commands[sys.argv[1]](*sys.argv[2:]))


main()
