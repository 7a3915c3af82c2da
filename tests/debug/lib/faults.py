# SPDX-License-Identifier: GPL-2.0-only
"""Allocations that fail to order, by the kernel's fault injection."""
import contextlib
import os
import subprocess

import guest
import puppet

KNOBS = (("failslab/ignore-gfp-wait", "N"), ("failslab/verbose", "0"),
         ("fail_page_alloc/ignore-gfp-wait", "N"), ("fail_page_alloc/ignore-gfp-highmem", "N"),
         ("fail_page_alloc/min-order", "0"), ("fail_page_alloc/verbose", "0"))


@contextlib.contextmanager
def ready():
    """Any kind of allocation may fail, and quietly; undone by guest.finish()."""
    for name, value in KNOBS:
        if not guest.set_value("/sys/kernel/debug/" + name, value):
            raise FileNotFoundError("this kernel cannot fail allocations: no " + name)
    yield


def each(t, action, path):
    """[(which allocation, what came of it)] of failnth."""
    done = subprocess.run([os.path.join(puppet.BIN, "failnth"), action, path], check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          universal_newlines=True)
    lines = [tuple(line.split(" ", 1)) for line in done.stdout.splitlines()]
    t.equal(done.returncode, 0, "%s %s until nothing fails any more" % (action, path))
    if done.returncode:
        t.say(done.stdout[-600:])
    return lines
