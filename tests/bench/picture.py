# SPDX-License-Identifier: GPL-2.0-only
"""The picture of bench.sh: cost against number of processes, log-log, as SVG."""
import math

import results

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 860, 560, 80, 150, 40, 60
COLOURS = ("#d62728", "#7f7f7f", "#1f77b4", "#2ca02c", "#9467bd", "#8c564b", "#e377c2",
           "#bcbd22", "#17becf", "#ff7f0e")
PEERS = ("libraries", "floor", "census", "ioctl", "smaps", "read-smaps", "read-rollup", "read-maps",
         "smem", "snapshot")


def decades(low, high):
    return [10 ** e for e in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)]


def points_of(cells, kernel, mode, peer):
    points = []
    for load in results.SCALING:
        cell = cells.get((kernel, mode, load, peer))
        if cell:
            points.append((int(load), cell.median / 1e6))
    return points


def spread_labels(ys):
    """Moves labels apart that would stand on each other."""
    order, last = sorted(range(len(ys)), key=lambda i: ys[i]), -100
    for i in order:
        ys[i] = last = max(ys[i], last + 15)
    return ys


def draw(path, picture):
    cells = results.read(path)
    kernel = results.keys_of(cells, 0)[0]
    mode = results.keys_of(cells, 1)[0]
    lines = [(peer, colour, points_of(cells, kernel, mode, peer))
             for peer, colour in zip(PEERS, COLOURS)]
    lines = [line for line in lines if len(line[2]) > 1]
    if not lines:
        print("no picture: fewer than two numbers of processes were measured")
        return 0
    every = [y for line in lines for _, y in line[2]]
    ticks = decades(min(every), max(every))

    def at_x(x):
        return LEFT + (WIDTH - LEFT - RIGHT) * math.log(x / 100) / math.log(16)

    def at_y(y):
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (
            math.log(y / ticks[0]) / math.log(ticks[-1] / ticks[0]))

    unit = "million instructions" if mode == "count" else "milliseconds"
    out = ['<!-- SPDX-License-Identifier: GPL-2.0-only -->',
           '<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" '
           'font-family="sans-serif" font-size="13">' % (WIDTH, HEIGHT),
           '<rect width="100%" height="100%" fill="white"/>',
           '<text x="%d" y="24">Linux %s: %s to learn what every library shares</text>' % (
               LEFT, kernel, unit)]
    for x in (int(load) for load in results.SCALING):
        out.append('<path d="M%.1f %dV%d" stroke="#ddd"/>' % (at_x(x), TOP, HEIGHT - BOTTOM))
        out.append('<text x="%.1f" y="%d" text-anchor="middle">%d</text>' % (
            at_x(x), HEIGHT - BOTTOM + 20, x))
    for y in ticks:
        out.append('<path d="M%d %.1fH%d" stroke="#ddd"/>' % (LEFT, at_y(y), WIDTH - RIGHT))
        out.append('<text x="%d" y="%.1f" text-anchor="end">%g</text>' % (
            LEFT - 8, at_y(y) + 4, y))
    out.append('<text x="%d" y="%d" text-anchor="middle">processes of 8 libraries</text>' % (
        (LEFT + WIDTH - RIGHT) // 2, HEIGHT - 12))
    labels = spread_labels([at_y(points[-1][1]) for _, _, points in lines])
    for (peer, colour, points), label in zip(lines, labels):
        out.append('<polyline fill="none" stroke="%s" stroke-width="2" points="%s"/>' % (
            colour, " ".join("%.1f,%.1f" % (at_x(x), at_y(y)) for x, y in points)))
        out += ['<circle cx="%.1f" cy="%.1f" r="3" fill="%s"/>' % (at_x(x), at_y(y), colour)
                for x, y in points]
        out.append('<text x="%d" y="%.1f" fill="%s">%s</text>' % (
            WIDTH - RIGHT + 10, label + 4, colour, peer))
    out.append("</svg>")
    with open(picture, "w", encoding="ascii") as file:
        file.write("\n".join(out) + "\n")
    print("picture: " + picture)
    return 0
