#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""watch.py SCENE: plays a scene, and shows after each deed the 32 pages of the
library: how many processes map the file's page, how many have a copy. In the end,
scene.svg is drawn."""
import atexit
import subprocess
import sys

from stage import Stage


def set_value(path, value):
    with open(path, "w", encoding="ascii") as file:
        file.write(value)


def count(number, noun):
    return "%d %s%s" % (number, noun, "" if number == 1 else "s")


def main():
    with open(sys.argv[1], encoding="ascii") as file:
        scene = [line.strip() for line in file if line.strip() and not line.startswith("#")]
    around = "/sys/kernel/debug/fault_around_bytes"
    with open(around, encoding="ascii") as file:
        atexit.register(set_value, around, file.read())
    set_value(around, "4096")
    actors = subprocess.Popen(["./actors"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              universal_newlines=True)
    actors.stdout.readline()
    stage = Stage("libpages.so")
    for deed in ["(begin)"] + scene:
        if deed != "(begin)":
            actors.stdin.write(deed + "\n")
            actors.stdin.flush()
            if not actors.stdout.readline():
                sys.exit("watch.py: no such actor, or not a deed: " + deed)
        stage.look()
        sharers, copies = stage.strip()
        print("%-14s sharers %s\n%-14s copies  %s  cow %d, cow_unique %d" % (
            deed, sharers, "", copies, stage.cow, stage.cow_unique))
    print("histogram: " + ", ".join(
        "%s with %s" % (count(stage.histogram[n], "page"), count(n, "sharer"))
        for n in sorted(stage.histogram)))
    subprocess.run(["libshare-top", "--picture", "scene.svg", "--library", stage.library], check=True)
    actors.stdin.close()
    actors.wait()


main()
