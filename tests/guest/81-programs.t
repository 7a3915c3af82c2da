#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 300
"""Programs of every make: static, static-pie, setuid, 32-bit, with a 32-bit
personality; a real shared object that the loader maps; and no vdso."""
import os
import platform
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import compare
import elf
import guest
import puppet
import tap
from census import Census
from puppet import PAGE, Puppet
from world import Stopped

PER_LINUX32 = 8
LOADER32, INSTALLED32 = "/lib/ld-linux.so.2", "/usr/lib32/ld-linux.so.2"
LOADS = "import ctypes, sys; x = ctypes.CDLL(%r); sys.stdout.write('r'); " \
        "sys.stdout.flush(); sys.stdin.read()"


def sleeper(path):
    """A program that sleeps; true when it got so far."""
    child = subprocess.Popen([path])
    guest.UNDO.callback(child.wait)
    guest.UNDO.callback(child.kill)
    asleep = guest.wait_until(lambda: child.poll() is not None or guest.read(
        "/proc/%d/stat" % child.pid).rpartition(")")[2].split()[0] == "S")
    return child if asleep and child.poll() is None else None


def row_at(snapshot, path):
    found = [r for r in snapshot.rows("libraries") if r["path"] == path]
    return found[0] if len(found) == 1 else {}


def programs(t, place):
    """Start one of each; {path: kind that is expected}."""
    paths = {}
    # The package's own script makes this link; the guest's packages are only unpacked.
    if os.path.exists(INSTALLED32) and not os.path.exists(LOADER32):
        os.symlink(INSTALLED32, LOADER32)
    for name in ("fixture-pie", "fixture32-static", "fixture32"):
        path = os.path.join(place, name)
        if name.startswith("fixture32") and platform.machine() != "x86_64":
            t.skip(name, "no 32-bit programs here")
        elif name == "fixture32" and not os.path.exists(LOADER32):
            guest.lacks(t, name, "no " + LOADER32, (5, 10))
        else:
            shutil.copy(puppet.binary(name), path)
            if sleeper(path):
                paths[path] = "exe"
            else:
                guest.lacks(t, name, "this kernel does not run it", (5, 10))
    return paths


def setuid_program(place):
    path = place + "/setuid"
    shutil.copy(puppet.binary("puppet"), path)
    os.chown(path, 4242, 0)
    os.chmod(path, 0o4755)
    return Puppet.start(path), path


def loader(t, place):
    path = place + "/fixture.so"
    shutil.copy(puppet.binary("fixture.so"), path)
    children = []
    for _ in range(2):
        child = subprocess.Popen([sys.executable, "-c", LOADS % path],
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        t.equal(child.stdout.read(1), b"r", "a process has loaded the library")
        guest.UNDO.callback(child.wait)
        guest.UNDO.callback(child.kill)
        children.append(child.pid)
    return path, children


def check_loaded(t, snapshot, path, children):
    """The parts that the library was built with: text, constants, relro, data."""
    row = row_at(snapshot, path)
    t.equal((row.get("kind"), row.get("procs")), ("lib", 2), "dlopen: a library of two")
    want = elf.segments(path, PAGE)
    t.ok(want["text"] >= 8 and want["relro"] >= 3 and want["data"] >= 5, "it has all parts", want)
    for pid in children:
        rows = [r for (p, _), r in snapshot.mappings().items() if p == pid and r["path"] == path]
        size = dict.fromkeys(want, 0)
        for r in rows:
            # Between its parts there may be holes, mapped without any right.
            if r["segment"] != "none":
                size[r["segment"]] = size.get(r["segment"], 0) + (r["end"] - r["start"]) // PAGE
        t.equal(size, want, "dlopen: text, rodata, relro and data are those of the file")
        relro = sum(r["cow"] for r in rows if r["segment"] == "relro") // PAGE
        t.equal(relro, want["relro"], "dlopen: the loader wrote to each page of relro")


def main(t):
    guest.ensure_loaded()
    place = guest.folder()
    paths = programs(t, place)
    special, special_path = setuid_program(place)
    personality = Puppet.start()
    personality.call("personality", PER_LINUX32)
    other = place + "/personal"
    shutil.copy(puppet.binary("puppet"), other)
    personality.exec(other)
    paths[special_path] = paths[other] = "exe"
    path, children = loader(t, place)

    moment = Stopped()
    snapshot = moment.snapshot
    for program, kind in paths.items():
        t.equal(row_at(snapshot, program).get("kind"), kind,
                os.path.basename(program) + ": an executable")
    t.equal(snapshot.processes().get(special.pid, {}).get("uid"), 4242,
            "a setuid program has the uid of its file")
    if place + "/fixture32" in paths:
        loaders = [r for r in snapshot.rows("libraries") if "ld-linux.so.2" in r["path"]
                   or r["path"].startswith(("/lib32", "/usr/lib32"))]
        t.ok(len(loaders) >= 2, "32-bit: its loader and C library",
             [r["path"] for r in loaders])
    t.none([r["path"] for r in snapshot.rows("libraries") if "[" in r["path"] or not r["ino"]],
           "no vdso, no heap, no stack")
    check_loaded(t, snapshot, path, children)
    compare.tables(t, snapshot, Census(moment.world), "programs")
    guest.finish()


tap.run(main)
