#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 300
"""Random life: 2,000 steps of map, write, fork, mprotect, munmap, madvise and
exit over five libraries in up to 40 processes; now and then all stop, and every
row is compared. libshare.seeds=1,2 and libshare.steps=N on the kernel's command
line (or LIBSHARE_SEEDS, LIBSHARE_STEPS) replay."""
import os
import platform
import random
import sys
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import compare
import guest
import tap
from census import Census
from puppet import (MADV_DONTNEED, MAP_PRIVATE, MAP_SHARED, PAGE, Puppet, R, W, X, end_all)
from world import Stopped

PROCESSES, MAPPINGS, COMPARES = 40, 12, 4
PROTS = (R, R | X, R | W, R | W | X, 0)


class Span:
    """A range that one process has mapped from a library."""

    def __init__(self, addr, first, pages):
        self.addr, self.first, self.pages = addr, first, pages


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
             "remap", "cache"),
            (20, 22, 18, 6, 10, 6, 5, 3, 1, 2, 2))[0]
        if what in ("write", "touch", "protect", "unmap", "drop", "remap") and not spans:
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
        addr = puppet.map(library.path, first, pages, prot | (R if prot & W else 0),
                          MAP_SHARED if shared else MAP_PRIVATE)
        spans.append(Span(addr, first, pages))
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
                spans.append(Span(span.addr + start * PAGE, span.first + start, end - start))

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
        self.spans[puppet.fork()] = [Span(s.addr, s.first, s.pages) for s in spans]

    def vfork(self, puppet, spans):
        child = puppet.clone(0x4100 | 17)       # CLONE_VFORK | CLONE_VM | SIGCHLD
        if spans:
            span, first, pages = self.part(spans)
            self.try_to(child.touch, span.addr + first * PAGE, pages)
        child.end("exit")

    def cache(self, _puppet, _spans):
        library = self.chance.choice(self.libraries)
        library.drop()

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
    # Other seeds on other kernels, so that all kernels together try ten.
    start = zlib.crc32(("%d.%d" % guest.kernel() + platform.machine()).encode()) % 1000
    seeds = [int(s) for s in guest.parameter("seeds", "%d,%d" % (start, start + 1)).split(",")]
    for seed in seeds:
        live(t, seed, int(guest.parameter("steps", "2000")), place, memory)
    guest.finish()


tap.run(main)
