#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""copies.py [PROGRAM [LIBRARY]]: starts a program that says "ready" at the
beginning of main, and prints which sections of a library hold pages that have
been copied by then (./user and ./libwords.so)."""
import os
import re
import subprocess
import sys

PAGES = "/sys/kernel/debug/libshare/pages"
PAGE = 4096


def copied_pages(library):
    """The pages of a library that have copies, as libshare sees them now."""
    with open(PAGES, encoding="utf-8", errors="surrogateescape") as file:
        lines = [line.split("\t") for line in file.read().splitlines()]
    found = set()
    for line in lines[2:]:
        row = dict(zip(lines[1], line))
        if row["path"] == os.path.realpath(library) and int(row["copies"]):
            found.update(range(int(row["first"]), int(row["first"]) + int(row["count"])))
    return found


def sections(library):
    """(name, offset in the file, size) of each section that is loaded."""
    text = subprocess.run(["readelf", "-SW", library], check=True, stdout=subprocess.PIPE,
                          universal_newlines=True).stdout
    pattern = r"\] (\.\S+) +(?!NOBITS)\S+ +(?!0{16})\w+ (\w+) (\w+) \w+ +\w*A"
    for name, offset, size in re.findall(pattern, text):
        yield name, int(offset, 16), int(size, 16)


def by_section(library):
    """{section: its pages that have copies}; a page may hold several sections."""
    copied = copied_pages(library)
    found = {}
    for name, offset, size in sections(library):
        if size:
            found[name] = len(copied & set(range(offset // PAGE, (offset + size - 1) // PAGE + 1)))
    return len(copied), found


def pages(count):
    return "page" if count == 1 else "pages"


def main():
    program, library = (sys.argv[1:] + ["./user", "./libwords.so"][len(sys.argv) - 1:])[:2]
    user = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    user.stdout.readline()
    total, found = by_section(library)
    user.communicate()
    for name in found:
        if found[name]:
            print("%5d %s copied in %s" % (found[name], pages(found[name]), name))
    print("%5d %s copied in all (a page that holds two sections counts in both)"
          % (total, pages(total)))


if __name__ == "__main__":
    main()
