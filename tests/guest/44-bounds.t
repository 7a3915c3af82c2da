#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 600
"""What other users make large costs a reader little: long paths, many files, many VMAs.
memory_bytes is what the slabs hold, and memory_max is the most that a scan takes."""
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import guest
import puppet
import tables
import tap
from puppet import PAGE

MEMORY_MAX = "/sys/module/libshare/parameters/memory_max"
PATH_MAX = 4096
# What a kernel that checks itself notes of each object.
NOTES = ("kmemleak_object", "debug_objects_cache")
NAME = "\\ž" * 83       # 249 bytes; a backslash is printed as four
DEPTH = 120             # 30 KB of path

# Without privileges: so many files in this folder, each mapped executable; or one, so often.
MAPPER = """
import ctypes, os, sys, time
files, vmas = int(sys.argv[1]), int(sys.argv[2])
os.setuid(65534)
libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]
for i in range(files):
    fd = os.open("long-" + i % 6 * "x" + str(i), os.O_RDWR | os.O_CREAT, 0o755)
    os.ftruncate(fd, 4096)
    for n in range(vmas):
        libc.mmap(0x100000000000 + (i * vmas + n) * 8192, 4096, 5, 2, fd, 0)
    os.close(fd)
print("ready", flush=True)
time.sleep(100000)
"""


def deep(place):
    """A folder with a path of 30 KB, which is the working directory afterwards."""
    os.chdir(place)
    os.chmod(".", 0o777)
    for _ in range(DEPTH):
        os.mkdir(NAME)
        os.chmod(NAME, 0o777)
        os.chdir(NAME)


class Mapper:
    def __init__(self, files, vmas):
        self.process = subprocess.Popen([sys.executable, "-c", MAPPER, str(files), str(vmas)],
                                        stdout=subprocess.PIPE, universal_newlines=True)
        self.process.stdout.readline()
        self.pid = self.process.pid

    def end(self):
        self.process.kill()
        self.process.wait()


def slabs():
    """Bytes of all slab objects in use, by cache: one of ours may be merged with another."""
    found = {}
    for line in guest.read("/proc/slabinfo").splitlines()[2:]:
        name, active, _, size = line.split()[:4]
        found[name] = int(active) * int(size)
    return found


def kept(name):
    """What the slabs hold more while a file is open, by cache, and what stats says of it."""
    with open("%s/%s" % (tables.DIRECTORY, name), "rb"):
        pass
    before = slabs()
    with open("%s/%s" % (tables.DIRECTORY, name), "rb"):
        after, stats = slabs(), tables.stats()
    grown = {n: after[n] - before.get(n, 0) for n in after}
    return {n: size for n, size in grown.items()
            if abs(size) >= 65536 and n not in NOTES}, stats


def rows_of(text):
    """(flags, path as it is printed, bytes of the row) of each row of a table."""
    lines = text.splitlines()
    columns = lines[1].split("\t")
    for line in lines[2:]:
        row = dict(zip(columns, line.split("\t")))
        yield row.get("flags", ""), row["path"], len(os.fsencode(line))


def check_long_paths(t, library):
    mapper = Mapper(1000, 1)
    start = time.monotonic()
    with open("%s/libraries" % tables.DIRECTORY, "rb") as f:
        seconds = time.monotonic() - start
        text = tables.decode(f.read())
    stats = tables.stats()
    long = [(flags, path) for flags, path, _ in rows_of(text) if "\\134" in path]
    t.equal(len(long), 1000, "a thousand libraries have a path of 30 KB")
    t.none(["%d bytes" % len(os.fsencode(path)) for _, path in long
            if not PATH_MAX - 8 < len(os.fsencode(path)) <= PATH_MAX],
           "a printed path has at most PATH_MAX bytes")
    t.none([flags for flags, _ in long if "s" not in flags], "and flag s, if it is shortened")
    t.none([path for flags, path, _ in rows_of(text) if "s" in flags and "\\134" not in path],
           "as no other has")
    t.none([path[-40:] for _, path in long if not path.startswith("/") or "…" not in path
            or not path.rpartition("/")[2].startswith("long-")],
           "its beginning and its end are there")
    t.none([path[-40:] for _, path in long if any("\udc80" <= c <= "\udcff" for c in path)],
           "and whole characters")
    t.ok(stats["memory_bytes"] < 1000 * 2 * PATH_MAX,
         "they take %d KiB" % (stats["memory_bytes"] // 1024))
    t.ok(library in text, "others are told as well")
    t.say("1000 paths of 30 KB: open takes %.2f s, %d KiB"
          % (seconds, stats["memory_bytes"] // 1024))
    mapper.end()
    mapper = Mapper(1, 2000)
    sizes = [size for _, path, size in rows_of(tables.read("mappings")) if "\\134" in path]
    t.equal(len(sizes), 2000, "2000 VMAs of a library with such a path")
    t.ok(max(sizes, default=0) < PATH_MAX + 256, "mappings: a row has %d bytes at most"
         % max(sizes, default=0))
    mapper.end()


def check_budget(t):
    """Beyond memory_max a scan fails, and loses nothing; the log says once what to do."""
    mapper = Mapper(1000, 1)
    tables.read("libraries")
    need = tables.stats()["memory_bytes"]
    before = guest.run("dmesg").count("memory_max")
    guest.set_value(MEMORY_MAX, "1M")
    t.ok(need > 2 << 20, "a scan that needs %d KiB" % (need // 1024))
    said = [guest.refused(os.open, "%s/libraries" % tables.DIRECTORY, os.O_RDONLY)
            for _ in range(3)]
    t.equal(set(said), {"ENOMEM"}, "fails with ENOMEM where memory_max is 1M")
    told = [line for line in guest.run("dmesg").splitlines() if "memory_max" in line][before:]
    t.ok(len(told) == 1 and "raise" in told[0], "and the log says once what to do", *told)
    guest.set_value(MEMORY_MAX, str(4 * need))
    tables.read("libraries")
    t.equal(tables.stats()["memory_bytes"], need, "it works again where memory_max is larger")
    mapper.end()
    for wrong in ("-1", "4096", "much"):
        t.equal(guest.refused(guest.write, MEMORY_MAX, wrong), "EINVAL",
                "memory_max is not %r" % wrong)
    guest.write(MEMORY_MAX, "64M\n")
    t.equal(guest.read(MEMORY_MAX).strip(), str(64 << 20), "memory_max takes a unit")
    guest.write(MEMORY_MAX, "0")


def check_memory_bytes(t, library):
    """memory_bytes is what the slabs hold."""
    if " kasan_report\n" in guest.read("/proc/kallsyms"):
        t.skip("memory_bytes is what the slabs hold", "KASAN keeps in them what was freed")
        return
    many = subprocess.Popen([puppet.binary("many"), "mappings", library.path, "60000"],
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                            universal_newlines=True)
    many.stdout.readline()
    place = guest.folder()
    files = subprocess.Popen([puppet.binary("many"), "files", place, "5000"],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             universal_newlines=True)
    files.stdout.readline()
    # Before 6.9 rows are in pages of their own, which are not in slabs.
    for name in ("mappings", "libraries", "pages")[guest.kernel() < (6, 9):]:
        # What else the kernel takes or gives back meanwhile is not the module's.
        for _ in range(5):
            grown, stats = kept(name)
            held, said = sum(grown.values()), stats["memory_bytes"]
            if 0.8 < held / said < 1.2:
                break
        t.ok(0.8 < held / said < 1.2, "%s: slabs hold %d KiB, memory_bytes is %d KiB"
             % (name, held // 1024, said // 1024), grown)
    for program in (many, files):
        program.stdin.close()
        program.wait()


def main(t):
    guest.ensure_loaded()
    library = guest.Library(guest.folder() + "/x.so", 24)
    check_memory_bytes(t, library)
    place = guest.tmpfs("mode=0777,nr_inodes=0")
    deep(place)
    check_long_paths(t, os.path.realpath(sys.executable))
    check_budget(t)
    os.chdir("/")
    guest.finish()


tap.run(main)
