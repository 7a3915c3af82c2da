# SPDX-License-Identifier: GPL-2.0-only
"""Control groups that a test makes, and processes in them that use a library."""
import os

import guest
from puppet import MADV_RANDOM, PAGE, Puppet, R, W, X

TOP = "/sys/fs/cgroup"


def make_group(name):
    os.mkdir("%s/%s" % (TOP, name))
    guest.UNDO.callback(remove_group, name)


def remove_group(name):
    folder = "%s/%s" % (TOP, name)
    if os.path.isdir(folder):
        guest.wait_until(lambda: guest.refused(os.rmdir, folder) != "EBUSY")


def give_memory(name, sign="+"):
    guest.write("%s/%s/cgroup.subtree_control" % (TOP, name), sign + "memory")


def remove_trees(names, controllers):
    """Removes groups with all below them, and gives the root the controllers it had."""
    for name in names:
        for path, _, _ in os.walk("%s/%s" % (TOP, name), topdown=False):
            remove_group(path[len(TOP) + 1:])
    now = guest.read(TOP + "/cgroup.subtree_control").split()
    for controller in set(now) - set(controllers):
        guest.write(TOP + "/cgroup.subtree_control", "-" + controller)


def start(name):
    """A puppet in a group."""
    p = Puppet.start()
    guest.write("%s/%s/cgroup.procs" % (TOP, name), p.pid)
    return p


def use(process, library, first, count, write=0):
    """Map a library, whose pages are then read in one by one as they are touched."""
    process.map(library.path, 0, 1, R | X)
    addr = process.map(library.path, 0, library.pages, R | W if write else R)
    process.advise(addr, library.pages, MADV_RANDOM)
    if count:
        process.touch(addr + first * PAGE, count)
    if write:
        process.write(addr + first * PAGE, write)
    return addr
