# SPDX-License-Identifier: GPL-2.0-only
"""Numbers that a test knows beforehand, in pages, for a library of its own."""
from puppet import PAGE

COUNTS = {"procs", "maps", "mapcount_max"}


def library(t, snapshot, lib, name, **numbers):
    """Columns of its row of libraries; only those that are named."""
    row = snapshot.libraries().get(lib.key, {})
    return t.none(["%s: module %r, expected %r" % (c, row.get(c), want)
                   for c, n in numbers.items()
                   for want in [n if c in COUNTS else n * PAGE] if row.get(c) != want], name)


def mapping(t, snapshot, process, addr, name, **numbers):
    """Columns of a row of mappings: sizes in pages, the rest as it is."""
    row = snapshot.mappings().get((getattr(process, "pid", process), addr), {})
    return t.none(["%s: module %r, expected %r" % (c, row.get(c), want)
                   for c, n in numbers.items()
                   for want in [n * PAGE if isinstance(n, int) else n] if row.get(c) != want],
                  name)
