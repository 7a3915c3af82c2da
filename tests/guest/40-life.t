#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 300
"""The module's life: loaded, read, unloaded, again and again; read in every way
that a file can be read; killed in the middle; asked by eight at once."""
import os
import random
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import guest
import invariants
import tables
import tap
from puppet import MAP_POPULATE, MAP_PRIVATE, Puppet, R, X, end_all

TABLES = ("libraries", "processes", "mappings", "pages", "histogram", "cgroups")


def present():
    return [n for n in TABLES if os.path.exists("%s/%s" % (tables.DIRECTORY, n))]


def load_and_unload(t, times=50):
    if guest.loaded():
        guest.unload()
    for number in range(times):
        guest.load()
        for name in present() + ["summary", "snapshot", "stats"]:
            if not tables.read(name):
                return t.ok(False, "round %d: %s is empty" % (number, name))
        guest.unload()
        if guest.loaded() or os.path.exists(tables.DIRECTORY):
            return t.ok(False, "round %d: something is left" % number)
    guest.load()
    return t.ok(True, "%d times: load, read every file, unload" % times)


def held_open(t):
    for name in ("snapshot", "stats", "summary"):
        fd = os.open("%s/%s" % (tables.DIRECTORY, name), os.O_RDONLY)
        t.equal(guest.refused(guest.unload), "EAGAIN", "no unload while %s is open" % name)
        t.ok(os.read(fd, 100), "and it can still be read")
        os.close(fd)
    guest.unload()
    t.ok(not guest.loaded(), "unload after the last close")
    guest.load()


def ways_to_read(t):
    path = tables.DIRECTORY + "/libraries"
    fd = os.open(path, os.O_RDONLY)
    whole = b""
    while True:
        part = os.read(fd, 65536)
        if not part:
            break
        whole += part
    t.ok(whole.startswith(b"# libshare 1 libraries ") and whole.endswith(b"\n"), "first line")
    t.equal(os.read(fd, 1), b"", "the end stays the end")
    os.lseek(fd, 0, os.SEEK_SET)
    single = b"".join(iter(lambda: os.read(fd, 1), b""))
    t.ok(single == whole, "byte by byte after lseek to 0: the same", len(single), len(whole))
    chance = random.Random(1)
    wrong = []
    for _ in range(40):
        at, size = chance.randrange(len(whole) + 10), chance.randrange(1, 5000)
        got = os.pread(fd, size, at)
        # A short read is allowed, an empty one only at the end.
        if got != whole[at:at + len(got)] or (not got and at < len(whole)):
            wrong.append("%d bytes at %d: %r" % (size, at, got[:60]))
    t.none(wrong, "pread at 40 random places: the same")
    middle = len(whole) // 2
    os.lseek(fd, middle, os.SEEK_SET)
    t.equal(os.read(fd, 20), whole[middle:middle + 20], "lseek into the middle")

    place = guest.folder()
    library = guest.Library(place + "/late.so", 4)
    puppet = Puppet.start()
    puppet.map(library.path, 0, 4)
    os.lseek(fd, 0, os.SEEK_SET)
    again = b"".join(iter(lambda: os.read(fd, 4096), b""))
    t.ok(again == whole, "an open file goes on saying what it said, whatever changes")
    os.close(fd)
    t.ok(b"/late.so" in tables.read("libraries").encode("utf-8", "surrogateescape"),
         "a new open sees what has changed")
    puppet.kill()


def generations(t):
    first = int(tables.table("libraries").header["generation"])
    before = tables.stats()
    second = int(tables.table("mappings").header["generation"])
    after = tables.stats()
    t.equal(second, first + 1, "the generation grows by one with each scan")
    t.equal(after["generation"], second, "stats tells the last scan's generation")
    t.equal(after["scans_total"] - before["scans_total"], 1, "stats counts scans, and makes none")
    t.ok(after["scan_ns_total"] > before["scan_ns_total"] and 0 < after["scan_ns"],
         "and the time that they took")
    t.equal(str(after["format"]), "1", "format")
    for name in ("scan_processes", "scan_vmas", "scan_ptes", "scan_libraries", "memory_bytes"):
        t.ok(after.get(name, 0) > 0, "stats: %s is %r" % (name, after.get(name)))
    for name in ("skipped_processes", "skipped_exited", "skipped_stuck", "skipped_too_long",
                 "mmap_lock_hold_max_ns", "pte_lock_hold_max_ns"):
        t.ok(name in after, "stats: has " + name)


def much_to_scan():
    """So much that a scan takes a while: a signal has to find it at work."""
    library = guest.Library(guest.tmpfs() + "/big.so", 2048)
    for _ in range(40):
        p = Puppet.start()
        for _ in range(4):
            p.map(library.path, 0, 2048, R | X, MAP_PRIVATE | MAP_POPULATE)


def reader(name="snapshot"):
    """A child of our own that opens at once, without the way through exec."""
    pid = os.fork()
    if pid == 0:
        fd = os.open("%s/%s" % (tables.DIRECTORY, name), os.O_RDONLY)
        while os.read(fd, 1 << 20):
            pass
        os._exit(0)
    return pid


def kill_after(seconds):
    """How many of two readers are killed before they end, and how long it takes until
    both are gone. Each has a scan of its own."""
    pids = [reader(), reader("libraries")]
    time.sleep(seconds)
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    begun = time.monotonic()
    unfinished = sum(os.waitpid(pid, 0)[1] == signal.SIGKILL for pid in pids)
    return unfinished, time.monotonic() - begun


def killed(t):
    """Readers that are killed at some moment of their open."""
    much_to_scan()
    start = time.monotonic()
    os.waitpid(reader(), 0)
    length = time.monotonic() - start
    chance = random.Random(2)
    rounds, unfinished, slowest = 0, 0, 0.0
    while rounds < 20 or unfinished < 10 and rounds < 60:
        moment = chance.random() * length
        # A busy host may hold one up, but not each that is killed at this moment.
        tries = []
        while not tries or tries[-1][1] >= 1 and len(tries) < 5:
            tries.append(kill_after(moment))
        rounds += 1
        unfinished += tries[-1][0]
        slowest = max(slowest, tries[-1][1])
    t.say("a reader takes %.2f s, the scan %.3f s; %d of %d killed at work, the slowest gone "
          "in %.3f s" % (length, tables.stats()["scan_ns"] / 1e9, unfinished, 2 * rounds, slowest))
    t.ok(unfinished >= 10, "readers were killed at work")
    t.ok(slowest < 1, "and died at once", "%.3f s" % slowest)
    t.equal(guest.read("/sys/module/libshare/refcnt").strip(), "0", "nothing holds the module")
    t.none(invariants.all_problems(tables.snapshot()), "the next snapshot is whole")
    end_all()


def eight_readers(t):
    code = ("import sys; sys.path.insert(0, %r); import tables, invariants\n"
            "for n in range(2):\n"
            "    snapshot = tables.snapshot()\n"
            "    p = invariants.all_problems(snapshot)\n"
            "    if p: print(p[:3]); sys.exit(1)\n"
            "    print(snapshot.header['generation'])\n"
            % os.path.dirname(os.path.abspath(tables.__file__)))
    before = tables.stats()
    readers = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
               for _ in range(8)]
    output = [r.communicate()[0] for r in readers]
    t.none([o for r, o in zip(readers, output) if r.returncode],
           "eight readers at once, two snapshots each: all whole")
    first = before["generation"] + 1
    t.equal(sorted(int(n) for o in output for n in o.split()), list(range(first, first + 16)),
            "each of them from a scan of its own")
    t.equal(tables.stats()["scans_total"] - before["scans_total"], 16, "stats: 16 scans")


def main(t):
    guest.ensure_loaded()
    load_and_unload(t)
    held_open(t)
    ways_to_read(t)
    generations(t)
    eight_readers(t)
    killed(t)
    guest.unload()
    t.ok(not guest.loaded(), "unload in the end")
    guest.load()
    guest.finish()


tap.run(main)
