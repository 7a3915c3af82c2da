# SPDX-License-Identifier: GPL-2.0-only
"""Forks over known pages, writes some, and compares what libshare-top says of heaps with what
smaps and pagemap say.

    heaps.py PROGRAM PYTHON COPY

COPY becomes a copy of PYTHON, and so a program of its own."""
import json
import os
import shutil
import struct
import subprocess
import sys

PAGE = os.sysconf("SC_PAGE_SIZE")
PAGES, CHILDREN, STEP = 512, 3, 20
FAMILY = """
import mmap, os
area = mmap.mmap(-1, %d * %d, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
area.madvise(mmap.MADV_NOHUGEPAGE)
for i in range(%d):
    area[i * %d] = 1
me = 0
for child in range(1, %d + 1):
    if not os.fork():
        me = child
        break
for i in range(me * %d):
    area[i * %d] = 2
os.write(1, b"%%d\\n" %% os.getpid())
os.read(0, 1)
os._exit(0)
""" % (PAGES, PAGE, PAGES, PAGE, CHILDREN, STEP, PAGE)

program, python, copy = sys.argv[1:]
problems = []


def check(what, got, want):
    if got != want:
        problems.append("%s: %s, not %s" % (what, got, want))


def show(*args):
    out = subprocess.run([program, "--json", "--source", "proc", "--view", "heap", "-o", "all",
                          *args], stdout=subprocess.PIPE, check=True).stdout
    return json.loads(out)


def executable(pid):
    """Device and inode of each file that a process maps executable."""
    found = set()
    with open("/proc/%d/maps" % pid, encoding="utf-8") as file:
        for line in file:
            fields = line.split()
            if "x" in fields[1] and fields[4] != "0":
                found.add((fields[3], fields[4]))
    return found


def anonymous(pid):
    """Frames of the anonymous pages in mappings of no library: {address: (frame, alone)}."""
    libraries, pages = executable(pid), {}
    zero = zero_frame()
    with open("/proc/%d/maps" % pid, encoding="utf-8") as maps, \
            open("/proc/%d/pagemap" % pid, "rb") as pagemap:
        for line in maps:
            fields = line.split()
            if fields[1][3] != "p" or (fields[3], fields[4]) in libraries or \
                    fields[-1] == "[vsyscall]":
                continue
            start, end = (int(x, 16) // PAGE for x in fields[0].split("-"))
            pagemap.seek(start * 8)
            data = pagemap.read((end - start) * 8)
            for i, (entry,) in enumerate(struct.iter_unpack("=Q", data)):
                if not entry >> 63 or entry >> 61 & 1:
                    continue
                frame = entry & ((1 << 55) - 1)
                if frame != zero:
                    pages[start + i] = (frame, entry >> 56 & 1)
    return pages


def zero_frame():
    """Reading an untouched page shows it."""
    import ctypes
    import mmap
    area = mmap.mmap(-1, PAGE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    assert area[0] == 0
    address = ctypes.addressof(ctypes.c_char.from_buffer(area))
    with open("/proc/self/pagemap", "rb") as file:
        file.seek(address // PAGE * 8)
        return struct.unpack("=Q", file.read(8))[0] & ((1 << 55) - 1)


def anonymous_kib(pid):
    libraries, total, wanted = executable(pid), 0, False
    with open("/proc/%d/smaps" % pid, encoding="utf-8") as file:
        for line in file:
            fields = line.split()
            if "-" in fields[0] and len(fields) > 4 and fields[1][3] in "ps":
                wanted = fields[1][3] == "p" and (fields[3], fields[4]) not in libraries
            elif wanted and fields[0] == "Anonymous:":
                total += int(fields[1])
    return total


def main():
    shutil.copy(python, copy)
    family = subprocess.Popen([copy, "-I", "-c", FAMILY], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE)
    pids = [int(family.stdout.readline()) for _ in range(CHILDREN + 1)]
    truth = {pid: anonymous(pid) for pid in pids}
    frames = all(f for pages in truth.values() for f, _ in pages.values())
    rows = {r["pid"]: r for r in show()["heap"] if r["pid"] in pids}
    check("processes", sorted(rows), sorted(pids))
    for pid, row in rows.items():
        alone = sum(a for _, a in truth[pid].values())
        check("heap of %d" % pid, row["heap"], anonymous_kib(pid) * 1024)
        check("pages of %d" % pid, row["heap"], len(truth[pid]) * PAGE)
        check("alone in %d" % pid, row["alone"], alone * PAGE)
        check("shared in %d" % pid, row["shared"], row["heap"] - alone * PAGE)
    # Pages that no child wrote are shared by all; the last child wrote most.
    least = (PAGES - CHILDREN * STEP) * PAGE
    check("shared since the fork", all(r["shared"] >= least for r in rows.values()), True)
    written = sorted(r["alone"] for r in rows.values())
    check("written since the fork", written[-1] >= CHILDREN * STEP * PAGE, True)
    groups = {r["program"]: r for r in show("--by", "program")["groups"]}
    group = groups[copy]
    check("procs", group["procs"], CHILDREN + 1)
    for column in ("heap", "alone", "shared"):
        check(column, group[column], sum(r[column] for r in rows.values()))
    distinct = len({f for pages in truth.values() for f, _ in pages.values()}) * PAGE
    check("distinct", group["distinct"], distinct if frames else None)
    if frames:
        check("saved", group["saved"], group["heap"] - distinct)
        check("saved by the fork", group["saved"] >= CHILDREN * least, True)
    family.stdin.close()
    family.wait()
    for problem in problems:
        print(problem)
    print("frames are %s" % ("known" if frames else "not known"))
    return bool(problems)


sys.exit(main())
