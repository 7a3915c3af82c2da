#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Maps an ELF file that claims much and takes little, and writes to a page of it.

    hostile.py KIND FILE [ROOT]

Prints "ready" when the copy is there, and ends when standard input does. The file's
.data is the page at 4096; most of the rest is a hole. With ROOT, that is the root
folder of the process by then."""
import mmap
import os
import struct
import sys

GIB = 1 << 30
PAGE = 4096
NULL, PROGBITS, STRTAB, RELA, RELR = 0, 1, 3, 4, 19
ALLOC, WRITE = 2, 1
NAMES = b"\0.data\0.dyn\0.names\0"


def section(name, kind, flags, address, offset, size, entry=0):
    return struct.pack("<IIQQQQIIQQ", name, kind, flags, address, offset, size, 0, 0, 8, entry)


def data(at=PAGE):
    return section(1, PROGBITS, ALLOC | WRITE, at, at, PAGE)


def names(size=len(NAMES)):
    return section(12, STRTAB, 0, 0, 64, size)


def sections(kind):
    """The section headers, after the empty one; the names come last."""
    if kind == "relr":
        return [data(), section(7, RELR, ALLOC, 2 * PAGE, 2 * PAGE, GIB, 8), names()]
    if kind == "rela":
        return [data(), section(7, RELA, ALLOC, 2 * PAGE, 2 * PAGE, GIB, 24), names()]
    if kind == "many-relr":
        return [data()] + [section(7, RELR, ALLOC, 2 * PAGE, 2 * PAGE, GIB, 8)] * 1000 + [names()]
    if kind == "names":
        return [data(), names(GIB)]
    if kind == "sections":
        return [data()] + [section(1, PROGBITS, ALLOC, PAGE, PAGE, PAGE)] * 5000 + [names()]
    if kind == "holes":
        # A relocation in every other page of a gigabyte, each told by an address.
        return [section(1, PROGBITS, ALLOC | WRITE, PAGE, PAGE, GIB - PAGE),
                section(7, RELR, ALLOC, 0, GIB, GIB // PAGE // 2 * 8, 8), names()]
    return [data(), names()]


def write(file, kind):
    rows = sections(kind)
    table = GIB + 1024 * PAGE
    shnum, first = len(rows) + 1, section(0, NULL, 0, 0, 0, 0)
    phnum = 65000 if kind == "bss" else 0
    if kind == "numbers":
        # What does not fit 16 bits stands in the first section's header.
        shnum, first = 0, struct.pack("<IIQQQQIIQQ", 0, 0, 0, 0, 0, 1 << 28, 2, 0, 0, 0)
    if kind == "segments":
        phnum, first = 0xffff, struct.pack("<IIQQQQIIQQ", 0, 0, 0, 0, 0, 0, 0, 1 << 28, 0, 0)
    file.write(b"\x7fELF\2\1\1" + bytes(9))
    file.write(struct.pack("<HHIQQQIHHHHHH", 3, 62, 1, 0, GIB, table, 0, 64, 56, phnum, 64, shnum,
                           0 if kind == "numbers" else len(rows)))
    file.write(NAMES)
    if kind == "holes":
        file.seek(GIB)
        file.write(b"".join(struct.pack("<Q", PAGE + 2 * PAGE * i)
                            for i in range(GIB // PAGE // 2)))
    if kind == "bss":
        # Data that ends within the page, whose rest the loader clears.
        file.seek(GIB)
        file.write(struct.pack("<IIQQQQQQ", 1, 6, PAGE, PAGE, PAGE, 9, 99, PAGE) * phnum)
    file.seek(table)
    file.write(first + b"".join(rows))
    file.truncate(table + (1 << 28) * 64 if kind in ("numbers", "segments") else
                  max(file.tell(), 2 * GIB))


def main():
    kind, path, *root = sys.argv[1:]
    with open(path, "wb") as file:
        write(file, kind)
    with open(path, "r+b") as file:
        page = mmap.mmap(file.fileno(), PAGE, mmap.MAP_PRIVATE,
                         mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC, offset=PAGE)
    page[0] = 1
    if root:
        os.chroot(root[0])
    print("ready", os.getpid(), flush=True)
    sys.stdin.read()


main()
