#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 300
"""One file under many names is one library, many files of one content are
many: bind mounts, reflinks, and mount, pid and user namespaces."""
import os
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import compare
import expect
import filesystems
import guest
import tap
from census import Census
from puppet import CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWUSER, MADV_DONTNEED, PAGE, Puppet
from world import Stopped

MS_BIND, MS_REC_PRIVATE = 0x1000, 0x44000


def bind_mounts(t, place):
    lib = guest.Library(place + "/bound.so", 8)
    for name in ("one", "two"):
        os.mkdir("%s/%s" % (place, name))
        guest.run("mount", "--bind", place, "%s/%s" % (place, name))
        guest.UNDO.callback(guest.unmount, "%s/%s" % (place, name))
    for path in (lib.path, place + "/one/bound.so", place + "/two/bound.so"):
        p = Puppet.start()
        p.touch(p.map(path, 0, 8), 4)
    moment = Stopped()
    expect.library(t, moment.snapshot, lib, "bind mounts: one library", procs=3, mapped=4,
                   shared=4, saved=8)
    rows = [r for r in moment.snapshot.rows("libraries") if r["path"].endswith("/bound.so")]
    t.equal(len(rows), 1, "bind mounts: one row")
    compare.tables(t, moment.snapshot, Census(moment.world), "bind mounts")


def reflinks(t, kind):
    place, why = filesystems.fresh(kind)
    if not place:
        return guest.lacks(t, "reflinks of " + kind, why, (5, 10))
    lib = guest.Library(place + "/origin.so", 8)
    try:
        guest.run("cp", "--reflink=always", lib.path, place + "/clone.so")
    except guest.subprocess.CalledProcessError:
        return guest.lacks(t, "reflinks of " + kind, "it makes none", (5, 10))
    for name in ("origin", "origin", "clone"):
        p = Puppet.start()
        addr = p.map("%s/%s.so" % (place, name), 0, 8)
        p.touch(addr, 5)
        p.advise(addr + 5 * PAGE, 3, MADV_DONTNEED)     # what a large folio brought
    moment = Stopped()
    rows = {os.path.basename(r["path"]): r for r in moment.snapshot.rows("libraries")
            if os.path.dirname(r["path"]) == place}
    t.equal({n: (r["procs"], r["mapped"], r["saved"]) for n, r in rows.items()},
            {"origin.so": (2, 5 * PAGE, 5 * PAGE), "clone.so": (1, 5 * PAGE, 0)},
            "reflinks of %s: two libraries" % kind)
    compare.tables(t, moment.snapshot, Census(moment.world), "reflinks of " + kind)
    for p in list(Puppet.alive):
        p.kill()
    return None


def namespaces(t, place):
    lib = guest.Library(place + "/spaces.so", 8)
    os.mkdir(place + "/root")
    parent = Puppet.start()
    inside_pid = parent.clone(CLONE_NEWPID | signal.SIGCHLD)
    inside_user = parent.clone(CLONE_NEWUSER | signal.SIGCHLD)
    inside_mount = parent.clone(CLONE_NEWNS | signal.SIGCHLD)
    inside_mount.call("mount", "none", "/", "none", MS_REC_PRIVATE, 0)
    inside_mount.call("mount", place, place + "/root", "none", MS_BIND, 0)
    inside_mount.call("chroot", place + "/root")
    inside_mount.call("chdir", "/")
    for p, path in ((inside_pid, lib.path), (inside_user, lib.path),
                    (inside_mount, "/spaces.so")):
        p.touch(p.map(path, 0, 8), 3)
    as_user = Puppet.start()
    as_user.touch(as_user.map(lib.path, 0, 8), 3)
    as_user.call("setresgid", 65534, 65534, 65534)
    as_user.call("setresuid", 1234, 4321, 1234)
    moment = Stopped()
    expect.library(t, moment.snapshot, lib, "pid, user and mount namespaces: one library",
                   procs=4, mapped=3, shared=3, rss=12)
    pids = {pid for (pid, _), r in moment.snapshot.mappings().items()
            if r["path"].endswith("/spaces.so")}
    t.equal(pids, {inside_pid.pid, inside_user.pid, inside_mount.pid, as_user.pid},
            "pids are those of the first pid namespace")
    t.equal(moment.snapshot.processes().get(as_user.pid, {}).get("uid"), 4321,
            "uid is the effective one")
    compare.tables(t, moment.snapshot, Census(moment.world), "namespaces")


def main(t):
    guest.ensure_loaded()
    guest.no_fault_around()
    place = guest.folder()
    bind_mounts(t, place)
    for kind in ("btrfs", "xfs"):
        reflinks(t, kind)
    namespaces(t, place)
    guest.finish()


tap.run(main)
