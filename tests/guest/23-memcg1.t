#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 300
"""Where the kernel charges memory in a hierarchy of version 1, cgroups shows which
groups use libraries, and charges none. Early, since no group may ever have had the controller."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import guest
import invariants
import payers
import tables
import tap


def first_hierarchy(t):
    name = "memory in a hierarchy of version 1"
    where = guest.folder()
    try:
        guest.run("mount", "-t", "cgroup", "-o", "memory", "memory", where)
    except subprocess.CalledProcessError as e:
        if guest.kernel() >= (6, 12):
            t.skip(name, "the kernel has none: " + e.output.strip())
        else:
            t.ok(False, name, e.output)
        return
    try:
        snapshot = tables.snapshot()
        t.equal(tables.stats()["memcg_version"], 1, name + ": stats says so")
        t.none(invariants.cgroups(snapshot), name + ": the table agrees with the others")
        charged = {r["cgroup"] for r in snapshot.rows("cgroups") if r["charged"]}
        t.equal(charged, {"-"}, name + ": all is charged to no group")
        t.ok(any(r["borrowed"] for r in snapshot.rows("cgroups")), name + ": all is borrowed")
    finally:
        guest.unmount(where)
    t.ok(guest.wait_until(lambda: "memory" in guest.read(payers.TOP + "/cgroup.controllers")),
         "memory is back in the hierarchy of version 2")


def main(t):
    guest.ensure_loaded()
    if not os.path.exists(payers.TOP + "/cgroup.procs"):
        return guest.lacks(t, "cgroups", "no cgroup2 is mounted", (5, 10))
    t.equal(tables.stats()["memcg_version"], 2, "stats: memory is charged in version 2")
    first_hierarchy(t)
    guest.finish()


tap.run(main)
