# SPDX-License-Identifier: GPL-2.0-only
"""What is in the copies of a library: worked out from /proc/PID/maps, pagemap and mem,
without any hash, for libshare-top's audit to be compared with."""
import os
import struct
from bisect import bisect_right
from collections import Counter, defaultdict

PAGE = os.sysconf("SC_PAGESIZE")
PRESENT, OF_FILE, FRAME = 1 << 63, 1 << 61, (1 << 55) - 1
CLASSES = ("in_file", "equal", "relocated", "different", "unread")


class Vma:
    def __init__(self, line):
        fields = line.rstrip("\n").split(None, 5)
        self.start, self.end = (int(part, 16) for part in fields[0].split("-"))
        self.offset = int(fields[2], 16)
        self.file = (fields[3], int(fields[4])) if int(fields[4]) else None
        self.path = fields[5] if len(fields) == 6 else ""


class Process:
    def __init__(self, pid):
        self.pid = pid
        with open("/proc/%d/maps" % pid, encoding="utf-8", errors="surrogateescape") as maps:
            self.vmas = [Vma(line) for line in maps]
        self.exe = os.readlink("/proc/%d/exe" % pid)
        self.places = []            # (start, end, what stands for an address less start)
        last = None
        for vma in self.vmas:
            what = None
            if vma.file or vma.path == "[vdso]":
                what = (vma.file or "vdso", vma.offset)
            elif not vma.path and last and last[1] == vma.start:
                what = (last[2][0], last[2][1] + vma.start - last[0])
            last = (vma.start, vma.end, what) if what else None
            if what:
                self.places.append(last)
        self.starts = [place[0] for place in self.places]

    def without_addresses(self, page):
        """The page's words, with (file, offset) in place of each address of a file."""
        words = []
        for word in struct.unpack("<%dQ" % (PAGE // 8), page):
            at = bisect_right(self.starts, word) - 1
            if at >= 0 and word < self.places[at][1]:
                start, _, (what, offset) = self.places[at]
                words.append((what, offset + word - start))
            else:
                words.append(word)
        return tuple(words)

    def copies(self, path):
        """(page, frame, content) of each copy of a library."""
        with open("/proc/%d/pagemap" % self.pid, "rb", buffering=0) as pagemap, \
                open("/proc/%d/mem" % self.pid, "rb", buffering=0) as mem:
            for vma in self.vmas:
                if not vma.file or vma.path.replace(" (deleted)", "") != path:
                    continue
                pagemap.seek(vma.start // PAGE * 8)
                entries = pagemap.read((vma.end - vma.start) // PAGE * 8)
                for i, (entry,) in enumerate(struct.iter_unpack("=Q", entries)):
                    if not entry & PRESENT or entry & OF_FILE:
                        continue
                    mem.seek(vma.start + i * PAGE)
                    yield vma.offset // PAGE + i, entry & FRAME, mem.read(PAGE)


def pages_of(path):
    with open(path, "rb") as file:
        data = file.read()
    return lambda page: data[page * PAGE:page * PAGE + PAGE].ljust(PAGE, b"\0")


def wins(groups):
    """Of copies that are alike, all but one."""
    return sum(len(group) - 1 for group in groups.values())


class Audit:
    """The copies of a library that some processes hold, by class, in pages."""

    def __init__(self, path, pids, first=0, last=1 << 62):
        file = pages_of(path)
        copies = {}                 # (page, frame): content, words, exe
        self.holders = defaultdict(set)
        self.entries = 0
        for process in [Process(pid) for pid in pids]:
            for page, frame, content in process.copies(path):
                if not first <= page < last:
                    continue
                self.entries += 1
                self.holders[page, frame].add(process.pid)
                copies.setdefault((page, frame), (content, process.without_addresses(content),
                                                  process.exe))
        self.count = Counter({name: 0 for name in CLASSES})
        self.procs = defaultdict(set)
        self.win = Counter({"ksm": 0, "one_address": 0, "zygote": 0})
        by_page = defaultdict(list)
        for (page, frame), copy in copies.items():
            by_page[page].append((frame, *copy))
        for page, here in by_page.items():
            self._page(page, here, file(page))
        self.count["copies"] = len(copies)
        self.count["shared"] = sum(len(h) for h in self.holders.values() if len(h) > 1)

    def _page(self, page, here, file):
        contents, words, programs = defaultdict(list), defaultdict(list), defaultdict(list)
        for frame, content, moved, exe in here:
            if content not in contents:
                words[moved].append(frame)
            contents[content].append(frame)
            programs[exe, moved].append(frame)
        for frame, content, moved, _ in here:
            kind = "in_file" if content == file else \
                   "equal" if len(contents[content]) > 1 else \
                   "relocated" if len(words[moved]) > 1 else "different"
            self.count[kind] += 1
            self.procs[kind] |= self.holders[page, frame]
            self.procs["all"] |= self.holders[page, frame]
            self.count["alone"] += kind == "different" and len(here) == 1
        self.win["ksm"] += wins(contents)
        self.win["one_address"] += wins(contents) + wins(words)
        self.win["zygote"] += wins(programs)

    def row(self):
        """What libshare-top has to say, in bytes and processes."""
        row = {name: self.count[name] * PAGE for name in CLASSES + ("copies", "shared", "alone")}
        row.update({name: pages * PAGE for name, pages in self.win.items()})
        row.update({name + "_procs": len(self.procs[name]) for name in CLASSES})
        row["cow"] = self.entries * PAGE
        row["procs"] = len(self.procs["all"])
        return row
