#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""student.py LAB NAME FOLDER: writes the numbers of the student NAME for a lab
into FOLDER/student.h ("-" stands for the numbers without a name).

What there is to choose from stands in the lab's file "numbers": lines of a name,
its value without a student, and the choices for a student, "LEAST-MOST" or
words with commas between them. The same name gets the same numbers everywhere."""
import hashlib
import os
import re
import sys

NAME = re.compile(r"[A-Za-z0-9_.@-]{0,64}")
LABS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")


def choices(text):
    found = re.fullmatch(r"(\d+)-(\d+)", text)
    return range(int(found[1]), int(found[2]) + 1) if found else text.split(",")


def chosen(lab, name):
    """{name: value} of a student's numbers for a lab."""
    numbers = {}
    path = os.path.join(LABS, lab, "numbers")
    if not os.path.exists(path):
        return numbers
    with open(path, encoding="ascii") as file:
        for line in file:
            if not line.strip() or line.startswith("#"):
                continue
            key, value, among = line.split()
            if name:
                digest = hashlib.sha256(("%s %s %s" % (lab, name, key)).encode()).digest()
                of = choices(among)
                value = of[int.from_bytes(digest[:8], "big") % len(of)]
            numbers[key] = int(value) if str(value).isdecimal() else value
    return numbers


def header(numbers, name=""):
    """The text of student.h."""
    lines = ["/* SPDX-License-Identifier: GPL-2.0-only */",
             "/* The numbers of %s. Leave them as they are. */" % (name or "this lab")]
    for key, value in numbers.items():
        lines.append("#define %s %s" % (key, '"%s"' % value if isinstance(value, str) else value))
        if key == "HUNDREDS":
            # The preprocessor cannot count.
            lines.append("#define EACH_HUNDRED(DO, W) \\")
            lines += ["\t%s \\" % " ".join("DO(W, %02d)" % n for n in range(first, value)[:8])
                      for first in range(0, value, 8)]
            lines[-1] = lines[-1][:-2]
    return "\n".join(lines) + "\n"


def main():
    lab, name, folder = sys.argv[1:]
    name = "" if name == "-" else name
    if not NAME.fullmatch(name):
        sys.exit("student.py: not a name: %r" % name)
    if not os.path.exists(os.path.join(LABS, lab, "numbers")):
        return
    path = os.path.join(folder, "student.h")
    if os.path.lexists(path):
        os.unlink(path)
    with open(path, "w", encoding="ascii") as file:
        file.write(header(chosen(lab, name), name))


if __name__ == "__main__":
    main()
