# SPDX-License-Identifier: GPL-2.0-only
"""What the graders of the labs share: criteria, answers, and the student's
programs, which may do anything and must not stop a grader.

    import lab
    grade = lab.Grade()

    @grade.criterion(10, "it builds")
    def builds():
        lab.build()                     # raises lab.Wrong with the reason

    grade.run()

A criterion that returns gets its points (a text that it returns is printed as
the reason); one that raises Wrong gets those that Wrong names. A grader runs in
the guest, as root, with the student's work as its current folder.
"""
import atexit
import json
import mmap
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
# The reader of libshare's tables that the tests use.
sys.path.append(os.path.join(HERE, "../../tests/guest/lib"))
sys.path.append("/libshare/tests/lib")

PAGE = mmap.PAGESIZE
OUTPUT_MAX = 1 << 20
CGROUP = "/sys/fs/cgroup/student"
# The unprivileged user of the guest, whom student's programs run as.
USER = 1000


def patience():
    """How many times as long as usual all may take on this kernel."""
    with open("/proc/cmdline", encoding="ascii") as f:
        found = re.search(r"libshare\.patience=(\d+)", f.read())
    return int(found.group(1)) if found else 1


PATIENCE = patience()


class Wrong(Exception):
    """The work loses points; says why, and how many it gets all the same."""

    def __init__(self, reason, got=0):
        super().__init__(reason)
        self.got = got


def one_line(text, limit=300):
    """Text of whatever kind as one printable line."""
    text = " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
    return text if len(text) <= limit else text[:limit - 3] + "..."


class Grade:
    """The criteria of a lab, in the order in which they are declared."""

    def __init__(self):
        self.criteria = []

    def criterion(self, points, what):
        def register(function):
            self.criteria.append((points, what, function))
            return function
        return register

    def run(self):
        total = maximum = 0
        for points, what, function in self.criteria:
            try:
                got, reason = points, function() or "right"
            except Wrong as wrong:
                got, reason = min(wrong.got, points), wrong
            total += got
            maximum += points
            print("[%d/%d] %s - %s" % (got, points, what, one_line(reason)), flush=True)
        print("total: %d/%d" % (total, maximum), flush=True)


# the student's programs

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


def write(path, text):
    with open(path, "w", encoding="utf-8") as f:
        f.write(str(text))


def read(path, limit=OUTPUT_MAX):
    """The text of a file that a student may have made."""
    try:
        # Not a pipe that nobody writes to.
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        with open(fd, "rb") as f:
            data = f.read(limit + 1) or b""
    except OSError as e:
        raise Wrong("%s: %s" % (path, e.strerror.lower())) from None
    if len(data) > limit:
        raise Wrong("%s is larger than %d bytes" % (path, limit))
    return data.decode("utf-8", "replace")


def end_all():
    """Kill whatever runs of the student's."""
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

    Everything that it prints comes together in one stream, up to a limit.
    """

    def __init__(self, *command, root=False, folder=None, environment=None):
        confine()

        def enter():
            write(CGROUP + "/cgroup.procs", os.getpid())
            # Ordinary programs, whatever the grader does.
            signal.signal(signal.SIGPIPE, signal.SIG_DFL)
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
    """Give a folder to the user whom student's programs run as."""
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


# answers

class Answers:
    """answers.json of the student's: one object of names and values."""

    def __init__(self, path="answers.json"):
        self.path = path

    def value(self, name):
        try:
            answers = json.loads(read(self.path, 65536))
        except (ValueError, RecursionError) as e:
            raise Wrong("%s is no JSON: %s" % (self.path, e)) from None
        if not isinstance(answers, dict):
            raise Wrong("%s is no object" % self.path)
        if answers.get(name) is None:
            raise Wrong("no answer to %s" % name)
        return answers[name]

    def number(self, name):
        value = self.value(name)
        # NaN compares false; an int may be too large for a float.
        if isinstance(value, bool) or not isinstance(value, (int, float)) or \
                not abs(value) <= 1e18:
            raise Wrong("the answer to %s is no number: %s" % (name, one_line(value, 60)))
        return value

    def text(self, name):
        value = self.value(name)
        if not isinstance(value, str):
            raise Wrong("the answer to %s is no text: %s" % (name, one_line(value, 60)))
        return value.strip()

    def close(self, name, measured, relative=0.0, absolute=0.0, unit="bytes"):
        """Demands that a number is near what was measured."""
        value = self.number(name)
        if abs(value - measured) > max(absolute, relative * abs(measured)):
            raise Wrong("%s: you say %s, measured now: %s %s" % (
                name, number(value), number(measured), unit))
        return "%s: %s, measured now: %s %s" % (name, number(value), number(measured), unit)

    def choice(self, name, measured, choices):
        """Demands the one of some words that a measurement just showed."""
        value = self.text(name)
        if value not in choices:
            raise Wrong("%s: one of %s, not %s" % (name, ", ".join(choices), one_line(value, 60)))
        if value != measured:
            raise Wrong("%s: you say %s, measured now: %s" % (name, value, measured))
        return "%s: %s, as measured now" % (name, value)


def number(value):
    return "%d" % value if value == int(value) else "%.4g" % value


# measuring

def snapshot():
    import tables
    return tables.snapshot()


def identity(path):
    """How libshare names a file: (major, minor, inode)."""
    try:
        st = os.stat(path)
    except OSError as e:
        raise Wrong("%s: %s" % (path, e.strerror.lower())) from None
    return os.major(st.st_dev), os.minor(st.st_dev), st.st_ino


def library(moment, path):
    """The row of a file in the table of libraries."""
    row = moment.libraries().get(identity(path))
    if row is None:
        raise Wrong("no process maps %s" % path)
    return row


def mappings(moment, path, pid=None):
    """The VMAs of a file, in address order: of one process, or of all."""
    import tables
    key = identity(path)
    found = [row for row in moment.rows("mappings")
             if tables.identity(row) == key and pid in (None, row["pid"])]
    return sorted(found, key=lambda row: (row["pid"], row["start"]))


def sections(path):
    """{name: (type, offset in the file, size, flags)} of an ELF file."""
    found = {}
    for line in tool("readelf", "-SW", path).splitlines():
        match = re.match(r"\s*\[ *\d+\] (\.\S+) +(\S+) +[0-9a-f]+ ([0-9a-f]+) ([0-9a-f]+) \S+ +(\S*)", line)
        if match:
            found[match.group(1)] = (match.group(2), int(match.group(3), 16),
                                     int(match.group(4), 16), match.group(5))
    return found


def once(folder, build):
    """A folder of the grader's own, which build(folder) makes: once, for all
    graders that this machine runs; one that was interrupted is made anew."""
    if not os.path.isdir(folder):
        shutil.rmtree(folder + ".new", ignore_errors=True)
        os.mkdir(folder + ".new")
        build(folder + ".new")
        os.chmod(folder + ".new", 0o755)
        os.rename(folder + ".new", folder)


def drop_caches():
    """Forget what the page cache holds and nobody maps."""
    subprocess.run(["sync"], check=True)
    write("/proc/sys/vm/drop_caches", 3)


def no_fault_around():
    """Until the grader ends, a fault maps the page that was touched and no other."""
    path = "/sys/kernel/debug/fault_around_bytes"
    atexit.register(write, path, read(path))
    write(path, PAGE)
