#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Writes the numbers of a run into docs/story.md, for make.sh.

    page.py LIBSHARE-TOP SCENES PAGE

SCENES holds a snapshot for each scene. In PAGE, what stands between "<!-- run:
NAME -->" and "<!-- end -->" is replaced by what NAME means here.
"""
import os
import re
import subprocess
import sys

import played

PAGE_SIZE = 4096


class Story:
    def __init__(self, top, scenes):
        self.top, self.scenes = top, scenes

    def scene(self, name):
        return played.Scene(os.path.join(self.scenes, name))

    def reader(self, scene, *options):
        """What libshare-top prints of a scene, as a block."""
        command = [self.top, "--batch", "--replay", os.path.join(self.scenes, scene), *options]
        text = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.decode()
        return "```\n%s\n```" % "\n".join(line.rstrip() for line in text.rstrip().splitlines())

    def kernel(self):
        with open(os.path.join(self.scenes, "kernel"), encoding="ascii") as f:
            return "Everything below is from one run, on Linux %s." % f.read().strip()

    def sections(self):
        """The parts of the file, a row each that matters."""
        text = subprocess.run(["readelf", "-SW", self.scenes + "/libstory.so"], check=True,
                              stdout=subprocess.PIPE).stdout.decode()
        what = {".rela.dyn": "what the loader must write where: relocations",
                ".text": "code", ".rodata": "constants",
                ".data.rel.ro": "constants that are pointers",
                ".got": "addresses of functions and data elsewhere", ".data": "variables"}
        rows = [("section", "first page", "bytes", "what")]
        for name, offset, size in re.findall(
                r"\] (\.\S+) +\S+ +[0-9a-f]+ ([0-9a-f]+) ([0-9a-f]+)", text):
            if name in what:
                rows.append(("`%s`" % name, int(offset, 16) // PAGE_SIZE, "{:,}".format(int(size, 16)),
                             what[name]))
        return table(rows)

    def static(self):
        rows = [("three programs, linked", "files", "pages of files in memory",
                 "copied pages", "together")]
        for kind in ("static", "dynamic"):
            scene = self.scene(kind)
            used = {row["lib"] for row in scene.tables["mappings"]
                    if row["pid"] in {m["pid"] for n in "123" for m in scene.mappings("%s-%s" % (kind, n))}}
            libs = [row for row in scene.tables["libraries"] if row["lib"] in used]
            # Only these programs' part: others map libc as well.
            pids = {m["pid"] for n in "123" for m in scene.mappings("%s-%s" % (kind, n))}
            own = sum(row["mapped"] for row in libs if row["procs"] == 1)
            cow = sum(row["cow"] for row in scene.tables["mappings"] if row["pid"] in pids)
            common = sum(max((sum(m["rss"] for m in scene.tables["mappings"]
                                  if m["lib"] == row["lib"] and m["pid"] == pid) for pid in pids))
                         for row in libs if row["procs"] > 1)
            size = os.path.getsize("%s/%s-1" % (self.scenes, kind))
            rows.append(("`%s`" % kind, "3 × {:,} bytes".format(size), (own + common) // PAGE_SIZE,
                         cow // PAGE_SIZE, "{:,} KiB".format((own + common + cow) >> 10)))
        return table(rows)

    def steps(self):
        rows = [("", "file pages mapped", "of them text", "copied pages")]
        for scene, what in (("loaded", "at the start of `main`"),
                            ("touched", "6 functions called, 20 pages of the table read")):
            maps = self.scene(scene).mappings("libstory.so")
            rows.append((what, sum(row["rss"] for row in maps) // PAGE_SIZE,
                         sum(row["rss"] for row in maps if row["segment"] == "text") // PAGE_SIZE,
                         sum(row["cow"] for row in maps) // PAGE_SIZE))
        return table(rows)

    def shared(self):
        rows = [("processes", "`rss`", "`mapped`", "`saved`", "`cow`", "`mapped + cow_unique`")]
        for number in (1, 2, 4, 8):
            row = self.scene("shared-%d" % number).library("libstory.so")
            rows.append([row["procs"]] + [row[name] // PAGE_SIZE for name in (
                "rss", "mapped", "saved", "cow")] + [(row["mapped"] + row["cow_unique"]) // PAGE_SIZE])
        return table(rows)

    def written(self):
        rows = [("of the process that writes", "data pages of the file mapped", "data pages copied",
                 "`cow_unique` of the library")]
        for scene, what in (("before-write", "before"), ("written", "after a byte in each of 6 pages")):
            scene = self.scene(scene)
            pid = min(row["pid"] for row in scene.mappings("libstory.so"))
            data = [row for row in scene.mappings("libstory.so")
                    if row["pid"] == pid and row["segment"] == "data"]
            rows.append((what, sum(row["rss"] for row in data) // PAGE_SIZE,
                         sum(row["cow"] for row in data) // PAGE_SIZE,
                         scene.library("libstory.so")["cow_unique"] // PAGE_SIZE))
        return table(rows)

    def forked(self):
        rows = [("", "processes", "`cow`", "`cow_unique`", "shared with another process")]
        for scene, what in (("before-fork", "before"), ("forked", "forked twice"),
                            ("after-fork", "one child has written to 2 pages that were copied, and 3 new ones")):
            scene = self.scene(scene)
            row = scene.library("libstory.so")
            rows.append((what, row["procs"], row["cow"] // PAGE_SIZE, row["cow_unique"] // PAGE_SIZE,
                         sum(m["cow_shared"] for m in scene.mappings("libstory.so")) // PAGE_SIZE))
        return table(rows)

    def real(self):
        return self.first_lines("real", 9)

    def first_lines(self, scene, number):
        lines = self.reader(scene).splitlines()
        return "\n".join(lines[:number + 1] + ["```"])

    def load(self):
        times = played.load_times(self.scenes)
        rows = [("functions to bind", "cold, lazily", "cold, at once", "warm, lazily",
                 "warm, at once", "copied, lazily", "copied, at once")]
        for size in sorted({key[0] for key in times}):
            rows.append(["{:,}".format(size)] + [
                milliseconds(times[size, how, bind, cache]) for how, bind, cache in (
                    ("mapped", "lazy", "cold"), ("mapped", "now", "cold"), ("mapped", "lazy", "warm"),
                    ("mapped", "now", "warm"), ("copied", "lazy", "warm"), ("copied", "now", "warm"))])
        return table(rows)

    def loaded(self):
        times = played.process_times(self.scenes)
        rows = [("processes", "mapped: time of the last", "mapped: memory",
                 "copied: time of the last", "copied: memory")]
        for number in (1, 2, 4, 8):
            row = [number]
            for how in ("mapped", "copied"):
                row += [milliseconds(times[number, how]),
                        "{:,} KiB".format(played.memory(self.scenes, how, number) >> 10)]
            rows.append(row)
        return table(rows)

    def totals(self):
        libs = self.scene("real").tables["libraries"]
        procs = len(self.scene("real").tables["processes"])
        take = sum(row["mapped"] + row["cow_unique"] for row in libs)
        unshared = sum(row["rss"] + row["cow"] for row in libs)
        return ("%d processes map %d libraries, which take %.1f MiB: %.1f MiB of file pages and %.1f MiB\n"
                "of copies. Unshared it would be %.1f MiB." % (
                    procs, len(libs), take / 2**20, sum(row["mapped"] for row in libs) / 2**20,
                    sum(row["cow_unique"] for row in libs) / 2**20, unshared / 2**20))


def milliseconds(nanoseconds):
    return "%.1f ms" % (nanoseconds / 1e6)


def table(rows):
    lines = ["| %s |" % " | ".join(map(str, row)) for row in rows]
    lines.insert(1, "|%s" % (" --- |" * len(rows[0])))
    return "\n".join(lines)


def main(top, scenes, page):
    story = Story(top, scenes)
    with open(page, encoding="utf-8") as f:
        text = f.read()
    text = re.sub(r"(<!-- run: (\w+) -->\n).*?(<!-- end -->)",
                  lambda m: m.group(1) + getattr(story, m.group(2))() + "\n" + m.group(3), text,
                  flags=re.S)
    with open(page, "w", encoding="utf-8") as f:
        f.write(text)


main(*sys.argv[1:])
