# SPDX-License-Identifier: GPL-2.0-only
"""Takes the terminal of the live view away in several ways: it must end then, and not spin.

    terminal.py LIBSHARE-TOP RECORDING

Prints TAP."""
import fcntl
import os
import pty
import signal
import struct
import sys
import termios
import time

TOP, RECORDING = sys.argv[1:]
TESTS = 0


def start(master, terminal, own_group=False):
    """The live view, as a child's child of a session's leader: their pids."""
    reading, writing = os.pipe()
    leader = os.fork()
    if leader:
        os.close(writing)
        view, parent = map(int, os.read(reading, 32).split())
        os.close(reading)
        return leader, parent, view
    os.close(master)
    os.setsid()
    fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    parent = os.fork()
    if not parent:
        if own_group:
            os.setpgid(0, 0)
            os.tcsetpgrp(terminal, os.getpid())
        view = os.fork()
        if not view:
            signal.signal(signal.SIGTTOU, signal.SIG_DFL)
            for fd in (0, 1):
                os.dup2(terminal, fd)
            os.closerange(3, 64)
            os.environ["TERM"] = "tmux"
            # The search for leaks stops all threads, and that is not what is tested.
            os.environ["ASAN_OPTIONS"] = "detect_leaks=0"
            os.execv(TOP, [TOP, "--replay", RECORDING])
        os.write(writing, b"%d %d" % (view, os.getpid()))
        # Its end leaves the view to a stranger: its group is an orphan then.
        signal.pause()
    os.waitpid(parent, 0)
    os.tcsetpgrp(terminal, os.getpid())
    signal.pause()
    return None


def drawn(master):
    """Wait until something has been drawn, and no more comes."""
    os.set_blocking(master, False)
    seen, quiet, end = 0, 0, time.monotonic() + 20
    while quiet < 5 and time.monotonic() < end:
        time.sleep(0.1)
        try:
            seen += len(os.read(master, 65536))
            quiet = 0
        except BlockingIOError:
            quiet += seen > 500
    return seen > 500


def ends(pid):
    """Whether it does, within some seconds."""
    for _ in range(100):
        try:
            with open("/proc/%d/stat" % pid, encoding="ascii", errors="replace") as file:
                if file.read().rsplit(")", 1)[1].split()[0] == "Z":
                    return True
        except OSError:
            return True
        time.sleep(0.1)
    return False


def check(name, take_away, ignore=False, own_group=False, blocking=True):
    global TESTS
    TESTS += 1
    if ignore:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    master, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    os.set_blocking(terminal, blocking)
    leader, parent, view = start(master, terminal, own_group)
    os.close(terminal)
    fine = drawn(master)
    take_away(master, leader, parent, view)
    fine = ends(view) and fine
    # A child that breaks off would write what is buffered once more.
    print("%sok %d - %s" % ("" if fine else "not ", TESTS, name), flush=True)
    for pid in (view, parent, leader):
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            pass
    os.waitpid(leader, 0)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def close(master, _leader, _parent, _view):
    os.close(master)


def kill_leader(_master, leader, _parent, _view):
    os.kill(leader, signal.SIGKILL)


def hang(master, _leader, _parent, view):
    """Nothing of what is drawn is read any more, and then the view is to end."""
    for _ in range(100):
        try:
            os.write(master, b"\x0c")
        except BlockingIOError:
            pass
        time.sleep(0.02)
    os.kill(view, signal.SIGTERM)


def orphan(master, _leader, parent, _view):
    """Another group has the terminal, and to read from it fails for ever."""
    os.kill(parent, signal.SIGKILL)
    time.sleep(0.5)
    os.write(master, b"x")


check("the terminal is closed", close)
check("the terminal is closed, and SIGHUP ignored", close, ignore=True)
check("the shell is killed", kill_leader)
check("the shell is killed, and SIGHUP ignored", kill_leader, ignore=True)
check("its group is an orphan, which may not read", orphan, own_group=True)
check("the same with SIGHUP ignored", orphan, ignore=True, own_group=True)
check("the terminal hangs", hang)
check("the terminal hangs, and does not block", hang, blocking=False)
print("1..%d" % TESTS)
