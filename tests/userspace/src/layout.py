#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Checks where things are in a picture, as SVG.

    layout.py inside SVG...         no text outside the picture, or on another text;
                                    nothing is drawn outside
    layout.py segments SVG JSON     the names at each process are its segments
    layout.py sections SVG          prints "name pages" of the sections at a page map"""
import json
import re
import sys
import xml.etree.ElementTree

SVG = "{http://www.w3.org/2000/svg}"


class Text:
    def __init__(self, element):
        title = element.find(SVG + "title")
        self.text = (element.text or "") if title is None else title.tail
        self.x, self.y, self.size = (float(element.get(a)) for a in ("x", "y", "font-size"))
        self.right = self.x + float(element.get("textLength", 0))
        # Roughly, what letters have above and below their base line.
        self.top, self.bottom = self.y - 0.75 * self.size, self.y + 0.2 * self.size


def read(name):
    root = xml.etree.ElementTree.parse(name).getroot()
    width, height = (float(v) for v in root.get("viewBox").split()[2:])
    return root, [Text(e) for e in root.iter(SVG + "text")], width, height


def inside(name):
    root, texts, width, height = read(name)
    assert texts and root.find(SVG + "title").text, name
    assert not list(root.iter(SVG + "use")), "letters are drawn as shapes"
    for i, one in enumerate(texts):
        assert one.x >= 0 and one.right <= width, (name, one.text, one.right)
        assert one.top >= 0 and one.bottom <= height, (name, one.text, one.bottom)
        for other in texts[:i]:
            assert one.x >= other.right or other.x >= one.right or one.top >= other.bottom or \
                other.top >= one.bottom, (name, one.text, other.text)
    clipped = {e for group in root.iter(SVG + "g") if group.get("clip-path")
               for e in group.iter()}
    for path in root.iter(SVG + "path"):
        if path in clipped:
            continue
        assert not path.get("transform"), path.attrib
        numbers = [float(n) for n in re.findall(r"-?[0-9.]+", path.get("d"))]
        assert all(0 <= x <= width for x in numbers[::2]), (name, path.get("d"))
        assert all(0 <= y <= height for y in numbers[1::2]), (name, path.get("d"))


def segments(name, mappings):
    _, texts, _, _ = read(name)
    with open(mappings, encoding="utf-8") as file:
        rows = json.load(file)["mappings"]
    heads = [t for t in texts if t.size == 13 and re.search(r" \(\d+\)$| × \d+$", t.text)]
    known = {row["segment"] for row in rows}
    checked = 0
    for head in heads:
        right = min([t.x for t in heads if t.y == head.y and t.x > head.x] or [1e9])
        names = [t.text for t in sorted(texts, key=lambda t: t.x) if t.text in known and
                 head.x <= t.x < right and abs(t.y - head.y) < 112]
        if not head.text.endswith(")"):
            assert names, head.text
            continue
        pid = int(re.search(r"(\d+)\)$", head.text).group(1))
        want = [row["segment"] for row in sorted((r for r in rows if r["pid"] == pid),
                                                 key=lambda r: int(str(r["start"]), 16))]
        assert names == want, (head.text, names, want)
        checked += 1
    assert checked, "no process of its own"


def sections(name):
    _, texts, _, _ = read(name)
    for text in texts:
        if text.size == 9 and text.x == 12:
            pages = [t.text for t in texts if t.y == text.y and t.x > 12]
            print(text.text, *pages)


def main():
    command, *arguments = sys.argv[1:]
    if command == "inside":
        for name in arguments:
            inside(name)
    else:
        {"segments": segments, "sections": sections}[command](*arguments)


main()
