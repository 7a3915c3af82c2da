#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Grades lab 6: a machine that has lost sharing in four ways is looked at by the
student's program and mended by the student's script. What is lost and what comes back is
counted here from /proc/PID/pagemap, page frame by page frame."""
import ctypes
import hashlib
import mmap
import os
import random
import re
import shutil
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../lib"))
import lab
from service import Service

SERVICES = {"shop-1": "tax-1", "shop-2": "tax-1", "till": "tax-1", "office-1": "tax-1",
            "office-2": "tax-1", "archive": "tax-2", "red-1": "paint-1 font-1",
            "red-2": "paint-1 font-1", "red-3": "paint-1 font-2", "blue-1": "paint-1 font-1",
            "blue-2": "paint-1 font-1", "mail-1": "mail-2", "mail-2": "mail-2", "mail-3": "mail-2"}
UNTOUCHED = ("shop-1", "shop-2", "till", "archive", "mail-3")
COLUMNS = ["kind", "files", "bytes", "name"]
# Of each loss: a service with the file too many, one with the other file, the library.
TWINS = {"two_files": ("office-1", "shop-1", "tax"), "two_images": ("blue-1", "red-1", "paint"),
         "copied_up": ("red-2", "red-1", "paint"), "deleted": ("mail-1", "mail-3", "mail")}
# The colour of pages that four to seven processes map, in percent.
PICTURE, SHARED_BY_4 = "mended.svg", [23, 42, 68]

grade = lab.Grade()
answers = lab.Answers()
mine = lab.numbers()
# The machine as it was given out, built once; where it runs, out of the way of the
# student's own.
given = lab.given(mine)
chance = random.SystemRandom()
state = {}


def machine(*arguments):
    status, output = state["cell"].program(given + "/machine", *arguments).finish(300)
    if status:
        sys.exit("machine %s: %s" % (" ".join(arguments), output))


def look():
    """{name: Service} of those that run."""
    found = {}
    for pid in map(int, filter(str.isdigit, os.listdir("/proc"))):
        try:
            if os.path.samefile("/proc/%d/exe" % pid, given + "/build/service"):
                found[lab.read("/proc/%d/comm" % pid).strip()] = Service(pid)
        except (OSError, lab.Wrong):
            continue
    return found


def union(services, names, *libraries):
    """Bytes that these libraries take in all of these services together."""
    frames = set()
    for name in names:
        if name not in services:
            raise lab.Wrong("%s does not run" % name)
        for library in libraries:
            frames |= services[name].frames.get(library, set())
    return lab.PAGE * len(frames)


def everything(services):
    return union(services, services, "tax", "paint", "font", "mail")


def cached(path):
    """Bytes that a file has in the page cache, as mincore(2) says."""
    with open(path, "r+b") as f, mmap.mmap(f.fileno(), 0) as view:
        pages = (ctypes.c_ubyte * -(-len(view) // lab.PAGE))()
        start = ctypes.addressof(ctypes.c_char.from_buffer(view))
        if ctypes.CDLL(None).mincore(ctypes.c_void_p(start), ctypes.c_size_t(len(view)), pages):
            sys.exit("mincore: " + path)
    return lab.PAGE * sum(page & 1 for page in pages)


def begin():
    """The machine, with what is lost in it. It is the student's to mend: all of it
    belongs to the user that is root in the cell."""
    for folder in ("/srv", "/var/tmp/lab-6-srv"):
        os.makedirs(folder, exist_ok=True)
    os.chown("/var/tmp/lab-6-srv", lab.USER, lab.USER)
    lab.tool("mount", "--bind", "/var/tmp/lab-6-srv", "/srv")
    lab.tool("modprobe", "overlay")
    lab.own(".")
    state["cell"] = lab.Cell()
    machine("up")
    services = state["before"] = look()
    if sorted(services) != sorted(SERVICES):
        sys.exit("not all services run: " + " ".join(services))
    blue = ("blue-1", "blue-2")
    state.update({
        "two_files": union(services, ("office-1", "office-2"), "tax"),
        "two_images": union(services, blue, "paint", "font"),
        "copied_up": union(services, ("red-2",), "paint"),
        "deleted": union(services, ("mail-1", "mail-2"), "mail"),
        "paint": union(services, blue, "paint"), "font": union(services, blue, "font"),
        "duplicated": sum(cached("/srv/" + path) for path in (
            "office/lib/libtax.so", "images/blue/lib/libpaint.so", "images/blue/lib/libfont.so",
            "containers/red-2/upper/lib/libpaint.so"))})


class More:
    """Losses more than the machine has, of libraries that the work cannot know, while
    its program looks: one that is there twice, and one that is deleted."""

    def __init__(self):
        self.services = []
        self.names = ["lib%s.so" % "".join(chance.sample("abcdefghijklmnop", 6)) for _ in range(2)]
        for number, name in enumerate((self.names[0], *self.names)):
            path = "/srv/more-%d/%s" % (number, name)
            os.makedirs(os.path.dirname(path))
            if number:
                shutil.copy(first, path)
            else:
                first = path
                lab.tool("gcc", "-O2", "-fPIC", "-shared", "-DPAGES=%d" % chance.randrange(64, 128),
                         "-DVERSION=9", "-Wl,--build-id=uuid", "-o", path, given + "/numbers.c")
            service = "more-%d" % number
            self.services.append(lab.Program(given + "/build/service", service, path))
            end = time.monotonic() + 20 * lab.PATIENCE
            # It has used its library before it says so.
            while not os.path.exists("/srv/pid/" + service) and time.monotonic() < end:
                time.sleep(0.05)
            if number == 2:
                os.unlink(path)
        twice, gone = self.names
        state["more"] = {"copies": {twice: (2, self.bytes(0, twice))},
                         "deleted": {gone: (1, self.bytes(2, gone))}}

    def bytes(self, number, name):
        """What the library of a service takes."""
        frames = Service(self.services[number].pid).frames
        return lab.PAGE * len(frames.get(name[3:-3], ()))

    def end(self):
        for number, service in enumerate(self.services):
            service.process.kill()
            service.process.wait()
            os.unlink("/srv/pid/more-%d" % number)
            shutil.rmtree("/srv/more-%d" % number)


def say_losses():
    """What the student's program says now: {(kind, name): (files, bytes)}."""
    output = lab.succeed("./losses.py", tables=True)
    lines = [line.split("\t") for line in output.splitlines() if line.strip()]
    if not lines or lines[0] != COLUMNS:
        raise lab.Wrong("its first line does not name the columns: %s" % output[:80])
    found = {}
    for line in lines[1:]:
        if len(line) != len(COLUMNS) or not all(f.isdecimal() and len(f) < 18 for f in line[1:3]):
            raise lab.Wrong("no such line as it should print: %s" % " ".join(line))
        found[line[0], line[3]] = int(line[1]), int(line[2])
    return found


def losses():
    """The same, while there is one loss more."""
    more = More()
    try:
        return say_losses()
    finally:
        more.end()


def once(name, function):
    """What a function returned, or how it failed, when it was called first."""
    if name not in state:
        try:
            state[name] = function()
        except lab.Wrong as wrong:
            state[name] = wrong
    if isinstance(state[name], lab.Wrong):
        raise lab.Wrong(state[name], value=state[name].value)
    return state[name]


def compare(kind, wanted):
    found = {name: row for (of_kind, name), row in once("losses", losses).items() if of_kind == kind}
    for name in sorted(set(found) | set(wanted)):
        got, want = found.get(name), wanted.get(name)
        if not want or not got:
            raise lab.Wrong("%s: %s" % (name, "you do not find it" if want else "it is not lost"))
        if got[0] != want[0] or abs(got[1] - want[1]) > 0.02 * want[1]:
            raise lab.Wrong("%s: files or bytes are wrong" % name,
                            value="you say %d and %d, measured now: %d and %d" % (*got, *want))
    return ", ".join(sorted(found))


@grade.criterion(10, "losses.py: files that are in memory more than once")
def copies():
    once("losses", losses)
    return compare("copies", {**state["more"]["copies"], "libtax.so": (2, state["two_files"]),
                              "libpaint.so": (3, state["paint"] + state["copied_up"]),
                              "libfont.so": (2, state["font"])})


@grade.criterion(5, "losses.py: deleted files in use")
def deleted():
    once("losses", losses)
    return compare("deleted", {**state["more"]["deleted"], "libmail.so": (1, state["deleted"])})


def loss(name):
    return answers.close(name, state[name], relative=0.02)


@grade.criterion(5, "what is lost: two files")
def loses_two_files():
    return loss("two_files")


@grade.criterion(5, "what is lost: two images")
def loses_two_images():
    return loss("two_images")


@grade.criterion(5, "what is lost: a file that was copied up")
def loses_copied_up():
    return loss("copied_up")


@grade.criterion(5, "what is lost: a file that was deleted")
def loses_deleted():
    return loss("deleted")


@grade.criterion(5, "what libshare calls duplicated")
def duplicated():
    return answers.close("duplicated", state["duplicated"], relative=0.02)


@grade.criterion(5, "what a build ID does not find")
def not_duplicated():
    before = state["before"]
    different = [loss for loss, (one, other, kind) in TWINS.items()
                 if before[one].content[kind] != before[other].content[kind]]
    return answers.choice("not_duplicated", " ".join(different), TWINS)


def mend():
    if os.path.lexists(PICTURE):
        os.unlink(PICTURE)
    status, output = state["cell"].program("./mend.sh").finish(240)
    if status:
        raise lab.Wrong("mend.sh ends with status %d: %s" % (status, output[-250:]))
    return look()


def mended():
    """The services after the student's script has run."""
    services = once("mended", mend)
    if {s.pid for s in services.values()} == {s.pid for s in state["before"].values()}:
        raise lab.Wrong("it has restarted nothing")
    return services


def shared(names, *libraries):
    """Demands that services have their libraries in memory once."""
    services = mended()
    together = union(services, names, *libraries)
    one = max(union(services, (name,), *libraries) for name in names)
    if not one or together > 1.02 * one:
        raise lab.Wrong("they are in memory more than once",
                        value="%d bytes, where one of them has %d" % (together, one))
    return "%d bytes" % together


@grade.criterion(10, "mend.sh: each service runs as before")
def serves():
    services = mended()
    for name, libraries in SERVICES.items():
        if name not in services:
            raise lab.Wrong("%s does not run" % name)
        for library in libraries.split():
            with open("%s/build/lib%s.so" % (given, library), "rb") as f:
                right = hashlib.sha256(f.read()).digest()
            kind = library.split("-")[0]
            if services[name].content.get(kind) != right:
                raise lab.Wrong("%s runs with another lib%s.so than %s" % (name, kind, library))
    for name in services:
        image = name.split("-")[0]
        if image in ("red", "blue"):
            path = "/proc/%d/root/srv/containers/%s/root/name" % (services[name].pid, name)
            if lab.read(path, 100).strip() != image:
                raise lab.Wrong("%s is no container of the image %s any more" % (name, image))


@grade.criterion(5, "mend.sh: services that have lost nothing go on running")
def goes_on():
    services = mended()
    for name in UNTOUCHED:
        if name not in services or services[name].pid != state["before"][name].pid:
            raise lab.Wrong("%s was restarted, without need" % name)


@grade.criterion(5, "mended: two files")
def two_files():
    return shared(("shop-1", "shop-2", "till", "office-1", "office-2"), "tax")


@grade.criterion(10, "mended: two images")
def two_images():
    paint = shared(("red-1", "red-3", "blue-1", "blue-2"), "paint")
    return "%s and %s" % (paint, shared(("red-1", "red-2", "blue-1", "blue-2"), "font"))


@grade.criterion(5, "mended: a file that was copied up")
def copied_up():
    return shared(("red-1", "red-2"), "paint")


@grade.criterion(5, "mended: a file that was deleted")
def upgraded():
    services = mended()
    for name in ("mail-1", "mail-2", "mail-3"):
        if name in services and services[name].is_deleted:
            raise lab.Wrong("%s still has the deleted file" % name)
    return shared(("mail-1", "mail-2", "mail-3"), "mail")


@grade.criterion(5, "what comes back in all")
def comes_back():
    return answers.close("comes_back", everything(state["before"]) - everything(mended()),
                         relative=0.02)


@grade.criterion(5, "mend.sh draws libpaint.so, used by five")
def picture():
    mended()
    drawn = lab.read(PICTURE, 8 << 20)
    # The machine is as mend.sh has left it: it looks the same now.
    real = "real.svg"
    state["cell"].program("libshare-top", "--picture", real, "--filter", "libpaint.so").finish(60)
    wanted = lab.read(real, 8 << 20)
    os.unlink(real)
    colours = re.findall(r"rgb\(([\d.]+)%, ?([\d.]+)%, ?([\d.]+)%\)", wanted)
    cells = sum([round(float(part)) for part in colour] == SHARED_BY_4 for colour in colours)
    # One is the legend's.
    if cells < 2:
        raise lab.Wrong("there is no libpaint.so of which five processes use most pages")
    same = set(wanted.splitlines()) & set(drawn.splitlines())
    if len(same) < 0.9 * len(set(wanted.splitlines())):
        raise lab.Wrong("it is not a picture of libpaint.so on the mended machine",
                        value="%d of %d lines" % (len(same), len(set(wanted.splitlines()))))
    return "%d cells of %s" % (cells, PICTURE)


@grade.criterion(5, "losses.py: nothing where nothing is lost")
def nothing():
    if not once("losses", losses):
        raise lab.Wrong("it never finds anything")
    machine("up")
    machine("stop", *(set(SERVICES) - set(UNTOUCHED) - {"red-1", "red-3"}))
    found = say_losses()
    if found:
        raise lab.Wrong("it finds %s %s" % min(found))


# The machine is the grader's own; what the student calls "machine" is this one.
if os.path.lexists("machine"):
    os.unlink("machine")
os.symlink(given + "/machine", "machine")
begin()
grade.run()
