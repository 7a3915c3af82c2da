# SPDX-License-Identifier: GPL-2.0-only
"""Reads what libshare publishes, by column name; knows nothing of its code."""
import re

DIRECTORY = "/sys/kernel/debug/libshare"
TEXT = {"dev", "kind", "flags", "perms", "segment", "path", "comm", "cgroup", "buildid"}
HEX = {"start", "end", "offset"}
FIRST_LINE = re.compile(r"# libshare (\d+) (\w+)((?: [^ =]+=[^ ]*)*)$")


class FormatError(Exception):
    pass


def unescape(text):
    r"""Undo \011, \012 and \134."""
    return re.sub(r"\\([0-7]{3})", lambda m: chr(int(m.group(1), 8)), text)


def convert(column, text):
    if column in ("path", "comm", "cgroup"):
        return unescape(text)
    if column in TEXT:
        return text
    if text == "-":
        return None
    if column in HEX:
        return int(text, 16)
    if not text.isdigit():
        raise FormatError("column %s holds %r" % (column, text))
    return int(text)


class Table:
    """One table: name, header (dict of text), columns, rows (dicts)."""

    def __init__(self, first_line):
        match = FIRST_LINE.match(first_line)
        if not match or match.group(1) != "1":
            raise FormatError("not a first line: %r" % first_line)
        self.name = match.group(2)
        self.header = dict(p.split("=", 1) for p in match.group(3).split())
        self.columns = []
        self.rows = []

    def add(self, line):
        fields = line.split("\t")
        if len(fields) != len(self.columns):
            raise FormatError("%s: %d fields, %d columns: %r"
                              % (self.name, len(fields), len(self.columns), line))
        self.rows.append({c: convert(c, f) for c, f in zip(self.columns, fields)})


def parse(text):
    """All tables of a text, by name."""
    if not text.endswith("\n"):
        raise FormatError("the last line has no newline")
    tables = {}
    table = None
    for line in text.split("\n")[:-1]:
        if line.startswith("# libshare "):
            table = Table(line)
            if table.name in tables:
                raise FormatError("table %s twice" % table.name)
            tables[table.name] = table
        elif table is None:
            raise FormatError("text before the first table: %r" % line)
        elif not table.columns:
            table.columns = line.split("\t")
        else:
            table.add(line)
    return tables


def decode(data):
    """Names are bytes to the kernel: keep them so that they survive."""
    return data.decode("utf-8", "surrogateescape")


def read(name):
    with open("%s/%s" % (DIRECTORY, name), "rb") as f:
        return decode(f.read())


def table(name):
    return parse(read(name))[name]


def pairs(text):
    found = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.partition(" ")
            found[name] = int(value) if value.strip().isdigit() else value.strip()
    return found


def stats():
    return pairs(read("stats"))


def identity(row):
    """(major, minor, inode) of a row with dev and ino."""
    major, minor = row["dev"].split(":")
    return int(major), int(minor), row["ino"]


class Snapshot:
    """The tables of one snapshot, with rows found by their keys."""

    def __init__(self, text):
        self.tables = parse(text)
        self.header = next(iter(self.tables.values())).header
        # Only of Stopped, each from a scan of its own at the same moment:
        self.alone = None       # the file libraries
        self.alone_stats = {}   # the stats of that scan
        self.summary = None     # the text of summary

    def rows(self, name):
        return self.tables[name].rows

    def libraries(self):
        return {identity(r): r for r in self.rows("libraries")}

    def mappings(self):
        return {(r["pid"], r["start"]): r for r in self.rows("mappings")}

    def processes(self):
        return {r["pid"]: r for r in self.rows("processes")}

    def pages(self, wanted=None):
        """{identity: {index: row}}, runs unfolded."""
        found = {}
        for row in self.rows("pages"):
            key = identity(row)
            if wanted is None or key in wanted:
                pages = found.setdefault(key, {})
                for index in range(row["first"], row["first"] + row["count"]):
                    pages[index] = row
        return found

    def histogram(self):
        """{identity: {sharers: pages}}"""
        found = {}
        for row in self.rows("histogram"):
            found.setdefault(identity(row), {})[row["sharers"]] = row["pages"]
        return found


def snapshot():
    return Snapshot(read("snapshot"))
