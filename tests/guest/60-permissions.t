#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 300
"""Permissions: only root reads, and no user writes."""
import ctypes
import errno
import fcntl
import os
import stat
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import guest
import tables
import tap

UNPRIVILEGED = 65534
TCGETS = 0x5401


def as_nobody(paths, own_root):
    """The error that each open gives a user without any right; own_root: one
    that is root in a user namespace of its own."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.setgroups([])
        os.setresgid(UNPRIVILEGED, UNPRIVILEGED, UNPRIVILEGED)
        os.setresuid(UNPRIVILEGED, UNPRIVILEGED, UNPRIVILEGED)
        if own_root and guest.LIBC.unshare(0x10000000) != 0:
            os.write(theirs, b"no namespace")
            os._exit(0)
        said = [guest.refused(os.open, path, os.O_RDONLY) for path in paths]
        os.write(theirs, " ".join(said).encode())
        os._exit(0)
    os.close(theirs)
    os.waitpid(child, 0)
    said = os.read(ours, 4096).decode()
    os.close(ours)
    return said


PR_CAPBSET_DROP, CAP_SYS_PTRACE = 24, 19


def without_ptrace(paths):
    """The error that each open gives root without CAP_SYS_PTRACE, as in most containers."""
    code = ("import errno, os, sys\n"
            "for path in sys.argv[1:]:\n"
            "    try:\n"
            "        os.open(path, os.O_RDONLY)\n"
            "        print('done')\n"
            "    except OSError as e:\n"
            "        print(errno.errorcode[e.errno])\n")
    return guest.run(sys.executable, "-c", code, *paths, preexec_fn=lambda: guest.LIBC.prctl(
        PR_CAPBSET_DROP, CAP_SYS_PTRACE, 0, 0, 0)).split()


def main(t):
    guest.ensure_loaded()
    folder = tables.DIRECTORY
    names = sorted(os.listdir(folder))
    t.ok({"summary", "libraries", "mappings", "snapshot", "stats"} <= set(names),
         "the files are there: " + " ".join(names))
    paths = ["%s/%s" % (folder, n) for n in names]
    for path, name in zip(paths, names):
        st = os.stat(path)
        t.equal((stat.S_ISREG(st.st_mode), oct(stat.S_IMODE(st.st_mode)), st.st_uid, st.st_gid),
                (True, "0o400", 0, 0), name + ": a file, 0400, of root")
    # The folder above hides them from others; let them through to the files.
    t.equal(set(as_nobody(paths, False).split()), {"EACCES"}, "another user gets EACCES")
    guest.run("mount", "-o", "remount,mode=0755", "/sys/kernel/debug")
    guest.UNDO.callback(guest.run, "mount", "-o", "remount,mode=0700", "/sys/kernel/debug")
    t.equal(set(as_nobody(paths, False).split()), {"EACCES"},
            "and where debugfs is open to all")
    said = as_nobody(paths, True)
    if said == "no namespace":
        guest.lacks(t, "root of a user namespace gets EACCES", "no user namespaces", (5, 10))
    else:
        t.equal(set(said.split()), {"EACCES"}, "root of a user namespace gets EACCES")
    t.equal(set(without_ptrace(paths)), {"EPERM"}, "root without CAP_SYS_PTRACE gets EPERM")
    for path, name in zip(paths, names):
        try:
            fd = os.open(path, os.O_RDWR)
            said = guest.refused(os.write, fd, b"x")
            os.close(fd)
        except OSError as e:
            said = errno.errorcode[e.errno]
        t.ok(said != "done", "%s: no user writes (%s)" % (name, said))
    fd = os.open(paths[0], os.O_RDONLY)
    t.ok(guest.refused(fcntl.ioctl, fd, TCGETS) in ("ENOTTY", "EINVAL"), "no ioctl")
    guest.LIBC.mmap.restype = ctypes.c_void_p
    t.equal(guest.LIBC.mmap(None, 4096, 1, 2, fd, ctypes.c_long(0)), ctypes.c_void_p(-1).value,
            "no mmap")
    os.close(fd)
    guest.finish()


tap.run(main)
