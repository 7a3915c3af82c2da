#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 600
"""libshare-top --verify: the module agrees with /proc, and one that makes a mistake on
purpose does not. The mistakes are made in what the module says, on its way through a
pipe that stands in the place of its file."""
import os
import re
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import guest
import source
import tables
import tap
from puppet import Puppet, R, W, X


class Liar:
    """A folder whose file snapshot is the module's, with something changed in it."""

    def __init__(self, place):
        self.directory = place + "/liar"
        os.mkdir(self.directory)
        self.pipe = self.directory + "/snapshot"
        os.mkfifo(self.pipe)
        with open(self.directory + "/stats", "w", encoding="ascii"):
            pass
        self.change = lambda text: text
        self.changed = 0
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            with open(self.pipe, "w", encoding="utf-8", errors="surrogateescape") as pipe:
                # Another one for the next reader, while this one still reads.
                os.mkfifo(self.pipe + ".new")
                os.rename(self.pipe + ".new", self.pipe)
                text = tables.read("snapshot")
                lie = self.change(text)
                self.changed += lie != text
                pipe.write(lie)


def table_of(text, name):
    """Where the rows of a table begin and end."""
    start = text.index("# libshare 1 %s " % name)
    start = text.index("\n", text.index("\n", start) + 1) + 1
    end = text.find("# libshare 1 ", start)
    return start, end if end > 0 else len(text)


def edit(name, column, path, function):
    """Change a column of the rows of a table that are about a file."""
    def change(text):
        head = text.index("# libshare 1 %s " % name)
        names = text[head:].split("\n", 2)[1].split("\t")
        start, end = table_of(text, name)
        lines = text[start:end].split("\n")
        for i, line in enumerate(lines):
            if path in line:
                cells = line.split("\t")
                at = names.index(column)
                cells[at] = function(cells[at])
                lines[i] = "\t".join(cells)
        return text[:start] + "\n".join(lines) + text[end:]
    return change


def leave_out(name, path):
    def change(text):
        start, end = table_of(text, name)
        lines = [line for line in text[start:end].split("\n") if path not in line]
        return text[:start] + "\n".join(lines) + text[end:]
    return change


def more(by):
    return lambda cell: str(int(cell) + by)


def mistakes(path):
    """Each of them is what a bug could make: one number of one file is wrong."""
    return (
        ("a page table that is not read", edit("libraries", "rss", path, more(-4096))),
        ("a copy that counts twice", edit("mappings", "cow", path, more(4096))),
        ("a page that is charged to the wrong number of sharers",
         edit("pages", "sharers", path, more(1))),
        ("a share that is divided by too few", edit("mappings", "pss", path, more(512))),
        ("pages of the page cache that are missed", edit("libraries", "cached", path, more(-4096))),
        ("a process that is left out", leave_out("mappings", path)),
        ("a file with the wrong identity", edit("libraries", "ino", path, more(1))),
    )


def verify(*args, **options):
    return source.top("--verify", *args, **options)


def compared(out):
    return {m[1]: int(m[2]) for m in re.finditer(r"^(\w+) +(\d+) +\d+ +\d+$", out, re.M)}


def main(t):
    if not guest.has_reader(t):
        return
    guest.ensure_loaded()
    place = guest.folder()
    lib = guest.Library(place + "/verified.so", 16)
    for number in range(3):
        p = Puppet.start()
        addr = p.map(lib.path, 0, 16, R | W | X)
        p.touch(addr, 10)
        p.write(addr, number + 1)

    status, out, error = verify()
    t.ok(status == 0 and not error and out.splitlines()[-1].startswith("OK: "),
         "the module agrees with /proc", status, error, *out.splitlines())
    rows = compared(out)
    t.ok(set(rows) == set(source.KEYS) and all(rows.values()), "rows of each table were compared",
         rows)
    t.ok(os.uname().release in out.splitlines()[0], "it names the kernel", out.splitlines()[0])

    churn = subprocess.Popen(["sh", "-c", "while :; do /bin/true; ls / >/dev/null; done"])
    status, out, error = verify()
    churn.kill()
    churn.wait()
    t.ok(status == 0 and not error, "also while processes come and go", status, error,
         *out.splitlines())
    t.ok(compared(out).get("libraries", 0) > 0, "of which something holds still", compared(out))

    liar = Liar(place)
    status, out, error = verify("--directory", liar.directory)
    t.ok(status == 0 and not error, "through the pipe as well", status, error, *out.splitlines())
    for what, change in mistakes(lib.path):
        liar.change, liar.changed = change, 0
        status, out, error = verify("--directory", liar.directory)
        t.ok(status == 1 and liar.changed and "verified.so" in out
             and out.splitlines()[-1].startswith("FAILED: "), "it is found: " + what,
             status, error, *out.splitlines())

    user = {"preexec_fn": lambda: (os.setgroups([]), os.setresuid(1000, 1000, 1000))}
    status, out, error = verify(**user)
    t.ok(status == 2 and not out and "root" in error, "not root: 2, and why", status, out, error)
    guest.wait_until(lambda: guest.refused(guest.unload) == "done")
    status, out, error = verify()
    t.ok(status == 2 and not out and "modprobe libshare" in error, "no module: 2, and why",
         status, out, error)
    guest.load()
    guest.finish()


tap.run(main)
