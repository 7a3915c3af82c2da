#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 300
"""Text with a copy in it: a debugger's breakpoint, and code that patches
itself; and a debugger's write that leaves no copy in a shared mapping."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import compare
import expect
import guest
import tap
from census import Census
from puppet import MAP_SHARED, PAGE, Puppet, R, W, X
from world import Stopped

PTRACE_POKETEXT, PTRACE_CONT, PTRACE_ATTACH, PTRACE_DETACH = 4, 7, 16, 17
WALL = 0x40000000


def breakpoint_at(process, addr):
    """A tracer attaches, writes into the text, and lets go."""
    tracer = Puppet.start()
    tracer.call("ptrace", PTRACE_ATTACH, process.pid, 0, 0)
    tracer.call("wait4", process.pid, 0, WALL, 0)
    tracer.call("ptrace", PTRACE_POKETEXT, process.pid, addr, 0xcc)
    tracer.call("ptrace", PTRACE_DETACH, process.pid, 0, 0)
    tracer.kill()


def main(t):
    guest.ensure_loaded()
    guest.no_fault_around()
    place = guest.folder()
    debugged = guest.Library(place + "/debugged.so", 8)
    p, q = Puppet.start(), Puppet.start()
    addr = p.map(debugged.path, 0, 8)
    p.touch(addr, 8)
    q.touch(q.map(debugged.path, 0, 8), 8)
    breakpoint_at(p, addr + 3 * PAGE)
    t.equal(p.peek(addr + 3 * PAGE, 1), b"\xcc", "the breakpoint is there")
    child = p.fork()

    patched = guest.Library(place + "/patched.so", 8)
    m = Puppet.start()
    m_addr = m.map(patched.path, 0, 8)
    m.touch(m_addr, 8)
    m.protect(m_addr, 8, R | W | X)
    m.write(m_addr + 2 * PAGE, 2)
    m.protect(m_addr, 8, R | X)

    shared = guest.Library(place + "/shared.so", 4)
    s = Puppet.start()
    s_addr = s.map(shared.path, 0, 4, R | W | X, MAP_SHARED)
    s.touch(s_addr, 4)
    breakpoint_at(s, s_addr + PAGE)

    moment = Stopped()
    snapshot = moment.snapshot
    expect.library(t, snapshot, debugged, "a breakpoint is one copy, which a fork inherits",
                   procs=3, cow=2, cow_unique=1, mapped=8, rss=22)
    expect.mapping(t, snapshot, p, addr, "its mapping is text", segment="text", perms="r-xp",
                   cow=1, cow_shared=1, rss=7)
    expect.mapping(t, snapshot, child, addr, "and so is the child's", cow=1, cow_shared=1, rss=7)
    expect.library(t, snapshot, patched, "patched by itself", cow=2, cow_unique=2, mapped=6)
    expect.mapping(t, snapshot, m, m_addr, "text again", segment="text", perms="r-xp", cow=2)
    expect.library(t, snapshot, shared, "a write through a shared mapping makes no copy", cow=0,
                   mapped=4)
    compare.tables(t, snapshot, Census(moment.world), "copies in text")
    guest.finish()


tap.run(main)
