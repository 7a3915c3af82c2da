#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 600
"""What makes a file a library, and what counts as mapped twice: the files libraries and
summary say the same as the tables of a snapshot and as the census, however and in
whatever order a file is mapped."""
import ctypes
import os
import signal
import struct
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import compare
import expect
import guest
import summary
import tables
import tap
from census import Census
from puppet import (CLONE_VM, MAP_ANONYMOUS, MAP_FIXED, MAP_PRIVATE, MAP_SHARED, PAGE, Puppet, R, W,
                    X, start_without_code)
from world import Stopped

COLUMNS = ("procs", "maps", "mapped", "shared", "rss", "cow", "cow_unique", "swap", "ksm",
           "mapcount_max", "pagetables", "kind")
SECONDS = 5
UFFDIO_API, UFFDIO_REGISTER, MODE_MISSING = 0xc018aa3f, 0xc020aa00, 1


def check(t, libs, what):
    """The world stands still: libraries, snapshot, summary and the census agree."""
    keys = {lib.key for lib in libs}
    moment = Stopped()
    compare.libraries(t, moment.snapshot, Census(moment.world, keys), COLUMNS, what, keys)
    t.none(summary.problems(moment.snapshot.summary, moment.snapshot), what + ": summary")
    return moment.snapshot


def no_library(t, lib, what):
    t.ok(lib.key not in check(t, [lib], what).libraries(), what + ": no library")


def end(*puppets):
    for p in puppets:
        p.end()


def twice(t, lib):
    """One process maps some pages a second time: they count once in rss and shared, and
    twice in mapcount_max."""
    first, second = Puppet.start(), Puppet.start()
    addr = first.map(lib.path, 0, 16, R | X, addr=first.reserve(64))
    first.touch(addr, 12)
    other = second.map(lib.path, 0, 16, R | X, addr=second.reserve(64))
    second.touch(other + 4 * PAGE, 12)
    check(t, [lib], "mapped once by two processes")

    # As in an ELF file: the next segment begins in the page where one ends.
    data = first.map(lib.path, 15, 8, R | W, addr=addr + 16 * PAGE)
    first.write(data, 2)
    check(t, [lib], "segments that meet in a copied page")
    first.touch(data + 2 * PAGE, 6)
    check(t, [lib], "and file pages behind it")

    again = second.map(lib.path, 8, 4, addr=other + 32 * PAGE)
    expect.library(t, check(t, [lib], "mapped twice, the second time untouched"), lib,
                   "untouched pages do not count", mapcount_max=2, rss=30)
    second.touch(again, 4)
    expect.library(t, check(t, [lib], "mapped twice"), lib, "a page counts once a process",
                   mapcount_max=3, rss=30)
    second.unmap(again, 4)
    check(t, [lib], "once again")

    writable = second.map(lib.path, 8, 4, R | W, addr=other + 32 * PAGE)
    second.write(writable, 1)
    check(t, [lib], "mapped twice, one page of it written to")
    second.touch(writable + PAGE, 1)
    check(t, [lib], "mapped twice, another one read")
    second.unmap(writable, 4)

    thread = first.clone(CLONE_VM | 17)
    check(t, [lib], "one address space of two tasks")
    thread.end("exit")
    child = first.fork()
    check(t, [lib], "a fork")
    end(child, first, second)


def executable_in_one(t, place):
    """All map it, but executable in one process alone: the first, the last or one between."""
    lib = guest.Library(place + "/one.so", 8)
    puppets = start_without_code(lib.path, 6)
    no_library(t, lib, "executable in none of 6 processes")
    for n, p in enumerate(puppets):
        addr = p.map(lib.path, 2, 2, R | X)
        p.touch(addr, 1)
        expect.library(t, check(t, [lib], "executable in process %d of 6 only" % (n + 1)), lib,
                       "all 6 count", procs=6, maps=13, cow=12)
        p.unmap(addr, 2)
    no_library(t, lib, "executable in none any more")
    addr = puppets[3].map(lib.path, 7, 1, R)
    puppets[3].protect(addr, 1, R | X)
    check(t, [lib], "executable by mprotect()")
    puppets[3].protect(addr, 1, R)
    no_library(t, lib, "not executable by mprotect()")
    end(*puppets)


def addresses(t, place):
    """In one process, the executable VMA lies below, between or above the others; and
    far away in the file from them."""
    lib = guest.Library(place + "/order.so", 32)
    p, other = Puppet.start(), Puppet.start()
    base = p.reserve(64)
    other.touch(other.map(lib.path, 8, 8, R), 4)
    for n in range(3):
        p.touch(p.map(lib.path, 8 * n, 8, R | (W if n == 1 else 0), addr=base + 16 * n * PAGE), 6)
    no_library(t, lib, "three VMAs, not executable")
    for where, first in ((0, 0), (1, 31), (2, 16)):
        at = base + (16 * where + 8) * PAGE
        p.map(lib.path, first, 1, R | X, addr=at)
        expect.library(t, check(t, [lib], "the executable VMA is number %d" % (2 * where + 2)),
                       lib, "both processes count", procs=2, maps=5)
        p.unmap(at, 1)
    at = p.map(lib.path, 1 << 30, 1, R | X, addr=base + 8 * PAGE)
    check(t, [lib], "executable beyond the end of the file")
    p.unmap(at, 1)
    p.map(lib.path, 0, 1, R | X, MAP_SHARED, addr=at)
    check(t, [lib], "executable and MAP_SHARED")
    p.call("mmap", at, PAGE, R, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0)
    no_library(t, lib, "something else is mapped over it")
    end(p, other)


def among_many(t, place):
    """One executable VMA among some hundreds that are not, wherever it stands in the file."""
    lib = guest.Library(place + "/many.so", 300)
    owner, last = Puppet.start(), Puppet.start()
    base = owner.reserve(600)
    for n in range(300):
        owner.map(lib.path, n, 1, R, addr=base + 2 * n * PAGE)
    owner.touch(base)
    no_library(t, lib, "300 VMAs, not executable")
    for index in (0, 150, 299):
        addr = last.map(lib.path, index, 1, R | X)
        expect.library(t, check(t, [lib], "executable: page %d of 300" % index), lib,
                       "all VMAs count", procs=2, maps=301)
        last.unmap(addr, 1)
    end(owner, last)


def several(t, place):
    """Files that become libraries by each other's processes."""
    libs = [guest.Library("%s/ring-%d.so" % (place, n), 8) for n in range(4)]
    puppets = [Puppet.start() for _ in libs]
    for n, p in enumerate(puppets):
        for lib in libs:
            p.touch(p.map(lib.path, 0, 8, R), n + 1)
        p.touch(p.map(libs[(n + 1) % 4].path, 4, 2, R | X), 1)
    snapshot = check(t, libs, "each executable in the next one's process")
    for lib in libs:
        expect.library(t, snapshot, lib, "all four count", procs=4, maps=5)
    puppets.pop().end()
    check(t, libs, "and one of them is gone")
    end(*puppets)


def copies(t, place):
    """Copies that several processes hold, and some of their own."""
    lib = guest.Library(place + "/copies.so", 24)
    first = Puppet.start()
    addr = first.map(lib.path, 0, 16, R | W)
    first.touch(first.map(lib.path, 0, 24, R | X), 20)
    first.write(addr, 10)
    puppets = [first] + [first.fork() for _ in range(4)]
    check(t, [lib], "copies that five processes hold")
    for n, p in enumerate(puppets):
        p.write(addr + (n + 4) * PAGE, 3)
    check(t, [lib], "and now some hold others")
    end(*reversed(puppets))


def names(t, place):
    """One file under several names is one library, under the name that one of them uses."""
    lib = guest.Library(place + "/name-0.so", 8)
    puppets, libs = [], [lib]
    for n in range(5):
        path = "%s/name-%d.so" % (place, n)
        if n:
            os.link(lib.path, path)
        puppets.append(Puppet.start())
        puppets[-1].touch(puppets[-1].map(path, 0, 4, R | X), n)
        libs.append(guest.Library("%s/own-%d.so" % (place, n), 4))
        puppets[-1].touch(puppets[-1].map(libs[-1].path, 0, 4, R | X), 2)
    while puppets:
        check(t, libs, "known to %d processes by as many names" % len(puppets))
        puppets.pop(0).end()


def hold_by_fault(p):
    """Have another task wait for a page of @p, in a fault that userfaultfd never answers:
    it keeps the address space when all tasks of @p are gone."""
    scratch, addr = p.scratch(), p.address_call("mmap", 0, PAGE, R | W,
                                                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    fd = p.call("userfaultfd", os.O_CLOEXEC)
    p.poke(scratch, struct.pack("=QQQ", 0xaa, 0, 0))
    p.call("ioctl", fd, UFFDIO_API, scratch)
    p.poke(scratch, struct.pack("=QQQQ", addr, PAGE, MODE_MISSING, 0))
    p.call("ioctl", fd, UFFDIO_REGISTER, scratch)
    keeper = p.fork()               # of the descriptor; the child's memory is not registered
    reader = os.fork()
    if reader == 0:
        room = ctypes.create_string_buffer(8)
        local = (ctypes.c_ulong * 2)(ctypes.addressof(room), 8)
        remote = (ctypes.c_ulong * 2)(addr, 8)
        guest.LIBC.process_vm_readv(p.pid, local, 1, remote, 1, 0)
        os._exit(0)

    def release():
        keeper.kill()
        os.waitpid(reader, 0)
    return release, keeper, reader


def in_fault(pid):
    return "userfault" in guest.read("/proc/%d/stack" % pid)


def without_tasks(t, place):
    """An address space that no task has any more still maps a library, and its page table
    entries count in the kernel's mapcount: but it is no process, and does not count."""
    lib = guest.Library(place + "/no-task.so", 16)
    only = guest.Library(place + "/only-there.so", 8)
    living, dead = Puppet.start(), Puppet.start()
    living.touch(living.map(lib.path, 0, 16, R | X), 8)
    living.touch(living.map(only.path, 0, 8, R), 4)
    dead.touch(dead.map(lib.path, 0, 16, R | X), 12)
    dead.touch(dead.map(lib.path, 0, 16, R | W), 16)
    dead.touch(dead.map(only.path, 0, 8, R | X), 8)
    try:
        release, keeper, reader = hold_by_fault(dead)
    except OSError as e:
        end(living, dead)
        return guest.lacks(t, "an address space without tasks", str(e), (5, 10))
    for vma in guest.read("/proc/%d/maps" % keeper.pid).splitlines():
        if vma.endswith((lib.path, only.path)):
            first, last = (int(n, 16) for n in vma.split()[0].split("-"))
            keeper.unmap(first, (last - first) // PAGE)
    t.ok(guest.wait_until(lambda: in_fault(reader)), "a task waits for a page of another process",
         guest.read("/proc/%d/stack" % reader), guest.read("/proc/%d/stat" % reader))
    dead.kill()
    snapshot = check(t, [lib], "mapped by an address space that no task has")
    expect.library(t, snapshot, lib, "which does not count", procs=1, maps=1, mapped=8, shared=0,
                   rss=8, mapcount_max=1)
    release()
    check(t, [lib, only], "and when it is gone")
    return end(living)


def busy_mapper(path):
    """A process that maps and unmaps a file without pause."""
    pid = os.fork()
    if pid == 0:
        fd = os.open(path, os.O_RDONLY)
        guest.LIBC.mmap.restype = ctypes.c_void_p
        while True:
            addr = ctypes.c_void_p(guest.LIBC.mmap(None, ctypes.c_ulong(8 * PAGE), R, MAP_PRIVATE,
                                                   fd, ctypes.c_long(0)))
            guest.LIBC.munmap(addr, ctypes.c_ulong(8 * PAGE))
    return pid


def while_mapped(t, place):
    """The answer is the same while others map and unmap the file without pause."""
    lib = guest.Library(place + "/busy.so", 8)
    data = guest.Library(place + "/busy-data", 8)
    puppets = start_without_code(lib.path, 3)
    last = Puppet.start()
    last.touch(last.map(lib.path, 0, 2, R | X), 2)
    last.map(data.path, 0, 8, R)
    mappers = [busy_mapper(path) for path in (lib.path, lib.path, data.path)]
    problems, rounds, ends = [], 0, time.monotonic() + SECONDS
    while time.monotonic() < ends or rounds < 10:
        for name in ("libraries", "snapshot"):
            rows = tables.Snapshot(tables.read(name)).libraries()
            row = rows.get(lib.key, {})
            # Processes that only map it may count or not.
            got = [row.get(c) for c in ("mapped", "rss", "cow", "cow_unique")]
            if got != [n * PAGE for n in (3, 11, 6, 6)] or not 4 <= row["procs"] <= 6:
                problems.append("round %d, %s: %r" % (rounds, name, row))
            if data.key in rows:
                problems.append("round %d, %s: %r" % (rounds, name, rows[data.key]))
        rounds += 1
    for pid in mappers:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    t.none(problems, "%d rounds while others map and unmap it: the same" % rounds)
    end(last, *puppets)


def peak(name):
    """The most memory that a reader of libraries is charged for, in a cgroup of its own;
    and what the module says that the scan kept."""
    group = "/sys/fs/cgroup/libshare-%s" % name
    os.mkdir(group)
    try:
        subprocess.run(["sh", "-c", "echo $$ >$0/cgroup.procs && exec cat $1 >/dev/null", group,
                        tables.DIRECTORY + "/libraries"], check=True)
        return int(guest.read(group + "/memory.peak")), tables.stats()["memory_bytes"]
    finally:
        os.rmdir(group)


def charged(t, memory, files=3000):
    """What a scan keeps is charged to the reader."""
    if not os.path.exists("/sys/fs/cgroup/cgroup.subtree_control"):
        return guest.lacks(t, "memory of a scan", "no cgroup2 is mounted", (5, 10))
    guest.write("/sys/fs/cgroup/cgroup.subtree_control", "+memory")
    try:
        before, kept_before = peak("before")
    except FileNotFoundError:
        return guest.lacks(t, "memory of a scan", "there is no memory.peak", (5, 19))
    p = Puppet.start()
    addr = p.reserve(files)
    for n in range(files):
        path = "%s/%d.so" % (memory, n)
        with open(path, "wb") as f:
            f.write(b"x")
        fd = p.call("openat", -100, path, os.O_RDONLY, 0)
        p.map(fd, 0, 1, R | X, addr=addr + n * PAGE)
        p.call("close", fd)
    after, kept = peak("after")
    t.ok(kept - kept_before > 100 * files, "%d libraries more are kept in %d kB"
         % (files, (kept - kept_before) >> 10))
    t.ok(after - before > (kept - kept_before) * 0.85, "and the reader is charged %d kB more"
         % ((after - before) >> 10))
    return end(p)


def main(t):
    guest.ensure_loaded()
    guest.no_fault_around()
    place = guest.folder()
    twice(t, guest.Library(place + "/twice.so", 24))
    executable_in_one(t, place)
    addresses(t, place)
    among_many(t, place)
    several(t, place)
    copies(t, place)
    names(t, place)
    without_tasks(t, place)
    while_mapped(t, place)
    charged(t, guest.tmpfs("mode=0755,nr_inodes=20000"))
    guest.finish()


tap.run(main)
