#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 300
"""Libraries without a name on any disk: memfd, and files of tmpfs; and files
that look like libraries but are the kernel's own."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import compare
import expect
import guest
import tap
from census import Census
from puppet import MAP_ANONYMOUS, MAP_PRIVATE, MAP_SHARED, PAGE, Puppet, R, W, X
from world import Stopped


class Known:
    def __init__(self, key):
        self.key = key


def main(t):
    guest.ensure_loaded()
    guest.no_fault_around()
    p = Puppet.start()
    fd = p.call("memfd_create", "jit code\tarea", 0)
    p.call("ftruncate", fd, 10 * PAGE)
    writable = p.map(fd, 0, 10, R | W, MAP_SHARED)
    p.write(writable, 6)
    text = p.map(fd, 0, 10, R | X, MAP_PRIVATE)
    p.touch(text, 4)
    child = p.fork()
    child.touch(text, 6)
    child_copy = child.map(fd, 0, 10, R | W, MAP_PRIVATE)
    child.write(child_copy, 2)
    lib = Known(guest.key_of("/proc/%d/fd/%d" % (p.pid, fd)))

    # None of these is a library.
    shared = p.address_call("mmap", 0, 4 * PAGE, R | W | X, MAP_SHARED | MAP_ANONYMOUS, -1, 0)
    p.write(shared, 4)
    zero = p.map("/dev/zero", 0, 4, R | W | X, MAP_PRIVATE)
    p.write(zero, 4)
    plain = guest.Library(guest.folder() + "/plain.data", 8)
    p.touch(p.map(plain.path, 0, 8, R), 8)

    moment = Stopped()
    snapshot = moment.snapshot
    expect.library(t, snapshot, lib, "memfd: mapped by two", procs=2, cow=2, cached=6,
                   mapped=6, shared=6, rss=12, maps=5)
    row = guest.row_of(snapshot, lib)
    t.equal((row.get("path"), row.get("kind")), ("/memfd:jit code\tarea", "lib"), "memfd: name")
    t.ok("d" in row.get("flags", ""), "memfd: it is linked nowhere: flag d", row.get("flags"))
    paths = [r["path"] for r in snapshot.rows("libraries")]
    t.none([x for x in paths if "zero" in x or x.startswith("/SYSV")],
           "shared anonymous memory and /dev/zero are no libraries, executable or not")
    t.ok(plain.path not in paths, "nor is a file that no process maps executable")
    t.none([x for x in paths if x.startswith("[") or not x.startswith("/")],
           "nor is the vdso")
    compare.tables(t, snapshot, Census(moment.world), "memfd")

    p.call("mprotect", writable, 10 * PAGE, R | W | X)
    p.unmap(text, 10)
    moment = Stopped()
    expect.mapping(t, moment.snapshot, p, writable, "a writable, executable, shared mapping",
                   segment="text", perms="rwxs")
    compare.tables(t, moment.snapshot, Census(moment.world), "memfd rwx")
    guest.finish()


tap.run(main)
