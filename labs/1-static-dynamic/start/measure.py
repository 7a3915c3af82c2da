#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""measure.py: the ten programs, linked both ways. Prints a line of names, then
a line for each way:

    way	files	different	same	copies	warm	cold

files      bytes of the ten programs' files
different  memory that one process of each of the ten programs adds
same       memory that PROCESSES processes of "hello" add (student.h says how many)
copies     of that, private copies of one of these processes
warm       microseconds from start to end of "hello", median of 21
cold       bytes read from the disk to run "hello" with an empty page cache

Memory is that of libraries and programs as libshare counts it: file pages that
are mapped and distinct copies, in bytes. What the programs allocate
themselves is the same both ways."""
import os
import re
import statistics
import subprocess
import time

DIRECTORY = "/sys/kernel/debug/libshare/"
WAYS = ("static", "dynamic")
# Of the dynamic programs and, with what else may map them, of the whole machine.
LIBRARIES = ["/lib64/ld-linux-x86-64.so.2"] + \
    ["/lib/x86_64-linux-gnu/" + name for name in ("libc.so.6", "libm.so.6")]
NAMES = sorted(name[:-2] for name in os.listdir("programs") if name.endswith(".c"))


def mine(name):
    """A number of student.h."""
    with open("student.h", encoding="ascii") as file:
        return int(re.search(r"#define %s (\d+)" % name, file.read()).group(1))


def table(name):
    """The rows of a table, as {column: text}."""
    with open(DIRECTORY + name, encoding="utf-8", errors="surrogateescape") as file:
        lines = [line.split("\t") for line in file.read().splitlines()]
    return [dict(zip(lines[1], line)) for line in lines[2:]]


def memory():
    """What all libraries and programs take now."""
    # TODO: a sum over the table "libraries": which two columns?
    return 0


def copies(pid):
    """The private copies of a process."""
    # TODO: the table "processes" says.
    return 0


class Running:
    """Programs that have started and stay."""

    def __init__(self, paths):
        self.processes = [subprocess.Popen([path, "stay"], stdin=subprocess.PIPE,
                                           stdout=subprocess.PIPE) for path in paths]
        for process in self.processes:
            while process.stdout.readline() not in (b"ready\n", b""):
                pass

    def end(self):
        for process in self.processes:
            process.communicate()


def added(paths):
    """Memory that these programs add, and the copies of the last one."""
    before = memory()
    running = Running(paths)
    result = memory() - before, copies(running.processes[-1].pid)
    running.end()
    return result


def warm(path):
    times = []
    for _ in range(21):
        start = time.monotonic()
        subprocess.run([path], stdout=subprocess.DEVNULL, check=True)
        times.append(time.monotonic() - start)
    return round(1e6 * statistics.median(times))


def read_from_disk():
    with open("/proc/diskstats", encoding="ascii") as file:
        return sum(512 * int(line.split()[5]) for line in file if line.split()[2] == "nvme0n1")


def cold(path):
    os.sync()
    # The page cache forgets these files, as far as no process maps them.
    for file in [path] + LIBRARIES:
        fd = os.open(file, os.O_RDONLY)
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(fd)
    # What is not the program's own: folders on the way to it.
    subprocess.run(["static/nothing"], stdout=subprocess.DEVNULL, check=True)
    os.stat(path)
    before = read_from_disk()
    subprocess.run([path], stdout=subprocess.DEVNULL, check=True)
    return read_from_disk() - before


def main():
    print("way\tfiles\tdifferent\tsame\tcopies\twarm\tcold")
    for way in WAYS:
        paths = ["%s/%s" % (way, name) for name in NAMES]
        # Once for nothing: this program, too, maps more at the first time.
        added(paths)
        different, _ = added(paths)
        same, private = added(["%s/hello" % way] * mine("PROCESSES"))
        print("%s\t%d\t%d\t%d\t%d\t%d\t%d" % (
            way, sum(os.stat(path).st_size for path in paths), different, same, private,
            warm("%s/hello" % way), cold("%s/hello" % way)), flush=True)


if __name__ == "__main__":
    main()
