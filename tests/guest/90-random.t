#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 300
"""Random life: 2,000 steps of map, write, fork, mprotect, munmap, madvise and
exit over five libraries in up to 40 processes, with pages that are swapped out
and moved between nodes; now and then all stop, and every row is compared. To
replay: make check TESTS='90-*' APPEND='libshare.seeds=1,2 libshare.steps=N' (or
LIBSHARE_SEEDS and LIBSHARE_STEPS in the environment)."""
import os
import platform
import random
import sys
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import compare
import guest
import numa
import swap
import tap
from census import Census
from puppet import (MADV_DONTNEED, MADV_PAGEOUT, MAP_PRIVATE, MAP_SHARED, PAGE, Puppet, R, W, X,
                    end_all)
from world import Stopped

PROCESSES, MAPPINGS, COMPARES, BLOCK = 40, 12, 4, 16
PROTS = (R, R | X, R | W, R | W | X, 0)


class Span:
    """A range that one process has mapped from a library."""

    def __init__(self, addr, first, pages, on_disk):
        self.addr, self.first, self.pages, self.on_disk = addr, first, pages, on_disk

    def part(self, start, end):
        """The same without what lies outside of pages start to end."""
        return Span(self.addr + start * PAGE, self.first + start, end - start, self.on_disk)


class Life:
    def __init__(self, seed, place, memory):
        self.chance = random.Random(seed)
        self.libraries = [guest.Library("%s/random-%d-%d.so" % (memory if n == 4 else place,
                                                                seed, n), size)
                          for n, size in enumerate((8, 30, 64, 200, 40))]
        self.spans = {}         # puppet: its spans
        self.done = {}          # what: how often

    def step(self):
        puppets = list(self.spans)
        if not puppets or (len(puppets) < PROCESSES and self.chance.random() < 0.05):
            self.spans[Puppet.start()] = []
            return self.count("start")
        puppet = self.chance.choice(puppets)
        spans = self.spans[puppet]
        what = self.chance.choices(
            ("map", "write", "touch", "fork", "protect", "unmap", "drop", "exit", "vfork",
             "remap", "cache", "pageout", "migrate"),
            (20, 22, 18, 6, 10, 6, 5, 3, 1, 2, 2, 3, 1))[0]
        if what in ("write", "touch", "protect", "unmap", "drop", "remap",
                    "pageout") and not spans:
            what = "map"
        if what == "fork" and len(puppets) >= PROCESSES:
            what = "exit"
        if what == "exit" and len(puppets) < 5:
            what = "map"
        getattr(self, what)(puppet, spans)
        return self.count(what)

    def count(self, what):
        self.done[what] = self.done.get(what, 0) + 1

    def part(self, spans):
        """Some span, and a range of pages within it."""
        span = self.chance.choice(spans)
        first = self.chance.randrange(span.pages)
        return span, first, self.chance.randint(1, min(span.pages - first, 20))

    def map(self, puppet, spans):
        if len(spans) >= MAPPINGS:
            return self.unmap(puppet, spans)
        library = self.chance.choice(self.libraries)
        first = self.chance.randrange(library.pages)
        pages = self.chance.randint(1, library.pages - first)
        shared = self.chance.random() < 0.1
        prot = self.chance.choice(PROTS)
        # Half of them as blocks of pages lie in the file: contiguous entries want that.
        addr = 0
        if self.chance.random() < 0.5:
            addr = puppet.reserve(pages + first % BLOCK, align=BLOCK * PAGE) + first % BLOCK * PAGE
        addr = puppet.map(library.path, first, pages, prot | (R if prot & W else 0),
                          MAP_SHARED if shared else MAP_PRIVATE, addr)
        spans.append(Span(addr, first, pages, library is not self.libraries[-1]))
        return None

    def write(self, puppet, spans):
        span, first, pages = self.part(spans)
        self.try_to(puppet.write, span.addr + first * PAGE, pages, self.chance.randrange(100))

    def touch(self, puppet, spans):
        span, first, pages = self.part(spans)
        self.try_to(puppet.touch, span.addr + first * PAGE, pages)

    def protect(self, puppet, spans):
        span, first, pages = self.part(spans)
        prot = self.chance.choice(PROTS)
        self.try_to(puppet.protect, span.addr + first * PAGE, pages, prot)

    def drop(self, puppet, spans):
        span, first, pages = self.part(spans)
        self.try_to(puppet.advise, span.addr + first * PAGE, pages, MADV_DONTNEED)

    def unmap(self, puppet, spans):
        span, first, pages = self.part(spans)
        puppet.unmap(span.addr + first * PAGE, pages)
        spans.remove(span)
        for start, end in ((0, first), (first + pages, span.pages)):
            if end > start:
                spans.append(span.part(start, end))

    def remap(self, puppet, spans):
        """Move a whole mapping, copies and all, to another address."""
        span = self.chance.choice(spans)
        target = puppet.reserve(span.pages)
        try:
            puppet.address_call("mremap", span.addr, span.pages * PAGE, span.pages * PAGE, 3,
                                target)
        except OSError:
            return      # of several VMAs by now
        span.addr = target

    def fork(self, puppet, spans):
        self.spans[puppet.fork()] = [s.part(0, s.pages) for s in spans]

    def vfork(self, puppet, spans):
        child = puppet.clone(0x4100 | 17)       # CLONE_VFORK | CLONE_VM | SIGCHLD
        if spans:
            span, first, pages = self.part(spans)
            self.try_to(child.touch, span.addr + first * PAGE, pages)
        child.end("exit")

    def cache(self, _puppet, _spans):
        library = self.chance.choice(self.libraries)
        library.drop()

    def pageout(self, puppet, spans):
        """Not pages of tmpfs: mincore() takes its swap cache for its page cache."""
        span, first, pages = self.part(spans)
        if span.on_disk:
            self.try_to(puppet.advise, span.addr + first * PAGE, pages, MADV_PAGEOUT)

    def migrate(self, puppet, _spans):
        source = self.chance.randrange(2)
        if numa.nodes() > 1:
            numa.migrate_pages(puppet.pid, source, 1 - source)

    def exit(self, puppet, _spans):
        del self.spans[puppet]
        puppet.end()

    def try_to(self, function, *args):
        """What the protection forbids is refused, and that is part of life."""
        try:
            function(*args)
        except OSError:
            self.count("refused")


def live(t, seed, steps, place, memory):
    t.say("seed %d, %d steps" % (seed, steps))
    life = Life(seed, place, memory)
    for number in range(1, steps + 1):
        life.step()
        if number % (steps // COMPARES) == 0:
            moment = Stopped()
            keys = {library.key for library in life.libraries}
            census = Census(moment.world)
            compare.tables(t, moment.snapshot, census, "seed %d, step %d" % (seed, number))
            t.ok(len(census.keys & keys) >= 3, "seed %d, step %d: %d processes, %d mappings"
                 % (seed, number, len(life.spans),
                    sum(1 for m in census.all if m.key in keys)))
    t.say("seed %d did %s" % (seed, " ".join("%s:%d" % i for i in sorted(life.done.items()))))
    end_all()


def main(t):
    guest.ensure_loaded()
    place, memory = guest.folder(), guest.tmpfs()
    guest.set_value("/proc/sys/vm/page-cluster", 0)     # no read-ahead from swap
    if not swap.on("zram"):
        guest.lacks(t, "swap to zram", "not here", (5, 10))
    # Other seeds on other kernels, so that the five of amd64 try ten; one on another
    # machine, which is slower here.
    start = zlib.crc32(("%d.%d" % guest.kernel() + platform.machine()).encode()) % 1000
    usual = "%d,%d" % (start, start + 1) if platform.machine() == "x86_64" else str(start)
    seeds = [int(s) for s in guest.parameter("seeds", usual).split(",")]
    for seed in seeds:
        live(t, seed, int(guest.parameter("steps", "2000")), place, memory)
    guest.finish()


tap.run(main)
