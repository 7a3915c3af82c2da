# SPDX-License-Identifier: GPL-2.0-only
"""Swap for a test: zram where the kernel has it, else a file."""
import os

import guest
from world import PRESENT, SWAP_TYPES, SWAPPED
from puppet import MADV_PAGEOUT, PAGE

MEGABYTES = 96


def on(kind="zram"):
    """The device or file that is now swapped to, or None."""
    if not guest.can_run("mkswap"):
        return None
    where = None
    if kind == "zram" and guest.modprobe("zram") and os.path.exists("/sys/block/zram0"):
        where = "/dev/zram0"
        guest.write("/sys/block/zram0/disksize", "%dM" % MEGABYTES)
        guest.wait_until(lambda: os.path.exists(where))
        guest.UNDO.callback(guest.write, "/sys/block/zram0/reset", 1)
    elif kind == "file":
        where = guest.folder() + "/swap"
        with open(where, "wb") as f:
            for _ in range(MEGABYTES // 4):
                f.write(bytes(4 << 20))
            os.fsync(f.fileno())
        os.chmod(where, 0o600)
    if where:
        guest.run("mkswap", where)
        guest.run("swapon", where)
        guest.UNDO.callback(off, where)
    return where


def off(where):
    if any(line.startswith(where) for line in guest.read("/proc/swaps").splitlines()):
        guest.run("swapoff", where)


def swapped_at(process, addr, pages):
    """Pages that pagemap shows as swapped out."""
    return sum(1 for w in guest.pagemap(process, addr, pages)
               if not w & PRESENT and w & SWAPPED and w & 31 < SWAP_TYPES)


def present_at(process, addr, pages):
    return sum(1 for w in guest.pagemap(process, addr, pages) if w & PRESENT)


def page_out(process, addr, pages):
    """MADV_PAGEOUT, once on each CPU: a page that still waits in the list of a
    CPU for its place in the LRU lists can only be freed from there."""
    cpus = os.sched_getaffinity(process.pid)
    for cpu in cpus:
        os.sched_setaffinity(process.pid, {cpu})
        process.advise(addr, pages, MADV_PAGEOUT)
    os.sched_setaffinity(process.pid, cpus)


def out(process, addr, pages):
    """Swap pages of private copies out; True when all of them went."""
    def gone():
        page_out(process, addr, pages)
        return swapped_at(process, addr, pages) == pages
    return guest.wait_until(gone)
