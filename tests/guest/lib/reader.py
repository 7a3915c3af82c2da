# SPDX-License-Identifier: GPL-2.0-only
"""Runs libshare-top, and processes whose copies it audits."""
import ctypes
import json
import shutil
import subprocess
import sys

import guest
import puppet

TOP = "libshare-top"
NO_ASLR = 0x0040000
# A process that loads the library, forks, and writes: before the fork the same in every
# process, or after it what is its own.
HOLDER = """
import ctypes, os, sys
lib = ctypes.CDLL(sys.argv[1])
lib.audited_write.argtypes = [ctypes.c_long]
first, children = sys.argv[3] == "write-first", int(sys.argv[2])
if first:
    lib.audited_write(4711)
for _ in range(children):
    if not os.fork():
        break
if not first:
    lib.audited_write(os.getpid())
os.write(1, b"%d\\n" % os.getpid())
os.read(0, 1)
"""


def top(*args):
    done = subprocess.run([TOP, *args], check=False, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
    # An audit that takes longer than a second says how far it is.
    said = [line for line in done.stderr.decode().splitlines()
            if not line.endswith((" of copies read", " searched for copies"))]
    if done.returncode or said:
        raise RuntimeError("%s: status %d, %s" % (args, done.returncode, said))
    return done.stdout.decode()


def rows_of(view, *args):
    return json.loads(top("--json", "-n1", "-o", "all", "--view", view, *args))[view]


def audit_of(path, *args):
    """Rows of a library by section."""
    return {row["section"]: row for row in rows_of("audit", "--library", path, *args)}


def of_library(path, column):
    """What the module counts of a library; 0 if it is not there."""
    return sum(row[column] for row in rows_of("libraries") if row["path"] == path)


class Holders:
    """Processes that hold copies of a library of their own making."""

    def __init__(self, path, processes, children=0, mode="write-last", aslr=True):
        self.path = path
        shutil.copy(puppet.binary("audited.so"), path)
        self.running, self.pids = [], []
        for _ in range(processes):
            child = subprocess.Popen(
                [sys.executable, "-c", HOLDER, path, str(children), mode],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                preexec_fn=None if aslr else lambda: ctypes.CDLL(None).personality(NO_ASLR))
            self.running.append(child)
            self.pids += [int(child.stdout.readline()) for _ in range(children + 1)]

    def end(self):
        for child in self.running:
            child.stdin.close()
            child.wait()
        guest.wait_until(lambda: all(puppet.gone(pid) for pid in self.pids))
