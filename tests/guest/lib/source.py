# SPDX-License-Identifier: GPL-2.0-only
"""What libshare-top can know from /proc alone, column by column, as docs/comparison.md
says it; and its tables, to compare with the module's."""
import json
import os
import subprocess

import tables

TOP = "libshare-top"
EXACT = "exact"
UNKNOWN = "not known"
# All other columns are exact. "but" says what a test has to allow for.
BUT = {
    ("libraries", "dev"): "overlay",
    ("libraries", "ino"): "overlay",
    ("libraries", "flags"): "flags",
    ("libraries", "cached"): "unreadable",
    ("libraries", "buildid"): "read-files",
    ("libraries", "path"): "name",
    ("mappings", "dev"): "overlay",
    ("mappings", "ino"): "overlay",
    ("mappings", "path"): "name",
    ("pages", "dev"): "overlay",
    ("pages", "ino"): "overlay",
    ("pages", "mapcount"): "mapped",
    ("pages", "path"): "name",
    ("histogram", "dev"): "overlay",
    ("histogram", "ino"): "overlay",
    ("histogram", "path"): "name",
}
# Numbers of one scan only.
NUMBERS = {"lib"}
KEYS = {
    "libraries": ("dev", "ino"),
    "processes": ("pid",),
    "mappings": ("pid", "start"),
    "pages": ("dev", "ino", "index"),
    "histogram": ("dev", "ino", "sharers"),
}


def top(*args, **options):
    """(exit status, standard output, standard error) of libshare-top."""
    done = subprocess.run([TOP, *args], check=False, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, **options)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def unfolded(name, rows):
    """Runs of pages, page by page: two sources may end a run at different places."""
    if name != "pages":
        return rows
    return [dict({c: v for c, v in row.items() if c not in ("first", "count")}, index=index)
            for row in rows for index in range(row["first"], row["first"] + row["count"])]


def keyed(name, rows):
    return {tuple(row[k] for k in KEYS[name]): row for row in unfolded(name, rows)}


def module():
    """{table: {key: row}} of one scan of the module, and the names of its columns."""
    snapshot = tables.snapshot()
    return {name: keyed(name, snapshot.rows(name)) for name in KEYS}


def proc(place, *args):
    """The same of one scan of /proc: it is recorded, then replayed table by table."""
    recording = place + "/proc.zst"
    status, _, error = top("--source", "proc", "--record", recording, *args)
    if status:
        raise RuntimeError("--record: status %d, %s" % (status, error))
    found = {}
    for name in KEYS:
        status, out, error = top("--replay", recording, "--json", "-o", "all", "--view", name)
        if status:
            raise RuntimeError("%s: status %d, %s" % (name, status, error))
        rows = json.loads(out)[name]
        for row in rows:
            for column in tables.TEXT & set(row):
                row[column] = "-" if row[column] is None else tables.unescape(row[column])
            for column in tables.HEX & set(row):
                row[column] = int(row[column], 16)
        found[name] = keyed(name, rows)
    os.unlink(recording)
    return found
