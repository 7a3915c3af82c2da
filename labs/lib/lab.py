# SPDX-License-Identifier: GPL-2.0-only
"""What the graders of the labs share: criteria, answers, feedback, measuring.

    import lab
    grade = lab.Grade()

    @grade.criterion(10, "it builds")
    def builds():
        lab.build()                     # raises lab.Wrong with the reason

    grade.run()

A criterion that returns gets its points; one that raises Wrong gets those that
Wrong names. A grader runs in the guest, as root, with the student's work as its
current folder.

The host reads the criteria from the source (check-report.sh), and refuses a report
that is not these: declare each by a line of its own, with its points and its name.

How much is said of it (FEEDBACK): right or wrong; "hints": what to think about as
well, from the lab's file "hints", which costs points of that criterion from then on;
"reveal": what was measured, for instructors.
"""
import atexit
import hashlib
import json
import os
import re
import secrets
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
# The reader of libshare's tables that the tests use.
sys.path.append(os.path.join(HERE, "../../tests/guest/lib"))
sys.path.append("/libshare/tests/lib")

# pylint: disable=unused-import # the graders take all from here
from basics import (PAGE, PATIENCE, Wrong, number, one_line, plural, put, read,  # noqa: F401
                    write)
from programs import USER, Cell, Program, build, end_all, own, run, succeed, tool  # noqa: F401
import student

# A hint costs this part of the points of its criterion, rounded up.
HINT_COST = 5

LAB = os.path.basename(os.path.dirname(os.path.abspath(sys.argv[0])))
FEEDBACK = os.environ.get("FEEDBACK", "")
REVEAL = FEEDBACK == "reveal"


def student_name():
    """Whose numbers: as the instructor says, else as the work says."""
    name = os.environ.get("STUDENT", "")
    if not name and os.path.lexists("student"):
        name = read("student", 100).strip()
    if not student.NAME.fullmatch(name):
        raise Wrong("student: not a name")
    return name


def numbers():
    """The numbers of the student."""
    return student.chosen(LAB, student_name())


def other(than):
    """Numbers that a work cannot know before, each far from these."""
    while True:
        found = student.chosen(LAB, secrets.token_hex(8))
        if all(found[key] != value and
               (isinstance(value, str) or abs(found[key] - value) > 0.04 * value)
               for key, value in than.items()):
            return found


def given(of, *targets):
    """A folder with what students get, with these numbers, and built, out of reach of
    the work."""
    text = student.header(of)

    def prepare(folder):
        shutil.copytree(os.path.join(HERE, "..", LAB, "start"), folder, dirs_exist_ok=True)
        if of:
            put(folder + "/student.h", text)
        subprocess.run(["make", "-s", "-B", "-C", folder, *targets], check=True)
    which = hashlib.sha256(text.encode()).hexdigest()[:12]
    return once("/var/tmp/given-%s-%s" % (LAB, which), prepare)


def bring(folder, *names):
    """Copies files into the work, whatever there is of that name."""
    for name in names:
        if os.path.isdir(name) and not os.path.islink(name):
            shutil.rmtree(name)
        elif os.path.lexists(name):
            os.unlink(name)
        shutil.copy(os.path.join(folder, name), name)


def hints():
    """{criterion: hint} of this lab."""
    found = {}
    path = os.path.join(HERE, "..", LAB, "hints")
    if os.path.exists(path):
        for line in read(path).splitlines():
            if line.startswith("\t"):
                found[what] = (found[what] + " " + line.strip()).strip()
            elif not line.startswith("#"):
                what = line
                found[what] = ""
    return found


def hints_taken():
    """The criteria whose hints were shown for this work: note-hints writes them down."""
    try:
        return set(read("hints-taken").splitlines())
    except Wrong:
        return set()


class Grade:
    """The criteria of a lab, in the order in which they are declared."""

    def __init__(self):
        self.criteria = []
        self.taken = hints_taken()

    def criterion(self, points, what):
        def register(function):
            self.criteria.append((points, what, function))
            return function
        return register

    def judge(self, points, what, function):
        """(points, what to say) of one criterion."""
        got, text = self.judge_work(points, what, function)
        cost = min(got, -(-points // HINT_COST)) if what in self.taken else 0
        if cost:
            text += " (less %s for its hint)" % plural(cost, "point")
        return got - cost, text

    @staticmethod
    def judge_work(points, what, function):
        """The same, as if no hint had been shown."""
        try:
            said = function()
            return points, one_line(said) if said and REVEAL else "right"
        except Wrong as wrong:
            text = one_line(wrong, 2000)
            if REVEAL and wrong.value:
                text += ": " + one_line(wrong.value, 4000)
            if FEEDBACK == "hints" and hints().get(what):
                text += ". Hint: " + hints()[what]
            return min(wrong.got, points), text

    def run(self):
        total = maximum = 0
        name = student_name()
        if name:
            print("student: " + name)
        for points, what, function in self.criteria:
            got, said = self.judge(points, what, function)
            total += got
            maximum += points
            print("[%d/%d] %s - %s" % (got, points, what, said), flush=True)
        print("total: %d/%d" % (total, maximum), flush=True)


# answers

class Answers:
    """answers.json of the student's: one object of names and values."""

    def __init__(self, path="answers.json"):
        self.path = path

    def value(self, name):
        try:
            answers = json.loads(read(self.path, 65536))
        except (ValueError, RecursionError) as e:
            raise Wrong("%s is not JSON: %s" % (self.path, e)) from None
        if not isinstance(answers, dict):
            raise Wrong("%s is not an object" % self.path)
        if answers.get(name) is None:
            raise Wrong("no answer to %s" % name)
        return answers[name]

    def number(self, name):
        value = self.value(name)
        # NaN compares false; an int may be too large for a float.
        if isinstance(value, bool) or not isinstance(value, (int, float)) or \
                not abs(value) <= 1e18:
            raise Wrong("the answer to %s is not a number: %s" % (name, one_line(value, 60)))
        return value

    def text(self, name):
        value = self.value(name)
        if not isinstance(value, str):
            raise Wrong("the answer to %s is not text: %s" % (name, one_line(value, 60)))
        return value.strip()

    def close(self, name, measured, relative=0.0, absolute=0.0, unit="bytes"):
        """Demands that a number is near what was measured."""
        value = self.number(name)
        told = "you say %s, measured now: %s %s" % (number(value), number(measured), unit)
        if abs(value - measured) > max(absolute, relative * abs(measured)):
            raise Wrong("%s is wrong" % name, value=told)
        return "%s: %s" % (name, told)

    def choice(self, name, measured, choices):
        """Demands the one of some words that a measurement just showed."""
        value = self.text(name)
        if value not in choices:
            raise Wrong("%s: one of %s, not %s" % (name, ", ".join(choices), one_line(value, 60)))
        if value != measured:
            raise Wrong("%s is wrong" % name,
                        value="you say %s, measured now: %s" % (value, measured))
        return "%s: %s, as measured now" % (name, value)


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
    return folder


def anonymous(pid):
    """Pages that a process has and that are no file's, of all its memory."""
    text = read("/proc/%d/smaps_rollup" % pid)
    return int(re.search(r"^Anonymous: +(\d+)", text, re.MULTILINE).group(1)) * 1024 // PAGE


def drop_caches():
    """Forget what the page cache holds and no process maps."""
    subprocess.run(["sync"], check=True)
    write("/proc/sys/vm/drop_caches", 3)


def no_fault_around():
    """Until the grader ends, a fault maps the page that was touched and no other."""
    path = "/sys/kernel/debug/fault_around_bytes"
    atexit.register(write, path, read(path))
    write(path, PAGE)
