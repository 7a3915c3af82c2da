#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Prints a snapshot that is many times as large as what zstd makes of it.

    bomb.py KIND ROWS"""
import sys

COLUMNS = {
    "libraries": "lib dev ino kind flags procs maps size cached mapped shared rss saved cow "
                 "cow_unique swap ksm mapcount_max pagetables path",
    "mappings": "pid lib dev ino start end offset perms segment rss shared cow cow_shared swap "
                "pss path",
    "pages": "lib dev ino first count cached sharers mappings copies mapcount path",
}
HEAD = "# libshare 1 %s generation=1 page_size=4096 skipped=0%s\n"


def table(name):
    print(HEAD % (name, ""), "\t".join(COLUMNS[name].split()), sep="", end="\n")


def main():
    kind, rows = sys.argv[1], int(sys.argv[2])
    table("libraries")
    if kind == "heads":
        # Tables that are not known, each of which names other processes.
        for i in range(rows):
            print(HEAD % ("t%d" % i, " skipped_who=" + "ab"[i % 2] * 1000000) + "x")
        return
    if kind == "text":
        # A row differs from the one before, so that they share no text.
        line = "\t".join("1" if name == "lib" else "-" for name in COLUMNS["mappings"].split()[:-1])
        table("mappings")
        for i in range(rows):
            print(line + "\t" + "ab"[i % 2] * 100000)
        return
    table(kind)
    block = ("\t".join("-" * len(COLUMNS[kind].split())) + "\n") * 10000
    for _ in range(rows // 10000):
        sys.stdout.write(block)


main()
