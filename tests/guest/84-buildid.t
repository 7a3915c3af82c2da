#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 300
"""Build IDs, against the files themselves; from resident pages alone, never
from disk; out of hostile files; and the flag x of what is resident twice."""
import os
import random
import shutil
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import elf
import guest
import puppet
import tables
import tap
from puppet import PAGE, Puppet
from workload import Workload


def rows():
    return {tables.identity(r): r for r in tables.table("libraries").rows}


def real_ones(t):
    """Every library that can be opened; its first pages have been read by the loader."""
    work = Workload(pythons=1)
    snapshot = tables.snapshot()
    problems, known = [], 0
    for row in snapshot.rows("libraries"):
        if not os.path.exists(row["path"]) or guest.key_of(row["path"]) != tables.identity(row):
            continue
        want = elf.build_id(row["path"])
        known += want is not None and row["buildid"] == want
        if row["buildid"] != (want or "-"):
            problems.append("%s: module %s, file %s" % (row["path"], row["buildid"], want))
    work.end()
    t.none(problems, "build IDs are those of the files")
    t.ok(known >= 10, "%d libraries have one" % known)


def resident_only(t, place):
    path = place + "/resident.so"
    shutil.copy(puppet.binary("fixture.so"), path)
    library = guest.Library.__new__(guest.Library)
    library.path, library.key = path, guest.key_of(path)
    want = elf.build_id(path)
    pages = os.path.getsize(path) // PAGE + 1
    p = Puppet.start()
    addr = p.map(path, 0, pages)
    t.equal(rows().get(library.key, {}).get("buildid"), want, "in the page cache: known")
    p.advise(addr, pages, puppet.MADV_RANDOM)
    library.drop()
    row = rows().get(library.key, {})
    t.equal((row.get("cached"), row.get("buildid")), (0, "-"),
            "dropped from the page cache: not known, and not read in")
    t.equal(rows().get(library.key, {}).get("cached"), 0, "still not read in")
    # The note comes back, but the ELF header, if it lies elsewhere, does not.
    p.touch(addr + elf.note_page(path, PAGE) * PAGE)
    p.touch(addr)
    t.equal(rows().get(library.key, {}).get("buildid"), want, "read again by the program: known")
    p.kill()


def twice(t, place):
    """The same library from two images: one build ID, two files."""
    names = ("image-one.so", "image-two.so", "other.so")
    for name in names[:2]:
        shutil.copy(puppet.binary("fixture.so"), "%s/%s" % (place, name))
    shutil.copy(puppet.binary("fixture-pie"), place + "/" + names[2])
    p = Puppet.start()
    for name in names:
        p.touch(p.map("%s/%s" % (place, name), 0, 3), 3)
    got = {os.path.basename(r["path"]): r for r in rows().values()
           if os.path.dirname(r["path"]) == place}
    flags = [set(got.get(n, {}).get("flags", "?")) & {"x", "?"} for n in names]
    t.equal(flags, [{"x"}, {"x"}, set()], "flag x: resident twice under one build ID")
    os.unlink(place + "/" + names[1])
    q = Puppet.start()
    q.touch(q.map(place + "/" + names[0], 0, 3), 3)
    p.kill()
    row = rows().get(guest.key_of(place + "/" + names[0]), {})
    t.ok("x" not in row.get("flags", "x"), "the other one is gone: no flag x")
    q.kill()


def hostile(t, place, count=150):
    """Damaged files: it may know their build ID or not, but must live."""
    with open(puppet.binary("fixture.so"), "rb") as f:
        good = f.read()
    chance = random.Random(3)
    p = Puppet.start()
    limits = []
    for number in range(count):
        data = bytearray(good[:chance.choice((len(good), 2 * PAGE, PAGE, 100, 64, 52, 20, 4))])
        for _ in range(chance.randrange(1, 8)):
            at = chance.randrange(min(len(data), chance.choice((64, 400, 4096))))
            data[at] = chance.choice((0, 1, 4, 0x7f, 0x80, 0xff, chance.randrange(256)))
        if number % 3 == 0 and len(data) >= 64:
            struct.pack_into("<Q", data, 32, chance.choice(
                (0, 63, 4090, len(data) - 1, 1 << 31, (1 << 64) - 8, (1 << 63) - 1)))
        path = "%s/hostile-%d.so" % (place, number)
        with open(path, "wb") as f:
            f.write(data)
        p.map(path, 0, 1)
        if number % 25 == 24:
            limits += [r for r in rows().values() if os.path.dirname(r["path"]) == place]
    t.ok(len(limits) >= count, "%d damaged files were looked at" % count)
    t.none([r["path"] + " " + r["buildid"] for r in limits
            if r["buildid"] != "-" and (len(r["buildid"]) % 2 or
                                        set(r["buildid"]) - set("0123456789abcdef"))],
           "their build IDs are hex or -")
    p.kill()


def main(t):
    guest.ensure_loaded()
    guest.no_fault_around()
    real_ones(t)
    resident_only(t, guest.folder())
    twice(t, guest.folder())
    hostile(t, guest.folder())
    guest.finish()


tap.run(main)
