#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""members.py OBJECT ARCHIVE: prints, one a line and sorted, which members of the archive
the linker takes when it links the object with it, without linking."""
import subprocess
import sys


def symbols(path):
    """{file or member: (names that it defines, names that it needs)}."""
    found = {}
    text = subprocess.run(["nm", "-A", path], check=True, stdout=subprocess.PIPE,
                          universal_newlines=True).stdout
    for line in text.splitlines():
        place, _, rest = line.rpartition(":")
        kind, name = rest.split()[-2:]
        defines, needs = found.setdefault(place.split(":")[-1], (set(), set()))
        if kind == "U":
            needs.add(name)
        elif kind.isupper():
            defines.add(name)
    return found


def main():
    _, wanted = list(symbols(sys.argv[1]).values())[0]
    members = symbols(sys.argv[2])
    taken = set()
    # TODO: which member defines what is wanted, and what does that want in turn?
    print("\n".join(sorted(taken)))


main()
