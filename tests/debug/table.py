#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Writes down what was tried, where, for how long and with what result.

    table.py README CACHE

Replaces the tables in README with ones of what lies in the folder CACHE: the
newest report of each test on each kernel, of coverage, and of the victim that is
watched. A table of which nothing lies there stays."""
import glob
import os
import re
import sys
from collections import defaultdict

BEGIN, END = "<!-- %s: begin -->\n", "<!-- %s: end -->\n"
SUITE, CHECKERS = "suite", "checkers"


class Result:
    def __init__(self):
        self.passed = self.failed = self.skipped = self.seconds = self.files = 0
        self.notes = []

    def add(self, other):
        for name in ("passed", "failed", "skipped", "seconds", "files"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


def read_report(path):
    """{test file: Result} of one guest, and the name of its kernel."""
    kernel, results, current = None, {}, None
    with open(path, encoding="utf-8", errors="replace") as f:
        for line in f:
            words = line.split()
            if line.startswith("@kernel "):
                kernel = words[1]
            elif line.startswith("@file "):
                current = results[words[1]] = Result()
                current.files = 1
                current.failed = 1      # until it has ended
            elif current is None:
                continue
            elif line.startswith("@exit "):
                current.failed += int(words[1] != "0" and current.failed == 1) - 1
                current.seconds = int(words[2])
            elif line.startswith("@dmesg "):
                current.failed += 1
            elif re.match(r"ok \d+ .*# SKIP", line):
                current.skipped += 1
            elif re.match(r"ok \d", line):
                current.passed += 1
            elif re.match(r"not ok \d", line):
                current.failed += 1
    return kernel, results


def newest(folder):
    """{(set, test, kernel): Result}, the newest report of each."""
    found = {}
    for path in sorted(glob.glob(folder + "/*/*/report.log")):
        place = os.path.basename(os.path.dirname(path))
        kind = place.rsplit("-", 1)[1]
        kernel, results = read_report(path)
        if kernel is None:
            continue
        for test, result in results.items():
            found[kind, test, kernel] = result
    return found


def source(here, kind, test):
    return os.path.join(here, "../guest" if kind in (SUITE, "lockdown") else kind, test)


def purpose(here, kind, test):
    """The first sentence of a test's description."""
    if test == CHECKERS:
        return "leaks, lock checking and taint afterwards"
    with open(source(here, kind, test), encoding="utf-8") as f:
        text = f.read().split('"""')[1]
    return re.sub(r"\s+", " ", re.split(r"[.:](?:\s|$)", text)[0])


def duration(seconds):
    return "%d s" % seconds if seconds < 120 else "%d min" % round(seconds / 60)


def verdict(result):
    text = "%d passed" % result.passed
    if result.failed:
        text += ", **%d failed**" % result.failed
    if result.skipped:
        text += ", %d skipped" % result.skipped
    return text


def rows(found, here):
    suites = defaultdict(Result)
    for (kind, test, kernel), result in sorted(found.items()):
        if kind == SUITE:
            suites[kernel].add(result)
    for kernel, result in sorted(suites.items()):
        yield ("suite (%d files)" % result.files, "all tests of tests/guest", kernel,
               duration(result.seconds), verdict(result))
    for (kind, test, kernel), result in sorted(found.items()):
        if kind != SUITE:
            yield ("%s/%s" % (kind, test), purpose(here, kind, test), kernel,
                   duration(result.seconds), verdict(result))


def tried(cache, here):
    found = {key: result for key, result in newest(cache + "/debug-runs").items()
             if key[1] == CHECKERS or os.path.exists(source(here, *key[:2]))}
    if not found:
        return
    yield "| test | what is tried | kernel | how long | result |\n"
    yield "|---|---|---|---|---|\n"
    for row in rows(found, here):
        yield "| %s |\n" % " | ".join(row)
    for path in glob.glob(cache + "/coverage/report"):
        with open(path, encoding="utf-8") as f:
            last = f.read().splitlines()[-1]
        yield "| coverage.sh | which lines of the module run | kasan | | %s |\n" % (
            re.sub(r"^all +", "", last))


def victim(cache):
    """Table rows first, then sentences."""
    text = []
    for path in sorted(glob.glob(cache + "/victim/*")):
        with open(path, encoding="utf-8") as f:
            text.append(f.read().splitlines(True))
    if not text:
        return
    for number, lines in enumerate(text):
        yield from (line for line in lines[2 * (number > 0):] if line.startswith("|"))
    yield "\n"
    for lines in text:
        yield from ("- " + line for line in lines if not line.startswith("|"))


def replace(text, name, lines):
    before, rest = text.split(BEGIN % name)
    lines = "".join(lines)
    if not lines:
        return text
    return before + BEGIN % name + "\n" + lines + "\n" + END % name + rest.split(END % name)[1]


def main():
    readme, cache = sys.argv[1:]
    here = os.path.dirname(os.path.abspath(__file__))
    with open(readme, encoding="utf-8") as f:
        text = f.read()
    text = replace(text, "table", tried(cache, here))
    text = replace(text, "victim", victim(cache))
    with open(readme, "w", encoding="utf-8") as f:
        f.write(text)


main()
