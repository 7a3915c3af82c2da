#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""measure.py NUMBER...: what libshare says of libnumbers.so when that many
processes use it. Prints a line of names, then a line for each NUMBER:

    procs	mapped	rss	saved	cow

all but procs in bytes, with a tab between fields."""
import os
import subprocess
import sys

TABLE = "/sys/kernel/debug/libshare/libraries"
COLUMNS = ("procs", "mapped", "rss", "saved", "cow")


def row_of_library():
    """The row of libnumbers.so in the table, as {column: number}."""
    with open(TABLE, encoding="utf-8", errors="surrogateescape") as file:
        lines = file.read().split("\n")
    names = lines[1].split("\t")
    for line in lines[2:]:
        row = dict(zip(names, line.split("\t")))
        if row.get("path") == os.path.abspath("libnumbers.so"):
            return {column: int(row[column]) for column in COLUMNS}
    sys.exit("measure.py: no process maps libnumbers.so")


def measure(number):
    users = [subprocess.Popen(["./user"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
             for _ in range(number)]
    for user in users:
        user.stdout.readline()
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
