#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""predict.py <SCENE: says what libshare will count once a scene has been
played, without playing it: one line of JSON with

    cow         copies of the 32 pages, summed over processes
    cow_unique  distinct copies
    histogram   {number of sharers: how many of the 32 file pages have that many}

in pages. All 32 are in the page cache, and no page is mapped before it is
touched (no fault-around)."""
import json
import sys

PAGES = 32


def main():
    # TODO: what does each actor map where? What does a fork do to that?
    for line in sys.stdin:
        if line.strip() and not line.startswith("#"):
            actor, verb, *rest = line.split()
            # rest[0] is the page, or the new actor
    print(json.dumps({"cow": 0, "cow_unique": 0, "histogram": {"0": PAGES}}))


main()
