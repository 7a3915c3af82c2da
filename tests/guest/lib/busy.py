# SPDX-License-Identifier: GPL-2.0-only
"""A process whose mmap_lock is held for writing nearly all of the time."""
import ctypes
import os
import signal

import guest
from puppet import MAP_POPULATE, MAP_PRIVATE, PAGE, R, W, X


class Writer:
    """It changes the rights of many pages of a file, which is made, again and again."""

    def __init__(self, path, pages):
        with open(path, "wb") as f:
            f.truncate(pages * PAGE)
        self.pid = os.fork()
        if self.pid:
            return
        try:
            size = ctypes.c_ulong(pages * PAGE)
            fd = os.open(path, os.O_RDONLY)
            guest.LIBC.mmap.restype = ctypes.c_void_p
            addr = ctypes.c_void_p(guest.LIBC.mmap(None, size, R | X, MAP_PRIVATE | MAP_POPULATE,
                                                   fd, ctypes.c_long(0)))
            while True:
                for prot in (R | W | X, R | X):
                    guest.LIBC.mprotect(addr, size, prot)
        finally:
            os._exit(1)

    def end(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
