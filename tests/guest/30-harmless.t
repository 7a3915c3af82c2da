#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 300
"""A scan observes: with the world stopped, accessed and dirty bits, what is
resident, fault counts and the page cache are the same before and after it."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import guest
import tables
import tap
from puppet import MAP_SHARED, PAGE, Puppet, R, W
from workload import Workload
from world import FILE, PRESENT, Stopped

SMAPS = ("Rss", "Pss", "Anonymous", "Swap", "Referenced", "Private_Clean", "Private_Dirty",
         "Shared_Clean", "Shared_Dirty", "ShmemPmdMapped", "FilePmdMapped")
COUNTERS = ("nr_file_pages", "nr_mapped", "nr_shmem", "nr_dirty", "pgpgin",
            "pswpin", "pswpout", "thp_split_page", "thp_split_pmd", "workingset_refault_file",
            "pgmajfault", "unevictable_pgs_mlocked", "nr_mlock")
# kpageflags that a look must not change: error, referenced, up to date, dirty,
# active, writeback, reclaim, mmap, anon, swapcache, huge, unevictable, ksm, thp. Not
# lru: pages come to the LRU lists when any CPU empties the list where they wait.
FLAGS = sum(1 << b for b in (1, 2, 3, 4, 6, 8, 9, 11, 12, 13, 17, 18, 21, 22))


def by_vma(world):
    return {(p.pid, v.start): v for p in world.processes for v in p.vmas if p.comm != "snap"}


def changed(before, after, value):
    return ["%r %s: %r before, %r after" % (k, v.path, value(v), value(after[k]))
            for k, v in before.items() if value(v) != value(after[k])]


def main(t):
    guest.ensure_loaded()
    # The kernel does not write dirty pages back for being old.
    guest.set_value("/proc/sys/vm/dirty_writeback_centisecs", "0")
    place = guest.folder()
    library = guest.Library(place + "/quiet.so", 64)
    work = Workload(pythons=2)
    p = Puppet.start()
    text = p.map(library.path, 0, 64)
    data = p.map(library.path, 0, 64, R | W)
    shared = p.map(library.path, 0, 8, R | W, MAP_SHARED)
    p.touch(text, 64)
    p.write(data, 20)
    p.fork().touch(data, 64)
    p.write(shared, 4)
    # Accessed and soft-dirty bits start from zero, so that any that a scan sets shows.
    for pid in [p.pid] + [w.pid for w in work.programs]:
        guest.write("/proc/%d/clear_refs" % pid, 1)
        guest.write("/proc/%d/clear_refs" % pid, 4)
    # Nothing is left to be written, or to be moved to the LRU lists.
    os.sync()
    guest.write("/proc/sys/vm/compact_memory", 1)
    os.sync()
    moment = Stopped(harm=True)
    work.end()
    before, after = by_vma(moment.before), by_vma(moment.after)
    t.ok(len(before) > 100, "%d mappings to look at" % len(before))
    t.equal(set(after), set(before), "the same mappings after three scans")
    for name in SMAPS:
        t.none(changed(before, after, lambda v, name=name: v.smaps.get(name)),
               "smaps: %s is as it was" % name)
    unreferenced = sum(1 for v in before.values() if v.smaps["Rss"] and not v.smaps["Referenced"])
    t.ok(unreferenced > 5, "there were %d mappings without an accessed bit" % unreferenced)
    t.none(changed(before, after, lambda v: [(r[0], r[1]) for r in v.records]),
           "pagemap: every entry, frame and soft-dirty bit is as it was")
    t.none(changed(before, after, lambda v: [(r[0], r[3]) for r in v.records]),
           "kpagecount: as it was")
    t.none(changed(before, after, lambda v: [(r[0], r[2] & FLAGS) for r in v.records
                                             if r[1] & (PRESENT | FILE)]),
           "kpageflags: referenced, active, dirty, swap cache … are as they were")
    processes = {q.pid: q for q in moment.after.processes}
    t.none(["%d %s: %r before, %r after" % (q.pid, q.comm, q.faults(), processes[q.pid].faults())
            for q in moment.before.processes
            if q.comm != "snap" and q.faults() != processes[q.pid].faults()],
           "no process has faulted, minor or major")
    t.none(["%r: %r before, %r after" % (k, v[1:], moment.after.cache.get(k, (0, 0, 0))[1:])
            for k, v in moment.before.cache.items() if v != moment.after.cache.get(k)],
           "the page cache of %d libraries is as it was" % len(moment.before.cache))
    old, new = moment.before.vmstat, moment.after.vmstat
    for name in COUNTERS:
        if name in old:
            # Dirty pages may become clean by themselves meanwhile, but not more.
            same = new[name] <= old[name] if name == "nr_dirty" else new[name] == old[name]
            t.ok(same, "vmstat: %s" % name, "before %d, after %d" % (old[name], new[name]))
    stats = tables.stats()
    t.ok(stats["scan_ptes"] > 1000, "and the scans have looked: %r entries" % stats["scan_ptes"])
    t.equal(stats["skipped_processes"], 0, "at every process")
    t.equal(p.peek(text + 10 * PAGE, 8), b"%-8d" % 10, "the puppet lives on")
    guest.finish()


tap.run(main)
