#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 300
"""The short way is taken where it must tell what page tables do, and nowhere
else; the numbers are the oracle's either way."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import compare
import guest
import tables
import tap
from census import Census
from puppet import CLONE_VM, PAGE, Puppet, R, W, X, start_without_code
from world import Stopped

PARAMETER = "/sys/module/libshare/parameters/always_walk"
COLUMNS = ("procs", "maps", "mapped", "shared", "rss", "cow", "cow_unique", "swap",
           "mapcount_max", "pagetables")


def walked(t, lib, what):
    """How many libraries the short way did not do for; the counts must be right."""
    moment = Stopped()
    compare.libraries(t, moment.snapshot, Census(moment.world, {lib.key}), COLUMNS, what,
                      {lib.key})
    t.ok(moment.snapshot.both is not None, what + ": counted both ways")
    return moment.snapshot.both_stats["walked_libraries"]


def places(t, lib):
    first, second = Puppet.start(), Puppet.start()
    addr = first.map(lib.path, 0, 16, R | X, addr=first.reserve(64))
    first.touch(addr, 12)
    other = second.map(lib.path, 0, 16, R | X, addr=second.reserve(64))
    second.touch(other + 4 * PAGE, 12)
    base = walked(t, lib, "mapped once by two processes")
    total = tables.stats()["scan_libraries"]
    # Without mapcounts there is no short way: all libraries are walked, always.
    more = int(guest.keeps_mapcounts())
    t.ok(base <= total // 2 if more else base == total,
         "the short way does for most libraries, if there is one: all but %d of %d"
         % (base, total))

    # As in an ELF file: the next segment begins in the page where one ends.
    data = first.map(lib.path, 15, 8, R | W, addr=addr + 16 * PAGE)
    first.write(data, 2)
    t.equal(walked(t, lib, "segments that meet in a copied page"), base, "no more are walked")
    first.touch(data + 2 * PAGE, 6)
    t.equal(walked(t, lib, "and file pages behind it"), base, "no more are walked")

    again = second.map(lib.path, 8, 4, addr=other + 32 * PAGE)
    t.equal(walked(t, lib, "mapped twice, the second time untouched"), base + more, "it is walked")
    second.touch(again, 4)
    t.equal(walked(t, lib, "mapped twice"), base + more, "it is walked")
    second.unmap(again, 4)
    t.equal(walked(t, lib, "once again"), base, "it is not walked any more")

    writable = second.map(lib.path, 8, 4, R | W, addr=other + 32 * PAGE)
    second.write(writable, 1)
    t.equal(walked(t, lib, "mapped twice, one page of it written to"), base, "it is not walked")
    second.touch(writable + PAGE, 1)
    t.equal(walked(t, lib, "mapped twice, another one read"), base + more, "it is walked")
    second.unmap(writable, 4)

    thread = first.clone(CLONE_VM | 17)
    t.equal(walked(t, lib, "one address space of two tasks"), base, "is one process")
    thread.end("exit")
    child = first.fork()
    t.equal(walked(t, lib, "a fork"), base, "is another")
    for p in (child, first, second):
        p.end()


def executable_last(t, place):
    """Many map it, and only then is it mapped executable."""
    lib = guest.Library(place + "/late.so", 8)
    puppets = start_without_code(lib.path, 4)
    t.ok(lib.key not in tables.snapshot().libraries(), "no library so far")
    t.ok(tables.Snapshot(tables.read("libraries")).libraries().get(lib.key) is None,
         "nor for the short way")
    last = Puppet.start()
    last.touch(last.map(lib.path, 2, 2, R | X), 1)
    walked(t, lib, "executable in the last of five processes")
    puppets[0].touch(puppets[0].map(lib.path, 6, 2, R | X), 2)
    walked(t, lib, "executable in the first one, too")
    for p in puppets + [last]:
        p.end()


def parameter(t):
    for text in ("2", "maybe", "-"):
        t.equal(guest.refused(guest.write, PARAMETER, text), "EINVAL",
                "always_walk=%r is refused" % text)
    guest.write(PARAMETER, "Y")
    tables.read("summary")
    stats = tables.stats()
    t.equal(stats["walked_libraries"], stats["scan_libraries"], "always_walk: all are walked")
    guest.write(PARAMETER, "N")


def main(t):
    guest.ensure_loaded()
    guest.no_fault_around()
    place = guest.folder()
    places(t, guest.Library(place + "/short.so", 24))
    executable_last(t, place)
    parameter(t)
    guest.finish()


tap.run(main)
