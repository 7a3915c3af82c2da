#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""curves.py load-time|load-processes SCENES: draws how long loading takes, as SVG, from
what a run of docs/story.md has left in SCENES."""
import re
import subprocess
import sys

import played

# Told apart by the colour-blind, and in print by their dashes.
LINES = (
    ("cold, at once", ("mapped", "now", "cold"), "#0072b2", 1),
    ("cold, lazily", ("mapped", "lazy", "cold"), "#0072b2", 2),
    ("copied, at once", ("copied", "now", "warm"), "#d55e00", 1),
    ("copied, lazily", ("copied", "lazy", "warm"), "#d55e00", 2),
    ("warm, at once", ("mapped", "now", "warm"), "#009e73", 1),
    ("warm, lazily", ("mapped", "lazy", "warm"), "#009e73", 2),
)
COMMON = """
set encoding utf8
set terminal svg size 760,%d noenhanced font "sans-serif,13" background "#ffffff" linewidth 1.5
set border 3 linecolor "#555555"
set grid linecolor "#dddddd" linetype 1
set tics nomirror
set key outside right center reverse Left
set format y "%%.0f"
"""


def plot(curves):
    """The commands for curves: (label, points, colour, dashes)."""
    data = "".join("$curve%d << END\n%s\nEND\n" % (
        number, "\n".join("%g %g" % point for point in points))
        for number, (_, points, _, _) in enumerate(curves))
    return data + "plot " + ", ".join(
        '$curve%d with linespoints linecolor "%s" dashtype %d pointtype 7 pointsize 0.5 title "%s"' % (
            number, colour, dashes, label)
        for number, (label, _, colour, dashes) in enumerate(curves)) + "\n"


def load_time(scenes):
    times = played.load_times(scenes)
    sizes = sorted({key[0] for key in times})
    return COMMON % 400 + """
set logscale xy 2
set xlabel "functions to bind"
set ylabel "milliseconds to load the library"
set xtics (%s)
""" % ", ".join('"{:,}" {}'.format(size, size) for size in sizes) + plot([
        (label, [(size, times[(size, *key)] / 1e6) for size in sizes], colour, dashes)
        for label, key, colour, dashes in LINES])


def load_processes(scenes):
    times = played.process_times(scenes)
    numbers = sorted({key[0] for key in times})
    kinds = (("copied", "#d55e00", 2), ("mapped", "#0072b2", 1))
    return COMMON % 620 + """
set multiplot layout 2,1
set yrange [0:]
set xrange [1:%d]
set ylabel "milliseconds for all of them"
""" % numbers[-1] + plot([
        (how, [(number, sum(times[n, how] for n in numbers if n <= number) / 1e6) for number in numbers],
         colour, dashes) for how, colour, dashes in kinds]) + """
set xlabel "processes that have loaded the library"
set ylabel "KiB for all of them"
""" + plot([(how, [(number, played.memory(scenes, how, number) / 1024) for number in numbers],
             colour, dashes) for how, colour, dashes in kinds]) + "unset multiplot\n"


FIGURES = {
    "load-time": (load_time, "Time to load a library, by the functions to bind"),
    "load-processes": (load_processes, "Time and memory of processes that load one library, mapped and copied"),
}


def main(figure, scenes):
    commands, title = FIGURES[figure]
    svg = subprocess.run(["gnuplot"], input=commands(scenes), check=True, stdout=subprocess.PIPE,
                         universal_newlines=True).stdout
    svg = re.sub(r"<title>.*?</title>", "<title>%s</title>" % title, svg, count=1, flags=re.S)
    svg = re.sub(r"<desc>.*?</desc>\s*", "", svg, flags=re.S)
    svg = re.sub(r"(<\?xml.*?\?>)\s*", r"\1\n<!-- SPDX-License-Identifier: GPL-2.0-only -->\n", svg,
                 count=1)
    print("\n".join(line.rstrip() for line in svg.splitlines()))


main(*sys.argv[1:])
