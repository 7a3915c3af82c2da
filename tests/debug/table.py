#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Writes down what was tried, where, for how long and with what result.

    table.py README RUNS...

Replaces the table in README with one of the newest report of each test on each
kernel that is found in the folders RUNS. tests/debug/table.sh knows these."""
import glob
import os
import re
import sys
from collections import defaultdict

BEGIN, END = "<!-- table: begin -->\n", "<!-- table: end -->\n"
SUITE = "suite"


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


def newest(folders):
    """{(set, test, kernel): Result}, the newest report of each."""
    found = {}
    for folder in folders:
        for path in sorted(glob.glob(folder + "/*/*/report.log")):
            place = os.path.basename(os.path.dirname(path))
            kind = place.rsplit("-", 1)[1]
            kernel, results = read_report(path)
            if kernel is None:
                continue
            for test, result in results.items():
                found[kind, test, kernel] = result
    return found


def purpose(here, kind, test):
    """The first sentence of a test's description."""
    folder = "../guest" if kind == SUITE else kind
    try:
        with open(os.path.join(here, folder, test), encoding="utf-8") as f:
            text = f.read().split('"""')[1]
    except OSError:
        return "leaks, lock checking and taint afterwards"
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


def main():
    readme, folders = sys.argv[1], sys.argv[2:]
    here = os.path.dirname(os.path.abspath(__file__))
    lines = ["| test | what is tried | kernel | how long | result |\n", "|---|---|---|---|---|\n"]
    lines += ["| %s |\n" % " | ".join(row) for row in rows(newest(folders), here)]
    with open(readme, encoding="utf-8") as f:
        before, rest = f.read().split(BEGIN)
    with open(readme, "w", encoding="utf-8") as f:
        f.write(before + BEGIN + "\n" + "".join(lines) + "\n" + END + rest.split(END)[1])
    print("%d rows in %s" % (len(lines) - 2, readme))


main()
