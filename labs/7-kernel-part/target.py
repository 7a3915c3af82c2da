# SPDX-License-Identifier: GPL-2.0-only
"""The process that the student's module looks at, and what the kernel itself says of it."""
import os
import random
import re
import shutil
import signal
import subprocess

import lab

HERE = os.path.dirname(os.path.abspath(__file__))
HOLD = "/sys/kernel/debug/labhold/"
OURS = "/var/tmp/lab-7"
chance = random.SystemRandom()


def prepare():
    """The process to look at."""
    os.makedirs(OURS, exist_ok=True)
    # Static, and with a file of its own: only its child shares its pages, whatever else
    # runs meanwhile.
    lab.tool("gcc", "-O1", "-static", "-o", OURS + "/target", HERE + "/target.c")
    shutil.copy(os.path.realpath("/usr/bin/python3"), OURS + "/pages")


class Target:
    """A process of ours."""

    def __init__(self):
        # A work cannot know how many pages of which kind there will be.
        number = chance.randrange(5, 15)
        self.process = subprocess.Popen([OURS + "/target", OURS + "/pages", str(number)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        self.process.stdout.readline()
        self.pid = self.process.pid

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()

    def ask(self, text):
        self.process.stdin.write(text.encode() + b"\n")

    def answer(self, seconds=20):
        signal.alarm(seconds * lab.PATIENCE)
        try:
            return self.process.stdout.readline() == b"ok\n"
        except TimeoutError:
            return False
        finally:
            signal.alarm(0)

    def do(self, text):
        self.ask(text)
        return self.answer()

    def areas(self):
        """What the kernel itself says of each area: {start: counts}."""
        found = {}
        for line in lab.read("/proc/%d/smaps" % self.pid).splitlines():
            match = re.match(r"([0-9a-f]+)-[0-9a-f]+ ", line)
            if match:
                area = dict.fromkeys(("vmas", "present", "file", "anon", "shared"), 0)
                if not line.endswith("[vsyscall]"):
                    area["vmas"] = 1
                    found[int(match.group(1), 16)] = area
                continue
            name, value = line.split()[:2]
            for of, column in (("Rss:", "present"), ("Anonymous:", "anon"),
                               ("Shared_Clean:", "shared"), ("Shared_Dirty:", "shared")):
                if name == of:
                    area[column] += int(value) * 1024 // lab.PAGE
            area["file"] = area["present"] - area["anon"]
        return found

    def truth(self, start=0):
        """The same of one area, or of all together."""
        areas = self.areas()
        if start:
            return areas[start]
        return {name: sum(area[name] for area in areas.values())
                for name in ("vmas", "present", "file", "anon", "shared")}

    def users(self):
        """References to its address space and to itself, while nothing looks at them."""
        if not self.do("look"):
            raise lab.Wrong("its mmap_lock is not to be had any more")
        return int(lab.read(HOLD + "mm_users")), int(lab.read(HOLD + "task_users"))


def alarm(*_):
    raise TimeoutError
