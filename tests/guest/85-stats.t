#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 300
"""stats: what the scan says that it met is what the tables and the kernel say,
and mappings that it passes over are counted as such."""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import guest
import tables
import tap
from puppet import MADV_DONTNEED, PAGE, Puppet, R, W, X

HUGE = 2 << 20


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


def passed_over(t):
    if not guest.set_value("/proc/sys/vm/nr_hugepages", 4) or \
            guest.read("/proc/sys/vm/nr_hugepages").strip() == "0":
        return t.skip("hugetlb", "no huge pages to be had")
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
    counts(t)
    grows_with(t, guest.folder())
    passed_over(t)
    guest.finish()


tap.run(main)
