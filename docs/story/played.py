# SPDX-License-Identifier: GPL-2.0-only
"""What a run of docs/story.md has left in a folder: a snapshot for each scene, and the
times that its guest measured."""
import os
import re


class Scene:
    """The tables of a snapshot, numbers as numbers."""

    def __init__(self, path):
        self.tables = {}
        rows = names = None
        with open(path, encoding="utf-8", errors="replace") as f:
            for line in f.read().splitlines():
                if line.startswith("# libshare"):
                    rows = self.tables.setdefault(line.split()[3], [])
                    names = None
                elif names is None:
                    names = line.split("\t")
                else:
                    rows.append({name: int(value) if value.isdigit() else value
                                 for name, value in zip(names, line.split("\t"))})

    def library(self, name):
        return next(row for row in self.tables["libraries"] if os.path.basename(row["path"]) == name)

    def mappings(self, name):
        return [row for row in self.tables["mappings"] if os.path.basename(row["path"]) == name]


def said(scenes, word):
    """What the guest measured: the lines of a kind, in words."""
    with open(os.path.join(scenes, "load"), encoding="ascii") as f:
        return [line.split()[1:] for line in f if line.split()[0] == word]


def load_times(scenes):
    """Nanoseconds, by functions to bind, "mapped" or "copied", "lazy" or "now", and
    "cold" or "warm"."""
    return {(int(line[0]), *line[1:4]): int(line[4]) for line in said(scenes, "load")}


def process_times(scenes):
    """Nanoseconds that a process took, by its number and how it loaded."""
    return {(int(line[0]), line[1]): int(line[2]) for line in said(scenes, "loaded")}


def memory(scenes, how, number):
    """Bytes that the library takes once so many processes have loaded it."""
    libraries = Scene(os.path.join(scenes, "%s-%d" % (how, number))).tables["libraries"]
    return sum(lib["mapped"] + lib["cow_unique"] for lib in libraries
               if re.search(r"libload-16000|memfd:copied", lib["path"]))
