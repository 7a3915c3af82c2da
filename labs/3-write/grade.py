#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Grades lab 3: whether the student can say beforehand which pages are copied.
Scenes with pages drawn by lot are predicted by the student's program, then
played."""
import json
import os
import random
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../lib"))
sys.path.insert(0, os.path.join(HERE, "start"))
import lab
from stage import PAGES, Stage

grade = lab.Grade()
answers = lab.Answers()
mine = lab.numbers()
# The library and the actors as they were given out; for the next grader too.
given = "/var/tmp/lab-3-given"
chance = random.SystemRandom()


def prepare(folder):
    shutil.copytree(os.path.join(HERE, "start"), folder, dirs_exist_ok=True)
    subprocess.run(["make", "-s", "-C", folder], check=True)


class Play:
    """A scene that is being played."""

    def __init__(self, scene=()):
        lab.end_all()
        self.actors = lab.Program(given + "/actors")
        self.pids = {self.told()}
        self.stage = Stage(given + "/libpages.so")
        self.act(*scene)

    def told(self):
        word, _, pid = self.actors.line().partition(" ")
        if word != "ok":
            raise lab.Wrong("%s %s" % (word, pid))
        return int(pid)

    def act(self, *scene):
        for deed in scene:
            self.actors.send(deed + "\n")
            self.pids.add(self.told())
        self.stage.look()

    def end(self):
        lab.end_all()


def predicted(scene):
    """What the student's program says of a scene."""
    program = lab.Program("./predict.py")
    program.send("\n".join(scene) + "\n")
    status, output = program.finish(30)
    if status:
        raise lab.Wrong("predict.py ends with status %d: %s" % (status, output[-200:]))
    try:
        said = json.loads(output)
        return {"cow": said["cow"], "cow_unique": said["cow_unique"],
                "histogram": {int(n): count for n, count in said["histogram"].items() if count}}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as e:
        raise lab.Wrong("predict.py prints no such JSON (%s: %s): %s"
                        % (type(e).__name__, e, output[:100])) from None


def compare(scene, *names):
    """Demands that a prediction of a scene comes true."""
    said = predicted(scene)
    play = Play(scene)
    for name in names:
        real = getattr(play.stage, name)
        if said[name] != real:
            raise lab.Wrong("%s is not what comes after: %s" % (name, "; ".join(scene)),
                            value="predicted %s, but it is %s" % (said[name], real))
    play.end()
    return "; ".join("%s %s" % (name, said[name]) for name in names)


def draw(number):
    """So many different pages."""
    return chance.sample(range(PAGES), number)


def deeds(actor, verb, pages):
    return ["%d %s %d" % (actor, verb, page) for page in pages]


def alone():
    pages = draw(12)
    return deeds(0, "read", pages[:7]) + deeds(0, "write", pages[4:]) + deeds(0, "write", pages[9:])


def family():
    """Three generations; each inherits, writes what it has and what it has not."""
    pages = draw(22)
    return (deeds(0, "read", pages[:8]) + deeds(0, "write", pages[5:15]) + ["0 fork 1"] +
            deeds(1, "write", pages[3:9]) + deeds(1, "read", pages[14:18]) + ["1 fork 2"] +
            deeds(2, "write", pages[7:12]) + deeds(0, "write", pages[10:13]) +
            deeds(2, "read", pages[16:]) + deeds(0, "read", pages[19:21]))


@grade.criterion(15, "predict.py: a process that reads and writes")
def one():
    return compare(alone(), "cow", "cow_unique")


@grade.criterion(15, "predict.py: copies after fork")
def cow():
    return compare(family(), "cow")


@grade.criterion(15, "predict.py: distinct copies after fork")
def cow_unique():
    return compare(family(), "cow_unique")


@grade.criterion(15, "predict.py: the histogram")
def histogram():
    return compare(family(), "histogram")


@grade.criterion(10, "predict.py: processes that exit")
def exits():
    return compare(family() + ["0 exit"], "cow")


def scene_of(path):
    lines = [line.strip() for line in lab.read(path, 65536).splitlines()]
    scene = [line for line in lines if line and not line.startswith("#")]
    if len(scene) > 500:
        raise lab.Wrong("%s holds more than 500 deeds" % path)
    return scene


@grade.criterion(10, "target.scene")
def target():
    play = Play(scene_of("target.scene"))
    stage = play.stage
    living = [pid for pid in play.pids if os.path.exists("/proc/%d" % pid)]
    # No secret: watch.py says the same.
    real = "%s, cow %d, cow_unique %d, %s with 2 sharers" % (
        lab.plural(len(living), "actor"), stage.cow, stage.cow_unique,
        lab.plural(stage.histogram.get(2, 0), "page"))
    play.end()
    if len(living) < 3 or (stage.cow, stage.cow_unique, stage.histogram.get(2, 0)) != (
            mine["TARGET_COW"], mine["TARGET_UNIQUE"], mine["TARGET_TWO"]):
        raise lab.Wrong("played, it gives " + real)
    return real


@grade.criterion(5, "copies before the first write")
def before():
    play = Play()
    return answers.close("copies_before_first_write", play.stage.before, unit="pages")


@grade.criterion(5, "rss when a page that was read is written")
def rss():
    pages = range(9, 9 + mine["FRESH_PAGES"])
    play = Play(deeds(0, "read", pages))
    old = lab.library(lab.snapshot(), play.stage.library)["rss"]
    play.act(*deeds(0, "write", pages))
    new = lab.library(lab.snapshot(), play.stage.library)["rss"]
    play.end()
    return answers.close("rss_after_write", new - old)


@grade.criterion(5, "the last owner writes again")
def rewrite():
    play = Play(["0 write 9", "0 fork 1", "1 write 9"])
    old = play.stage.cow_unique
    play.act("0 write 9")
    play.end()
    return answers.close("unique_after_rewrite", play.stage.cow_unique - old, unit="pages")


@grade.criterion(5, "the parent exits")
def orphan():
    old = deeds(0, "write", range(1, 1 + mine["OLD_PAGES"]))
    play = Play(old + ["0 fork 1", "1 write 2", "0 exit"])
    play.end()
    return answers.close("unique_after_exit", play.stage.cow_unique, unit="pages")


lab.once(given, prepare)
lab.no_fault_around()
grade.run()
