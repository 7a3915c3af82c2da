#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Colours of a picture, and whether all eyes and a printer tell them apart.

    colours.py count PNG            each colour with its number of pixels
    colours.py legend PNG SVG       checks what the legend's swatches have

The colour-blind are simulated with the matrices for a severity of 1.0 of Machado,
Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision
Deficiency", 2009. Distances are those of CIE 1976 L*a*b*, of which about 2.3 can just be
seen; a printer without colours leaves L*."""
import collections
import itertools
import struct
import sys
import xml.etree.ElementTree
import zlib

EYES = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216),
                   (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413),
                     (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602),
                   (0.004733, 0.691367, 0.303900)),
}
APART, LIGHTER = 9, 5
# All that have a colour; what is told apart by its pattern has not.
LEGEND = ("not in memory", "cached only", "mapped by 1 process", "2–3", "4–7", "8–15",
          "16 and more")
PICTURES = (("copied", "copied before a fork, still shared", "not mapped by this process"),
            ("copied, and the file's page mapped by no process",),
           ("copied by this process", "not in this process"))


def decode(name):
    """The lines of a PNG, three bytes a pixel."""
    with open(name, "rb") as file:
        data = file.read()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height, depth, kind = struct.unpack(">IIBB", data[16:26])
    assert (depth, kind) == (8, 2), (depth, kind)
    at, packed = 8, b""
    while at < len(data):
        size, chunk = struct.unpack(">I4s", data[at:at + 8])
        packed += data[at + 8:at + 8 + size] if chunk == b"IDAT" else b""
        at += size + 12
    raw, stride = zlib.decompress(packed), 3 * width
    before, lines = bytearray(stride), []
    for y in range(height):
        line = bytearray(raw[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
        kind = raw[y * (stride + 1)]
        for i in range(stride if kind else 0):
            a, b = line[i - 3] if i > 2 else 0, before[i]
            c = before[i - 3] if i > 2 else 0
            p = a + b - c
            line[i] = (line[i] + (0, a, b, (a + b) // 2, min(
                (abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2])[kind]) & 255
        before = line
        lines.append(line)
    return lines


def linear(colour):
    values = (int(colour[i:i + 2], 16) / 255 for i in (0, 2, 4))
    return [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values]


def lab(rgb):
    def f(t):
        return t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116

    x, y, z = (sum(a * b for a, b in zip(row, rgb)) / white for row, white in (
        ((0.4124, 0.3576, 0.1805), 0.95047), ((0.2126, 0.7152, 0.0722), 1),
        ((0.0193, 0.1192, 0.9505), 1.08883)))
    return 116 * f(y) - 16, 500 * (f(x) - f(y)), 200 * (f(y) - f(z))


def confused(colours):
    """Which of the colours, by name, the colour-blind cannot tell apart."""
    wrong = []
    for eyes, matrix in EYES.items():
        seen = {name: lab([min(1, max(0, sum(a * b for a, b in zip(row, linear(colour)))))
                           for row in matrix]) for name, colour in colours.items()}
        for one, other in itertools.combinations(seen, 2):
            apart = sum((a - b) ** 2 for a, b in zip(seen[one], seen[other])) ** 0.5
            if apart < APART:
                wrong.append("%s: %s, %s: %.1f" % (eyes, one, other, apart))
            if eyes == "normal" and abs(seen[one][0] - seen[other][0]) < LIGHTER:
                wrong.append("in print: %s, %s" % (one, other))
    return wrong


def legend(png, svg):
    lines, places = decode(png), {}
    for text in xml.etree.ElementTree.parse(svg).iter("{http://www.w3.org/2000/svg}text"):
        places["".join(text.itertext())] = float(text.get("x")), float(text.get("y"))
    more = [names for names in PICTURES if all(name in places for name in names)]
    assert len(more) == 1, "the legend has other texts"
    colours = {}
    for name in LEGEND + more[0]:
        # The swatch is left of its text, and a point is two pixels.
        x, y = (round(2 * at) for at in (places[name][0] - 11, places[name][1] - 4))
        colours[name] = bytes(lines[y][3 * x:3 * x + 3]).hex()
    return colours


def main():
    if sys.argv[1] == "count":
        count = collections.Counter()
        for line in decode(sys.argv[2]):
            count.update(bytes(line[i:i + 3]).hex() for i in range(0, len(line), 3))
        for colour, n in count.most_common():
            print(colour, n)
        return
    colours = legend(*sys.argv[2:])
    for name, colour in colours.items():
        print(colour, name)
    wrong = confused(colours)
    assert not wrong, wrong


if __name__ == "__main__":
    main()
