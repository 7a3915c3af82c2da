# SPDX-License-Identifier: GPL-2.0-only
"""The student's programs: they may do anything, must not stop a grader, and run
without privileges."""
import atexit
import os
import select
import signal
import subprocess
import time

import relay
from basics import OUTPUT_MAX, PATIENCE, Wrong, one_line, write

CGROUP = "/sys/fs/cgroup/student"
# The unprivileged user that the student's programs run as.
USER = 1000


def confine():
    """A control group for the student's programs, so that all of them can be
    ended, however many there are and whatever they did to get away."""
    if not os.path.isdir(CGROUP):
        root = os.path.dirname(CGROUP)
        for controller in ("memory", "pids"):
            write(root + "/cgroup.subtree_control", "+" + controller)
        os.mkdir(CGROUP)
        write(CGROUP + "/pids.max", 1000)
        write(CGROUP + "/memory.max", 600 << 20)
    atexit.register(end_all)


def end_all():
    """Kill everything of the student's that runs."""
    try:
        write(CGROUP + "/cgroup.kill", 1)
        for _ in range(200):
            with open(CGROUP + "/cgroup.events", encoding="ascii") as f:
                if "populated 0" in f.read():
                    return
            time.sleep(0.05)
    except OSError:
        pass


class Program:
    """A program of the student's that runs beside the grader.

    All its output comes in one stream, up to a limit. With tables it can read
    libshare's tables (relay.py). Root is for our own tools alone.
    """

    def __init__(self, *command, root=False, tables=False, folder=None, environment=None):
        confine()
        if tables:
            relay.start()

        def enter():
            write(CGROUP + "/cgroup.procs", os.getpid())
            # Ordinary programs, whatever the grader does.
            signal.signal(signal.SIGPIPE, signal.SIG_DFL)
            if tables:
                relay.enter()
            if not root:
                os.setgroups([])
                os.setgid(USER)
                os.setuid(USER)

        self.name = one_line(" ".join(command), 60)
        self.buffer = b""
        self.seen = 0
        variables = {"PATH": "/libshare/bin:/usr/sbin:/usr/bin", "LC_ALL": "C", "HOME": "/tmp"}
        variables.update(environment or {})
        try:
            self.process = subprocess.Popen(
                command, cwd=folder, env=variables, stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, bufsize=0,
                start_new_session=True, preexec_fn=enter)
        except (OSError, subprocess.SubprocessError, ValueError) as e:
            reason = getattr(e, "strerror", None) or e
            raise Wrong("%s does not start: %s" % (self.name, one_line(reason).lower())) from None
        self.pid = self.process.pid

    def fill(self, deadline):
        """More output; False at its end."""
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
            raise Wrong("%s took too long" % self.name)
        data = os.read(self.process.stdout.fileno(), 65536)
        self.seen += len(data)
        if self.seen > OUTPUT_MAX:
            raise Wrong("%s printed more than %d bytes" % (self.name, OUTPUT_MAX))
        self.buffer += data
        return bool(data)

    def line(self, timeout=30):
        """Its next line."""
        deadline = time.monotonic() + timeout * PATIENCE
        while b"\n" not in self.buffer:
            if not self.fill(deadline):
                raise Wrong("%s ended (status %s) after it printed %r" % (
                    self.name, self.status(deadline), one_line(self.buffer.decode("utf-8", "replace"), 80)))
        first, _, self.buffer = self.buffer.partition(b"\n")
        return first.decode("utf-8", "replace")

    def send(self, text):
        try:
            self.process.stdin.write(text.encode())
        except OSError:
            raise Wrong("%s has ended before it was told %r" % (self.name, one_line(text))) from None

    def finish(self, timeout=30):
        """(status, all that it still prints)"""
        deadline = time.monotonic() + timeout * PATIENCE
        self.process.stdin.close()
        try:
            while self.fill(deadline):
                pass
            return self.status(deadline), self.buffer.decode("utf-8", "replace")
        except Wrong:
            # What got out of its process group ends with the control group.
            os.killpg(self.pid, signal.SIGKILL)
            raise

    def status(self, deadline):
        try:
            return self.process.wait(max(deadline - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            raise Wrong("%s took too long" % self.name) from None


class Cell:
    """Where the student's programs are root, and may mount and kill what is theirs: a
    user namespace whose root is the unprivileged user outside. It reads the tables."""

    def __init__(self):
        self.holder = Program("unshare", "--user", "--mount",
                              "sh", "-c", "echo in; exec sleep infinity", tables=True)
        if self.holder.line() != "in":
            raise Wrong("the machine makes no user namespace")
        for name in ("uid_map", "gid_map"):
            write("/proc/%d/%s" % (self.holder.pid, name), "0 %d 1" % USER)

    def program(self, *command, **options):
        """A Program in there."""
        return Program("nsenter", "--target", str(self.holder.pid), "--user", "--mount",
                       "--setuid", "0", "--setgid", "0", "sh", "-c", 'cd "$0" && exec "$@"',
                       os.getcwd(), *command, root=True, **options)


def run(*command, timeout=60, **options):
    """(status, output) of a command of the student's."""
    return Program(*command, **options).finish(timeout)


def succeed(*command, timeout=60, **options):
    """The output of a command of the student's that must succeed."""
    status, output = run(*command, timeout=timeout, **options)
    if status:
        raise Wrong("%s ends with status %d: %s" % (
            one_line(" ".join(command), 60), status, one_line(output[-250:])))
    return output


def build(*targets, timeout=120):
    """make, as the unprivileged user."""
    own(".")
    succeed("make", "-s", *targets, timeout=timeout)


def own(folder):
    """Give a folder to the user that the student's programs run as."""
    for parent, folders, files in os.walk(folder):
        for name in folders + files + ["."]:
            os.chown(os.path.join(parent, name), USER, USER, follow_symlinks=False)


def tool(*command):
    """The output of a tool of ours, which reads what a student may have made."""
    result = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, timeout=60 * PATIENCE, check=False)
    text = result.stdout.decode("utf-8", "replace")
    if result.returncode:
        raise Wrong("%s: %s" % (" ".join(command[:2]), one_line(text)))
    return text
