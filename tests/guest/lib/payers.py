# SPDX-License-Identifier: GPL-2.0-only
"""Which control group pays for which page, as /proc/kpagecgroup says, and from that and a
Census every column of cgroups."""
import ctypes
import mmap
import os
import struct
from collections import defaultdict
from fractions import Fraction

import census
import guest
from world import PAGE, PFN, PRESENT

TOP = "/sys/fs/cgroup"
TAIL = 1 << 16              # KPF_COMPOUND_TAIL
COLUMNS = ("procs", "rss", "mapped", "charged", "lent", "borrowed", "idle", "private", "cow",
           "cow_unique", "swap", "pss")
COUNTS = {"procs"}


def word(file, index):
    file.seek(index * 8)
    return struct.unpack("=Q", file.read(8))[0]


def groups():
    """{inode number: path} of all control groups."""
    return {os.stat(folder).st_ino: folder[len(TOP):] or "/" for folder, _, _ in os.walk(TOP)}


class Payers:
    """Path of the group that pays for a page frame, '-' if none does."""

    def __init__(self):
        self.paths = groups()
        self.cgroup = open("/proc/kpagecgroup", "rb", buffering=0)
        self.flags = open("/proc/kpageflags", "rb", buffering=0)

    def of(self, frame):
        # Some kernels tell it of the first page of a folio only.
        while word(self.flags, frame) & TAIL:
            frame -= 1
        ino = word(self.cgroup, frame)
        return self.paths.get(ino, "group with inode %d" % ino) if ino else "-"

    def of_file(self, path):
        """{index: group} of the pages of a file that are cached."""
        size = os.stat(path).st_size
        pages = (size + PAGE - 1) // PAGE
        found = {}
        if not pages:
            return found
        with open(path, "rb") as f, open("/proc/self/pagemap", "rb", buffering=0) as pagemap:
            area = mmap.mmap(f.fileno(), size, mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_WRITE)
            there = (ctypes.c_char * size).from_buffer(area)
            start = ctypes.addressof(there)
            resident = ctypes.create_string_buffer(pages)
            # Touching a page must not read in others.
            guest.LIBC.madvise(ctypes.c_void_p(start), ctypes.c_size_t(size), mmap.MADV_RANDOM)
            if guest.LIBC.mincore(ctypes.c_void_p(start), ctypes.c_size_t(size), resident):
                raise OSError(ctypes.get_errno(), "mincore")
            for index in range(pages):
                if not resident.raw[index] & 1:
                    continue
                there[index * PAGE]     # pylint: disable=pointless-statement
                entry = word(pagemap, start // PAGE + index)
                found[index] = self.of(entry & PFN) if entry & PRESENT else "not present"
            del there
            area.close()
        return found


def file_of(world_census, key):
    """A name by which the file can be opened, or None."""
    for m in world_census.all:
        path = m.vma.path
        if m.key == key and path.startswith("/") and not m.vma.deleted:
            try:
                return path if guest.key_of(path) == key else None
            except OSError:
                return None
    return None


class Library:
    """What is known of the processes and the pages of one library."""

    def __init__(self, world_census, key, payers, cached):
        self.census, self.key = world_census, key
        self.mappings = [m for m in world_census.all if m.key == key]
        self.payers = payers            # {index: group}
        self.cached = cached            # pages, with those behind the end of the file
        self.mapped = defaultdict(set)  # group: indices
        self.copies = defaultdict(set)
        for m in self.mappings:
            self.mapped[m.process.cgroup].update(m.file)
            self.copies[m.process.cgroup].update(m.copies)

    def elsewhere(self, sets, group):
        return set().union(*(s for g, s in sets.items() if g != group))

    def row(self, group):
        mine = [m for m in self.mappings if m.process.cgroup == group]
        mapped, copies = self.mapped.get(group, set()), self.copies.get(group, set())
        others = self.elsewhere(self.mapped, group)
        charged = {i for i, g in self.payers.items() if g == group}
        shares = sum((census.pss(census.pss_parts(m, self.census.file_entries,
                                                  self.census.copy_entries)) for m in mine),
                     Fraction(0))
        pages = {
            "rss": len({(m.process.pid, i) for m in mine for i in m.file}),
            "mapped": len(mapped), "charged": len(charged),
            "lent": len(charged & others - mapped), "borrowed": len(mapped - charged),
            "idle": len(charged - others - mapped),
            "private": len(mapped - others) + len(copies - self.elsewhere(self.copies, group)),
            "cow": sum(len(m.copies) for m in mine), "cow_unique": len(copies),
            "swap": sum(m.swap for m in mine),
        }
        # A large folio behind the end of the file is paid for as its first page is.
        behind = self.cached - len(self.payers)
        if behind and self.payers and group == self.payers[max(self.payers)]:
            pages["charged"] += behind
            pages["idle"] += behind
        row = {name: n * PAGE for name, n in pages.items()}
        row["procs"] = len({m.process.pid for m in mine})
        row["pss"] = int(shares)
        return row

    def rows(self):
        found = {g: self.row(g) for g in set(self.mapped) | set(self.payers.values())}
        return {g: r for g, r in found.items() if r["procs"] or r["charged"]}


def expected(world_census, keys=None):
    """({(key, group): row}, keys of the libraries whose file could be read)"""
    payers = Payers()
    rows, known = {}, set()
    for key in world_census.keys if keys is None else keys:
        path = file_of(world_census, key)
        _, cachestat, cached = world_census.cache.get(key, (0, None, set()))
        if path is None:
            continue
        pages = {i: g for i, g in payers.of_file(path).items() if i in cached}
        library = Library(world_census, key, pages,
                          len(cached) if cachestat is None else cachestat)
        known.add(key)
        rows.update({(key, g): r for g, r in library.rows().items()})
    return rows, known


def published(snapshot):
    """{(key, group): row} of the table cgroups."""
    from tables import identity     # pylint: disable=import-outside-toplevel
    return {(identity(r), r["cgroup"]): r for r in snapshot.rows("cgroups")}


def compare(t, moment, name, keys=None):
    """Every row and column of the table, of all libraries or some."""
    want, known = expected(census.Census(moment.world), keys)
    got = {k: r for k, r in published(moment.snapshot).items() if k[0] in known}
    problems = ["no row: %r %r" % (k, want[k]) for k in sorted(want) if k not in got]
    problems += ["not expected: %r" % got[k] for k in got if k not in want]
    problems += ["%s of %s in %s: module %r, oracle %r" % (c, got[k]["path"], k[1], got[k][c], r[c])
                 for k, r in want.items() if k in got for c in COLUMNS if got[k][c] != r[c]]
    t.none(problems, "%s: %d rows of cgroups by %d columns are what kpagecgroup and pagemap say"
           % (name, len(want), len(COLUMNS)))
    return len(want)
