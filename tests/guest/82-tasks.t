#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 300
"""Tasks and address spaces: CLONE_VM without CLONE_THREAD, a leader that is
dead while its threads run, a process that executes programs without pause."""
import os
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import compare
import expect
import guest
import invariants
import tables
import tap
from census import Census
from puppet import CLONE_VM, PAGE, Puppet, R, W, X, binary
from world import Stopped


def pids_of(snapshot, lib):
    row = guest.row_of(snapshot, lib)
    return sorted({pid for (pid, _), r in snapshot.mappings().items()
                   if r["lib"] == row.get("lib")})


def shared_space(t, place):
    lib = guest.Library(place + "/clone-vm.so", 6)
    p = Puppet.start()
    addr = p.map(lib.path, 0, 6, R | W | X)
    p.touch(addr, 2)
    q = p.clone(CLONE_VM | signal.SIGCHLD)
    q.touch(addr + 2 * PAGE, 1)
    q.write(addr + 3 * PAGE, 1)
    other = p.fork()
    moment = Stopped()
    expect.library(t, moment.snapshot, lib, "CLONE_VM without CLONE_THREAD: one process, "
                   "and a fork of it", procs=2, maps=2, mapped=3, cow=2, cow_unique=1)
    t.equal(pids_of(moment.snapshot, lib), sorted([p.pid, other.pid]),
            "its pid is the lowest of those that share it")
    compare.tables(t, moment.snapshot, Census(moment.world), "CLONE_VM")
    other.kill()
    p.end()
    moment = Stopped()
    expect.library(t, moment.snapshot, lib, "the first one is gone: the space lives on", procs=1,
                   maps=1, mapped=3, cow=1)
    t.equal(pids_of(moment.snapshot, lib), [q.pid], "under the other's pid")
    compare.tables(t, moment.snapshot, Census(moment.world), "CLONE_VM, first one gone")
    q.kill()


def dead_leader(t, place):
    lib = guest.Library(place + "/leader.so", 6)
    p = Puppet.start()
    addr = p.map(lib.path, 0, 6)
    p.touch(addr, 2)
    thread = p.thread()
    pid = p.pid
    try:
        p.send("call", "exit", 0)
    except OSError:
        pass
    zombie = guest.wait_until(lambda: guest.read("/proc/%d/stat" % pid).rpartition(")")[2]
                              .split()[0] == "Z")
    t.ok(zombie, "the leader is a zombie")
    thread.touch(addr + 2 * PAGE, 2)
    moment = Stopped()
    expect.library(t, moment.snapshot, lib, "its threads live on", procs=1, maps=1, mapped=4)
    t.equal(pids_of(moment.snapshot, lib), [pid], "under the pid of their group")
    compare.tables(t, moment.snapshot, Census(moment.world), "dead leader")
    os.kill(pid, signal.SIGKILL)
    p.forget()
    t.ok(not guest.row_of(tables.snapshot(), lib), "all gone: no row")


def execs(t, seconds=5):
    """The scan meets processes in the midst of exec: before, between, after."""
    puppets = [Puppet.start() for _ in range(2)]
    end = time.monotonic() + seconds
    rounds, problems, seen = 0, [], 0
    while time.monotonic() < end:
        for p in puppets:
            p.send("exec", binary("puppet"))
        snapshot = tables.snapshot()
        problems += invariants.all_problems(snapshot)
        pids = {pid for pid, _ in snapshot.mappings()}
        seen += sum(1 for p in puppets if p.pid in pids)
        rounds += 1
        for p in puppets:
            pid = p._answer()       # pylint: disable=protected-access
            if pid != p.pid:
                problems.append("pid %d became %d" % (p.pid, pid))
    t.none(problems, "%d scans during exec: all whole" % rounds)
    t.ok(seen > 0, "a process was seen in %d of %d looks" % (seen, 2 * rounds))


def main(t):
    guest.ensure_loaded()
    guest.no_fault_around()
    place = guest.folder()
    shared_space(t, place)
    dead_leader(t, place)
    execs(t)
    guest.finish()


tap.run(main)
