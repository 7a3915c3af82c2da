# SPDX-License-Identifier: GPL-2.0-only
"""Tasks that wait and no signal wakes. The kernel's own detector calls a wait of two
minutes a hang, which on a machine this slow and this short of memory is only a wait:
one hangs that still waits when all that weighed on the machine is gone."""
import glob
import os
import threading
import time

import guest

WORTH_TELLING = 60


def waiting():
    """(TID, when it began, its name): how often it has slept, of each that waits now."""
    tasks = {}
    for path in glob.glob("/proc/[0-9]*/task/[0-9]*"):
        try:
            before, _, after = guest.read(path + "/stat").rpartition(")")
            fields = after.split()
            if fields[0] != "D":
                continue
            # One that is idle has its own letter since 4.14: this one waits for something.
            switches = sum(int(line.split()[1])
                           for line in guest.read(path + "/status").splitlines()
                           if line.split(":")[0].endswith("ctxt_switches"))
        except (OSError, IndexError):
            continue
        tasks[int(os.path.basename(path)), fields[19], before.partition("(")[2]] = switches
    return tasks


def stack(task):
    try:
        return guest.read("/proc/%d/stack" % task[0]).splitlines()
    except OSError:
        return []


class Waits(threading.Thread):
    """Looks now and then; keeps the longest wait, and where those were that waited long."""

    def __init__(self):
        super().__init__(daemon=True)
        self.over = threading.Event()
        self.since = {}
        self.longest = (0, "none")
        self.told = []

    def look(self):
        """Those that have waited for long, with for how many seconds."""
        now = time.monotonic()
        self.since = {key: self.since.get(key, now) for key in waiting().items()}
        waits = {task: now - since for (task, _), since in self.since.items()}
        for task, seconds in waits.items():
            self.longest = max(self.longest, (seconds, task[2]))
        return {task: seconds for task, seconds in waits.items() if seconds >= WORTH_TELLING}

    def run(self):
        known = set()
        while not self.over.wait(10):
            for task, seconds in self.look().items():
                if task not in known:
                    known.add(task)
                    self.told.append("%s waits for %d s:" % (task[2], seconds))
                    self.told += stack(task)

    def end(self):
        self.over.set()
        self.join()


def hung(patience):
    """Those that wait now and have not moved after so many seconds of peace."""
    stuck, end = waiting().items(), time.monotonic() + patience
    while stuck and time.monotonic() < end:
        time.sleep(5)
        stuck &= waiting().items()
    return ["%s: %s" % (task[2], " ".join(stack(task))) for task, _ in stuck]
