#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 3600
"""Everything at once: stress-ng short of memory, the OOM killer, CPUs and
memory that come and go, readers without pause, and the module loaded and
unloaded; invariants 2, 3 and 6 hold in each snapshot. libshare.storm=SECONDS
on the kernel's command line says for how long."""
import collections
import errno
import fcntl
import os
import random
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import guest
import invariants
import puppet
import swap
import tables
import tap
import waits
import weather

READERS = 6
GATE = "/run/gate"
# All pass it on the way to the gate, so that a task that wants it alone gets there.
TURNSTILE = "/run/turnstile"
# While the module is not there, or memory is short.
EXPECTED = (errno.ENOENT, errno.ENOMEM, errno.ENODEV, errno.ENXIO, errno.EIO)


def check_snapshots(seconds):
    """Runs in a process of its own: prints what is wrong with each snapshot."""
    end = time.monotonic() + seconds
    taken = skipped = problems = 0
    missed = collections.Counter()
    gate = os.open(GATE, os.O_RDONLY | os.O_CLOEXEC)
    turnstile = os.open(TURNSTILE, os.O_RDONLY | os.O_CLOEXEC)
    while time.monotonic() < end:
        fcntl.flock(turnstile, fcntl.LOCK_SH)
        fcntl.flock(gate, fcntl.LOCK_SH)
        fcntl.flock(turnstile, fcntl.LOCK_UN)
        try:
            text = tables.read("snapshot")
        except OSError as e:
            if e.errno not in EXPECTED:
                raise
            missed[errno.errorcode[e.errno]] += 1
            continue
        finally:
            fcntl.flock(gate, fcntl.LOCK_UN)
        snapshot = tables.Snapshot(text)
        taken += 1
        skipped += int(snapshot.header["skipped"])
        for problem in invariants.all_problems(snapshot)[:5]:
            problems += 1
            if problems < 20:
                print("problem: snapshot %d: %s" % (taken, problem))
    print("taken %d %s %d" % (taken, ",".join("%s:%d" % n for n in sorted(missed.items())) or "none",
                              skipped))
    sys.stdout.flush()


def spawn_checker(seconds):
    ours, theirs = os.pipe()
    if os.fork() == 0:
        os.dup2(theirs, 1)
        sys.stdout = os.fdopen(1, "w")
        try:
            check_snapshots(seconds)
        finally:
            sys.stdout.flush()
            os._exit(0)
    os.close(theirs)
    return os.fdopen(ours)


def reload():
    """Unload while readers are at the door: they wait until just before."""
    with open(GATE, encoding="utf-8") as gate, open(TURNSTILE, encoding="utf-8") as turnstile:
        fcntl.flock(turnstile, fcntl.LOCK_EX)
        fcntl.flock(gate, fcntl.LOCK_EX)
        fcntl.flock(turnstile, fcntl.LOCK_UN)
        if random.random() < 0.5:
            fcntl.flock(gate, fcntl.LOCK_UN)
        unloaded = guest.refused(guest.unload) == "done"
        while unloaded and guest.refused(guest.load) not in ("done", "EEXIST"):
            time.sleep(0.1)     # no memory
    return unloaded


def until(t, end, parts):
    """Waits, and says now and then how far it is."""
    while time.monotonic() < end:
        time.sleep(min(30, max(0, end - time.monotonic())))
        t.say("%d s left; %s; load %s" % (
            end - time.monotonic(), ", ".join("%s %d" % (p.name, p.done) for p in parts),
            guest.read("/proc/loadavg").strip()))
        sys.stdout.flush()


def end_of(t, stress, log):
    try:
        stress.wait(900)
    except subprocess.TimeoutExpired:
        t.ok(False, "stress-ng ends")
        os.killpg(stress.pid, 9)
    said = guest.read(log).splitlines()
    t.say("\n".join(said[-30:]))
    # 1 is a command that it does not understand; others tell of what the storm broke.
    t.ok(stress.returncode != 1, "stress-ng ran")
    t.none([line for line in said if re.search("skipping the stressor|be skipped", line)],
           "with all that it was asked for")


def main(t):
    guest.ensure_loaded(still=False)
    seconds = int(guest.parameter("storm", "60"))
    place = guest.folder()
    guest.write("/proc/self/oom_score_adj", -1000)
    guest.write(GATE, "")
    guest.write(TURNSTILE, "")
    swap.on("file")
    guest.set_value("/sys/kernel/mm/ksm/run", 1)
    guest.set_value("/sys/kernel/mm/transparent_hugepage/enabled", "always")
    guest.set_value("/sys/kernel/mm/transparent_hugepage/khugepaged/scan_sleep_millisecs", 100)
    guest.set_value("/proc/sys/kernel/hung_task_timeout_secs", 0)
    # insmod takes minutes in this weather: with shorter pauses, the module is hardly ever there.
    parts = [weather.Part(*part) for part in
             (("reload", reload, min(60, seconds / 10)), ("cpu", weather.CPU, 5),
              ("memory", weather.MEMORY, 10), ("caches", weather.CACHES, 20),
              ("oom", weather.OOM, 30), ("hog", weather.HOG, 40))]
    guest.write("/sys/fs/cgroup/cgroup.subtree_control", "+memory")
    for part in parts[:-1]:
        t.ok(part.what(), "%s: done once in calm weather" % part.name)
    stalls = weather.stalls()
    stress = weather.stress(seconds, place)
    readers = [subprocess.Popen([puppet.binary("reader"), tables.DIRECTORY, GATE, TURNSTILE,
                                 str(n)],
                                stdout=subprocess.PIPE, universal_newlines=True)
               for n in range(READERS)]
    checkers = [spawn_checker(seconds) for _ in range(2)]
    watch = waits.Waits()
    watch.start()
    for part in parts:
        part.start()
    until(t, time.monotonic() + seconds, parts)
    # Readers first: a reload of the module waits for them.
    for reader in readers:
        reader.terminate()
    for part in parts:
        part.over.set()
    said = [c.read().splitlines() for c in checkers]
    for reader in readers:
        t.say("reader: %s" % reader.communicate()[0].strip())
        t.equal(reader.returncode, 0, "a reader met no other error than expected")
    for process, log in stress:
        end_of(t, process, log)
    watch.end()
    # Only now is there peace.
    hung = [p.name for p in parts if p.end(300)]
    weather.ONLINE()
    t.none(hung + waits.hung(300), "nothing hangs")
    t.say("longest wait that no signal ends: %d s (%s)" % watch.longest)
    t.say("\n".join(watch.told[:200]))
    for part in parts:
        counts = "%s: %d times, %d times in vain" % (part.name, part.done, part.failed)
        # What needs memory may never come to its end in a storm.
        if part.name in ("reload", "cpu"):
            t.ok(part.done or seconds < 120, counts)
        else:
            t.say(counts)
    t.say("%d allocations stalled" % (weather.stalls() - stalls))
    for lines in said:
        ends = [line.split()[1:] for line in lines if line.startswith("taken ")]
        t.none([line for line in lines if line.startswith("problem: ")],
               "invariants 2, 3 and 6 hold in each snapshot")
        t.ok(ends and int(ends[0][0]) >= max(2, seconds / 120),
             "snapshots: %s taken, %s not to be had, %s processes skipped"
             % (tuple(ends[0]) if ends else (0, 0, 0)))
    # Beside the one in calm weather.
    killed = weather.killed() + [part.done for part in parts if part.name == "oom"][0]
    t.ok(killed or seconds < 120, "the OOM killer ended %d processes" % killed)
    guest.finish()
    guest.ensure_loaded(still=False)
    t.none(invariants.all_problems(tables.snapshot()), "and then it works")


tap.run(main)
