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

# name, what is measured, load, against whom, how many times cheaper at least
GOALS = (
    ("exact census from maps and pagemap", "libraries", "census", 35),
    ("PROCMAP_QUERY and PAGEMAP_SCAN", "libraries", "ioctl", 33),
    ("smaps parsed and added up", "libraries", "smaps", 70),
    ("only reading every maps", "libraries", "read-maps", 9),
    ("smem -m", "libraries", "smem", 1000),
    ("the floor, by the short way", "libraries", "floor", 1 / 0.45),
    ("the floor, reading all page tables", "walk", "floor", 1 / 1.25),
)
HEAP_GOAL = 0.02        # what 64 MB of heap in every process may add
SCALE_GOAL = 0.10       # what a process may cost more among 1600 than among 100
ROW_GOAL = 200          # bytes that a row may keep
PAGE_GOAL = 16          # bytes that a cached page may keep
WORKERS_GOAL = 1.7      # times that two workers on two CPUs are faster than one
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


def print_memory_goals(memory, kernel):
    def say_bytes(name, load, peer, nr_of, goal, without=None):
        row, less = memory.get((kernel, load, peer)), memory.get((kernel, load, without))
        if row and (less or not without):
            value = (row["memory"] - (less["memory"] if less else 0)) / sum(row[n] for n in nr_of)
            say_goal(name, "%.1f bytes" % value, "%d bytes" % goal, value <= goal)

    say_bytes("kept of a row of libraries, path and all", "libraries", "libraries",
              ("libraries",), ROW_GOAL)
    say_bytes("kept of a row of processes or mappings", "200", "mappings",
              ("processes", "vmas"), ROW_GOAL, "libraries")
    say_bytes("kept of a cached page", "200", "pages", ("cached",), PAGE_GOAL, "libraries")


def print_goals(cells, kernel):
    def median(load, peer):
        cell = cells.get((kernel, "count", load, peer))
        return cell.median if cell else None

    print("\n%-44s %12s %12s" % (kernel + ", goals (instructions)", "measured", "goal"))
    for name, peer, against, goal in GOALS:
        mine, theirs = median("200", peer), median("200", against)
        if mine and theirs:
            say_goal(name, "%.2f times" % (theirs / mine), "%.2f times" % goal,
                     theirs / mine >= goal)
    for load in results.SCALING:
        plain, heap = median(load, "libraries"), median(load + "-heap", "libraries")
        if plain and heap:
            say_goal("64 MB of heap in each of %s processes" % load,
                     "%+.2f %%" % (100 * (heap / plain - 1)), "+%.0f %%" % (100 * HEAP_GOAL),
                     heap / plain - 1 < HEAP_GOAL)
    few, many = median("100", "libraries"), median("1600", "libraries")
    if few and many:
        change = many / 1600 / (few / 100) - 1
        say_goal("a process among 1600, against 100", "%+.1f %%" % (100 * change),
                 "+%.0f %%" % (100 * SCALE_GOAL), change <= SCALE_GOAL)


def print_workers_goals(cells, kernel):
    """By the best of all rounds: two CPUs are not two where others are on them."""
    print("\n%-44s %12s %12s" % (kernel + ", goals (time)", "measured", "goal"))
    for load in results.keys_of(cells, 2):
        for what in ("libraries", "walk"):
            one, two = (cells.get((kernel, "cores", load, "%s-%d" % (what, n))) for n in (1, 2))
            if one and two:
                faster = one.best / two.best
                say_goal("%s processes, %s by two workers" % (load, what), "%.2f times" % faster,
                         "%.2f times" % WORKERS_GOAL, faster >= WORKERS_GOAL)


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
    print("\n%s, kilobytes kept for who has the file open" % kernel)
    print("%-12s" % "" + "".join("%12s" % peer for peer in peers))
    for load in loads:
        print("%-12s" % load + "".join(
            "%12.1f" % (memory[kernel, load, peer]["memory"] / 1024)
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
            if mode == "cores":
                print_workers_goals(cells, kernel)
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
