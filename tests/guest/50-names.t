#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 300
"""Names: what a path may hold, names that are gone or given anew, and names
that only another mount namespace knows."""
import os
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import compare
import guest
import tables
import tap
from census import Census
from puppet import CLONE_NEWNS, Puppet
from world import Stopped

ODD = "a space\ttab\nnew line \\back\\ \\040 žluť.so"
MS_REC_PRIVATE = 0x44000


def main(t):
    guest.ensure_loaded()
    place = guest.folder()
    p = Puppet.start()

    def mapped(name, pages):
        library = guest.Library(os.path.join(place, name), pages)
        p.touch(p.map(library.path, 0, pages), 1)
        return library

    odd = mapped(ODD, 2)
    latin = mapped(os.fsdecode(b"latin-\xe9.so"), 2)
    liar = mapped("not gone (deleted)", 2)
    gone = mapped("gone.so", 3)
    os.unlink(gone.path)
    gone_liar = mapped("really (deleted)", 3)
    os.unlink(gone_liar.path)
    old = mapped("twice.so", 4)
    os.unlink(old.path)
    new = guest.Library(old.path, 5)
    q = Puppet.start()
    q.touch(q.map(new.path, 0, 5), 1)
    linked = mapped("one-name.so", 2)
    os.link(linked.path, place + "/other-name.so")
    q.touch(q.map(place + "/other-name.so", 0, 2), 1)
    moved = mapped("before.so", 2)
    os.rename(moved.path, place + "/after.so")
    long = mapped("l" * 250 + ".so", 2)
    deep_folder = place + ("/" + "d" * 200) * 15
    os.makedirs(deep_folder)
    deep = mapped(os.path.join(deep_folder, "deep.so"), 2)

    far = Puppet.start().clone(CLONE_NEWNS | signal.SIGCHLD)
    os.mkdir(place + "/mnt")
    far.call("mount", "none", "/", "none", MS_REC_PRIVATE, 0)
    far.call("mount", "tmpfs", place + "/mnt", "tmpfs", 0, "mode=0755")
    # Only that namespace sees the file: made through its root.
    inside = guest.Library("/proc/%d/root%s/mnt/far.so" % (far.pid, place), 6)
    far.touch(far.map(place + "/mnt/far.so", 0, 6), 2)

    moment = Stopped()
    rows = moment.snapshot.libraries()

    def row(library, path, flag, procs, what):
        got = rows.get(library.key, {})
        t.equal(got.get("path"), path, what + ": path")
        t.equal(("d" in got.get("flags", "?"), got.get("procs")), (flag, procs),
                what + ": flag d, processes")

    row(odd, odd.path, False, 1, "space, tab, newline, backslash and UTF-8")
    row(latin, latin.path, False, 1, "bytes that are not UTF-8")
    row(liar, liar.path, False, 1, "a name that ends in (deleted)")
    row(gone, gone.path, True, 1, "deleted")
    row(gone_liar, gone_liar.path, True, 1, "deleted, and its name ended in (deleted)")
    row(old, old.path, True, 1, "replaced: the old file")
    row(new, old.path, False, 1, "replaced: the new file")
    row(moved, place + "/after.so", False, 1, "renamed while mapped")
    row(long, long.path, False, 1, "a long name")
    row(deep, deep.path, False, 1, "a path of 3,000 bytes")
    row(inside, place + "/mnt/far.so", False, 1, "in another mount namespace")
    t.equal(rows.get(linked.key, {}).get("procs"), 2, "two links of one file are one library")
    t.ok(rows.get(linked.key, {}).get("path") in (linked.path, place + "/other-name.so"),
         "under one of its names")
    t.ok(new.key != old.key, "the replacement is another file")

    raw = tables.read("libraries").encode("utf-8", "surrogateescape")
    line = [l for l in raw.split(b"\n") if "žluť".encode() in l]
    t.equal(len(line), 1, "the odd name makes one line")
    t.ok(line and line[0].endswith(b"/" + "a space\\011tab\\012new line \\134back\\134 "
                                   "\\134040 žluť.so".encode()),
         "escaped as \\011, \\012 and \\134, all else as it is", *line)
    census = Census(moment.world, keys=[l.key for l in (
        odd, latin, gone, old, new, linked, moved, long, deep, inside)])
    compare.libraries(t, moment.snapshot, census, ("procs", "maps", "size", "mapped", "rss"),
                      "named oddly", census.keys)
    guest.finish()


tap.run(main)
