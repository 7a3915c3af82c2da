#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 600
"""Every allocation fails once: of each file's open and read, and of a load."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import faults
import guest
import tables
import tap
from puppet import Puppet, R, W


def files():
    order = sorted(os.listdir(tables.DIRECTORY))
    order.remove("snapshot")
    return order + ["snapshot"]


def check(t, name, lines):
    """What each try with one failed allocation came to."""
    again = [line for when, line in lines if when == "again"]
    tries = [line.split() for when, line in lines if when.isdigit() and int(when)]
    errors = [words[0] for words in tries if words[0] != "ok"]
    t.ok(errors, "%s: %d allocations failed, %d times the caller saw it"
         % (name, len(tries), len(errors)))
    t.none(sorted(set(errors) - {"ENOMEM"}), "%s: the error is ENOMEM" % name)
    t.none(again, "%s: the next try succeeds" % name)
    return [words for words in tries if words[0] == "ok"]


def partial(name, want, results):
    """Results that lack something. Nothing moves meanwhile but a few pages."""
    rows = int(want[1])
    problems = []
    for _, got, skipped, text in results:
        if abs(int(got) - rows) > max(2, rows // 50) or skipped != "0":
            problems.append("%s rows of %d, %s processes skipped" % (got, rows, skipped))
        elif name in ("libraries", "processes", "mappings") and text != want[3]:
            problems.append("other names than there should be")
    return problems


def each_of(t, name, what):
    lines = faults.each(t, "read", "%s/%s" % (tables.DIRECTORY, name))
    whole = check(t, what, lines)
    t.none(partial(name, lines[0][1].split(), whole), "%s: what is returned is whole" % what)


def main(t):
    guest.ensure_loaded()
    with faults.ready():
        for name in files():
            each_of(t, name, name)
        # Copies that two processes share, which are noted until all have been seen.
        library = guest.Library(guest.folder() + "/shared.so", 4)
        p = Puppet.start()
        p.map(library.path)
        p.write(p.map(library.path, 0, 4, R | W), 4)
        p.fork()
        each_of(t, "libraries", "libraries with shared copies")
        guest.unload()
        check(t, "load", faults.each(t, "load", guest.MODULE))
    guest.load()
    t.ok(tables.snapshot().libraries(), "and afterwards it works")
    guest.finish()


tap.run(main)
