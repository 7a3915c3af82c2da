#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 300
"""stats: what the scan says that it met is what the tables and the kernel say,
and mappings that it passes over are counted as such."""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import busy
import guest
import invariants
import numa
import tables
import tap
from puppet import MADV_DONTNEED, PAGE, Puppet, R, W, X

HUGE = 2 << 20
PARAMETERS = "/sys/module/libshare/parameters/"


def look():
    snapshot = tables.snapshot()
    return snapshot, tables.stats()


def counts(t):
    snapshot, stats = look()
    t.equal(stats["scan_vmas"], len(snapshot.rows("mappings")), "scan_vmas: rows of mappings")
    t.equal(stats["scan_libraries"], len(snapshot.rows("libraries")),
            "scan_libraries: rows of libraries")
    rows = len(snapshot.rows("processes"))
    t.equal(stats["scan_processes"], rows, "scan_processes: rows of processes")
    nodes = sum(v for n, v in stats.items() if n.startswith("cached_node"))
    t.equal(nodes, sum(r["cached"] for r in snapshot.rows("libraries")),
            "cached_nodeN_bytes: all that is cached, over the NUMA nodes")
    present = sum(r["rss"] + r["cow"] for r in snapshot.rows("mappings")) // PAGE
    t.ok(stats["scan_ptes"] >= present, "scan_ptes: no fewer than pages are mapped",
         stats["scan_ptes"], present)
    begun = int(snapshot.header["time_ns"]) / 1e9
    t.ok(abs(begun - time.time()) < 30, "time_ns: now", begun, time.time())
    t.ok(stats["scan_ns"] < 30e9 and stats["pte_lock_hold_max_ns"] <= stats["scan_ns"] and
         stats["mmap_lock_hold_max_ns"] <= stats["scan_ns"],
         "no lock was held for longer than the scan took", stats)


def grows_with(t, place):
    """A scan's counts follow what is mapped, exactly."""
    lib = guest.Library(place + "/grows.so", 16)
    p = Puppet.start()
    addr = p.map(lib.path, 0, 16, R | W | X)
    p.touch(addr, 8)
    _, before = look()
    more = p.map(lib.path, 0, 16)
    _, with_vma = look()
    p.touch(more, 16)
    _, with_pages = look()
    t.equal(with_vma["scan_vmas"] - before["scan_vmas"], 1, "one VMA more")
    t.equal(with_vma["scan_libraries"], before["scan_libraries"], "no library more")
    t.ok(with_pages["scan_ptes"] >= before["scan_ptes"], "no fewer entries")
    p.advise(addr, 16, MADV_DONTNEED)
    p.kill()
    _, after = look()
    t.equal(before["scan_processes"] - after["scan_processes"], 1, "one process less")


def on_nodes(t, place):
    """Pages in the page cache are counted on the node where they lie."""
    lib = guest.Library(place + "/nodes.so", 64)
    p = Puppet.start()
    addr = p.map(lib.path, 0, 64)
    p.touch(addr, 64)
    seen = []
    # The first round reads in what this program needs for the second.
    for node in (1, 0, 1, 0):
        # A page to which the kernel has a reference just now does not move.
        t.ok(guest.wait_until(lambda node=node: numa.move(p, addr, 64, node) == [node] * 64),
             "all pages of a library lie on node %d" % node)
        seen.append(look()[1])
    for node, pages in ((0, 64), (1, -64)):
        name = "cached_node%d_bytes" % node
        t.equal(seen[3].get(name, 0) - seen[2].get(name, 0), pages * PAGE,
                name + ": 64 pages came from node 1 to node 0")
    p.kill()


def locks(t, memory):
    """What happens when a lock is not free."""
    path, pages = memory + "/busy.so", 4096
    program = busy.Writer(path, pages)
    writer = program.pid
    t.ok(guest.wait_until(lambda: path in guest.read("/proc/%d/maps" % writer)),
         "a process maps a library to change its rights without pause")
    problems, met = [], set()

    def enough():
        snapshot, stats = look()
        rows = [r for r in snapshot.rows("mappings") if r["pid"] == writer and r["path"] == path]
        met.update(["mmap_lock_waits"] if stats["mmap_lock_waits"] else [])
        met.update(["told"] if rows else [])
        problems.extend(invariants.all_problems(snapshot))
        if not rows and not stats["skipped_processes"]:
            problems.append("not told, and not counted as skipped")
        return met == {"mmap_lock_waits", "told"}
    try:
        t.ok(guest.wait_until(enough), "a process that keeps its lock: the scan waits, and "
             "tells it in the end", met)
    finally:
        program.end()
    t.none(problems, "or counts it as skipped")


def skipped(t, memory):
    """A process whose mmap_lock cannot be had: stats and the header lines count it, and say
    which one it was and why."""
    path = memory + "/stuck.so"
    program = busy.Writer(path, 4096)
    writer = program.pid
    guest.wait_until(lambda: path in guest.read("/proc/%d/maps" % writer), 20)
    t.ok(guest.set_value(PARAMETERS + "lock_wait_ms", 0), "lock_wait_ms=0")
    problems, named = [], []

    def met():
        snapshot, stats = look()
        header = snapshot.header
        for name in ("skipped",) + invariants.SKIPPED:
            stat = "skipped_processes" if name == "skipped" else name
            if str(stats.get(stat)) != header.get(name):
                problems.append("%s %r, the header says %r" % (stat, stats.get(stat),
                                                               header.get(name)))
        problems.extend(invariants.all_problems(snapshot))
        named.extend(n for n in invariants.skipped_names(header) if n[0] == str(writer))
        # Both, if the lock was free for some of its VMAs.
        told = any(r["pid"] == writer for r in snapshot.rows("mappings"))
        if not told and not any(n[0] == str(writer) for n in invariants.skipped_names(header)):
            problems.append("neither told nor named: %r" % header.get("skipped_who"))
        return named
    try:
        t.ok(guest.wait_until(met, 60),
             "without waiting, a scan skips a process that keeps its lock")
        comm = guest.read("/proc/%d/comm" % writer).strip()
    finally:
        program.end()
        guest.write(PARAMETERS + "lock_wait_ms", 2000)
    t.equal({n[1:] for n in named}, {("stuck", comm)}, "it says which process, and why")
    t.none(problems, "stats and the header lines agree about skipped processes")


def bounds(t):
    """What a scan may take, by default."""
    for name, value in (("lock_wait_ms", "2000"), ("memory_max", "0")):
        t.equal(guest.read(PARAMETERS + name).strip(), value, "%s: %s by default" % (name, value))


def passed_over(t):
    if not guest.set_value("/proc/sys/vm/nr_hugepages", 4) or \
            guest.read("/proc/sys/vm/nr_hugepages").strip() == "0":
        return guest.lacks(t, "hugetlb", "no huge pages to be had", (5, 10))
    place = guest.mount("hugetlbfs", "hugetlbfs", guest.folder(), "pagesize=2M,mode=0755")
    path = place + "/huge.so"
    with open(path, "wb") as f:
        f.truncate(2 * HUGE)
    p = Puppet.start()
    _, before = look()
    addr = p.map(path, 0, 2 * HUGE // PAGE)
    p.touch(addr)
    snapshot, after = look()
    t.equal(after["passed_over_vmas"] - before["passed_over_vmas"], 1,
            "a hugetlb mapping is passed over, and counted")
    t.none(["%r" % r for r in snapshot.rows("mappings") if r["path"] == path],
           "it has no row in mappings")
    t.equal(after["scan_vmas"], before["scan_vmas"], "nor is it counted as looked at")
    p.kill()
    return None


def main(t):
    guest.ensure_loaded()
    guest.no_fault_around()
    bounds(t)
    counts(t)
    grows_with(t, guest.folder())
    if t.ok(numa.nodes() >= 2, "this machine has two nodes"):
        on_nodes(t, guest.folder())
    locks(t, guest.tmpfs())
    skipped(t, guest.tmpfs())
    passed_over(t)
    guest.finish()


tap.run(main)
