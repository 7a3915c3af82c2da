#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""draw.py <measured.tsv: draws mapped, rss and saved over the number of
processes, in text here and in chart.svg."""
import sys

COLOURS = {"mapped": "#1b7837", "rss": "#c51b7d", "saved": "#2166ac"}
WIDTH, HEIGHT, MARGIN = 640, 400, 60


def read(file):
    names = file.readline().split()
    return [dict(zip(names, map(int, line.split()))) for line in file if line.strip()]


def text(rows, top):
    for row in rows:
        for name in COLOURS:
            bar = "#" * round(60 * row[name] / top)
            print("%4d %-7s|%-60s %8.1f MiB" % (row["procs"], name, bar, row[name] / 2 ** 20))
        print()


def svg(rows, top):
    most = max(row["procs"] for row in rows)

    def point(row, name):
        return "%.1f,%.1f" % (MARGIN + (WIDTH - 2 * MARGIN) * row["procs"] / most,
                              HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * row[name] / top)
    yield '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" ' \
        'font-family="sans-serif" font-size="13">' % (WIDTH, HEIGHT)
    yield '<path d="M%d %dV%dH%d" fill="none" stroke="black"/>' % (MARGIN, MARGIN, HEIGHT - MARGIN, WIDTH - MARGIN)
    yield '<text x="%d" y="%d" text-anchor="middle">processes</text>' % (WIDTH / 2, HEIGHT - MARGIN / 3)
    yield '<text x="%d" y="%d">%.0f MiB</text>' % (MARGIN / 4, MARGIN - 8, top / 2 ** 20)
    yield '<text x="%d" y="%d" text-anchor="end">%d</text>' % (WIDTH - MARGIN, HEIGHT - MARGIN + 18, most)
    for place, (name, colour) in enumerate(COLOURS.items()):
        line = " ".join(point(row, name) for row in rows)
        yield '<polyline points="%s" fill="none" stroke="%s" stroke-width="2"/>' % (line, colour)
        yield '<text x="%d" y="%d" fill="%s">%s</text>' % (MARGIN + 20, MARGIN + 20 * place, colour, name)
    yield "</svg>"


def main():
    rows = read(sys.stdin)
    top = max([row[name] for row in rows for name in COLOURS] + [1])
    text(rows, top)
    with open("chart.svg", "w", encoding="ascii") as file:
        file.write("\n".join(svg(rows, top)) + "\n")


main()
