#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Grades lab 2: what is measured of a library in some numbers of processes,
and whether the student knows why."""
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
import lab

# The grader's own measurement is of these, which two straight lines take.
FEW = (2, 12)
COLUMNS = ("procs", "mapped", "rss", "saved", "cow")
LIBRARY = os.path.abspath("libnumbers.so")
# What the grader puts in the work: its own, which a student cannot have changed.
OURS = ("libnumbers.so", "user")

chance = random.SystemRandom()
grade = lab.Grade()
answers = lab.Answers()
mine = lab.numbers()
measured = {}


def measure(number, *arguments):
    """What libshare says of the library in so many processes."""
    lab.end_all()
    users = [lab.Program("./user", *arguments) for _ in range(number)]
    for user in users:
        user.line(60)
    row = lab.library(lab.snapshot(), LIBRARY)
    lab.end_all()
    return row


def slope(column):
    """What a process adds, as the grader measures it."""
    if not measured:
        for number in FEW:
            measured[number] = measure(number)
    few, more = FEW
    return (measured[more][column] - measured[few][column]) / (more - few)


def at(number, column):
    """What so many processes must have: all lines are straight, from 1 on."""
    each = slope(column)
    return measured[FEW[0]][column] + (number - FEW[0]) * each


def tolerance():
    """A few pages: which of them fault-around maps depends on what the page
    cache held before."""
    return 4 * lab.PAGE


@grade.criterion(40, "measure.py measures what it is told")
def measures():
    # Of another library, and of other numbers of processes, than the work can know.
    lab.bring(lab.given(lab.other(mine)), *OURS)
    told = [1] + sorted(chance.sample(range(2, 60), 3))
    try:
        output = lab.succeed("./measure.py", *map(str, told), timeout=300, tables=True)
        compare(output, told)
    finally:
        measured.clear()
        lab.bring(lab.given(mine), *OURS)


def compare(output, told):
    lines = [line.split("\t") for line in output.splitlines() if line.strip()]
    if not lines or tuple(lines[0]) != COLUMNS:
        raise lab.Wrong("its first line does not name the columns: %s" % output[:80])
    if len(lines) != 1 + len(told):
        raise lab.Wrong("%d rows, not %d" % (len(lines) - 1, len(told)))
    for processes, fields in zip(told, lines[1:]):
        if len(fields) != len(COLUMNS) or not all(f.isdecimal() and len(f) < 18 for f in fields):
            raise lab.Wrong("a row that is not %d numbers: %s" % (len(COLUMNS), " ".join(fields)))
        for column, field in zip(COLUMNS, fields):
            near = 0 if column == "procs" else tolerance() * processes
            if abs(int(field) - at(processes, column)) > near:
                raise lab.Wrong("another library, processes: %d: %s is wrong" % (processes, column),
                                value="%s, measured now: %d" % (field, at(processes, column)))


@grade.criterion(10, "mapped: what a process adds")
def mapped():
    return answers.close("mapped_per_process", slope("mapped"), absolute=lab.PAGE)


@grade.criterion(10, "rss: what a process adds")
def rss():
    return answers.close("rss_per_process", slope("rss"), absolute=tolerance())


@grade.criterion(10, "saved: what a process adds")
def saved():
    return answers.close("saved_per_process", slope("saved"), absolute=tolerance())


@grade.criterion(10, "copies: what a process adds")
def copies():
    return answers.close("cow_per_process", slope("cow"), absolute=0)


@grade.criterion(10, "saved: where its line begins")
def saved_at_zero():
    slope("saved")
    return answers.close("saved_at_zero", at(0, "saved"), absolute=2 * tolerance())


def one_page(column_of, pages):
    return measure(1, str(pages), "0")[column_of]


@grade.criterion(5, "one page touched: what is mapped")
def fault_around():
    grown = one_page("rss", 1) - one_page("rss", 0)
    return answers.close("rss_of_one_page", grown, absolute=0)


@grade.criterion(5, "one page touched, without fault-around")
def no_fault_around():
    old = lab.read("/sys/kernel/debug/fault_around_bytes")
    lab.no_fault_around()
    try:
        grown = one_page("rss", 1) - one_page("rss", 0)
    finally:
        lab.write("/sys/kernel/debug/fault_around_bytes", old)
    return answers.close("rss_of_one_page_alone", grown, absolute=0)


lab.bring(lab.given(mine), *OURS)
grade.run()
