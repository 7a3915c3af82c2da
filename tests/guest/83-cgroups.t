#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 300
"""The cgroup of each process, as /proc/PID/cgroup has it: nested, moved, named
oddly; and processes that are named oddly."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import compare
import guest
import tables
import tap
from census import Census
from puppet import Puppet
from world import Stopped

PR_SET_NAME = 15
DEPTH = 17              # groups with names of 250 bytes: more than PATH_MAX


def check_deep(t, top):
    """A path that no file of the kernel's can print."""
    p = Puppet.start()
    folder = os.open(top, os.O_RDONLY | os.O_DIRECTORY)
    folders = []
    for _ in range(DEPTH):
        os.mkdir("g" * 250, dir_fd=folder)
        folders.append(folder)
        folder = os.open("g" * 250, os.O_RDONLY | os.O_DIRECTORY, dir_fd=folder)
    fd = os.open("cgroup.procs", os.O_WRONLY, dir_fd=folder)
    os.write(fd, b"%d" % p.pid)
    os.close(fd)
    t.equal(tables.snapshot().processes().get(p.pid, {}).get("cgroup"), "-",
            "a path of more than PATH_MAX bytes")
    p.kill()
    os.close(folder)
    for folder in reversed(folders):
        guest.wait_until(lambda folder=folder: guest.refused(
            lambda: os.rmdir("g" * 250, dir_fd=folder)) == "done")
        os.close(folder)


def main(t):
    guest.ensure_loaded()
    top = "/sys/fs/cgroup"
    if not os.path.exists(top + "/cgroup.procs"):
        return guest.lacks(t, "cgroups", "no cgroup2 is mounted", (5, 10))
    groups = ["plain", "plain/nested", "plain/nested/deeper", "odd name\ttab\\"]
    puppets = {}
    for name in groups:
        os.mkdir("%s/%s" % (top, name))
        guest.UNDO.callback(os.rmdir, "%s/%s" % (top, name))
        puppets[name] = Puppet.start()
        guest.write("%s/%s/cgroup.procs" % (top, name), puppets[name].pid)
    root = Puppet.start()
    root.call("prctl", PR_SET_NAME, "odd\tna\nme\\", 0, 0, 0)
    guest.write(top + "/cgroup.procs", root.pid)

    moment = Stopped()
    rows = moment.snapshot.processes()
    for name, p in puppets.items():
        t.equal(rows.get(p.pid, {}).get("cgroup"), "/" + name, "cgroup %r" % name)
    t.equal(rows.get(root.pid, {}).get("cgroup"), "/", "the root cgroup")
    t.equal(rows.get(root.pid, {}).get("comm"), "odd\tna\nme\\", "a process named oddly")
    compare.processes(t, moment.snapshot, Census(moment.world), ("cgroup", "comm", "uid"))

    guest.write(top + "/plain/cgroup.procs", puppets["plain/nested"].pid)
    moment = Stopped()
    t.equal(moment.snapshot.processes().get(puppets["plain/nested"].pid, {}).get("cgroup"),
            "/plain", "moved to another cgroup")
    compare.processes(t, moment.snapshot, Census(moment.world), ("cgroup",), "processes, moved")
    check_deep(t, top)
    guest.finish()


tap.run(main)
