#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 300
"""The live view of libshare-top above the module, driven in tmux: keys are sent, and
the screen says what the module says."""
import json
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import guest
import puppet
import tables
import tap
from puppet import Puppet

PAGES = 64


class Screen:
    """A terminal of 100 columns and 30 lines with a command in it."""

    def __init__(self, command):
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "30",
                  command + "; echo ended with $?; exec sleep 1000")
        guest.UNDO.callback(self.tmux, "kill-server")

    @staticmethod
    def tmux(*args):
        return subprocess.run(["tmux", "-u", "-L", "libshare", *args], check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              env=dict(os.environ, LC_ALL="C.UTF-8", TERM="linux")
                              ).stdout.decode()

    def keys(self, *names):
        self.tmux("send-keys", *names)

    def text(self):
        return self.tmux("capture-pane", "-p")

    def see(self, t, pattern, name):
        """Whether the screen comes to match the pattern."""
        return t.ok(guest.wait_until(lambda: re.search(pattern, self.text(), re.M),
                                     step=0.3),
                    name, "not on the screen: " + pattern, *self.text().splitlines())


def cost(what):
    """What a scan for the module's file of this name does and keeps."""
    while True:
        generation = int(tables.parse(tables.read(what))["libraries"].header["generation"])
        stats = tables.stats()
        if stats["generation"] == generation:
            return stats


def cheap(t, screen):
    """The list of libraries costs what the file of that name does, and that once a time."""
    names = ("scan_ptes", "memory_bytes")
    screen.keys("Space")
    screen.see(t, r"paused", "Space: paused")
    whole, wanted = cost("snapshot"), cost("libraries")
    t.ok(2 * wanted["memory_bytes"] < whole["memory_bytes"], "the list keeps less than all does",
         wanted, whole)
    begun, first = time.monotonic(), wanted["generation"]
    screen.keys("Space")
    guest.wait_until(lambda: tables.stats()["generation"] >= first + 4, step=0.2)
    lived = tables.stats()
    ticks = (time.monotonic() - begun) / 0.5
    t.ok(first + 4 <= lived["generation"] <= first + ticks + 1,
         "it goes on, with no more than one scan each 0.5 s", lived["generation"] - first, ticks)
    # A process that was about to begin or end may make a little difference.
    t.ok(all(lived[n] <= 1.1 * wanted[n] + 1 for n in names), "which costs what the list does",
         *["%s: %d, of the list %d" % (n, lived[n], wanted[n]) for n in names])


def size(value):
    """A size as people read it, of whole KiB."""
    return "%dK" % (value // 1024)


def main(t):
    if not guest.has_reader(t):
        return
    guest.ensure_loaded()
    place = guest.folder()
    library = guest.Library(place + "/livelib.so", PAGES)
    puppets = [Puppet.start() for _ in range(3)]
    addresses = []
    for number, p in enumerate(puppets):
        addr = p.map(library.path, 0, PAGES, puppet.R | puppet.W | puppet.X)
        p.touch(addr, PAGES)
        p.write(addr, number + 1)
        addresses.append(addr)
    row = guest.row_of(tables.snapshot(), library)

    screen = Screen("libshare-top -d 0.5")
    screen.see(t, r"^libshare-top .* scan [0-9.]+ ms +every 0.5 s", "it opens, and says what a scan costs")
    screen.see(t, r"^saved .* saved by fork .* ", "totals")
    cheap(t, screen)
    screen.keys("/", *"livelib", "Enter")
    screen.see(t, r"^ *%s +%s +%s +%s +%s +3 %s" % tuple(
        [size(row[c]) for c in ("saved", "mapped", "shared", "cow", "cow_unique")] +
        [re.escape(library.path)]), "a library of known figures: those of the module")
    screen.keys("Enter")
    for number, p in enumerate(puppets):
        screen.see(t, r"^ *%d +%s +0 +%s " % (p.pid, size((number + 1) * puppet.PAGE),
                                            size((PAGES - number - 1) * puppet.PAGE)),
                   "Enter: process %d has %d copies" % (number + 1, number + 1))
    screen.keys("Tab")
    screen.see(t, r"^ *0 rwxp +\S+ +%s " % size(6 * puppet.PAGE), "Tab: its segment")
    screen.keys("Tab")
    screen.see(t, r"unknown|no page of it", "Tab: sections of a file that is no ELF file")
    screen.keys("m")
    screen.see(t, r"^pages of .*livelib.so\n.*\n(c|X).{62,63}$", "m: its page map")
    screen.keys("Right", "Right", "Right")
    screen.see(t, r"^page 3: 3 processes, 0 copies", "page 3 is shared by three")
    screen.keys("Left")
    screen.see(t, r"^page 2: 2 processes, 1 copy", "page 2 was copied by one")
    puppets[0].write(addresses[0] + 3 * puppet.PAGE)
    screen.keys("Right")
    screen.see(t, r"^page 3: 2 processes, 1 copy", "and the view follows what happens")
    screen.keys("m", "Escape", "Escape", "Escape", "p")
    screen.see(t, r"^ *PID +UID +LIBS .*COMM", "p: processes")
    screen.keys("/", *"puppet", "Enter", "Enter")
    screen.see(t, r"livelib.so$", "Enter: the libraries of a process")
    screen.keys("s", "C-u", *(place + "/saved.zst"), "Enter")
    screen.see(t, r"saved; libshare-top --replay", "s: saved")
    saved = json.loads(guest.run("libshare-top", "--json", "--replay", place + "/saved.zst",
                                 "--library", library.path, "-o", "all"))["libraries"]
    t.equal([r["cow"] for r in saved], [7 * puppet.PAGE], "and replayed")
    screen.keys("p")
    # Not while a scan holds it.
    guest.wait_until(lambda: guest.refused(guest.unload) == "done")
    screen.see(t, r"module is not loaded: run 'modprobe libshare'", "the module goes: it says so")
    guest.load()
    screen.see(t, r"^libshare-top .* s$\n(.*\n)*\? help", "it comes back: so do the figures")
    screen.tmux("resize-window", "-x", "20", "-y", "15")
    screen.see(t, r"\A.{,20}\n(.{,20}\n)*\? help", "20 columns")
    screen.keys("q")
    screen.see(t, r"ended with 0", "q: quits")


tap.run(main)
