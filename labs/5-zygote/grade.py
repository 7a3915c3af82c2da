#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Grades lab 5: servers, as programs of their own and from a zygote; what
they copy while they work; and a heap that keeps its counts apart."""
import importlib.machinery
import importlib.util
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../lib"))
import lab

mine = lab.numbers()
SERVERS = mine["SERVERS"]
COUNTS = (4, 16, 64)            # requests after which is measured
HEAP = mine["HEAP_PAGES"]
APART_MOST = 24                 # pages that a server may copy in all, with apart.c
# Ours, which a student cannot have changed; theirs is linked with them.
OURS = ("Makefile", "student.h", "objects.h", "objects.c", "board.h", "serve.c", "server.c",
        "exec-each.c")
grade = lab.Grade()
answers = lab.Answers()
STATE = {}


def load_board():
    loader = importlib.machinery.SourceFileLoader("board", os.path.join(HERE, "start/board"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("board", loader))
    loader.exec_module(module)
    return module


sys.dont_write_bytecode = True
board = load_board()


class Servers:
    """Servers that run; "with" ends them."""

    def __init__(self, program, library="libobjects.so"):
        if not os.path.exists(program):
            raise lab.Wrong("there is no %s: it was not built" % program)
        self.library = library
        path = os.path.abspath("board.bin")
        if os.path.lexists(path):
            os.unlink(path)
        with open(path, "wb") as f:
            f.truncate(64 * board.LINE.size)
        os.chown(path, lab.USER, lab.USER)
        environment = {"BOARD": path}
        if os.path.dirname(library):
            environment["LD_LIBRARY_PATH"] = os.path.abspath(os.path.dirname(library))
        self.program = lab.Program("./" + program, str(SERVERS), environment=environment)
        self.board = board.Board(path)
        end = time.monotonic() + 60
        while len(self.board.lines()) < SERVERS:
            if time.monotonic() > end or self.program.process.poll() is not None:
                number = len(self.board.lines())
                lab.end_all()
                raise lab.Wrong("%d of %d servers came up: %s" % (
                    number, SERVERS, os.read(self.program.process.stdout.fileno(), 300).decode(
                        "utf-8", "replace") if self.program.process.poll() is not None else ""))
            time.sleep(0.05)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        lab.end_all()
        self.program.process.wait()

    def pids(self):
        return [line[board.PID] for _, line in self.board.lines()]

    def work(self, column, number):
        if not self.board.ask(column, number):
            raise lab.Wrong("the servers do not handle requests")
        wrong = sum(line[board.WRONG] for _, line in self.board.lines())
        if wrong:
            raise lab.Wrong("the servers found objects whose count or sum is wrong",
                            value="%d" % wrong)

    def private(self):
        """KiB that a server has to itself, summed over all."""
        try:
            return sum(board.private(pid) for pid in self.pids())
        except OSError:
            raise lab.Wrong("a server has ended") from None

    def pages(self):
        """(cow, cow_unique) of the library, in pages."""
        row = lab.library(lab.snapshot(), self.library)
        return row["cow"] // lab.PAGE, row["cow_unique"] // lab.PAGE

    def copied(self):
        """Pages of the library that a server has to itself, on average."""
        rows = lab.mappings(lab.snapshot(), self.library)
        pids = self.pids()
        return sum(row["cow"] - row["cow_shared"] for row in rows
                   if row["pid"] in pids) / SERVERS / lab.PAGE


@grade.criterion(5, "it builds")
def builds():
    given = lab.given(mine)
    lab.bring(given, *OURS)
    lab.build("-f", "Makefile", "clean")
    lab.build("-f", "Makefile")


@grade.criterion(10, "question 1: copies of programs of their own")
def exec_each():
    with Servers("exec-each") as servers:
        cow, unique = servers.pages()
    answers.close("exec_cow", cow, relative=0.04, unit="pages")
    return answers.close("exec_cow_unique", unique, relative=0.04, unit="pages")


class Zygote:
    """All that is measured of the student's zygote, once."""

    def __init__(self):
        with Servers("zygote") as servers:
            self.programs = {os.path.realpath("/proc/%d/exe" % pid) for pid in servers.pids()}
            self.cow, self.unique = servers.pages()
            self.own = servers.copied()
            self.shares = self.unique <= 1.1 * HEAP and self.own <= 4
            self.eroded = {}
            done = 0
            for count in COUNTS if self.shares else COUNTS[:1]:
                servers.work(board.WANTED, count - done)
                done = count
                self.eroded[count] = servers.copied() - self.own
        if self.shares:
            with Servers("zygote") as servers:
                before = servers.copied()
                servers.work(board.COLLECT, 1)
                self.collected = servers.copied() - before


def zygote(shares=True):
    """The zygote, measured; demands that it is one."""
    if "zygote" not in STATE:
        try:
            STATE["zygote"] = Zygote()
        except lab.Wrong as wrong:
            STATE["zygote"] = wrong
    if isinstance(STATE["zygote"], lab.Wrong):
        raise lab.Wrong(STATE["zygote"], value=STATE["zygote"].value)
    if shares and not STATE["zygote"].shares:
        raise lab.Wrong("there is no zygote to measure")
    return STATE["zygote"]


@grade.criterion(10, "the zygote starts its servers, without another program")
def zygote_runs():
    others = zygote(shares=False).programs - {os.path.realpath("zygote")}
    if others:
        raise lab.Wrong("the servers run %s" % lab.one_line(min(others), 80))


@grade.criterion(15, "its servers share what loading the library copied")
def zygote_shares():
    found = zygote(shares=False)
    if not found.shares:
        raise lab.Wrong("each server has copies of its own, as if it had loaded the library",
                        value="%d distinct copies, where one process has about %d; %.2f pages of "
                        "each server are its own" % (found.unique, HEAP, found.own))
    return "%d copies in all, %d distinct ones" % (found.cow, found.unique)


@grade.criterion(10, "question 2: copies below a zygote")
def zygote_answers():
    answers.close("zygote_cow", zygote().cow, relative=0.04, unit="pages")
    return answers.close("zygote_cow_unique", zygote().unique, relative=0.04, unit="pages")


@grade.criterion(15, "question 3: what requests copy")
def requests():
    return "; ".join(answers.close("after_%d" % count, measured, relative=0.06, absolute=1, unit="pages")
                     for count, measured in zygote().eroded.items())


@grade.criterion(5, "question 4: what a collection copies")
def collection():
    return answers.close("after_collect", zygote().collected, relative=0.04, unit="pages")


@grade.criterion(10, "apart.c counts as objects.c does")
def counts():
    lab.bring(HERE, "check-counts.c")
    lab.own(".")
    lab.succeed("gcc", "-O1", "-o", "check-counts", "check-counts.c", "apart/libobjects.so")
    return lab.succeed("./check-counts", environment={"LD_LIBRARY_PATH": os.path.abspath("apart")})


@grade.criterion(20, "with apart.c, 100 requests and a collection copy few pages")
def apart():
    zygote()
    with Servers("zygote", "apart/libobjects.so") as servers:
        # Wherever the counts are: libshare only knows those in the library.
        before = servers.private()
        servers.work(board.WANTED, 100)
        servers.work(board.COLLECT, 1)
        after = servers.private()
        # Each server counts for itself, and it does so here, too: after the second time
        # one would see the references of the others, if there were any to see.
        servers.work(board.HOLD, 1)
        servers.work(board.HOLD, 1)
    pages = (after - before) * 1024 / lab.PAGE / SERVERS
    if pages > APART_MOST:
        raise lab.Wrong("a server copies more than %d pages" % APART_MOST, value="%.2f" % pages)
    return "%.2f pages a server" % pages


grade.run()
