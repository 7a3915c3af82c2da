#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Grades lab 1: ten programs linked both ways, what is measured of them, and
whether the student knows which way wins, and when."""
import os
import shutil
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../lib"))
import lab
import student

WAYS = ("static", "dynamic")
COLUMNS = ["way", "files", "different", "same", "copies", "warm", "cold"]
NAMES = sorted(name[:-2] for name in os.listdir(HERE + "/start/programs") if name.endswith(".c"))
LIBRARIES = ("libc.so.6", "libm.so.6")
LOADER = "/lib64/ld-linux-x86-64.so.2"

grade = lab.Grade()
answers = lab.Answers()
mine = lab.numbers()
# What is measured of the student's programs, and of those in the folder "given".
measured = {}


def prepare(folder):
    """The ten programs, as a right work builds them."""
    put_sources(folder, mine)
    for way, option in zip(WAYS, (["-static"], [])):
        os.mkdir("%s/%s" % (folder, way))
        for name in NAMES:
            subprocess.run(["gcc", "-O2", *option, "-o", "%s/%s/%s" % (folder, way, name),
                            "%s/programs/%s.c" % (folder, name), "-lm"], check=True)


def put_sources(folder, numbers):
    """The programs as they were given out, with these numbers."""
    if os.path.lexists(folder + "/programs"):
        if os.path.islink(folder + "/programs"):
            os.unlink(folder + "/programs")
        else:
            shutil.rmtree(folder + "/programs")
    shutil.copytree(HERE + "/start/programs", folder + "/programs")
    lab.put(folder + "/student.h", student.header(numbers))


def paths(way):
    return ["%s/%s/%s" % (place(), way, name) for name in NAMES]


def place():
    """Where the programs are that are measured: the student's, if they are right."""
    try:
        once("linked", link_mine)
        return os.getcwd()
    except lab.Wrong:
        return given


def once(name, function):
    """Runs a function the first time; fails again as it did then."""
    if name not in measured:
        try:
            measured[name] = function()
        except lab.Wrong as wrong:
            measured[name] = wrong
    if isinstance(measured[name], lab.Wrong):
        raise lab.Wrong(measured[name], value=measured[name].value)
    return measured[name]


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
    # The folders on the way to it do not count, and neither does the first start.
    subprocess.run([given + "/static/nothing"], stdout=subprocess.DEVNULL, check=True)
    os.stat("%s/%s/hello" % (given, way))
    before = read_from_disk()
    subprocess.run(["%s/%s/hello" % (given, way)], stdout=subprocess.DEVNULL, check=True)
    return read_from_disk() - before


def look(numbers):
    """What measure.py of a right solution says, in the grader's own way."""
    found = {}
    for way in WAYS:
        added(paths(way))
        different, _ = added(paths(way))
        same, copies = added([paths(way)[NAMES.index("hello")]] * numbers["PROCESSES"])
        found[way] = {"files": size(paths(way)), "different": different, "same": same,
                      "copies": copies}
    return found


def measure():
    return once("mine", lambda: look(mine))


def less(column):
    return min(WAYS, key=lambda way: measure()[way][column])


def link():
    """Builds the student's programs; demands that each is linked as it should be."""
    lab.build("-B", timeout=600)
    for way in WAYS:
        for name in NAMES:
            path = "%s/%s" % (way, name)
            is_dynamic = "INTERP" in lab.tool("readelf", "-lW", path)
            if is_dynamic != (way == "dynamic"):
                raise lab.Wrong("%s needs %s loader" % (path, "a" if is_dynamic else "no"))
            if lab.succeed("./" + path) != lab.succeed("%s/%s/%s" % (given, way, name)):
                raise lab.Wrong("%s prints something else than it should" % path)
    return "right"


def link_mine():
    """The same, of the programs with the student's numbers."""
    put_sources(os.getcwd(), mine)
    return link()


@grade.criterion(15, "each program, linked both ways")
def linked():
    return once("linked", link_mine)


@grade.criterion(20, "measure.py measures memory and files")
def measures():
    once("linked", link_mine)
    measure()
    # Of larger programs than the work can know: it does not help to print numbers.
    numbers = lab.other(mine)
    put_sources(os.getcwd(), numbers)
    try:
        link()
        compare(lab.succeed("./measure.py", timeout=600, tables=True), look(numbers))
    finally:
        put_sources(os.getcwd(), mine)
        measured["linked"] = lab.Wrong("the programs are those of another student now")


def compare(output, real):
    lines = [line.split("\t") for line in output.splitlines() if line.strip()]
    if [line[0] for line in lines] != ["way", *WAYS] or lines[0] != COLUMNS or \
            any(len(line) != len(COLUMNS) for line in lines):
        raise lab.Wrong("it prints no such table: %s" % output[:100])
    for line in lines[1:]:
        for column, field in zip(COLUMNS[1:5], line[1:5]):
            want = real[line[0]][column]
            # Which pages of libc the rest of the machine maps changes a little.
            near = {"files": 0.02 * want, "copies": 0}.get(column, 0.2 * want + 16 * lab.PAGE)
            if not field.isdecimal() or len(field) > 15 or abs(int(field) - want) > near:
                raise lab.Wrong("larger programs: %s, %s is wrong" % (line[0], column),
                                value="%s, measured now: %d" % (field, want))


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
    number = mine["PROCESSES"] + (few["static"] - few["dynamic"]) / (each["dynamic"] - each["static"])
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


given = lab.once("/var/tmp/lab-1-%s" % "-".join(map(str, mine.values())), prepare)
grade.run()
