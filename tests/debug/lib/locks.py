# SPDX-License-Identifier: GPL-2.0-only
"""Which locks a process takes, and for how long, by the kernel's own trace."""
import os
import re

import guest

TRACE = "/sys/kernel/tracing"
CLOCK = "/sys/devices/system/clocksource/clocksource0/current_clocksource"
LINE = re.compile(r"\s(\d+)\.(\d+): (lock_acquire|lock_release|tracing_mark_write): (.*)")


def why_not():
    """Why this machine cannot tell, or None."""
    if not os.path.exists(TRACE + "/events/lock/lock_acquire"):
        return "this kernel does not trace them"
    # All there is when the host was too busy to let the kernel measure its TSC.
    if guest.read(CLOCK).strip() != "tsc":
        return "the clock of this machine knows only ticks"
    return None


def start(names):
    """Trace locks whose name holds one of these words, of this process alone."""
    chosen = " || ".join('name ~ "*%s*"' % name for name in names)
    guest.write(TRACE + "/tracing_on", 0)
    guest.write(TRACE + "/buffer_size_kb", 16384)
    guest.write(TRACE + "/set_event_pid", os.getpid())
    for event in ("lock_acquire", "lock_release"):
        guest.write("%s/events/lock/%s/filter" % (TRACE, event), chosen)
        guest.write("%s/events/lock/%s/enable" % (TRACE, event), 1)


def stop():
    for event in ("lock_acquire", "lock_release"):
        guest.write("%s/events/lock/%s/enable" % (TRACE, event), 0)
    guest.write(TRACE + "/set_event_pid", "")


def trace(path):
    """Open a file; the locks that this took, in order: ("acquire" or "release",
    nanoseconds, name)."""
    with open(TRACE + "/trace", "w", encoding="utf-8"):
        pass
    guest.write(TRACE + "/tracing_on", 1)
    marker = os.open(TRACE + "/trace_marker", os.O_WRONLY)
    os.write(marker, b"begin")
    fd = os.open(path, os.O_RDONLY)
    os.write(marker, b"end")
    guest.write(TRACE + "/tracing_on", 0)
    os.close(fd)
    os.close(marker)
    return list(_events(guest.read(TRACE + "/trace")))


def _events(text):
    inside = False
    for line in text.splitlines():
        match = LINE.search(line)
        if not match:
            continue
        seconds, fraction, what, rest = match.groups()
        if what == "tracing_mark_write":
            inside = rest.strip() == "begin"
        elif inside:
            now = int(seconds) * 10 ** 9 + int(fraction.ljust(9, "0"))
            yield what[5:], now, rest.split(" ", 1)[1].strip()


def holds(events, name):
    """[(nanoseconds held, locks of other names taken meanwhile)]"""
    found, since, inner = [], None, 0
    for what, now, lock in events:
        if name not in lock:
            inner += what == "acquire" and since is not None
        elif what == "acquire":
            since, inner = now, 0
        elif since is not None:
            found.append((now - since, inner))
            since = None
    return found
