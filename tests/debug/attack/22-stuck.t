#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 120
"""Processes that are stuck, each in its own way: a scan waits for all of them together as
long as lock_wait_ms says, and counts what can be counted."""
import os
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import guest
import puppet
import tables
import tap
from puppet import CLONE_VFORK, CLONE_VM, MAP_PRIVATE, PAGE, Puppet, R, W, X

HOLD = "/sys/kernel/debug/hold/"
PAGES = 8
FORTY = 40
# Maps a library, then has the kernel hold its mmap_lock.
HOLDER = """
import mmap, sys
with open(sys.argv[1], "rb") as f:
    m = mmap.mmap(f.fileno(), 0, mmap.MAP_PRIVATE, 7)
for at in range(0, len(m), 4096):
    m[at]
m[0] = m[4096] = 1
print("ready", flush=True)
sys.stdin.readline()
with open(sys.argv[2], "w") as f:
    f.write(sys.argv[3])
print("done", flush=True)
sys.stdin.readline()
"""
# So many processes at once.
HOLDERS = """
import os, sys
for _ in range(int(sys.argv[1])):
    if not os.fork():
        with open(sys.argv[2], "w") as f:
            f.write(sys.argv[3])
        os._exit(0)
print("ready", flush=True)
for _ in range(int(sys.argv[1])):
    os.wait()
"""


def state_of(pid):
    return guest.read("/proc/%d/stat" % pid).rpartition(")")[2].split()[0]


def scan(t, what, key, want, skipped=0):
    """A scan that must end soon, and say this of the library."""
    start = time.monotonic()
    snapshot = tables.snapshot()
    seconds = time.monotonic() - start
    t.ok(seconds < 2 * float(guest.parameter("slow", "1")),
         "%s: the scan takes %.2f s" % (what, seconds))
    t.equal(int(snapshot.header["skipped"]), skipped, "%s: processes skipped" % what)
    row = snapshot.libraries().get(key, {})
    t.equal({c: row.get(c) for c in want}, want, "%s: what is said of its library" % what)


def mapped_by(process, path):
    addr = process.map(path, 0, PAGES, R | W | X)
    process.touch(addr, PAGES)
    process.write(addr, 2)
    return addr


WHOLE = {"procs": 1, "rss": (PAGES - 2) * PAGE, "cow": 2 * PAGE}


def check_writer(t, library):
    """It sleeps in the kernel with its mmap_lock held for writing."""
    slow = float(guest.parameter("slow", "1"))
    p = subprocess.Popen([sys.executable, "-c", HOLDER, library.path, HOLD + "mmap_lock",
                          str(int(5000 * slow))], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                         bufsize=0)
    p.stdout.readline()
    scan(t, "mmap_lock before it is held", library.key, WHOLE)
    p.stdin.write(b"\n")
    guest.wait_until(lambda: state_of(p.pid) == "D")
    t.equal(state_of(p.pid), "D", "a process sleeps with its mmap_lock held for writing")
    start = time.monotonic()
    scan(t, "held mmap_lock", library.key, {}, 1)
    stats = tables.stats()
    t.equal((stats["skipped_processes"], stats["skipped_stuck"]), (1, 1),
            "held mmap_lock: stats say so")
    summary = tables.read("summary")
    t.ok(summary.startswith("INCOMPLETE: 1 process was not counted to the end\n  %d (" % p.pid),
         "held mmap_lock: and so does summary, in its first lines", summary[:200])
    t.ok(time.monotonic() - start < 4 * slow and state_of(p.pid) == "D",
         "held mmap_lock: it is still held")
    p.stdout.readline()
    scan(t, "mmap_lock that was dropped", library.key, WHOLE)
    p.kill()
    p.wait()


def check_forty(t, library):
    """So many of them cost a scan no more time than one does, and no other process its numbers."""
    p = Puppet.start()
    mapped_by(p, library.path)
    slow = float(guest.parameter("slow", "1"))
    holders = subprocess.Popen([sys.executable, "-c", HOLDERS, str(FORTY), HOLD + "mmap_lock",
                                str(int(5000 * slow))], stdout=subprocess.PIPE, bufsize=0)
    holders.stdout.readline()
    t.ok(guest.wait_until(lambda: [state_of(c) for c in puppet.children(holders.pid)]
                          == ["D"] * FORTY),
         "%d processes sleep with their mmap_lock held for writing" % FORTY)
    scan(t, "forty stuck", library.key, WHOLE, FORTY)
    t.equal(tables.stats()["skipped_stuck"], FORTY, "forty stuck: stats say so")
    head = tables.read("summary").split("\n\n")[0].splitlines()
    t.equal((head[0], len(head), head[-1]),
            ("INCOMPLETE: %d processes were not counted to the end" % FORTY, 10,
             "  and %d more" % (FORTY - 8)),
            "forty stuck: and so does summary, which names eight")
    holders.wait()
    p.kill()


def check_file(t, library):
    """Whether a file is a library cannot be asked of its reverse map, which is locked."""
    slow = float(guest.parameter("slow", "1"))
    p = Puppet.start()
    data = p.map(library.path, 0, PAGES, R)
    p.touch(data, PAGES)
    fd = os.open(library.path, os.O_RDONLY)
    thread = threading.Thread(target=guest.write,
                              args=(HOLD + "i_mmap", "%d %d" % (5000 * slow, fd)))
    thread.start()
    time.sleep(0.5)
    scan(t, "held i_mmap_rwsem", library.key, {})
    t.equal(tables.stats()["undecided_files"], 1, "held i_mmap_rwsem: stats say so")
    thread.join()
    scan(t, "no executable VMA", library.key, {})
    t.equal(tables.stats()["undecided_files"], 0, "no executable VMA: this is known")
    os.close(fd)
    p.kill()


def check_fuse(t):
    """The server of a library stops, with a process waiting for a page of it."""
    place = guest.folder()
    server = subprocess.Popen([puppet.binary("fusefile"), place, "64"], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, universal_newlines=True)
    if server.stdout.readline() != "ready\n":
        return t.ok(False, "a file server that hangs", "no FUSE here")
    path = place + "/lib.so"
    p, waiting = Puppet.start(), Puppet.start()
    guest.write("/sys/class/bdi/%s/read_ahead_kb" % bdi_of(place), 0)
    p.touch(p.map(path, 0, 4, R | X), 4)
    addr = waiting.map(path, 32, 8, R | X)
    key = guest.key_of(path)
    server.send_signal(signal.SIGSTOP)
    waiting.send("touch", addr, 1)
    time.sleep(1)
    t.equal(state_of(waiting.pid) in "DS", True, "a process waits for a file server that hangs")
    scan(t, "hanging file server", key, {"procs": 2, "rss": 4 * PAGE})
    server.send_signal(signal.SIGCONT)
    waiting._answer()
    scan(t, "file server that goes on", key, {"procs": 2, "rss": 5 * PAGE})
    p.kill()
    waiting.kill()
    guest.unmount(place)
    server.kill()
    server.wait()


def bdi_of(place):
    dev = os.stat(place).st_dev
    return "%d:%d" % (os.major(dev), os.minor(dev))


def check_frozen(t, library):
    group = "/sys/fs/cgroup/frozen"
    os.makedirs(group, exist_ok=True)
    p = Puppet.start()
    mapped_by(p, library.path)
    guest.write(group + "/cgroup.procs", p.pid)
    guest.write(group + "/cgroup.freeze", 1)
    t.ok(guest.wait_until(lambda: "frozen 1" in guest.read(group + "/cgroup.events")),
         "a cgroup is frozen")
    scan(t, "frozen cgroup", library.key, WHOLE)
    guest.write(group + "/cgroup.freeze", 0)
    p.kill()
    guest.wait_until(lambda: "populated 0" in guest.read(group + "/cgroup.events"))
    os.rmdir(group)


def check_coredump(t, library):
    """The program that the kernel pipes the core to never reads it."""
    fifo = guest.folder() + "/reader"
    with open(fifo, "w", encoding="utf-8") as f:
        f.write("#!/bin/sh\nexec sleep 1000\n")
    os.chmod(fifo, 0o755)
    guest.set_value("/proc/sys/kernel/core_pattern", "|%s %%p" % fifo)
    p = Puppet.start()
    mapped_by(p, library.path)
    p.map(library.path, 0, PAGES, R | X, MAP_PRIVATE)
    os.kill(p.pid, signal.SIGSEGV)
    t.ok(guest.wait_until(lambda: subprocess.run(["pgrep", "-x", "sleep"], check=False,
                                                 stdout=subprocess.DEVNULL).returncode == 0),
         "a process stands in the middle of its core dump")
    time.sleep(0.5)
    scan(t, "core dump", library.key, {"procs": 1})
    guest.run("pkill", "-KILL", "-x", "sleep")
    p.kill()
    t.ok(guest.wait_until(lambda: not tables.snapshot().libraries().get(library.key)),
         "core dump: nothing is left of it")


def check_stopped(t, library):
    p = Puppet.start()
    mapped_by(p, library.path)
    os.kill(p.pid, signal.SIGSTOP)
    guest.wait_until(lambda: state_of(p.pid) == "T")
    scan(t, "stopped process", library.key, WHOLE)
    os.kill(p.pid, signal.SIGCONT)
    child = p.fork()
    scan(t, "parent and child", library.key,
         {"procs": 2, "cow": 4 * PAGE, "cow_unique": 2 * PAGE})
    child.kill()
    p.kill()


def check_vfork(t, library):
    """A parent that waits for its child, in the address space of both."""
    p = Puppet.start()
    mapped_by(p, library.path)
    done = []
    vfork = threading.Thread(target=lambda: done.append(p.clone(CLONE_VM | CLONE_VFORK |
                                                                signal.SIGCHLD)), daemon=True)
    vfork.start()
    time.sleep(1)
    scan(t, "vfork", library.key, WHOLE)
    for pid in puppet.children(p.pid):
        os.kill(pid, signal.SIGKILL)
    p.kill()


def main(t):
    guest.ensure_loaded()
    guest.no_fault_around()
    place = guest.folder()
    guest.set_value("/sys/module/libshare/parameters/lock_wait_ms", 300)
    guest.run("insmod", os.path.dirname(guest.MODULE) + "/hold.ko")
    guest.UNDO.callback(guest.run, "rmmod", "hold")
    for number, check in enumerate((check_writer, check_forty, check_file, check_frozen,
                                    check_coredump, check_stopped, check_vfork)):
        check(t, guest.Library("%s/%d.so" % (place, number), PAGES))
    check_fuse(t)
    guest.finish()


tap.run(main)
