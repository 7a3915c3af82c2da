#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 900
"""Random calls on the files from many threads. libshare.caller=SECONDS and
libshare.seeds=N on the kernel's command line say for how long, and which."""
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import guest
import puppet
import tables
import tap

FORBIDDEN = ("write", "mmap", "ioctl")
# debugfs passes on neither splice nor poll of every file.
USUAL = ("open", "close", "read", "pread", "readv", "lseek", "dup", "io_uring", "pass", "kill")


def main(t):
    guest.ensure_loaded()
    seconds = guest.parameter("caller", "60")
    seed = guest.parameter("seeds", str(int(time.time()) & 0xffffff)).split(",")[0]
    before = tables.stats()["scans_total"]
    done = subprocess.run([os.path.join(puppet.BIN, "caller"), tables.DIRECTORY, seconds, seed],
                          check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          universal_newlines=True)
    t.say(done.stdout)
    t.equal(done.returncode, 0, "random calls for %s s, seed %s" % (seconds, seed))
    counts = {}
    for line in done.stdout.splitlines():
        words = line.split()
        if len(words) == 3:
            counts[words[0]] = (int(words[1]), int(words[2]))
    for name, (made, succeeded) in sorted(counts.items()):
        if name in FORBIDDEN:
            t.ok(made and not succeeded, "%s: made %d times, always refused" % (name, made))
    t.none([name for name in USUAL if not counts.get(name, (0, 0))[1]],
           "what a reader may do has succeeded now and then")
    t.ok(len(counts) > 15, "%d calls in all" % sum(made for made, _ in counts.values()))
    t.ok(tables.stats()["scans_total"] > before, "scans ran: %d"
         % (tables.stats()["scans_total"] - before))
    guest.unload()
    t.ok(not guest.loaded(), "nothing holds the module afterwards")
    guest.load()
    t.ok(tables.snapshot().libraries(), "and then it works")
    guest.finish()


tap.run(main)
