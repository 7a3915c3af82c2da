#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 300
"""overlayfs: a lower file is one library through however many overlays it is
seen; two lower files are two; a file that was copied up is a new one."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import compare
import guest
import tap
from census import Census
from puppet import MADV_DONTNEED, PAGE, Puppet, R, X
from world import Stopped


def overlay(place, name, lower):
    for part in ("upper", "work", "merged"):
        os.makedirs("%s/%s/%s" % (place, name, part))
    base = "%s/%s" % (place, name)
    return guest.mount("overlay", "overlay", base + "/merged",
                       "lowerdir=%s,upperdir=%s/upper,workdir=%s/work" % (lower, base, base))


def main(t):
    guest.ensure_loaded()
    guest.no_fault_around()
    if not guest.modprobe("overlay"):
        return guest.lacks(t, "overlayfs", "this kernel has no overlayfs", (5, 10))
    place = guest.folder()
    lowers = []
    for name in ("red", "blue"):
        os.makedirs("%s/lower-%s" % (place, name))
        lowers.append(guest.Library("%s/lower-%s/common.so" % (place, name), 10))
    red, blue = lowers
    up = guest.Library(place + "/lower-red/copied.so", 10)
    one = overlay(place, "one", place + "/lower-red")
    two = overlay(place, "two", place + "/lower-red")
    three = overlay(place, "three", place + "/lower-blue")

    puppets = []
    for path in (one + "/common.so", two + "/common.so", red.path):
        p = Puppet.start()
        p.touch(p.map(path, 0, 10), 6)
        puppets.append(p)
    p = Puppet.start()
    p.touch(p.map(three + "/common.so", 0, 10), 4)
    # Mapped through the overlay, then written through it: copied up.
    before, after = Puppet.start(), Puppet.start()
    before.touch(before.map(one + "/copied.so", 0, 10), 3)
    with open(one + "/copied.so", "r+b") as f:
        f.write(b"new")
    addr = after.map(one + "/copied.so", 0, 10, R | X)
    after.touch(addr, 5)
    after.advise(addr + 5 * PAGE, 5, MADV_DONTNEED)     # what a large folio brought
    upper = guest.key_of(place + "/one/upper/copied.so")

    moment = Stopped()
    alias = {}
    for process in moment.world.processes:
        for vma in process.vmas:
            if vma.path.endswith("/common.so"):
                alias[vma.key] = blue.key if process.pid == p.pid else red.key
    census = Census(moment.world, alias=alias)
    rows = moment.snapshot.libraries()
    got = {c: rows.get(red.key, {}).get(c) for c in ("procs", "mapped", "shared", "saved", "maps")}
    t.equal(got, {"procs": 3, "mapped": 6 * PAGE, "shared": 6 * PAGE, "saved": 12 * PAGE,
                  "maps": 3}, "two overlays and the lower file itself: one library")
    t.equal(rows.get(blue.key, {}).get("mapped"), 4 * PAGE, "another lower file: another library")
    t.equal(rows.get(up.key, {}).get("mapped"), 3 * PAGE, "before the copy up: the lower file")
    t.equal(rows.get(upper, {}).get("mapped"), 5 * PAGE, "after it: the upper file")
    named = [r["path"] for r in rows.values() if r["path"].endswith(("/common.so", "/copied.so"))]
    t.equal(len(named), 4, "four libraries in all")
    t.none([r["path"] for r in rows.values() if not r["path"].startswith("/")], "paths are whole")
    keys = {red.key, blue.key}
    compare.libraries(t, moment.snapshot, census, what="overlayfs", keys=keys)
    compare.mappings(t, moment.snapshot, census, what="overlayfs mappings", keys=keys)
    guest.finish()


tap.run(main)
