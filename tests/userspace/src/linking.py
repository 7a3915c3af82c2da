#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Checks a picture of --linking, cell by cell, against the recording that it is of.

    linking.py SVG PNG RECORDING [MAP]

RECORDING is a snapshot as the module writes it. What is drawn of the mappings must add up
to what it says of each mapping and of each page; with the linker's MAP, each page of the
file has the colours of the inputs that it holds."""
import collections
import re
import sys
import xml.etree.ElementTree

from colours import confused, decode

ROW, CELL, PAGE = 32, 8, 4096
SHADES = ((16, "08234a"), (8, "1c4d8a"), (4, "3a6cae"), (2, "6a9cd0"), (1, "b4d6f2"))
COPY, ABSENT, CACHED, WHITE = "f59d97", "e4e4e4", "a6a6a6", "ffffff"
INPUTS = ("4b2c7a", "e2c04a", "2f8f66", "b04a9c", "d2d2d2")
# Not in the pages of the file.
UNPLACED = re.compile(r"\.(tbss|l?bss|comment|debug|gnu_debug|stab)")


def read(name):
    tables, rows, names = {}, None, None
    with open(name, encoding="utf-8") as file:
        for line in file.read().splitlines():
            if line.startswith("# libshare"):
                rows, names = tables.setdefault(line.split()[3 - (line.split()[2].isalpha())], []), None
            elif names is None:
                names = line.split("\t")
            else:
                rows.append(dict(zip(names, line.split("\t"))))
    return tables


def shade(sharers):
    return next((colour for least, colour in SHADES if sharers >= least), None)


class Picture:
    def __init__(self, svg, png):
        self.lines = decode(png)
        self.texts = []
        for text in xml.etree.ElementTree.parse(svg).iter("{http://www.w3.org/2000/svg}text"):
            self.texts.append((float(text.get("x")), float(text.get("y")),
                               "".join(text.itertext())))

    def pixel(self, x, y):
        line = self.lines[round(2 * y)]
        return bytes(line[3 * round(2 * x):3 * round(2 * x) + 3]).hex()

    def cell(self, x, y, i):
        """The colours of a page, from left to right."""
        left, middle = x + i % ROW * CELL, y + i // ROW * CELL + 3.5
        return [self.pixel(left + step / 2, middle) for step in range(1, 14)]


def check_mappings(picture, tables, lib, pids):
    pages, drawn = {}, collections.Counter()
    for row in tables["pages"]:
        if row["lib"] == lib:
            for page in range(int(row["first"]), int(row["first"]) + int(row["count"])):
                pages[page] = int(row["sharers"]), int(row["copies"])
    mapped = collections.defaultdict(set)
    checked = 0
    for row in tables["mappings"]:
        if row["lib"] != lib or row["pid"] not in pids:
            continue
        first = int(row["offset"], 16) // PAGE
        nr = (int(row["end"], 16) - int(row["start"], 16)) // PAGE
        label = "%s %s %s, " % (row["start"], row["perms"], row["path"].split("/")[-1])
        label += "page %d" % first if nr == 1 else "pages %d–%d" % (first, first + nr - 1)
        (x, y), = ((x, y) for x, y, text in picture.texts
                   if text == label and x == pids[row["pid"]])
        colours = [picture.cell(x, y + 5, i)[6] for i in range(nr)]
        rss = copied = 0
        for page, colour in enumerate(colours, first):
            sharers, copies = pages.get(page, (0, 0))
            if colour == COPY:
                assert copies, (label, page)
                drawn[page] += 1
                copied += 1
            elif colour != WHITE:
                assert colour == shade(sharers), (label, page, colour, sharers)
                mapped[page].add(row["pid"])
                rss += 1
        assert (rss, copied) == (int(row["rss"]) // PAGE, int(row["cow"]) // PAGE), (
            label, rss, copied, row)
        checked += nr
    for page, (sharers, copies) in pages.items():
        assert (len(mapped[page]), drawn[page]) == (sharers, copies), (lib, page)
    return checked, sum(drawn.values())


def inputs_of(name, mappings):
    """For each page of the file, which inputs it holds content of."""
    with open(name, encoding="utf-8") as file:
        text = file.read().split("Linker script and memory map", 1)[1]
    # What a section is called may stand in a line of its own.
    text = re.sub(r"\n( ?[._a-zA-Z]\S*)\n +0x", r"\n\1 0x", text)
    found, placed = collections.defaultdict(list), True
    for line in text.splitlines():
        if re.match(r"[._a-z]\S+ +0x", line):
            placed = not UNPLACED.match(line)
        part = re.match(r" [^ *]\S* +0x([0-9a-f]+) +0x([0-9a-f]+) (\S.*?)(\(.*\))?$", line)
        if part and placed and int(part[1], 16) and int(part[2], 16):
            found[part[3]].append((int(part[1], 16), int(part[2], 16)))
    order = sorted(found, key=lambda name: (not name.endswith(".c.o"),
                                            -sum(size for _, size in found[name]), name))
    start = int(mappings[0]["start"], 16)
    base = 0 if any(a >= start for parts in found.values() for a, _ in parts) else start
    pages = collections.defaultdict(set)
    for number, name in enumerate(order):
        for address, size in found[name]:
            for at in range((base + address) // PAGE, (base + address + size - 1) // PAGE + 1):
                for row in mappings:
                    if int(row["start"], 16) <= at * PAGE < int(row["end"], 16):
                        pages[at - (int(row["start"], 16) - int(row["offset"], 16)) // PAGE].add(
                            INPUTS[min(number, len(INPUTS) - 1)])
    return pages


def check_file(picture, tables, library, inputs):
    nr = -(-int(library["size"]) // PAGE)
    (x, y), = ((x, y + 20) for x, y, text in picture.texts if text == library["path"])
    cached = {}
    for row in tables["pages"]:
        if row["lib"] == library["lib"]:
            for page in range(int(row["first"]), int(row["first"]) + int(row["count"])):
                cached[page] = shade(int(row["sharers"])) or (CACHED if row["cached"] == "1" else ABSENT)
    for page in range(nr):
        colours = picture.cell(x, y, page)
        if inputs is None:
            assert colours[6] == cached.get(page, ABSENT), (library["path"], page, colours[6])
        else:
            assert set(colours) & set(INPUTS) == inputs[page], (library["path"], page, colours)
    return nr


def main(svg, png, recording, linkmap=None):
    tables, picture = read(recording), Picture(svg, png)
    pids = {re.search(r"\((\d+)\)$", text)[1]: x for x, _, text in picture.texts
            if re.search(r"\S \(\d+\)$", text)}
    heads = {text for _, _, text in picture.texts}
    output = linkmap and re.search(r"^OUTPUT\((\S+) ", open(linkmap, encoding="utf-8").read(),
                                   re.M)[1].split("/")[-1]
    for library in tables["libraries"]:
        if library["path"] not in heads:
            continue
        mappings = [row for row in tables["mappings"] if row["lib"] == library["lib"]]
        inputs = None
        if output == library["path"].split("/")[-1]:
            inputs = inputs_of(linkmap, [row for row in mappings if row["pid"] in pids])
            assert len(set().union(*inputs.values())) > 2
        nr = check_file(picture, tables, library, inputs)
        print(library["path"], nr, "pages; of mappings",
              *check_mappings(picture, tables, library["lib"], pids))
    wrong = confused(dict(zip(("inputs 1", "2", "3", "4", "others"), INPUTS)))
    assert not wrong, wrong


main(*sys.argv[1:])
