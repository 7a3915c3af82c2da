# SPDX-License-Identifier: GPL-2.0-only
"""Fresh file systems in a file, mounted for a test."""
import os
import subprocess

import guest

SIZE = {"xfs": 320 << 20, "btrfs": 128 << 20, "ext4": 32 << 20}
# One so small would have blocks that are not in use any more.
OPTIONS = {"ext4": ("-b", "4096")}


def fresh(kind):
    """A mount of a fresh file system of that kind in a file, or why not."""
    maker = "mkfs." + kind
    if not guest.can_run(maker):
        return None, "no " + maker
    if not (guest.modprobe(kind) or kind in guest.read("/proc/filesystems")):
        return None, "this kernel has no " + kind
    if not guest.modprobe("loop") and not os.path.exists("/dev/loop-control"):
        return None, "no loop devices"
    image = guest.folder() + "/image"
    with open(image, "wb") as f:
        f.truncate(SIZE[kind])
    try:
        guest.run(maker, "-q", *OPTIONS.get(kind, ()), image)
        where = guest.folder()
        guest.run("mount", "-o", "loop", image, where)
    except subprocess.CalledProcessError as e:
        return None, "cannot be mounted: " + e.output.splitlines()[-1]
    guest.UNDO.callback(guest.unmount, where)
    return where, None
