# SPDX-License-Identifier: GPL-2.0-only
"""What the kernel says: reads what bin/snap wrote, without any judgement."""
import os
import re
import shutil
import struct
import subprocess
import tempfile

import guest
import puppet
import tables

PAGE = puppet.PAGE
PRESENT, SWAPPED, FILE = 1 << 63, 1 << 62, 1 << 61
PFN = (1 << 55) - 1
KPF_ANON, KPF_KSM, KPF_THP, KPF_ZERO = 1 << 12, 1 << 21, 1 << 22, 1 << 24
KPF_SWAPCACHE = 1 << 13
KPF_LARGE = 1 << 15 | 1 << 16 | KPF_THP     # head or tail of a compound page
SWAP_TYPES = 23         # swap areas have the low types, markers and migration the high ones
KEPT = {"Rss", "Pss", "Anonymous", "Swap", "Referenced", "Private_Clean", "Private_Dirty",
        "Shared_Clean", "Shared_Dirty", "ShmemPmdMapped", "FilePmdMapped", "KSM", "VmFlags"}


class Vma:
    def __init__(self, header):
        fields = header.split(None, 5)
        start, _, end = fields[0].partition("-")
        major, _, minor = fields[3].partition(":")
        self.start, self.end = int(start, 16), int(end, 16)
        self.perms = fields[1]
        self.offset = int(fields[2], 16)
        self.key = (int(major, 16), int(minor, 16), int(fields[4]))
        path = fields[5] if len(fields) > 5 else ""
        self.deleted = path.endswith(" (deleted)")
        self.path = (path[:-10] if self.deleted else path).replace("\\012", "\n")
        self.smaps = {}
        self.flags = ()
        self.records = ()       # (address, pagemap, kpageflags, kpagecount)

    def index(self, addr):
        return (self.offset + addr - self.start) // PAGE

    def is_file(self):
        return self.key[2] != 0 and self.path != "/dev/zero" and not self.path.startswith("/SYSV")

    def passed_over(self):
        """Special mappings have no pages to speak of."""
        return bool({"pf", "io", "ht"} & set(self.flags))


def parse_smaps(text):
    """The file mappings of a smaps."""
    vmas = []
    vma = None
    for line in text.split("\n"):
        if not line:
            continue
        if line[0] in "0123456789abcdef":
            vma = Vma(line)
            if vma.is_file():
                vmas.append(vma)
            else:
                vma = None
        elif vma is not None:
            name, _, value = line.partition(":")
            if name == "VmFlags":
                vma.flags = tuple(value.split())
            elif name in KEPT:
                vma.smaps[name] = int(value.split()[0]) * 1024
    return vmas


def smaps_totals(text):
    """Each field of a smaps, in bytes, summed over all of its VMAs."""
    totals = {}
    for name, kilobytes in re.findall(r"^(\w+): +(\d+) kB$", text, re.M):
        totals[name] = totals.get(name, 0) + int(kilobytes) * 1024
    return totals


def read_pages(path):
    """{start of VMA: [(address, pagemap, kpageflags, kpagecount), …]}"""
    with open(path, "rb") as f:
        data = f.read()
    found = {}
    at = 0
    while at < len(data):
        start, count = struct.unpack_from("=QQ", data, at)
        at += 16
        found[start] = list(struct.iter_unpack("=QQQQ", data[at:at + 32 * count]))
        at += 32 * count
    return found


class Process:
    """One address space: its lowest process and what that one's files say."""

    def __init__(self, directory, pid):
        def text(name):
            try:
                with open("%s/%d/%s" % (directory, pid, name), "rb") as f:
                    return tables.decode(f.read())
            except FileNotFoundError:
                return ""
        self.pid = pid
        self.status = dict(l.split(":\t", 1) for l in text("status").splitlines() if ":\t" in l)
        self.uid = int(self.status["Uid"].split()[1])
        self.comm = text("comm")[:-1]
        cgroup = re.search(r"^0::(.*)$", text("cgroup"), re.M)
        self.cgroup = cgroup.group(1) if cgroup else None
        exe = re.match(r"(\d+):(\d+) (\d+)", text("exe"))
        self.exe = tuple(int(n) for n in exe.groups()) if exe else None
        self.stat = text("stat").rpartition(")")[2].split()
        self.rollup = smaps_totals(text("smaps_rollup"))
        self.vmas = parse_smaps(text("smaps"))
        self.totals = smaps_totals(text("smaps"))
        pages = read_pages("%s/%d/pages" % (directory, pid))
        for vma in self.vmas:
            vma.records = pages.get(vma.start, ())

    def faults(self):
        """Minor and major page faults so far."""
        return int(self.stat[7]), int(self.stat[9])


class World:
    """All that one run of snap wrote to a directory."""

    def __init__(self, directory):
        same = {}
        with open(directory + "/mm", encoding="ascii") as f:
            for line in f:
                first, second = (int(n) for n in line.split())
                same.setdefault(min(first, second), set()).add(max(first, second))
        double = {pid for pids in same.values() for pid in pids}
        pids = sorted(int(n) for n in os.listdir(directory) if n.isdigit())
        self.processes = [Process(directory, pid) for pid in pids if pid not in double]
        self.cache = {}         # identity: (size, cachestat or None, set of cached indices)
        with open(directory + "/cache", encoding="ascii") as f:
            for line in f:
                dev, ino, size, nr, runs = line.split()
                major, minor = (int(n, 16) for n in dev.split(":"))
                indices = set()
                for run in () if runs == "-" else runs.split(","):
                    first, _, count = run.partition("+")
                    indices.update(range(int(first), int(first) + int(count)))
                self.cache[major, minor, int(ino)] = (
                    int(size), None if nr == "-" else int(nr), indices)
        self.swap_used = 0
        if os.path.exists(directory + "/swaps"):
            with open(directory + "/swaps", encoding="utf-8", errors="replace") as f:
                self.swap_used = sum(int(line.split()[-2]) * 1024 for line in f.readlines()[1:])
        self.vmstat = {}
        if os.path.exists(directory + "/vmstat"):
            with open(directory + "/vmstat", encoding="ascii") as f:
                self.vmstat = {n: int(v) for n, v in (line.split() for line in f)}


class Stopped:
    """The moment: the module's snapshot and the world that belongs to it."""

    def __init__(self, module=True, again=False, harm=False):
        self.directory = tempfile.mkdtemp(prefix="libshare-", dir=scratch_folder())
        command = [puppet.binary("snap"), "-t", str(300 * guest.patience())]
        if module:
            command += ["-m", tables.DIRECTORY + "/snapshot"]
        command += (["-a"] if again else []) + (["-h"] if harm else [])
        subprocess.run(command + [self.directory], check=True)
        try:
            if harm:
                self.before = World(self.directory + "/before")
                self.after = World(self.directory + "/after")
            else:
                self.world = World(self.directory)
            self.snapshot = self._snapshot("snapshot") if module else None
            self.second = self._snapshot("snapshot2") if again else None
            if module:
                self.snapshot.alone = self._snapshot("libraries")
                self.snapshot.alone_stats = tables.pairs(self._text("stats"))
                self.snapshot.summary = self._text("summary")
        finally:
            if not os.environ.get("LIBSHARE_KEEP"):
                shutil.rmtree(self.directory)

    def _text(self, name):
        with open("%s/%s" % (self.directory, name), "rb") as f:
            return tables.decode(f.read())

    def _snapshot(self, name):
        return tables.Snapshot(self._text(name))


def scratch_folder():
    """Memory-backed where there is some, so that looking writes no disk."""
    for folder in ("/dev/shm", "/run", "/tmp"):
        if os.path.ismount(folder) and os.access(folder, os.W_OK):
            return folder
    return "/var/tmp"
