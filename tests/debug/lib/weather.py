# SPDX-License-Identifier: GPL-2.0-only
"""What makes a storm: stressors, memory pressure, CPUs and memory that come
and go. Each part runs until it is told to stop."""
import os
import random
import subprocess
import threading

import guest

# stress-ng's stressors of everything that changes page tables and page caches, and
# what it refuses to do as root
STRESSORS = ("vm", "mmap", "mmapfork", "fork", "vfork", "clone", "mremap", "madvise",
             "munmap", "mprotect", "mlock", "memfd", "userfaultfd", "mmaphuge", "swap", "numa",
             "dynlib", "zombie", "fault")
AS_USER = ("exec",)
USER = 65534
CGROUP = "/sys/fs/cgroup/storm"


def spawn(stressors, seconds, place, user):
    os.mkdir(place)
    os.chown(place, user, user)
    command = ["stress-ng", "--oomable", "--no-rand-seed", "--temp-path", place, "--timeout",
               "%ds" % seconds, "--vm-bytes", "200M", "--mmap-bytes", "100M", "--ksm", "--metrics"]
    for name in stressors:
        command += ["--" + name, "1"]

    def enter():
        guest.write(CGROUP + "/cgroup.procs", os.getpid())
        guest.write("/proc/self/oom_score_adj", 500)
        # So that the readers and all else get their turn among so many.
        os.nice(5)
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)

    with open(place + ".log", "w", encoding="utf-8") as log:
        return subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, preexec_fn=enter,
                                start_new_session=True)


def stress(seconds, place):
    """stress-ng in a cgroup that has too little memory for it: (process, its log) of each."""
    os.makedirs(CGROUP, exist_ok=True)
    guest.write(CGROUP + "/memory.max", "350M")
    guest.write(CGROUP + "/memory.swap.max", "100M")
    return [(spawn(STRESSORS, seconds, place + "/root", 0), place + "/root.log"),
            (spawn(AS_USER, seconds, place + "/user", USER), place + "/user.log")]


def killed():
    """How many processes of stress-ng the OOM killer has ended."""
    for line in guest.read(CGROUP + "/memory.events").splitlines():
        if line.startswith("oom_kill "):
            return int(line.split()[1])
    return 0


def stalls():
    """How often a task that wanted memory, in no cgroup that has too little, has had to
    make some first."""
    return sum(int(line.split()[1]) for line in guest.read("/proc/vmstat").splitlines()
               if line.startswith("allocstall_"))


class Part(threading.Thread):
    """Something done again and again, with pauses; what came of it is counted."""

    def __init__(self, name, what, pause):
        super().__init__(daemon=True)
        self.name = name
        self.what = what
        self.pause = pause
        self.done = self.failed = 0
        self.over = threading.Event()

    def run(self):
        while not self.over.wait(self.pause * random.random() * 2):
            if self.what():
                self.done += 1
            else:
                self.failed += 1

    def end(self, patience):
        """True when it has not come to an end after so many seconds of peace."""
        self.join(patience)
        if self.is_alive():
            guest.write("/proc/sysrq-trigger", "w")
        return self.is_alive()


def command(*words, seconds=20):
    """Does it in a process of its own, which is killed when it takes too long:
    memory that is not to be had is waited for without end."""
    def attempt():
        try:
            return subprocess.run(words, check=False, timeout=seconds, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
                                  ).returncode == 0
        except subprocess.TimeoutExpired:
            return False
    return attempt


def shell(text, seconds=20):
    return command("sh", "-c", text, seconds=seconds)


CPU = shell("cd /sys/devices/system/cpu/cpu1; echo 0 >online && sleep 0.5; echo 1 >online")
# The first block of memory that can be emptied.
MEMORY = shell("cd /sys/devices/system/memory; for b in $(ls -d memory* | shuf); do "
               "timeout 5 sh -c \"echo offline >$b/state\" || continue; "
               "sleep 0.5; echo online >$b/state; exit; done; false", 60)
# Slow where every task wants memory.
CACHES = shell("echo 3 >/proc/sys/vm/drop_caches && echo 1 >/proc/sys/vm/compact_memory", 120)
# Takes all memory there is. It hardly ever comes to its end by itself.
HOG = shell("echo 1000 >/proc/self/oom_score_adj; "
            "stress-ng --vm 1 --vm-bytes 95% --vm-populate --vm-method zero-one -t 15s", 30)
# A task that wants more than its cgroup has: tail keeps a line that has no end. What began
# in the storm may end in the peace after it.
OOM = shell("mkdir -p {0}; echo 30M >{0}/memory.max; echo 0 >{0}/memory.swap.max; "
            "echo $$ >{0}/cgroup.procs; echo 1000 >/proc/self/oom_score_adj; "
            "timeout 1000 tail /dev/zero; test $? = 137".format("/sys/fs/cgroup/oom"), 1020)
ONLINE = shell("cd /sys/devices/system; echo 1 >cpu/cpu1/online; "
               "for b in memory/memory*; do echo online >$b/state; done; true")
