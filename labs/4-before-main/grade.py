#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Grades lab 4: what the loader copies before main, in the library that was
given out and in the student's."""
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../lib"))
sys.path.insert(0, os.path.join(HERE, "start"))
import copies
import lab

API = {"word_text", "word_length", "word_apply", "word_find"}

grade = lab.Grade()
answers = lab.Answers()
mine = lab.numbers()
library = os.path.abspath("libwords.so")
# Ours, which a student cannot have changed.
OURS = ("user.c", "words.h", "list.h", "student.h")
# The library as it was given out, the same with packed relocations, and a program of
# these that the student cannot change.
given = lab.given(mine)
original = given + "/libwords.so"


def pack(folder):
    shutil.copytree(given, folder, dirs_exist_ok=True)
    subprocess.run(["make", "-s", "-B", "-C", folder, "libwords.so",
                    "SHARED=-fPIC -shared -Wl,-z,lazy,-z,pack-relative-relocs"], check=True)


class Use:
    """A program that has reached main with a library, and has not called it."""

    def __init__(self, of, program=given, **environment):
        lab.end_all()
        environment["LD_LIBRARY_PATH"] = os.path.dirname(of)
        self.program = lab.Program(program + "/user", environment=environment)
        if self.program.line() != "ready":
            raise lab.Wrong("the program does not begin with this library")
        self.library = of
        self.anonymous = lab.anonymous(self.program.pid)
        self.row = self.look()

    def look(self):
        return lab.library(lab.snapshot(), self.library)

    def copies(self):
        return self.row["cow"] // lab.PAGE

    def call(self):
        """Calls all of it; the sum of what it said."""
        self.program.send("\n")
        said = self.program.line()
        self.row = self.look()
        return said

    def grown(self):
        """Pages that are no file's and that came since main, whatever they are in."""
        return lab.anonymous(self.program.pid) - self.anonymous

    def end(self):
        lab.end_all()


def copied(of, **environment):
    use = Use(of, **environment)
    use.end()
    return use.copies()


def same_results(use, program=given):
    """Demands the results that the library that was given has."""
    said = use.call()
    grown = use.grown()
    right = Use(program + "/libwords.so", program)
    if said != right.call():
        raise lab.Wrong("a function of words.h gives another result than before, or a word does "
                        "not stay")
    # The program has its own pages, which it writes either way.
    return max(grown - right.grown(), 0)


def relocations(path):
    """Types of all relocations, those packed in .relr.dyn as one type."""
    text = lab.tool("readelf", "-rW", path)
    types = re.findall(r"^[0-9a-f]{12,16} +[0-9a-f]{12,16} (R_\w+)", text, re.MULTILINE)
    packed = re.findall(r"^ +(\d+) offsets$|which relocate (\d+) locations", text, re.MULTILINE)
    return types + ["R_X86_64_RELATIVE"] * sum(int(old or new) for old, new in packed)


def bytes_of_relocations(path):
    return sum(size for kind, _, size, _ in lab.sections(path).values()
               if kind in ("RELA", "RELR"))


@grade.criterion(10, "builds, and says what it said before")
def works():
    # With words that the work cannot know, too.
    other = lab.given(lab.other(mine))
    for words in (other, given):
        lab.bring(words, *OURS)
        if os.path.lexists("libwords.so"):
            os.unlink("libwords.so")
        lab.build("-B", "libwords.so")
        same_results(Use(library, words), words)


@grade.criterion(5, "relative relocations of the library that was given")
def relative():
    count = relocations(original).count("R_X86_64_RELATIVE")
    return answers.close("relative_relocations", count, unit="relocations")


@grade.criterion(10, "copies before main in the library that was given")
def before_main():
    return answers.close("copies_before_main", copied(original), unit="pages")


@grade.criterion(5, "the section with most of them")
def section():
    use = Use(original)
    _, found = copies.by_section(original)
    use.end()
    return answers.choice("most_copies_in", max(found, key=found.get), sorted(found))


@grade.criterion(5, "what calls add to them")
def calls():
    use = Use(original)
    before = use.copies()
    use.call()
    use.end()
    return answers.close("calls_add", use.copies() - before, unit="pages")


@grade.criterion(5, "what LD_BIND_NOW adds to them")
def bind_now():
    return answers.close("bind_now_adds", copied(original, LD_BIND_NOW="1") - copied(original),
                         unit="pages")


@grade.criterion(10, "size of the relocations when they are packed")
def packed():
    folder = lab.once("%s-packed" % given, pack)
    return answers.close("packed_relocations_bytes", bytes_of_relocations(folder + "/libwords.so"),
                         absolute=64)


def better(most):
    """Demands that the student's library has few copies before main, and does not make
    up for it afterwards."""
    use = Use(library)
    pages = use.copies()
    later = same_results(use)
    said = "%s before main, %s while it is used" % (lab.plural(pages, "page"), later)
    if pages + later > most:
        raise lab.Wrong("too many: " + said)
    return said


@grade.criterion(15, "fewer copies: half as many")
def half():
    return better(copied(original) // 2)


@grade.criterion(15, "fewer copies: three pages at most")
def few():
    return better(3)


@grade.criterion(10, "at most 16 relocations")
def few_relocations():
    count = len(relocations(library))
    if count > 16:
        raise lab.Wrong("there are %d relocations" % count)
    return "%d relocations" % count


@grade.criterion(5, "what words.h promises is exported, and nothing else")
def exported():
    text = lab.tool("readelf", "-W", "--dyn-syms", library)
    names = {line.split()[7].split("@")[0] for line in text.splitlines()
             if re.match(r" +\d+: .* (GLOBAL|WEAK) +DEFAULT +\d+ ", line)}
    if names != API:
        raise lab.Wrong("missing: %s; exported as well: %s" % (
            ", ".join(sorted(API - names)) or "nothing",
            ", ".join(sorted(names - API)) or "nothing"))


@grade.criterion(5, "bound before main, and read-only from then on")
def protected():
    if "BIND_NOW" not in lab.tool("readelf", "-dW", library):
        raise lab.Wrong("it is bound lazily: its GOT stays writable")
    use = Use(library)
    segments = [row["segment"] for row in lab.mappings(lab.snapshot(), library)]
    use.end()
    if "relro" not in segments:
        raise lab.Wrong("no part of it was made read-only after it had been relocated: %s"
                        % ", ".join(segments))
    return "segments in memory: %s" % ", ".join(segments)


grade.run()
