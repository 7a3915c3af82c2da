#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Prints what the module would say of some processes: the file "snapshot".

    snapshot.py PID...

Only what can be had without it: /proc/PID/maps, pagemap and kpageflags. Libraries are
the files that one of these processes maps executable."""
import os
import struct
import sys
from collections import defaultdict

PAGE = os.sysconf("SC_PAGE_SIZE")
FRAME = (1 << 55) - 1
ANON = 1 << 12


def vmas(pid):
    with open("/proc/%d/maps" % pid) as maps:
        for line in maps:
            fields = line.rstrip("\n").split(None, 5)
            start, end = (int(part, 16) for part in fields[0].split("-"))
            path = fields[5] if len(fields) == 6 else ""
            yield start, end, fields[1], int(fields[2], 16), fields[3], int(fields[4]), path


class Library:
    def __init__(self, number, key, path):
        self.number, self.key = number, key
        self.deleted = path.endswith(" (deleted)")
        self.path = path[:-len(" (deleted)")] if self.deleted else path
        self.exe = False
        self.maps = 0
        self.users = defaultdict(set)       # page: processes that map the file's
        self.entries = defaultdict(int)     # page: entries that do
        self.copies = defaultdict(list)     # page: frames of copies
        self.size = 0
        self.procs = set()


def table(name, columns, rows):
    print("# libshare 1 %s generation=1 page_size=%d skipped=0 time_ns=%d"
          % (name, PAGE, int(os.environ.get("TIME_NS", "1000000000"))))
    print("\t".join(columns.split()))
    for row in rows:
        print("\t".join(str(field) for field in row))


def main():
    pids = [int(arg) for arg in sys.argv[1:]]
    libs, mappings, processes = {}, [], []
    flags = open("/proc/kpageflags", "rb", buffering=0)
    for pid in pids:
        for start, end, perms, offset, dev, ino, path in vmas(pid):
            if ino and "x" in perms and (dev, ino) not in libs:
                libs[dev, ino] = Library(len(libs) + 1, (dev, ino), path)
    for pid in pids:
        exe = os.stat("/proc/%d/exe" % pid).st_ino
        mine, cow_sum, rss_sum = set(), 0, 0
        with open("/proc/%d/pagemap" % pid, "rb") as pagemap:
            for start, end, perms, offset, dev, ino, path in vmas(pid):
                lib = libs.get((dev, ino))
                if not lib:
                    continue
                lib.maps += 1
                lib.exe |= ino == exe
                lib.procs.add(pid)
                mine.add(lib)
                try:
                    lib.size = os.stat("/proc/%d/map_files/%x-%x" % (pid, start, end)).st_size
                except OSError:
                    lib.size = os.stat(lib.path).st_size
                pagemap.seek(start // PAGE * 8)
                rss = cow = 0
                for i in range((end - start) // PAGE):
                    entry, = struct.unpack("Q", pagemap.read(8))
                    if not entry >> 63:
                        continue
                    index = offset // PAGE + i
                    if entry >> 61 & 1:
                        rss += PAGE
                        lib.users[index].add(pid)
                        lib.entries[index] += 1
                        continue
                    flags.seek((entry & FRAME) * 8)
                    if struct.unpack("Q", flags.read(8))[0] & ANON:
                        cow += PAGE
                        lib.copies[index].append(entry & FRAME)
                mappings.append((pid, lib.number, "%d:%d" % tuple(int(p, 16) for p in dev.split(":")),
                                 ino, "%x" % start, "%x" % end, "%x" % offset, perms, "data", rss, 0,
                                 cow, 0, 0, rss + cow, lib.path))
                cow_sum += cow
                rss_sum += rss
        with open("/proc/%d/comm" % pid) as comm:
            name = comm.read().rstrip("\n")
        processes.append((pid, 0, len(mine), 1, rss_sum, rss_sum + cow_sum, cow_sum, cow_sum, 0, 0,
                          "/", name))
    rows, pages, bars = [], [], []
    for lib in libs.values():
        dev = "%d:%d" % tuple(int(p, 16) for p in lib.key[0].split(":"))
        mapped = len(lib.users) * PAGE
        rss = sum(len(users) for users in lib.users.values()) * PAGE
        cow = sum(len(frames) for frames in lib.copies.values()) * PAGE
        unique = sum(len(set(frames)) for frames in lib.copies.values()) * PAGE
        rows.append((lib.number, dev, lib.key[1], "exe" if lib.exe else "lib",
                     "d" if lib.deleted else "-", len(lib.procs), lib.maps, lib.size, mapped,
                     mapped, 0, rss, rss - mapped, cow, unique, 0, 0, 1, 0, "-", lib.path))
        for index in sorted(set(lib.users) | set(lib.copies)):
            sharers = len(lib.users.get(index, ()))
            pages.append((lib.number, dev, lib.key[1], index, 1, 1 if sharers else 0, sharers,
                          lib.entries.get(index, 0), len(lib.copies.get(index, ())), "-", lib.path))
        bars.append((lib.number, dev, lib.key[1], 1, len(lib.users), lib.path))
    table("libraries", "lib dev ino kind flags procs maps size cached mapped shared rss saved cow "
          "cow_unique swap ksm mapcount_max pagetables buildid path", rows)
    table("processes", "pid uid libs maps rss pss private cow swap pagetables cgroup comm", processes)
    table("mappings", "pid lib dev ino start end offset perms segment rss shared cow cow_shared "
          "swap pss path", mappings)
    table("pages", "lib dev ino first count cached sharers mappings copies mapcount path", pages)
    table("histogram", "lib dev ino sharers pages path", bars)


main()
