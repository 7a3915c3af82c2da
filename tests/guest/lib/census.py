# SPDX-License-Identifier: GPL-2.0-only
"""Works out, from pagemap and kpageflags alone, every number that libshare
publishes: the tables of a World under the same column names.

PSS is a Fraction until the end. Where only a true number of entries will do,
entries are counted here, over all processes, not taken from kpagecount."""
from collections import Counter, defaultdict
from fractions import Fraction

from world import (FILE, KPF_ANON, KPF_KSM, KPF_LARGE, KPF_THP, KPF_ZERO, PAGE, PFN, PRESENT,
                   SWAP_TYPES, SWAPPED)

TABLE = PAGE // 8 * PAGE        # bytes that one lowest-level page table maps


def library_keys(world, alias=None):
    """Files that some process maps executable."""
    alias = alias or {}
    return {alias.get(v.key, v.key) for p in world.processes for v in p.vmas if "x" in v.perms}


class Mapping:
    """What the entries of one VMA are."""

    def __init__(self, process, vma, key):
        self.process, self.vma, self.key = process, vma, key
        self.file = []          # index of each entry that maps a file page
        self.copies = []        # (index, frame) of each entry that holds a copy
        self.ksm = 0            # how many of the copies KSM has merged
        self.swap = 0
        self.zero = 0
        self.tables = set()     # page tables with an entry
        self.counts = {}        # index: kpagecount of the file page
        self.frames = {}        # index: frame of the file page
        self.large = []         # indices whose file page is of a large folio
        for addr, pagemap, flags, count in vma.records:
            self._entry(addr, pagemap, flags, count)
        # 6.12's kpageflags calls every anonymous page one of KSM; where smaps
        # tells the number, take that.
        if "KSM" in vma.smaps:
            self.ksm = vma.smaps["KSM"] // PAGE
        self.tables -= pmd_mapped(vma)

    def _entry(self, addr, pagemap, flags, count):
        index = self.vma.index(addr)
        self.tables.add(addr // TABLE)
        if pagemap & PRESENT:
            if is_file(pagemap, flags):
                self.file.append(index)
                self.counts[index] = count
                self.frames[index] = pagemap & PFN
                if flags & KPF_LARGE:
                    self.large.append(index)
            elif flags & KPF_ZERO:
                self.zero += 1
            else:
                copy = (index, pagemap & PFN)
                self.copies.append(copy)
                if flags & KPF_KSM:
                    self.ksm += 1
        elif pagemap & SWAPPED and pagemap & 31 < SWAP_TYPES:
            self.swap += 1


def is_file(pagemap, flags):
    """Older kernels (5.10) forget the mark in pagemap for what a huge entry maps."""
    return bool(pagemap & FILE or flags & KPF_THP and not flags & KPF_ANON)


def pmd_mapped(vma):
    """Ranges that a huge entry maps: they have no lowest-level table."""
    huge = vma.smaps.get("ShmemPmdMapped", 0) + vma.smaps.get("FilePmdMapped", 0)
    if not huge:
        return set()
    by_table = defaultdict(list)
    for addr, pagemap, flags, _ in vma.records:
        if pagemap & PRESENT and is_file(pagemap, flags) and flags & KPF_THP:
            by_table[addr // TABLE].append(pagemap & PFN)
    whole = {t for t, frames in by_table.items()
             if len(frames) == TABLE // PAGE and frames[0] % (TABLE // PAGE) == 0}
    if len(whole) * TABLE != huge:
        raise ValueError("cannot tell which of %d huge ranges of %s are mapped by one entry"
                         % (len(whole), vma.path))
    return whole


def pss_parts(mapping, file_entries, copy_entries):
    parts = Counter(file_entries[mapping.key, i] for i in mapping.file)
    parts.update(copy_entries[mapping.key, c] for c in mapping.copies)
    return parts


def pss(parts):
    return sum((Fraction(PAGE * n, entries) for entries, n in parts.items()), Fraction(0))


def segment(mapping):
    perms = mapping.vma.perms
    if perms[:3] == "---":
        return "none"
    if "x" in perms:
        return "text"
    if "w" in perms:
        return "data"
    return "relro" if mapping.copies or mapping.swap else "rodata"


class Census:
    """The oracle's tables. keys limits them to some libraries; alias maps what
    /proc/PID/maps says of a file to the identity of its page cache (overlayfs)."""

    def __init__(self, world, keys=None, alias=None):
        self.world = world
        alias = alias or {}
        self.keys = library_keys(world, alias)
        if keys is not None:
            self.keys &= set(keys)
        self.all = []
        for process in world.processes:
            for vma in process.vmas:
                key = alias.get(vma.key, vma.key)
                if key in self.keys:
                    self.all.append(Mapping(process, vma, key))
        self._count()
        self.executables = {alias.get(p.exe, p.exe) for p in world.processes}
        self.cache = {alias.get(k, k): v for k, v in world.cache.items()}

    def _count(self):
        self.file_entries = Counter()                   # (key, index): entries
        self.file_sharers = defaultdict(set)            # (key, index): pids
        self.copy_entries = Counter()                   # (key, (index, frame)): entries
        self.copy_sharers = defaultdict(set)
        self.kpagecount = {}                            # (key, index): what the kernel counts
        self.frames = defaultdict(set)                  # (key, index): frames seen
        self.large = {(m.key, i) for m in self.all for i in m.large}
        for m in self.all:
            pid = m.process.pid
            for i in m.file:
                self.file_entries[m.key, i] += 1
                self.file_sharers[m.key, i].add(pid)
                self.kpagecount[m.key, i] = m.counts[i]
                self.frames[m.key, i].add(m.frames[i])
            for c in m.copies:
                self.copy_entries[m.key, c] += 1
                self.copy_sharers[m.key, c].add(pid)

    def mappings(self):
        rows = {}
        for m in self.all:
            pid = {m.process.pid}
            rows[m.process.pid, m.vma.start] = {
                "pid": m.process.pid, "key": m.key, "start": m.vma.start, "end": m.vma.end,
                "offset": m.vma.offset, "perms": m.vma.perms, "segment": segment(m),
                "rss": PAGE * len(m.file), "cow": PAGE * len(m.copies),
                "shared": PAGE * sum(1 for i in m.file if self.file_sharers[m.key, i] - pid),
                "cow_shared": PAGE * sum(1 for c in m.copies
                                         if self.copy_sharers[m.key, c] - pid),
                "swap": PAGE * m.swap, "ksm": PAGE * m.ksm,
                "pss": int(pss(pss_parts(m, self.file_entries, self.copy_entries))),
                "path": m.vma.path, "smaps": m.vma.smaps,
            }
        return rows

    def _group(self, by):
        groups = defaultdict(list)
        for m in self.all:
            groups[by(m)].append(m)
        return groups

    def _sums(self, mappings):
        parts = Counter()
        for m in mappings:
            parts.update(pss_parts(m, self.file_entries, self.copy_entries))
        return {
            "maps": len(mappings), "cow": PAGE * sum(len(m.copies) for m in mappings),
            "swap": PAGE * sum(m.swap for m in mappings),
            "ksm": PAGE * sum(m.ksm for m in mappings), "exact_pss": pss(parts),
        }

    def libraries(self):
        rows = {}
        for key, mappings in self._group(lambda m: m.key).items():
            pages = {i for m in mappings for i in m.file}
            sharers = [len(self.file_sharers[key, i]) for i in pages]
            size, cachestat, cached = self.cache.get(key, (None, None, set()))
            row = self._sums(mappings)
            row.update({
                "kind": "exe" if key in self.executables else "lib",
                "deleted": all(m.vma.deleted for m in mappings),
                "procs": len({m.process.pid for m in mappings}), "size": size,
                "cached": PAGE * (len(cached) if cachestat is None else cachestat),
                "mapped": PAGE * len(pages), "shared": PAGE * sum(1 for s in sharers if s > 1),
                "rss": PAGE * sum(sharers), "saved": PAGE * (sum(sharers) - len(pages)),
                "cow_unique": PAGE * len({c for m in mappings for c in m.copies}),
                "mapcount_max": max((self.file_entries[key, i] for i in pages), default=0),
                "pagetables": PAGE * len({(m.process.pid, t) for m in mappings
                                          for t in m.tables}),
                "paths": {m.vma.path for m in mappings},
            })
            rows[key] = row
        return rows

    def processes(self):
        rows = {}
        for pid, mappings in self._group(lambda m: m.process.pid).items():
            pages = {(m.key, i) for m in mappings for i in m.file}
            copies = {(m.key, c) for m in mappings for c in m.copies}
            process = mappings[0].process
            row = self._sums(mappings)
            row.update({
                "uid": process.uid, "libs": len({m.key for m in mappings}),
                "rss": PAGE * len(pages), "pss": int(row["exact_pss"]),
                "private": PAGE * (sum(1 for p in pages if len(self.file_sharers[p]) == 1)
                                   + sum(1 for c in copies if len(self.copy_sharers[c]) == 1)),
                "pagetables": PAGE * len({t for m in mappings for t in m.tables}),
                "cgroup": process.cgroup or "-", "comm": process.comm,
            })
            rows[pid] = row
        return rows

    def pages(self):
        """{key: {index: {cached, sharers, mappings, copies, mapcount}}}, all that
        are cached, mapped or copied."""
        found = {key: {} for key in self.keys}
        copies = Counter()
        for (key, (index, _)), pids in self.copy_entries.items():
            copies[key, index] += pids
        wanted = set(self.file_entries) | set(copies)
        wanted |= {(k, i) for k in self.keys for i in self.cache.get(k, (0, 0, ()))[2]}
        for key, index in wanted:
            found[key][index] = {
                "cached": int(index in self.cache.get(key, (0, 0, ()))[2]),
                "sharers": len(self.file_sharers.get((key, index), ())),
                "mappings": self.file_entries.get((key, index), 0),
                "copies": copies.get((key, index), 0),
                "mapcount": self.kpagecount.get((key, index), 0),
            }
        return found

    def histogram(self):
        return {key: dict(Counter(p["sharers"] for p in pages.values()
                                  if p["cached"] or p["sharers"]))
                for key, pages in self.pages().items()}
