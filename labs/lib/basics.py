# SPDX-License-Identifier: GPL-2.0-only
"""What all parts of a grader use: the exception that takes points away, files
that a student may have made, and how patient to be."""
import mmap
import os
import re

PAGE = mmap.PAGESIZE
OUTPUT_MAX = 1 << 20


def patience():
    """How many times longer than usual everything may take on this kernel."""
    with open("/proc/cmdline", encoding="ascii") as f:
        found = re.search(r"libshare\.patience=(\d+)", f.read())
    return int(found.group(1)) if found else 1


PATIENCE = patience()


class Wrong(Exception):
    """The work loses points.

    The reason is for everyone. What tells the answer goes into value, which only
    an instructor sees. The criterion still gives as many points as got says.
    """

    def __init__(self, reason, got=0, value=""):
        super().__init__(reason)
        self.got = got
        self.value = value


def one_line(text, limit=300):
    """Any text as one printable line."""
    text = " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
    return text if len(text) <= limit else text[:limit - 3] + "..."


def plural(count, noun):
    """"1 page", "2 pages", "2.5 pages"."""
    return "%s %s" % (number(count), noun if count == 1 else noun + "s")


def number(value):
    """A number in full, so that two different ones look different."""
    return "%d" % value if value == int(value) else "%.10g" % value


def write(path, text):
    with open(path, "w", encoding="utf-8") as f:
        f.write(str(text))


def put(path, text):
    """Replaces a file in the work, even if the student made it a link."""
    if os.path.lexists(path):
        os.unlink(path)
    write(path, text)


def read(path, limit=OUTPUT_MAX):
    """The text of a file that a student may have made."""
    try:
        # A pipe without a writer must not block.
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        with open(fd, "rb") as f:
            data = f.read(limit + 1) or b""
    except OSError as e:
        raise Wrong("%s: %s" % (path, e.strerror.lower())) from None
    if len(data) > limit:
        raise Wrong("%s is larger than %d bytes" % (path, limit))
    return data.decode("utf-8", "replace")
