#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 600
"""The table cgroups against /proc/kpagecgroup and pagemap: the group that touches a page first
pays, whichever uses it; the payer ends, moves away, is evicted, dies; groups within groups."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import guest
import payers
import tables
import tap
from controlled import give_memory, make_group, remove_group, start, use
from puppet import MADV_DONTNEED, PAGE
from world import Stopped

TOP = payers.TOP
ALL = "libshare"                # the group below which all others are


def fresh(folder, name, pages=32):
    """A library of which nothing is cached."""
    library = guest.Library("%s/%s.so" % (folder, name), pages)
    library.drop()
    return library


def expect(t, moment, library, name, **groups):
    """Columns of the rows of a library: group (by its last name): {column: pages}; there
    is no row of another group."""
    rows = {k[1].rpartition("/")[2] or k[1]: r for k, r in payers.published(moment.snapshot).items()
            if k[0] == library.key}
    problems = ["%s: a row that is not expected: %r" % (g, rows[g]) for g in rows if g not in groups]
    for group, columns in groups.items():
        row = rows.get(group, {})
        problems += ["%s: %s: module %r, expected %r" % (group, c, row.get(c), want)
                     for c, n in columns.items()
                     for want in [n if c in payers.COUNTS else n * PAGE] if row.get(c) != want]
    t.none(problems, name)
    payers.compare(t, moment, name, {library.key})


def first_toucher(t, folder):
    """One pays, both use; then the payer unmaps, and ends; a process moves."""
    library = fresh(folder, "first")
    first, second = start(ALL + "/payer"), start(ALL + "/user")
    addr = use(first, library, 0, 16)
    use(second, library, 8, 16)
    moment = Stopped()
    expect(t, moment, library, "the group that touches a page first pays for it",
           payer={"procs": 1, "rss": 16, "mapped": 16, "charged": 16, "lent": 0, "borrowed": 0,
                  "idle": 0, "private": 8},
           user={"procs": 1, "rss": 16, "mapped": 16, "charged": 8, "lent": 0, "borrowed": 8,
                 "idle": 0, "private": 8})
    payers.compare(t, moment, "all libraries")

    first.advise(addr, 4, MADV_DONTNEED)
    first.advise(addr + 8 * PAGE, 8, MADV_DONTNEED)
    expect(t, Stopped(), library, "the payer uses a part: it lends some, some is idle",
           payer={"procs": 1, "mapped": 4, "charged": 16, "lent": 8, "borrowed": 0, "idle": 4},
           user={"procs": 1, "mapped": 16, "charged": 8, "borrowed": 8, "private": 16})
    first.kill()
    expect(t, Stopped(), library, "the payer's process ends: the group pays on",
           payer={"procs": 0, "rss": 0, "mapped": 0, "charged": 16, "lent": 8, "idle": 8,
                  "private": 0, "pss": 0},
           user={"procs": 1, "charged": 8, "borrowed": 8, "lent": 0})
    guest.write("%s/%s/mover/cgroup.procs" % (TOP, ALL), second.pid)
    expect(t, Stopped(), library, "the user moves: what it uses moves along, charges stay",
           payer={"procs": 0, "charged": 16, "lent": 8, "idle": 8},
           user={"procs": 0, "mapped": 0, "charged": 8, "lent": 8, "borrowed": 0},
           mover={"procs": 1, "mapped": 16, "charged": 0, "borrowed": 16, "private": 16})
    return library, second


def dying(t, library, user):
    """The payer's group is removed: its nearest ancestor that lives pays."""
    remove_group(ALL + "/payer")
    path = "/" + ALL
    t.ok(guest.wait_until(lambda: payers.Payers().of_file(library.path).get(0) == path),
         "kpagecgroup has given the pages of the dead group to its parent")
    moment = Stopped()
    expect(t, moment, library, "a group that is dying counts for its nearest living ancestor",
           **{ALL: {"procs": 0, "charged": 16, "lent": 8, "idle": 8},
              "user": {"procs": 0, "charged": 8, "lent": 8},
              "mover": {"procs": 1, "mapped": 16, "borrowed": 16}})
    payers.compare(t, moment, "all libraries, with a dying group")
    user.kill()


def evicted(t, folder):
    """The payer's limit evicts pages under all that use them."""
    library = fresh(folder, "evicted")
    payer, user = start(ALL + "/limited"), start(ALL + "/user")
    use(payer, library, 0, 32)
    use(user, library, 0, 32)
    payer.kill()
    expect(t, Stopped(), library, "before the limit",
           limited={"procs": 0, "charged": 32, "lent": 32, "idle": 0},
           user={"procs": 1, "mapped": 32, "borrowed": 32, "charged": 0, "private": 32})
    guest.write("%s/%s/limited/memory.high" % (TOP, ALL), "0")
    moment = Stopped()
    row = payers.published(moment.snapshot).get((library.key, "/%s/user" % ALL), {})
    t.ok(row.get("mapped", 32 * PAGE) < 32 * PAGE,
         "the payer's limit has evicted pages that the user maps", row)
    payers.compare(t, moment, "after the limit", {library.key})
    user.kill()


def nested(t, folder):
    """A group without the memory controller uses, and the one above it pays."""
    library = fresh(folder, "nested")
    inner = start(ALL + "/outer/inner")
    use(inner, library, 0, 8)
    expect(t, Stopped(), library, "the group above one without the controller pays",
           inner={"procs": 1, "mapped": 8, "charged": 0, "borrowed": 8},
           outer={"procs": 0, "mapped": 0, "charged": 8, "lent": 8, "idle": 0})
    inner.kill()
    give_memory(ALL + "/outer")
    inner = start(ALL + "/outer/inner")
    use(inner, library, 4, 8)
    expect(t, Stopped(), library, "once it has the controller, it pays itself",
           inner={"procs": 1, "mapped": 8, "charged": 4, "borrowed": 4},
           outer={"procs": 0, "charged": 8, "lent": 4, "idle": 4})
    inner.kill()
    give_memory(ALL + "/outer", "-")
    t.ok(guest.wait_until(lambda: payers.Payers().of_file(library.path).get(11)
                          == "/%s/outer" % ALL), "kpagecgroup: taken from it again")
    other = start(ALL + "/user")
    use(other, library, 0, 0)
    expect(t, Stopped(), library, "a group that lost the controller counts for the one above",
           outer={"charged": 12, "idle": 12}, user={"procs": 1, "mapped": 0, "charged": 0})
    other.kill()


def copies(t, folder):
    """Copies and private pages of groups, not of processes."""
    library = fresh(folder, "copies")
    parent = start(ALL + "/payer")
    use(parent, library, 0, 8, write=4)
    child = parent.fork()
    outside = parent.fork()
    guest.write("%s/%s/user/cgroup.procs" % (TOP, ALL), outside.pid)
    moment = Stopped()
    # Pages 0-3 are copies that all three hold, 4-7 file pages of all three.
    expect(t, moment, library, "copies that two groups hold are private to neither",
           payer={"procs": 2, "rss": 8, "mapped": 4, "private": 0, "cow": 8, "cow_unique": 4},
           user={"procs": 1, "rss": 4, "mapped": 4, "private": 0, "cow": 4, "cow_unique": 4,
                 "borrowed": 4})
    outside.kill()
    expect(t, Stopped(), library, "private to a group is more than private to its processes",
           payer={"procs": 2, "rss": 8, "mapped": 4, "private": 8, "cow": 8, "cow_unique": 4,
                  "charged": 8, "idle": 4})
    child.kill()
    parent.kill()


def stopping_frees(t, folder):
    """private of a group is what its end gives back: of a file and of copies."""
    library = fresh(folder, "price")
    a, b = start(ALL + "/payer"), start(ALL + "/payer")
    other = start(ALL + "/user")
    for p in (a, b):
        use(p, library, 0, 12, write=2)
    use(other, library, 8, 8)
    before = Stopped()
    price = payers.published(before.snapshot)[library.key, "/%s/payer" % ALL]["private"]
    a.kill()
    b.kill()
    after = Stopped()
    rows = [guest.row_of(m.snapshot, library) for m in (before, after)]
    freed = sum(rows[0][c] - rows[1][c] for c in ("mapped", "cow_unique"))
    t.equal(freed, price, "when all processes of a group end, its private is unmapped")
    other.kill()


def main(t):
    guest.ensure_loaded()
    guest.no_fault_around()
    if not os.path.exists(TOP + "/cgroup.procs"):
        return guest.lacks(t, "cgroups", "no cgroup2 is mounted", (5, 10))
    t.equal(tables.stats()["memcg_version"], 2, "stats: memory is charged in version 2")
    payers.compare(t, Stopped(), "all libraries, one group")
    give_memory("")
    guest.UNDO.callback(give_memory, "", "-")
    make_group(ALL)
    give_memory(ALL)
    for name in ("payer", "user", "mover", "limited", "outer", "outer/inner"):
        make_group("%s/%s" % (ALL, name))
    folder = guest.folder()
    library, user = first_toucher(t, folder)
    evicted(t, folder)
    nested(t, folder)
    copies(t, folder)
    stopping_frees(t, folder)
    dying(t, library, user)
    guest.finish()


tap.run(main)
