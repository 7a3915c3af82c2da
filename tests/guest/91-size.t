#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 240
"""Many processes with 40 libraries of 5 mappings each: every row is told, the
output streams in bounded memory, and stats says what a snapshot takes. The
bounds are a number of bytes for each row, and 2 MiB for reading however many
there are, so they show as much with 300 processes as with thousands; how many
it is, libshare.size=PROCESSES on the kernel's command line says."""
import os
import resource
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import expect
import guest
import tables
import tap
from puppet import PAGE, Puppet, R, W, X, end_all

LIBRARIES, PARTS = 40, (R, R | X, R, 0, R | W)
MEGABYTE = 1 << 20


def free_memory():
    """Free memory; what the kernel caches for files does not change here."""
    for line in guest.read("/proc/meminfo").splitlines():
        if line.startswith("MemFree:"):
            return int(line.split()[1]) * 1024
    return 0


def zygote(place):
    p = Puppet.start()
    libraries = []
    for number in range(LIBRARIES):
        lib = guest.Library("%s/many-%d.so" % (place, number), len(PARTS))
        addr = p.map(lib.path, 0, len(PARTS), R | W)
        p.write(addr + 4 * PAGE, 1)
        for part, prot in enumerate(PARTS[:4]):
            p.protect(addr + part * PAGE, 1, prot)
        p.touch(addr, 2)
        libraries.append(lib)
    return p, libraries


def stream(name):
    """Read a file in pieces; lines that name our libraries, bytes in all, and
    how far free memory fell while reading."""
    fd = os.open("%s/%s" % (tables.DIRECTORY, name), os.O_RDONLY)
    opened = lowest = free_memory()
    rows, size, tail = 0, 0, b""
    pieces = 0
    while True:
        piece = os.read(fd, 1 << 16)
        if not piece:
            break
        size += len(piece)
        whole = tail + piece
        cut = whole.rfind(b"\n") + 1
        rows += whole.count(b"/many-", 0, cut)
        tail = whole[cut:]
        pieces += 1
        if pieces % 32 == 0:
            lowest = min(lowest, free_memory())
    os.close(fd)
    return rows, size, opened - min(lowest, opened)


def stream_quietly(name):
    """The best of three: others take memory meanwhile now and then, but not each time."""
    return min((stream(name) for _ in range(3)), key=lambda told: told[2])


def main(t):
    guest.ensure_loaded()
    guest.no_fault_around()
    processes = int(guest.parameter("size", "300"))
    resource.setrlimit(resource.RLIMIT_NOFILE, (processes + 200, processes + 200))
    p, libraries = zygote(guest.folder())
    for _ in range(processes - 1):
        p.fork()
    at_rest = free_memory()
    # The second of two that are held at once: the first may live on what was freed before.
    first = os.open(tables.DIRECTORY + "/mappings", os.O_RDONLY)
    before = free_memory()
    start = time.monotonic()
    fd = os.open(tables.DIRECTORY + "/mappings", os.O_RDONLY)
    opening = time.monotonic() - start
    held = before - free_memory()
    stats = tables.stats()
    os.close(fd)
    os.close(first)
    rows, size, fell = stream_quietly("mappings")
    want = processes * LIBRARIES * len(PARTS)
    t.say("%d processes: open %.2f s, scan %.2f s; %d rows, %.1f MB; result %.1f MB, by stats "
          "%.1f MB; free memory fell by %.1f MB while reading"
          % (processes, opening, stats["scan_ns"] / 1e9, rows, size / MEGABYTE, held / MEGABYTE,
             stats["memory_bytes"] / MEGABYTE, fell / MEGABYTE))
    t.equal(rows, want, "mappings: every row, %d" % want)
    t.ok(size > 100 * want and fell < 2 * MEGABYTE,
         "reading it takes no memory to speak of", "%d bytes of %d" % (fell, size))
    t.ok(abs(held - stats["memory_bytes"]) < 4 * MEGABYTE + held // 2,
         "stats tells the memory that a result takes", "%d held, stats %d"
         % (held, stats["memory_bytes"]))
    t.ok(stats["memory_bytes"] < 400 * want, "which is modest: %d bytes a row"
         % (stats["memory_bytes"] // want))
    t.ok(stats["scan_vmas"] >= want, "stats: VMAs that were walked", stats["scan_vmas"])

    snapshot = tables.parse(tables.read("libraries"))["libraries"]
    found = {tables.identity(r): r for r in snapshot.rows}

    class Known:        # what expect wants of a snapshot
        @staticmethod
        def libraries():
            return found
    for lib in libraries[:3]:
        expect.library(t, Known, lib, "one of the libraries, exactly", procs=processes,
                       maps=processes * len(PARTS), cow=processes, cow_unique=1, mapped=2,
                       rss=2 * processes, saved=2 * (processes - 1))
    for name in ("processes", "pages", "histogram", "cgroups"):
        if os.path.exists("%s/%s" % (tables.DIRECTORY, name)):
            rows, size, fell = stream_quietly(name)
            t.ok(size > 0 and fell < 2 * MEGABYTE, "%s streams too: %d bytes" % (name, size), fell)
    end_all()
    t.ok(guest.wait_until(lambda: free_memory() > at_rest - 4 * MEGABYTE),
         "all memory is given back", "%d before, %d after" % (at_rest, free_memory()))
    guest.finish()


tap.run(main)
