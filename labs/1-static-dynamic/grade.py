#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Grades lab 1: ten programs linked both ways, what is measured of them, and
whether the student knows which way wins, and when."""
import os
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../lib"))
import lab

WAYS = ("static", "dynamic")
COLUMNS = ["way", "files", "different", "same", "copies", "warm", "cold"]
NAMES = sorted(name[:-2] for name in os.listdir(HERE + "/start/programs") if name.endswith(".c"))
LIBRARIES = ("libc.so.6", "libm.so.6")
LOADER = "/lib64/ld-linux-x86-64.so.2"

grade = lab.Grade()
answers = lab.Answers()
# The ten programs, built here from what was given out; for the next grader too.
given = "/var/tmp/lab-1-given"
measured = {}


def prepare(folder):
    for way, option in zip(WAYS, (["-static"], [])):
        os.mkdir("%s/%s" % (folder, way))
        for name in NAMES:
            subprocess.run(["gcc", "-O2", *option, "-o", "%s/%s/%s" % (folder, way, name),
                            "%s/start/programs/%s.c" % (HERE, name), "-lm"], check=True)


def paths(way):
    return ["%s/%s/%s" % (given, way, name) for name in NAMES]


def size(files):
    return sum(os.stat(path).st_size for path in files)


def memory(moment):
    return sum(row["mapped"] + row["cow_unique"] for row in moment.rows("libraries"))


def added(files):
    """Memory that these programs add, and the copies of the last one."""
    lab.end_all()
    before = memory(lab.snapshot())
    running = [lab.Program(path, "stay") for path in files]
    for program in running:
        while program.line() != "ready":
            pass
    moment = lab.snapshot()
    lab.end_all()
    return memory(moment) - before, moment.processes()[running[-1].pid]["cow"]


def warm(path):
    times = []
    for _ in range(15):
        start = time.monotonic()
        subprocess.run([path], stdout=subprocess.DEVNULL, check=True)
        times.append(time.monotonic() - start)
    return statistics.median(times)


def read_from_disk():
    return sum(512 * int(line.split()[5]) for line in lab.read("/proc/diskstats").splitlines()
               if line.split()[2] == "nvme0n1")


def cold(way):
    lab.drop_caches()
    # The folders on the way to it are nobody's, and neither is the first start.
    subprocess.run([given + "/static/nothing"], stdout=subprocess.DEVNULL, check=True)
    os.stat("%s/%s/hello" % (given, way))
    before = read_from_disk()
    subprocess.run(["%s/%s/hello" % (given, way)], stdout=subprocess.DEVNULL, check=True)
    return read_from_disk() - before


def measure():
    """What measure.py of a right solution says, in the grader's own way."""
    if not measured:
        for way in WAYS:
            added(paths(way))
            different, _ = added(paths(way))
            same, copies = added(["%s/%s/hello" % (given, way)] * 10)
            measured[way] = {"files": size(paths(way)), "different": different, "same": same,
                             "copies": copies}
    return measured


def less(column):
    return min(WAYS, key=lambda way: measure()[way][column])


@grade.criterion(15, "each program, linked both ways")
def linked():
    lab.build(timeout=240)
    for way in WAYS:
        for name in NAMES:
            path = "%s/%s" % (way, name)
            is_dynamic = "INTERP" in lab.tool("readelf", "-lW", path)
            if is_dynamic != (way == "dynamic"):
                raise lab.Wrong("%s needs %s loader" % (path, "a" if is_dynamic else "no"))
            if lab.succeed("./" + path) != lab.succeed("%s/%s" % (given, path)):
                raise lab.Wrong("%s prints something else than it should" % path)


@grade.criterion(20, "measure.py measures memory and files")
def measures():
    output = lab.succeed("./measure.py", timeout=240, root=True)
    lines = [line.split("\t") for line in output.splitlines() if line.strip()]
    if [line[0] for line in lines] != ["way", *WAYS] or lines[0] != COLUMNS or \
            any(len(line) != len(COLUMNS) for line in lines):
        raise lab.Wrong("it prints no such table: %s" % output[:100])
    for line in lines[1:]:
        for column, field in zip(COLUMNS[1:5], line[1:5]):
            want = measure()[line[0]][column]
            # Which pages of libc the rest of the machine maps changes a little.
            near = {"files": 0.02 * want, "copies": 0}.get(column, 0.2 * want + 16 * lab.PAGE)
            if not field.isdecimal() or len(field) > 15 or abs(int(field) - want) > near:
                raise lab.Wrong("%s, %s: %s, measured now: %d" % (line[0], column, field, want))


@grade.criterion(5, "predictions")
def predictions():
    """Right or wrong: they are made before anything is measured."""
    guessed = lab.Answers("predictions.json")
    for way in WAYS:
        for column in ("files", "different", "same"):
            guessed.number("%s_%s" % (column, way))
    if guessed.text("faster_warm") not in WAYS:
        raise lab.Wrong("faster_warm: static or dynamic?")
    return "made"


@grade.criterion(10, "sizes of the files")
def files():
    return "; ".join(answers.close("files_" + way, measure()[way]["files"], relative=0.03)
                     for way in WAYS)


@grade.criterion(10, "from how many programs on dynamic takes less disk")
def disk():
    libraries = size([LOADER] + ["/lib/x86_64-linux-gnu/" + name for name in LIBRARIES])
    each = {way: measure()[way]["files"] / len(NAMES) for way in WAYS}
    number = 1
    while libraries + number * each["dynamic"] >= number * each["static"]:
        number += 1
    return answers.close("disk_dynamic_wins_from", number, unit="programs")


@grade.criterion(10, "memory of ten different programs")
def different():
    for way in WAYS:
        answers.close("different_" + way, measure()[way]["different"], relative=0.2,
                      absolute=16 * lab.PAGE)
    return answers.choice("different_less", less("different"), WAYS)


@grade.criterion(10, "from how many processes of one program on static takes less memory")
def same():
    few = {way: measure()[way]["same"] for way in WAYS}
    each = {way: measure()[way]["copies"] for way in WAYS}
    number = 10 + (few["static"] - few["dynamic"]) / (each["dynamic"] - each["static"])
    return answers.close("same_static_wins_from", round(number), absolute=5, unit="processes")


@grade.criterion(10, "private copies of a process")
def copies():
    return "; ".join(answers.close("copies_" + way, measure()[way]["copies"]) for way in WAYS)


@grade.criterion(5, "the faster start")
def start():
    times = {way: warm("%s/%s/hello" % (given, way)) for way in WAYS}
    return "%s (%s)" % (answers.choice("faster_warm", min(WAYS, key=times.get), WAYS),
                        ", ".join("%s %d ms" % (way, 1000 * times[way]) for way in WAYS))


@grade.criterion(5, "the smaller read, when the page cache is empty")
def reads():
    amounts = {way: cold(way) for way in WAYS}
    return "%s (%s)" % (answers.choice("reads_less_cold", min(WAYS, key=amounts.get), WAYS),
                        ", ".join("%s %d bytes" % (way, amounts[way]) for way in WAYS))


lab.once(given, prepare)
grade.run()
