#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 120
"""Libraries made to mislead: files of 2^40 bytes, ELF headers that lie, paths
longer than PATH_MAX; one that a server has; and processes that change their names
all the time."""
import os
import random
import struct
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import guest
import invariants
import tables
import tap
from puppet import MADV_RANDOM, PAGE, Puppet, R, X

HUGE = 1 << 40
RENAMER = "while True:\n    for n in ('%s', '%s'): open('/proc/self/comm', 'w').write(n)\n"
NAMES = ("a" * 15, "b\\\n\t" + "b" * 11)


def check_huge_files(t, places):
    for kind, place in places:
        path = place + "/huge.so"
        with open(path, "wb") as f:
            f.truncate(HUGE)
            f.write(b"first")
        p = Puppet.start()
        for first in (0, HUGE // PAGE - 1):
            addr = p.map(path, first, 1, R | X)
            p.advise(addr, 1, MADV_RANDOM)
            p.touch(addr)
        snapshot = tables.snapshot()
        key = guest.key_of(path)
        row = snapshot.libraries()[key]
        t.equal((row["size"], row["mapped"], row["rss"]), (HUGE, 2 * PAGE, 2 * PAGE),
                "%s: a library of 2^40 bytes, first and last page mapped" % kind)
        t.equal([i for i, r in sorted(snapshot.pages({key})[key].items()) if r["sharers"]],
                [0, HUGE // PAGE - 1], "%s: and at their places" % kind)
        p.kill()


def header(rng, is64=True):
    """An ELF header, right but for some of its numbers."""
    odd = (0, 1, 4, 0x38, 0xffff, 0xfff0, PAGE - 1, PAGE, 1 << 31, (1 << 32) - 1, 1 << 63,
           (1 << 64) - 1, (1 << 64) - 0x38)

    def number(right, bits):
        return (rng.choice(odd) if rng.random() < 0.3 else right) & ((1 << bits) - 1)

    note = struct.pack("<III4s20s", number(4, 32), number(20, 32), number(3, 32), b"GNU\0", b"i" * 20)
    if is64:
        elf = struct.pack("<16sHHIQQQIHHHHHH", b"\177ELF\2\1\1", 3, 62, 1, 0, number(64, 64), 0, 0,
                          64, number(56, 16), number(1, 16), 0, 0, 0)
        segment = struct.pack("<IIQQQQQQ", number(4, 32), 4, number(120, 64), 0, 0,
                              number(len(note), 64), 0, number(4, 64))
    else:
        elf = struct.pack("<16sHHIIIIIHHHHHH", b"\177ELF\1\1\1", 3, 3, 1, 0, number(52, 32), 0, 0,
                          52, number(32, 16), number(1, 16), 0, 0, 0)
        segment = struct.pack("<IIIIIIII", number(4, 32), number(84, 32), 0, 0,
                              number(len(note), 32), 0, 4, number(4, 32))
    return elf + segment + note


def check_headers(t, place, count):
    rng = random.Random(5)
    p = Puppet.start()
    keys = set()
    for number in range(count):
        path = "%s/%d.so" % (place, number)
        data = header(rng, number % 2 == 0)
        # Some end in the middle of a page, some just behind the header.
        with open(path, "wb") as f:
            f.write(data[:rng.choice((16, 64, 100, 150, 10000))])
            f.truncate(max(f.tell(), rng.choice((0, 4095, 4097, 20000))))
        keys.add(guest.key_of(path))
        p.touch(p.map(path, 0, 1, R | X))
        p.call("close", p.files.popitem()[1])
    snapshot = tables.snapshot()
    t.ok(keys <= set(snapshot.libraries()), "%d libraries with headers that lie" % count)
    t.none(invariants.all_problems(snapshot), "and the snapshot agrees with itself")
    p.kill()


def check_long_path(t, place):
    """Deeper than any path can say, made step by step."""
    p = Puppet.start()
    here = os.getcwd()
    os.chdir(place)
    for _ in range(20):
        os.mkdir("d" * 250)
        os.chdir("d" * 250)
    with open("long.so", "wb") as f:
        f.write(b"x" * PAGE)
    key = guest.key_of("long.so")
    fd = os.open("long.so", os.O_RDONLY)
    p.touch(p.map("/proc/%d/fd/%d" % (os.getpid(), fd), 0, 1, R | X))
    row = tables.snapshot().libraries().get(key)
    t.ok(row and row["rss"] == PAGE, "a library whose path is longer than PATH_MAX")
    t.say("its path: %s" % (row or {}).get("path", "none")[:60])
    p.kill()
    os.close(fd)
    os.chdir(here)


def check_renamers(t, count):
    renamers = [subprocess.Popen([sys.executable, "-c", RENAMER % (NAMES[0], repr(NAMES[1])[1:-1])])
                for _ in range(count)]
    pids = {r.pid for r in renamers}
    seen = set()
    for _ in range(10):
        seen |= {row["comm"] for pid, row in tables.snapshot().processes().items() if pid in pids}
    for renamer in renamers:
        renamer.kill()
        renamer.wait()
    seen -= {"python3"}
    t.ok(seen and seen <= set(NAMES), "processes that rename themselves have one name or the "
         "other: %r" % sorted(seen))


def check_network(t):
    """A file that a server has, elsewhere."""
    place = guest.folder()
    try:
        guest.mount("share", "9p", place, "ro,trans=virtio,version=9p2000.L,cache=mmap")
    except subprocess.CalledProcessError as e:
        return t.ok(False, "a library by 9p", "not to be mounted here: %s" % e.output.strip())
    path = place + "/lib.so"
    p, q = Puppet.start(), Puppet.start()
    for puppet, pages in ((p, 16), (q, 4)):
        puppet.touch(puppet.map(path, 0, pages, R | X), pages)
    snapshot = tables.snapshot()
    row = snapshot.libraries().get(guest.key_of(path), {})
    t.equal({c: row.get(c) for c in ("procs", "mapped", "rss", "shared", "cached")},
            {"procs": 2, "mapped": 16 * PAGE, "rss": 20 * PAGE, "shared": 4 * PAGE,
             "cached": 16 * PAGE}, "a library by 9p")
    t.none(invariants.all_problems(snapshot), "and the snapshot agrees with itself")
    p.kill()
    q.kill()


def main(t):
    guest.ensure_loaded()
    guest.no_fault_around()
    place = guest.folder()
    check_huge_files(t, (("ext4", place), ("tmpfs", guest.tmpfs())))
    check_headers(t, guest.folder(), 300)
    check_long_path(t, place)
    check_network(t)
    check_renamers(t, 3)
    guest.finish()


tap.run(main)
