#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 60
"""Parameters are validated, and no address of the kernel gets out."""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import guest
import tables
import tap

PARAMETER = "/sys/module/libshare/parameters/lock_wait_ms"
WRONG = ("-1", "60001", "99999999999999999999", "many", "", "0x", "5x")
REFUSED = ("EINVAL", "ERANGE")
RIGHT = ("0", "1", "60000", "0x10")
# Anything from the upper half: 16 digits of which the first is 8 to f.
ADDRESS = re.compile(r"(?<![0-9a-f])(?:0x)?[89a-f][0-9a-f]{15}(?![0-9a-f])")


def check_parameters(t):
    guest.unload()
    for value in WRONG:
        t.ok(guest.refused(guest.load, "lock_wait_ms=" + value) in REFUSED,
             "load: lock_wait_ms=%r is refused" % value)
        if guest.loaded():
            guest.unload()
    t.ok("lock_wait_ms" in guest.run("dmesg"), "and the kernel's log says which and why")
    t.equal(guest.refused(guest.load, "lock_wait_ms=7"), "done", "load: lock_wait_ms=7")
    t.equal(guest.read(PARAMETER).strip(), "7", "and that is what it is")
    for value in WRONG:
        if value:
            t.ok(guest.refused(guest.write, PARAMETER, value) in REFUSED,
                 "write: %r is refused" % value)
    t.equal(guest.read(PARAMETER).strip(), "7", "and nothing has changed")
    for value in RIGHT:
        guest.write(PARAMETER, value)
        t.equal(int(guest.read(PARAMETER)), int(value, 0), "write: %s" % value)
    guest.unload()
    guest.load()


def check_addresses(t):
    for name in sorted(os.listdir(tables.DIRECTORY)):
        lines = tables.read(name).splitlines()
        # A build ID is long and hexadecimal as well.
        column = next((line.split("\t").index("buildid") for line in lines
                       if "buildid" in line.split("\t")), None)
        found = []
        for line in lines:
            fields = line.split("\t")
            if column is not None and len(fields) > column:
                del fields[column]
            found += ADDRESS.findall("\t".join(fields))
        t.none(found, "%s: no address of the kernel in %d lines" % (name, len(lines)))


def main(t):
    guest.ensure_loaded()
    check_parameters(t)
    check_addresses(t)
    guest.finish()


tap.run(main)
