#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""measure.py NUMBER...: what libshare says of libnumbers.so when that many
processes use it. Prints a line of names, then a line for each NUMBER:

    procs	mapped	rss	saved	cow

all but procs in bytes, with a tab between fields."""
import subprocess
import sys

TABLE = "/sys/kernel/debug/libshare/libraries"
COLUMNS = ("procs", "mapped", "rss", "saved", "cow")


def row_of_library():
    """The row of libnumbers.so in the table, as {column: number}."""
    # TODO: read TABLE. Its first line says what it is, its second line names
    # the columns; find yours by name (docs/format.md says why).
    return {column: 0 for column in COLUMNS}


def measure(number):
    users = [subprocess.Popen(["./user"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
             for _ in range(number)]
    # TODO: is this the moment at which to look?
    row = row_of_library()
    for user in users:
        user.communicate()
    return row


def main():
    print("\t".join(COLUMNS))
    for argument in sys.argv[1:]:
        row = measure(int(argument))
        print("\t".join(str(row[column]) for column in COLUMNS), flush=True)


main()
