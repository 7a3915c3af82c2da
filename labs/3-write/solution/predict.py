#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""predict.py <SCENE: says what libshare will count once a scene has been
played: see start/predict.py."""
import json
import sys

PAGES = 32


def main():
    # {actor: {page: "file", or the number of a copy}}: its page tables.
    actors = {0: {}}
    made = 0
    for line in sys.stdin:
        if not line.strip() or line.startswith("#"):
            continue
        actor, verb, *rest = line.split()
        tables = actors[int(actor)]
        if verb == "read":
            tables.setdefault(int(rest[0]), "file")
        elif verb == "write":
            made += 1
            # A copy that no other actor has is written in place: as many copies
            # as if it were given up for a new one.
            tables[int(rest[0])] = made
        elif verb == "fork":
            actors[int(rest[0])] = dict(tables)
        elif verb == "exit":
            del actors[int(actor)]
    copies = [page for tables in actors.values() for page in tables.values() if page != "file"]
    histogram = {}
    for page in range(PAGES):
        sharers = sum(tables.get(page) == "file" for tables in actors.values())
        histogram[sharers] = histogram.get(sharers, 0) + 1
    print(json.dumps({"cow": len(copies), "cow_unique": len(set(copies)), "histogram": histogram}))


main()
