#!/usr/bin/python3 -I
# SPDX-License-Identifier: GPL-2.0-only
"""screen.py COLUMNS TITLE: draws a terminal's screen, as "tmux capture-pane -e -p" prints
it, as SVG."""
import os
import re
import sys

from rich.console import Console
from rich.text import Text


def main(columns, title):
    screen = Text.from_ansi(sys.stdin.read().rstrip("\n"))
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=int(columns), file=nowhere, force_terminal=True,
                          color_system="truecolor")
        console.print(screen, no_wrap=True, overflow="ignore", crop=False)
    svg = console.export_svg(title=title)
    # Fonts from the network; the reader's own will do.
    print(re.sub(r"@font-face \{.*?\}\s*|<!--.*?-->\s*", "", svg, flags=re.S))


main(*sys.argv[1:])
