#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 300
"""libshare-top on top of the module: its figures are those of the module's files, its
copies are charged to sections, and it says what to do when something is wrong."""
import ctypes
import glob
import json
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import guest
import puppet
import tables
import tap
from puppet import Puppet

TOP = "libshare-top"
# What tells a row from others; numbers of libraries may change from scan to scan.
KEYS = {
    "libraries": ("dev", "ino", "path"),
    "processes": ("pid",),
    "mappings": ("pid", "start"),
    "pages": ("dev", "ino", "path", "first"),
    "histogram": ("dev", "ino", "path", "sharers"),
}


def top(*args, **options):
    """(exit status, standard output, standard error) of libshare-top."""
    done = subprocess.run([TOP, *args], check=False, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, **options)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def rows_of(view, *args):
    status, out, error = top("--json", "-n1", "-o", "all", "--view", view, *args)
    if status or error:
        raise RuntimeError("%s: status %d, %s" % (view, status, error))
    return json.loads(out)[view]


def twinless(row):
    """libshare-top brings libraries of its own, twins of which may be there."""
    if "flags" in row:
        row["flags"] = row["flags"].replace("x", "") or "-"


def raw(name):
    """Rows of a file as text: {key: {column: text}}."""
    text = tables.read(name)
    lines = (text if isinstance(text, str) else text.decode("utf-8", "replace")).splitlines()
    names = lines[1].split("\t")
    rows = [dict(zip(names, line.split("\t"))) for line in lines[2:]]
    for row in rows:
        row.pop("lib", None)
        twinless(row)
        # The module writes some of these with leading zeros.
        for column in {"start", "end", "offset"} & set(row):
            row[column] = "%x" % int(row[column], 16)
    return {tuple(row[k] for k in KEYS[name]): row for row in rows}


def same_figures(t, name, least):
    """Rows that did not change around its scan are what it shows. It shares no library
    with others, but is a child of this program, whose copies it had for a moment."""
    before = {key: row for key, row in raw(name).items()
              if row.get("comm", "puppet") == "puppet"}
    shown = {}
    for row in rows_of(name):
        row = {k: "-" if v is None else str(v) for k, v in row.items()}
        twinless(row)
        shown[tuple(row[k] for k in KEYS[name])] = row
    after = raw(name)
    still = [key for key in before if after.get(key) == before[key]]
    problems = []
    for key in still:
        want = before[key]
        got = {k: v for k, v in shown.get(key, {}).items()
               if k not in ("lib", "cmdline")}
        if "flags" not in want:
            # Not of the file: it follows from those of libraries.
            got.pop("flags", None)
        if got != want:
            problems.append("%s: %s, not %s" % (key, got, want))
    t.none(problems, "%s: what it shows is what the file says" % name)
    t.ok(len(still) >= least, "%s: %d rows of %d did not change meanwhile" %
         (name, len(still), len(before)))


def charged(t, what, path, flags):
    """The copies of a library of which the loader relocated a section."""
    mine = [row for row in rows_of("libraries") if row["path"] == path]
    t.equal([row["flags"].replace("x", "") or "-" for row in mine], [flags], what + ": its flags")
    rows = rows_of("sections", "--library", path)
    t.equal(sum(row["cow"] for row in rows), mine[0]["cow"],
            what + ": each copy is charged to a section")
    causes = {row["section"]: row["cause"] for row in rows if row["cow"]}
    t.ok(causes.get(".data.rel.ro") == "relocation" and "unknown" not in causes.values(),
         what + ": it is known which processes wrote", causes)


CONTAINED = """
import ctypes, shutil, subprocess, sys
subprocess.check_call(["mount", "-t", "tmpfs", "tmpfs", sys.argv[2]])
shutil.copy(sys.argv[1], sys.argv[3])
ctypes.CDLL(sys.argv[3])
print("ready", flush=True)
sys.stdin.read()
"""


def sections(t, place):
    """Libraries of names that lead nowhere from here."""
    name = glob.glob("/usr/lib/*/libcrypto.so.*")[0]
    path = place + "/libdeleted.so"
    shutil.copy(name, path)
    ctypes.CDLL(path)
    os.unlink(path)
    charged(t, "deleted", path, "d")
    os.mkdir(place + "/inside")
    path = place + "/inside/libcontained.so"
    inside = subprocess.Popen(["unshare", "-m", "python3", "-c", CONTAINED, name,
                               place + "/inside", path],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    inside.stdout.readline()
    t.ok(not os.path.exists(path), "a library that can be seen from within a container only")
    charged(t, "in a container", path, "-")
    inside.communicate()


def on_an_overlay(t, place):
    """Which shows another device than the page cache has."""
    if not guest.modprobe("overlay"):
        return guest.lacks(t, "overlayfs", "this kernel has no overlayfs", (5, 10))
    name = glob.glob("/usr/lib/*/libcrypto.so.*")[0]
    for part in ("lower", "upper", "work", "merged"):
        os.makedirs("%s/layers/%s" % (place, part))
    base = place + "/layers"
    shutil.copy(name, base + "/lower/liblayered.so")
    guest.mount("overlay", "overlay", base + "/merged",
                "lowerdir=%s/lower,upperdir=%s/upper,workdir=%s/work" % (base, base, base))
    path = base + "/merged/liblayered.so"
    ctypes.CDLL(path)
    charged(t, "on an overlay", path, "-")


def writes(t, place):
    recording, metrics = place + "/a.zst", place + "/b.prom"
    for begins, path, *args in ((b"\x28\xb5", recording, "--record", recording),
                                (b"# HELP libshare_", metrics, "--openmetrics", "--output", metrics),
                                (b"<!", place + "/c.html", "--html", place + "/c.html")):
        status, _, error = top(*args)
        with open(path, "rb") as file:
            start = file.read(32)
        t.ok(not status and not error and start.startswith(begins),
             "%s writes a file" % args[0], error, start)
    replay = ("--replay", recording)
    for name in KEYS:
        t.ok(len(rows_of(name, *replay)) > 3, "%s: a recording has them" % name)
    status, out, error = top("--openmetrics", *replay)
    figures = dict(line.rsplit(" ", 1) for line in out.splitlines() if line[0] != "#")
    twice = sum(row["wasted"] for row in rows_of("duplicates", *replay))
    t.ok(twice > 0, "something is in memory twice")
    t.equal(figures.get("libshare_duplicated_bytes"), str(twice),
            "the module's sum of it is that of the pages")


def says(t, what, want, *args, **options):
    status, out, error = top(*args, **options)
    t.ok(status == 2 and not out and error.count("\n") == 1 and want in error,
         "%s: %s" % (what, want), status, out, error)


def troubles(t):
    os.chmod("/sys/kernel/debug", 0o755)
    says(t, "not root", "only root may read", "-b",
         preexec_fn=lambda: (os.setgroups([]), os.setresuid(1000, 1000, 1000)))
    os.chmod("/sys/kernel/debug", 0o700)
    says(t, "not root, and debugfs closed", "only root may read", "-b",
         preexec_fn=lambda: (os.setgroups([]), os.setresuid(1000, 1000, 1000)))
    away = subprocess.run(["unshare", "-m", "sh", "-c", "umount -l /sys/kernel/debug && " + TOP +
                           " -b"], check=False, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    t.ok(away.returncode == 2 and b"mount -t debugfs" in away.stderr,
         "no debugfs: mount -t debugfs", away.stderr)
    guest.wait_until(lambda: guest.refused(guest.unload) == "done")
    says(t, "no module", "modprobe libshare", "-b")
    guest.load()
    t.equal(top("-b")[0], 0, "and with it again")


def main(t):
    if not guest.has_reader(t):
        return
    guest.ensure_loaded()
    place = guest.folder()
    library = guest.Library(place + "/twin.so", 16)
    puppets = [Puppet.start() for _ in range(3)]
    for p in puppets:
        addr = p.map(library.path, 0, 16, puppet.R | puppet.W | puppet.X)
        p.touch(addr, 16)
        p.write(addr, 4)
    for name in ("one", "two"):
        os.mkdir(place + "/" + name)
        path = place + "/" + name + "/same.so"
        shutil.copy(puppet.binary("fixture.so"), path)
        puppets[0].touch(puppets[0].map(path))

    piped = subprocess.run(TOP + " -b -n1 --json | jq -e '.libraries|length>0'", shell=True,
                           check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    t.equal((piped.returncode, piped.stdout), (0, b"true\n"), "jq finds libraries")
    for name, least in (("libraries", 5), ("processes", 3), ("mappings", 20), ("pages", 20),
                        ("histogram", 10)):
        same_figures(t, name, least)
    mine = [row for row in rows_of("libraries") if row["path"] == library.path]
    t.equal([(row["procs"], row["cow"], row["mapped"]) for row in mine],
            [(3, 3 * 4 * puppet.PAGE, 12 * puppet.PAGE)], "a library of known figures")
    sections(t, place)
    on_an_overlay(t, place)
    writes(t, place)
    troubles(t)


tap.run(main)
