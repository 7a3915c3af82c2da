# SPDX-License-Identifier: GPL-2.0-only
"""NUMA nodes, and pages that are moved between them."""
import ctypes
import os
import platform

import guest
from puppet import PAGE

# migrate_pages, move_pages
MIGRATE_PAGES, MOVE_PAGES = {"x86_64": (256, 279), "aarch64": (238, 239)}[platform.machine()]
MPOL_MF_MOVE_ALL = 4
MAX_NODE = 9            # the kernel looks at one bit less


def nodes():
    return sum(1 for name in os.listdir("/sys/devices/system/node")
               if name.startswith("node") and name[4:].isdigit())


def migrate_pages(pid, source, target):
    """Move every page of a process that lies on one node to another."""
    old, new = ctypes.c_ulong(1 << source), ctypes.c_ulong(1 << target)
    return guest.LIBC.syscall(MIGRATE_PAGES, pid, ctypes.c_ulong(MAX_NODE), ctypes.byref(old),
                              ctypes.byref(new))


def move(process, addr, count, node):
    """Move these pages of a process to a node; where each of them is then, a node or,
    below 0, an error."""
    pages = (ctypes.c_void_p * count)(*(addr + i * PAGE for i in range(count)))
    target = (ctypes.c_int * count)(*([node] * count))
    status = (ctypes.c_int * count)()
    for nodes_wanted, flags in ((target, MPOL_MF_MOVE_ALL), (None, 0)):
        if guest.LIBC.syscall(MOVE_PAGES, process.pid, ctypes.c_ulong(count), pages, nodes_wanted,
                              status, flags) < 0:
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code))
    return list(status)
