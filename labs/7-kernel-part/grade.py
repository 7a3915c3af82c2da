#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Grades lab 7: the student's module counts what a process of ours has mapped.

What it counts is compared with smaps. Whether it takes locks and references is
seen by a module of ours, labhold, which holds the one and counts the other.
"""
import atexit
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../lib"))
import lab
import target as targets
from target import HOLD, Target

COUNTS = "/sys/kernel/debug/labwalk/counts"
# Where the kernel tells what memory nothing points to any more, if it looks for that.
LEAKS = "/sys/kernel/debug/kmemleak"
COMPLAINT = re.compile(r"BUG|WARNING|INFO:|Oops|general protection|UBSAN|scheduling while atomic")
SEEN = {}
chance = random.SystemRandom()
grade = lab.Grade()


def survive():
    """An oops ends the program that ran into it, and nothing else."""
    for name in ("panic_on_oops", "panic_on_warn"):
        path = "/proc/sys/kernel/" + name
        atexit.register(lab.write, path, lab.read(path))
        lab.write(path, 0)


def dmesg():
    return subprocess.run(["dmesg"], stdout=subprocess.PIPE, check=True).stdout.decode("utf-8", "replace")


def complaint():
    found = [line for line in dmesg().splitlines() if COMPLAINT.search(line)]
    return lab.one_line(found[0], 120) if found else None


def load_hold():
    if os.path.isdir(HOLD):
        subprocess.run(["rmmod", "labhold"], check=True)
    lab.tool("insmod", "labhold.ko")


def unload():
    if os.path.isdir("/sys/module/labwalk"):
        status, output = lab.run("rmmod", "labwalk", root=True, timeout=20)
        if status:
            raise lab.Wrong("the module does not unload: %s; %s" % (
                lab.one_line(output, 80), complaint() or "no complaint of the kernel"))


def load(pid, area=0):
    """insmod that has begun; .finish() says how it went."""
    if not os.path.exists("labwalk.ko"):
        raise lab.Wrong("it was not built")
    unload()
    return lab.Program("insmod", "labwalk.ko", "pid=%d" % pid, "area=%d" % area, root=True)


def last_count(pid):
    lines = re.findall(r"labwalk: pid=%d ((?:\w+=\d+ ?)+)" % pid, dmesg())
    if not lines:
        raise lab.Wrong("it printed no counts")
    return {name: int(value) for name, value in re.findall(r"(\w+)=(\d+)", lines[-1])}


def count(pid, area=0):
    program, begun = load(pid, area), time.monotonic()
    status, output = program.finish(30)
    SEEN["seconds"] = time.monotonic() - begun
    if status:
        raise lab.Wrong("insmod: %s; %s" % (
            lab.one_line(output, 100), complaint() or "no complaint of the kernel"))
    found = last_count(pid)
    unload()
    return found


def compare(target, *names, area=0):
    got, truth = count(target.pid, area), target.truth(area)
    for name in names:
        if got.get(name) != truth[name]:
            raise lab.Wrong("%s of %s is not what smaps says"
                            % (name, "one area" if area else "a process"), value="you count %s, smaps %d" % (got.get(name, "nothing"), truth[name]))
    return ", ".join("%s %d" % (name, truth[name]) for name in names)


def count_while_held(what):
    """Counts while a lock is held; whether that waited, and the references seen."""
    if what not in SEEN:
        SEEN[what] = look_while_held(what)
    return SEEN[what]


def look_while_held(what):
    if not os.path.exists("labwalk.ko"):
        raise lab.Wrong("it was not built")
    unload()
    with Target() as target:
        # Ready before: what a program needs to start may wait for the holder.
        program = lab.Program(
            "sh", "-c", "read go; insmod labwalk.ko pid=%d; status=$?; read held <%sheld; "
            "echo held=$held; exit $status" % (target.pid, HOLD), root=True)
        target.ask(what)
        end = time.monotonic() + 20 * lab.PATIENCE
        while lab.read(HOLD + "held").strip() != "1":
            if time.monotonic() > end:
                sys.exit("labhold holds nothing")
        program.send("go\n")
        if what == "lock":
            # Far longer than it takes when nothing is in the way.
            end = time.monotonic() + 2 + 4 * SEEN.get("seconds", 0)
            while program.process.poll() is None and time.monotonic() < end:
                time.sleep(0.05)
            waited = program.process.poll() is None
            lab.write(HOLD + "release", 1)
            status, output = program.finish(60)
        else:
            status, output = program.finish(60)
            waited = "held=0" in output
        if status:
            raise lab.Wrong("insmod: %s" % lab.one_line(output, 100))
        if not target.answer():
            raise lab.Wrong("the process that held the lock hangs")
        users = int(lab.read(HOLD + "mm_users"))
        unload()
    return waited, users


@grade.criterion(5, "it builds without a warning")
def builds():
    # With ours, since most of the time goes into what make does but once.
    for name in os.listdir(HERE + "/hold"):
        shutil.copy(HERE + "/hold/" + name, name)
    for name in ("labwalk.ko", "labhold.ko"):
        if os.path.exists(name):
            os.unlink(name)
    lab.own(".")
    output = lab.succeed("make", "-C", "/lib/modules/%s/build" % os.uname().release,
                         "M=" + os.getcwd(), "modules", timeout=400)
    load_hold()
    found = re.search(r".*labwalk.*warning:.*", output)
    if found:
        raise lab.Wrong(found.group(), got=2)


@grade.criterion(5, "it counts areas")
def areas():
    with Target() as target:
        return compare(target, "vmas")


@grade.criterion(5, "no such process, and a process without memory")
def errors():
    count(os.getpid())
    # What insmod says of ESRCH and of EINVAL.
    for pid, name, message in ((4000000, "no such process", "wrong symbol version"),
                               (2, "a kernel thread", "Invalid parameters")):
        status, output = load(pid).finish(30)
        unload()
        if not status or message not in output:
            raise lab.Wrong("%s: insmod ends with status %d, %s; %s" % (
                name, status, lab.one_line(output, 80), complaint() or ""))


@grade.criterion(5, "references: the address space stays while it looks")
def reference_held():
    waited, users = count_while_held("lock")
    if not waited:
        raise lab.Wrong("cannot be seen: it does not wait for mmap_lock")
    if users < 2:
        raise lab.Wrong("while it waited, only the process itself had a reference")


@grade.criterion(5, "references: none is left afterwards")
def reference_left():
    with Target() as target:
        count(target.pid)
        before = target.users()
        for _ in range(4):
            count(target.pid)
        after = target.users()
    if after[0] > 1 or after[1] > before[1] + 2:
        raise lab.Wrong("after 5 counts the address space has %d users, the process %d more references" % (
            after[0], after[1] - before[1]))


@grade.criterion(10, "locking: it waits for mmap_lock")
def lock_taken():
    if not count_while_held("lock")[0]:
        raise lab.Wrong("it counted while another task held the lock for writing")


@grade.criterion(5, "locking: mmap_lock is free afterwards")
def lock_free():
    if not count_while_held("lock")[0]:
        raise lab.Wrong("it was not taken")
    with Target() as target:
        count(target.pid)
        if not target.do("map"):
            raise lab.Wrong("the process cannot map anything any more")


@grade.criterion(10, "page tables: pages that are present")
def pages():
    with Target() as target:
        first = compare(target, "present")
        target.do("map")
        return "%s, then %s" % (first, compare(target, "present"))


@grade.criterion(5, "page tables: it waits for their lock")
def table_lock():
    if not count(os.getpid()).get("present"):
        raise lab.Wrong("it reads no page tables")
    if not count_while_held("table")[0]:
        raise lab.Wrong("it counted while another task held the table's lock")


@grade.criterion(15, "page tables: each area by itself")
def one_area():
    """What a process has in all, the kernel counts without its page tables; not this."""
    with Target() as target:
        areas = target.areas()
        several = [start for start, area in areas.items() if area["present"] > 2]
        none = [start for start, area in areas.items() if not area["present"]]
        for start in chance.sample(several, 4) + chance.sample(none, 1):
            compare(target, "vmas", "present", area=start)
        return "5 of %d areas" % len(areas)


@grade.criterion(5, "anonymous or file")
def kinds():
    with Target() as target:
        return compare(target, "anon", "file")


@grade.criterion(10, "pages that others map as well")
def shared():
    with Target() as target:
        return compare(target, "shared")


@grade.criterion(5, "a huge page")
def huge():
    with Target() as target:
        compare(target, "present")
        got, truth = count(target.pid), target.truth()
        lab.write("/proc/sys/vm/compact_memory", 1)
        target.do("huge")
        more = target.truth()["anon"] - truth["anon"]
        if more < 512:
            return "this machine had none"
        # What is wrong with the others is judged above.
        now = count(target.pid)
        for name in ("present", "anon"):
            counted = now.get(name, 0) - got.get(name, 0)
            if counted != more:
                raise lab.Wrong("%s: a huge page is counted wrong" % name,
                                value="with it you count %d more, smaps %d" % (counted, more))
    return "%d pages more" % more


@grade.criterion(5, "debugfs: counts of one moment for each open")
def debugfs():
    with Target() as target:
        status, output = load(target.pid).finish(30)
        if status or not os.path.exists(COUNTS):
            unload()
            raise lab.Wrong("there is no %s %s" % (COUNTS, lab.one_line(output, 80)))
        truth = target.truth()
        mode = os.stat(COUNTS).st_mode & 0o777
        read = "import os,sys;f=os.open(%r,0);a=b'';c=1\nwhile c:c=os.read(f,1);a+=c\n" \
            "print(a.decode(),flush=True);input();os.lseek(f,0,0);print(os.read(f,999).decode())" % COUNTS
        reader = lab.Program("python3", "-c", read, root=True)
        first = [reader.line() for _ in range(5)]
        target.do("map")
        reader.line()
        reader.send("\n")
        _, second = reader.finish()
        unload()
        if os.path.exists(COUNTS):
            raise lab.Wrong("the file is still there when the module has gone")
    if mode != 0o400:
        raise lab.Wrong("its mode is %o: addresses of others are root's business" % mode)
    pattern = "\n".join(name + r" (\d{1,18})" for name in ("vmas", "present", "file", "anon", "shared"))
    found = re.fullmatch(pattern, "\n".join(first))
    # Whether they are told apart, and what is shared, is judged above.
    vmas, present, file, anon, _ = map(int, found.groups()) if found else (0, 0, 0, 0, 0)
    if (vmas, present) != (truth["vmas"], truth["present"]) or file + anon != present:
        raise lab.Wrong("it says %s, which is not so" % lab.one_line("; ".join(first)),
                        value="; ".join("%s %d" % pair for pair in truth.items()))
    if second.split("\n")[:5] != first:
        raise lab.Wrong("read again, the same open file says something else")


@grade.criterion(5, "the kernel does not complain")
def kernel():
    if not os.path.exists("labwalk.ko"):
        raise lab.Wrong("it was not built")
    unload()
    if os.path.exists(LEAKS):
        # What is young is not reported, nor what changed since the scan before.
        for _ in range(3):
            time.sleep(6)
            lab.write(LEAKS, "scan")
        found = lab.read(LEAKS)
        if found:
            raise lab.Wrong("kmemleak: %s" % lab.one_line(found))
    if complaint():
        raise lab.Wrong(complaint())


def main():
    signal.signal(signal.SIGALRM, targets.alarm)
    survive()
    subprocess.run(["dmesg", "-C"], check=True)
    if os.path.exists(LEAKS):
        lab.write(LEAKS, "clear")
    targets.prepare()
    try:
        grade.run()
    finally:
        lab.end_all()


main()
