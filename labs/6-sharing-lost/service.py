# SPDX-License-Identifier: GPL-2.0-only
"""A service of the machine, as /proc/PID/pagemap shows it: no code that it shares with
libshare."""
import hashlib
import re
import struct

import lab

PRESENT, OF_FILE, FRAME = 1 << 63, 1 << 61, (1 << 55) - 1


class Service:
    """A running service: its process, and the frames and content of its libraries."""

    def __init__(self, pid):
        self.pid = pid
        self.frames = {}
        self.content = {}
        self.is_deleted = False
        with open("/proc/%d/pagemap" % pid, "rb") as pagemap:
            for line in lab.read("/proc/%d/maps" % pid).splitlines():
                match = re.match(r"(\w+)-(\w+) .* /srv/.*/lib(\w+)\.so( \(deleted\))?$", line)
                if match:
                    self.add(pagemap, match)

    def add(self, pagemap, match):
        start, end = int(match[1], 16), int(match[2], 16)
        pagemap.seek(start // lab.PAGE * 8)
        for entry in struct.unpack("%dQ" % ((end - start) // lab.PAGE),
                                   pagemap.read((end - start) // lab.PAGE * 8)):
            if entry & PRESENT and entry & OF_FILE:
                self.frames.setdefault(match[3], set()).add(entry & FRAME)
        self.is_deleted |= bool(match[4])
        if match[3] not in self.content:
            with open("/proc/%d/map_files/%s-%s" % (self.pid, match[1].lstrip("0"),
                                                    match[2].lstrip("0")), "rb") as f:
                self.content[match[3]] = hashlib.sha256(f.read()).digest()
