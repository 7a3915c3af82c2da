# SPDX-License-Identifier: GPL-2.0-only
"""Real programs to look at: the guest's demo workload where there is one, and
a few interpreters of the guest's own."""
import os
import subprocess
import sys

import guest
import puppet

PYTHON = "import ssl, json, sqlite3, sys; sys.stdout.write('r'); sys.stdout.flush(); " \
         "sys.stdin.read()"
PERL = "use POSIX; $| = 1; print 'r'; my $x = <STDIN>;"
SHELL = "printf r; read x"


STARTER = os.path.join(guest.HERE, "../../workload")


class Demo:
    """The web server, database and interpreters that the demo shows."""

    def __init__(self):
        self.programs = []
        guest.run(STARTER, "start")

    def end(self):
        guest.run(STARTER, "stop")


class Workload:
    def __init__(self, pythons=3):
        self.programs = []
        for _ in range(pythons):
            self.start([sys.executable, "-c", PYTHON])
        if guest.can_run("perl"):
            self.start(["perl", "-e", PERL])
            self.start(["perl", "-e", PERL])
        for shell in ("bash", "sh"):
            if guest.can_run(shell):
                self.start([shell, "-c", SHELL])
        self.start([os.path.join(puppet.BIN, "fixture-pie")], ready=False)
        for program in self.programs:
            if program.stdout:
                program.stdout.read(1)

    def start(self, command, ready=True):
        self.programs.append(subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE if ready else None))

    def end(self):
        for program in self.programs:
            program.kill()
            program.wait()


def realest():
    """The demo's programs where the guest has them, else what there is."""
    return Demo() if os.access(STARTER, os.X_OK) and guest.can_run("nginx") else Workload()
