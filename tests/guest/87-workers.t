#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 400
"""Workers that share out the processes find what one finds. That several find the
very same as one is looked at in each test that compares libraries; here are the
cases that only sharing out makes, and what else may go wrong with it."""
import os
import random
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import compare
import guest
import tables
import tap
from census import Census
from puppet import Puppet, R, W, X, start_without_code
from world import Stopped

PARAMETER = "/sys/module/libshare/parameters/workers"
LIBRARIES = tables.DIRECTORY + "/libraries"
COLUMNS = ("procs", "maps", "mapped", "shared", "rss", "cow", "cow_unique", "swap",
           "mapcount_max", "pagetables", "kind")
SECONDS = 10
FILES = 3000            # of each of two processes, none of them a library


def parameter(t):
    for text in ("-1", "17", "99999999999999999999", "many", "0x", "2x"):
        t.ok(guest.refused(guest.write, PARAMETER, text) in ("EINVAL", "ERANGE"),
             "workers=%r is refused" % text)
    for text in ("0", "1", "16", "0x4"):
        guest.write(PARAMETER, text)
        t.equal(int(guest.read(PARAMETER)), int(text, 0), "workers=%s" % text)
    for workers, name, used in ((3, "libraries", 3), (3, "summary", 3), (3, "snapshot", 1),
                                (1, "libraries", 1), (0, "libraries", 1)):
        guest.write(PARAMETER, workers)
        tables.read(name)
        t.equal(tables.stats()["workers"], used, "workers=%d: %s takes %d" % (workers, name, used))


def check(t, lib, what):
    moment = Stopped()
    compare.libraries(t, moment.snapshot, Census(moment.world, {lib.key}), COLUMNS, what,
                      {lib.key})


def put_off(t, place):
    """Mapped by all, but executable in one process alone, which is any worker's."""
    lib = guest.Library(place + "/data.so", 8)
    puppets = start_without_code(lib.path, 6)
    t.ok(tables.Snapshot(tables.read("libraries")).libraries().get(lib.key) is None,
         "no library, though several workers know the file")
    for n, p in enumerate(puppets):
        addr = p.map(lib.path, 2, 2, R | X)
        p.touch(addr, 1)
        check(t, lib, "executable in process %d of 6 only" % (n + 1))
        p.unmap(addr, 2)
    for p in puppets:
        p.end()


def copies(t, place):
    """Copies whose owners are different workers' processes, and some of their own."""
    lib = guest.Library(place + "/copies.so", 24)
    first = Puppet.start()
    addr = first.map(lib.path, 0, 16, R | W)
    first.touch(first.map(lib.path, 0, 24, R | X), 20)
    first.write(addr, 10)
    puppets = [first] + [first.fork() for _ in range(4)]
    check(t, lib, "copies that five processes hold")
    for n, p in enumerate(puppets):
        p.write(addr + (n + 4) * os.sysconf("SC_PAGESIZE"), 3)
    check(t, lib, "and now some hold others")
    for p in reversed(puppets):
        p.end()


def names(t, place):
    """The path is that of the first process, the number that of the first library."""
    lib = guest.Library(place + "/name-0.so", 8)
    puppets = []
    for n in range(5):
        path = "%s/name-%d.so" % (place, n)
        if n:
            os.link(lib.path, path)
        puppets.append(Puppet.start())
        puppets[-1].touch(puppets[-1].map(path, 0, 4, R | X), n)
        other = guest.Library("%s/own-%d.so" % (place, n), 4)
        puppets[-1].touch(puppets[-1].map(other.path, 0, 4, R | X), 2)
    while puppets:
        check(t, lib, "known to %d processes by as many names" % len(puppets))
        puppets.pop(0).end()


def changing(t, place):
    """What a quiet library is, while the number of workers changes and others come and go."""
    lib = guest.Library(place + "/quiet.so", 64)
    puppets = [Puppet.start() for _ in range(7)]
    for n, p in enumerate(puppets):
        p.touch(p.map(lib.path, 0, 64, R | X), 40 + n)
        p.write(p.map(lib.path, 0, 64, R | W), 10 + n)
    end, stop = time.monotonic() + SECONDS, threading.Event()

    def change():
        chance = random.Random(87)
        while not stop.is_set():
            guest.write(PARAMETER, chance.randrange(17))
            subprocess.run(["/bin/true"], check=True)
    changer = threading.Thread(target=change)
    changer.start()
    seen, used, n = set(), set(), 0
    while time.monotonic() < end or len(used) < 4:
        row = dict(tables.Snapshot(tables.read("libraries")).libraries()[lib.key])
        del row["lib"]
        seen.add(tuple(sorted(row.items())))
        used.add(tables.stats()["workers"])
        n += 1
    stop.set()
    changer.join()
    t.equal(len(seen), 1, "%d scans by %s workers agree about a quiet library"
            % (n, ", ".join(str(u) for u in sorted(used))))
    for p in puppets:
        p.end()


def killed(t):
    """Whoever is killed ends soon, whatever his workers are about."""
    chance = random.Random(1)
    guest.write(PARAMETER, "5")
    slowest = 0
    for _ in range(30):
        with subprocess.Popen(["cat"] + [LIBRARIES] * 1000, stdout=subprocess.DEVNULL) as p:
            time.sleep(chance.random() / 3)
            begun = time.monotonic()
            p.kill()
            p.wait()
        slowest = max(slowest, time.monotonic() - begun)
    t.ok(slowest < 5, "30 readers are killed, the slowest one ends after %.2f s" % slowest)
    guest.unload()
    t.ok(not guest.loaded(), "and nothing holds the module")
    guest.load()


def peak(place, workers):
    """The most memory that a reader of libraries is charged for, in a cgroup of his own."""
    group = "/sys/fs/cgroup/libshare-%d-%s" % (workers, os.path.basename(place))
    os.mkdir(group)
    guest.write(PARAMETER, workers)
    subprocess.run(["sh", "-c", "echo $$ >$0/cgroup.procs && exec cat $1 >/dev/null",
                    group, LIBRARIES], check=True)
    most = int(guest.read(group + "/memory.peak"))
    os.rmdir(group)
    return most


def charged(t, place):
    """What workers allocate is charged to the reader: here, files that are no libraries."""
    if not os.path.exists("/sys/fs/cgroup/cgroup.subtree_control"):
        return guest.lacks(t, "memory of workers", "no cgroup2 is mounted", (5, 10))
    guest.write("/sys/fs/cgroup/cgroup.subtree_control", "+memory")
    try:
        before = peak(place + "/before", 2)
    except FileNotFoundError:
        os.rmdir("/sys/fs/cgroup/libshare-2-before")
        return guest.lacks(t, "memory of workers", "there is no memory.peak", (5, 19))
    puppets = [Puppet.start(), Puppet.start()]
    for n, p in enumerate(puppets):
        addr = p.reserve(FILES)
        for i in range(FILES):
            path = "%s/%d-%d" % (place, n, i)
            with open(path, "wb") as f:
                f.write(b"x")
            fd = p.call("openat", -100, path, os.O_RDONLY, 0)
            p.map(fd, 0, 1, R, addr=addr + i * os.sysconf("SC_PAGESIZE"))
            p.call("close", fd)
    want = 2 * FILES * 350
    for workers in (1, 2):
        more = peak(place + "/after", workers) - before
        t.ok(more > want * 0.85, "of %d files that are no libraries, %d workers have %d kB charged"
             % (2 * FILES, workers, more >> 10))
    for p in puppets:
        p.end()
    return True


def main(t):
    guest.ensure_loaded()
    guest.no_fault_around()
    place = guest.folder()
    parameter(t)
    put_off(t, place)
    copies(t, place)
    names(t, place)
    changing(t, place)
    killed(t)
    charged(t, guest.tmpfs("mode=0755,nr_inodes=20000"))
    guest.write(PARAMETER, "0")
    guest.finish()


tap.run(main)
