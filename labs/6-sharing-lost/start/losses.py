#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""losses.py: where sharing is lost now, as libshare's table "libraries" tells it.
Prints a line of names, then a line for each loss, with tabs between fields:

    kind	files	bytes	name

copies   files of one build ID that are not deleted: how many there are, and what
         comes back when the one of which most is mapped stays alone
deleted  a file that was deleted and is still mapped: 1, and what is mapped of it

name is the last part of the path. Only what lies below /srv counts."""
TABLE = "/sys/kernel/debug/libshare/libraries"
COLUMNS = ("kind", "files", "bytes", "name")


def libraries():
    """The rows of the table, as {column: text}."""
    with open(TABLE, encoding="utf-8", errors="surrogateescape") as file:
        lines = file.read().splitlines()
    names = lines[1].split("\t")
    return [dict(zip(names, line.split("\t"))) for line in lines[2:]]


def losses():
    """The lines, as tuples."""
    # TODO
    return []


def main():
    print("\t".join(COLUMNS))
    for loss in losses():
        print("\t".join(map(str, loss)))


main()
