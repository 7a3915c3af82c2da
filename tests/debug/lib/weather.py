# SPDX-License-Identifier: GPL-2.0-only
"""What makes a storm: stressors, memory pressure, CPUs and memory that come
and go. Each part runs until it is told to stop."""
import glob
import os
import random
import subprocess
import threading
import time

import guest

# stress-ng's stressors of everything that changes page tables and page caches
STRESSORS = ("vm", "mmap", "mmapfork", "fork", "vfork", "clone", "exec", "mremap", "madvise",
             "munmap", "mprotect", "mlock", "memfd", "userfaultfd", "ksm", "swap", "migrate",
             "dynlib", "zombie", "fault")
CGROUP = "/sys/fs/cgroup/storm"


def stress(seconds, place):
    """stress-ng in a cgroup that has too little memory for it."""
    guest.write("/sys/fs/cgroup/cgroup.subtree_control", "+memory")
    os.makedirs(CGROUP, exist_ok=True)
    guest.write(CGROUP + "/memory.max", "350M")
    guest.write(CGROUP + "/memory.swap.max", "100M")
    command = ["stress-ng", "--oomable", "--no-rand-seed", "--temp-path", place, "--timeout",
               "%ds" % seconds, "--vm-bytes", "200M", "--mmap-bytes", "100M", "--metrics"]
    for name in STRESSORS:
        command += ["--" + name, "1"]

    def enter():
        guest.write(CGROUP + "/cgroup.procs", os.getpid())
        guest.write("/proc/self/oom_score_adj", 500)

    with open(place + "/stress.log", "w", encoding="utf-8") as log:
        return subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, preexec_fn=enter,
                                start_new_session=True)


def killed():
    """How many processes the OOM killer has ended there."""
    for line in guest.read(CGROUP + "/memory.events").splitlines():
        if line.startswith("oom_kill "):
            return int(line.split()[1])
    return 0


class Part(threading.Thread):
    """Something done again and again; what it did is counted."""

    def __init__(self, what, pause):
        super().__init__(daemon=True)
        self.what = what
        self.pause = pause
        self.done = self.failed = 0
        self.problem = None
        self.over = threading.Event()

    def run(self):
        while not self.over.wait(self.pause * random.random() * 2):
            try:
                self.what()
                self.done += 1
            except OSError:
                self.failed += 1
            except Exception as e:  # pylint: disable=broad-except
                self.problem = "%s: %r" % (self.what.__name__, e)
                return

    def end(self):
        self.over.set()
        self.join(120)
        return self.is_alive()


def cpu():
    """Take a CPU away and bring it back."""
    path = "/sys/devices/system/cpu/cpu1/online"
    guest.write(path, 0)
    try:
        time.sleep(0.5)
    finally:
        guest.write(path, 1)


def memory():
    """Take a block of memory away, if it can be emptied, and bring it back."""
    blocks = [b for b in glob.glob("/sys/devices/system/memory/memory*/state")
              if guest.read(b).strip() == "online"]
    path = random.choice(blocks)
    guest.write(path, "offline")
    guest.write(path, "online")


def caches():
    guest.write("/proc/sys/vm/drop_caches", random.choice("13"))
    guest.write("/proc/sys/vm/compact_memory", 1)


def hog():
    """Take all memory there is, until the OOM killer of the whole machine comes."""
    pid = os.fork()
    if pid == 0:
        guest.write("/proc/self/oom_score_adj", 1000)
        held = []
        try:
            while True:
                held.append(bytearray(b"x") * (8 << 20))
        finally:
            os._exit(1)
    os.waitpid(pid, 0)
