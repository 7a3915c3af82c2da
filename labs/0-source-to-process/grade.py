#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Grades lab 0: what a linker takes of an archive, what the loader looks for, maps and
binds, and whether the student can tell beforehand."""
import os
import random
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../lib"))
import lab

MEMBERS = 8
PLACES = ("program", "library")

chance = random.SystemRandom()
grade = lab.Grade()
answers = lab.Answers()
mine = lab.numbers()
given = lab.given(mine, "shop", "first", "poke", "shop.o", "chain.o")
# Ours, which a student cannot have changed.
OURS = ("student.h", "chain.c", "prices.h", "prices.c", "shop.c", "first.c", "poke.c")


def chain(numbers):
    """(members that the chain needs, what it prints), as parts/part.c says."""
    value, parts = 1, []
    for at in range(numbers["CHAIN"]):
        parts.append((numbers["FIRST"] + at * numbers["STEP"]) % 10)
        if at == 0 or value < 1000:
            value = 3 * value + parts[-1]
    return len(parts), value


@grade.criterion(10, "chain is linked with an archive of all parts")
def linked():
    lab.bring(given, *OURS)
    lab.build("clean")
    lab.build("libparts.a", "chain")
    members = lab.tool("ar", "t", "libparts.a").split()
    if sorted(members) != ["%d.o" % number for number in range(10)]:
        raise lab.Wrong("libparts.a does not hold the ten parts")
    needed, value = chain(mine)
    if lab.succeed("./chain").strip() != str(value):
        raise lab.Wrong("chain prints something else than it should", value=str(value))
    return "%d of 10 parts" % needed


def draw(folder):
    """An archive whose members call each other at random, and an object that calls some of
    them."""
    os.makedirs(folder)
    names = ["word_%d" % number for number in chance.sample(range(100), 2 * MEMBERS)]
    for member in range(MEMBERS):
        own = names[2 * member:2 * member + 2]
        others = sorted(set(names) - set(own))
        write(folder, "m%d" % member, own, chance.sample(others, chance.choice((1, 1, 2))))
    write(folder, "use", ["main"], chance.sample(names, 2))
    lab.tool("sh", "-c", "cd %s && gcc -c *.c && ar rcs words.a m*.o" % folder)


def write(folder, name, defines, calls):
    text = ["int %s(void);" % call for call in calls]
    text += ["int %s(void);\nint %s(void)\n{\n\treturn 0%s;\n}" % (
        own, own, "".join(" + %s()" % call for call in calls)) for own in defines]
    lab.put("%s/%s.c" % (folder, name), "\n".join(text) + "\n")


def taken(folder):
    """What the linker says that it has taken."""
    lab.tool("gcc", "-o", folder + "/use", folder + "/use.o", folder + "/words.a",
             "-Wl,-Map=%s/map" % folder)
    text = lab.read(folder + "/map")
    return sorted(set(re.findall(r"^\S*words\.a\((\w+\.o)\)", text, re.MULTILINE)))


@grade.criterion(25, "members.py says which members the linker takes")
def members():
    for number in range(2):
        folder = "/run/lab-0-%d" % number
        subprocess.run(["rm", "-rf", folder], check=True)
        draw(folder)
        os.chmod(folder, 0o755)
        said = lab.succeed("./members.py", folder + "/use.o", folder + "/words.a").split()
        if said != taken(folder):
            raise lab.Wrong("it names other members than the linker takes",
                            value="%s, the linker: %s" % (" ".join(said), " ".join(taken(folder))))


@grade.criterion(20, "interpose.so: the library's price, twice")
def interposed():
    lab.bring(given, *OURS)
    lab.build("interpose.so")
    # Another library, and a program that asks it, out of the work's reach.
    dear = chance.randrange(20, 90)
    folder = "/run/lab-0-dear"
    subprocess.run(["rm", "-rf", folder], check=True)
    os.makedirs(folder)
    lab.tool("gcc", "-O2", "-fPIC", "-shared", "-DDEAR=%d" % dear, "-o", folder + "/libprices.so",
             given + "/prices.c")
    count = chance.randrange(3, 50)
    wanted = [(count * dear + thing) * (1 if thing else 2) for thing in range(mine["ASKED"])]
    said = lab.succeed(given + "/shop", str(count), environment={
        "LD_LIBRARY_PATH": folder, "LD_PRELOAD": os.path.abspath("interpose.so")}).split()
    # RUNPATH comes after LD_LIBRARY_PATH.
    if said != [str(price) for price in wanted]:
        raise lab.Wrong("with it, shop prints other prices than twice the first",
                        value="%s, wanted: %s" % (" ".join(said), wanted))


@grade.criterion(5, "what shop.o does not define")
def undefined():
    names = lab.tool("nm", "-u", given + "/shop.o").splitlines()
    return answers.close("undefined_in_shop", len(names), unit="symbols")


@grade.criterion(5, "the members that chain needs")
def needed():
    return answers.close("members_taken", chain(mine)[0], unit="members")


def strace(calls):
    text = lab.tool("strace", "-y", "-e", "trace=" + calls, given + "/shop")
    return [line for line in text.splitlines() if "libprices.so" in line]


@grade.criterion(10, "where the loader looks in vain")
def tried():
    return answers.close("tried_in_vain", sum("ENOENT" in line for line in strace("openat")),
                         unit="calls")


@grade.criterion(5, "how often it maps the library")
def maps():
    return answers.close("maps_of_library", len(strace("mmap")), unit="calls")


def bound(now):
    variables = ["LD_DEBUG=bindings"] + ["LD_BIND_NOW=1"] * now
    text = lab.tool("env", *variables, given + "/shop")
    return len(re.findall(r"binding file \S*/shop \[0\] to \S*/libprices\.so", text))


@grade.criterion(5, "what is bound at the first call")
def lazily():
    return answers.close("bound_lazily", bound(False), unit="symbols")


@grade.criterion(5, "what is bound before main")
def at_once():
    return answers.close("bound_now", bound(True), unit="symbols")


@grade.criterion(5, "where the table's entry leads")
def entry():
    text = lab.tool(given + "/first")
    for when in ("before", "after"):
        place = "library" if re.search(when + r" .*/libprices\.so", text) else "program"
        answers.choice("entry_" + when, place, PLACES)
    return text


@grade.criterion(5, "what happens to a write")
def poke():
    for what in ("code", "data"):
        status = subprocess.run([given + "/poke", what], check=False).returncode
        answers.close("signal_" + what, max(-status, 0), unit="")


grade.run()
