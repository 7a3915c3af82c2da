#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 600
"""The audit of libshare-top: what is in copies, compared with an oracle of its own; what
it promises, compared with what is there once the advice was followed."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import guest
import puppet
import tables
import tap
from audit import Audit
from puppet import PAGE, Puppet, R, W, X
from reader import TOP, Holders, audit_of, of_library, rows_of, top

def same(t, what, row, want):
    got = {name: row.get(name) for name in want}
    t.equal(got, want, what)


def classes(**pages):
    return {name: pages.get(name, 0) * PAGE for name in
            ("copies", "in_file", "equal", "relocated", "different", "unread")}


def library(t, what, holders, data, relro):
    """All figures of a library, and those of two sections that are known to the page."""
    rows = audit_of(holders.path)
    same(t, what + ": data", rows.get(".data", {}), classes(**data))
    same(t, what + ": pointers", rows.get(".data.rel.ro", {}), classes(**relro))
    same(t, what + ": the oracle", rows.get("(all)", {}), Audit(holders.path, holders.pids).row())
    t.equal(rows["(all)"]["copies"], of_library(holders.path, "cow_unique"), what + ": as many as the module counts")
    t.equal(rows["(all)"]["changed"], 0, what + ": nothing changed meanwhile")
    for column in ("copies", "in_file", "equal", "relocated", "different", "cow", "zygote"):
        t.equal(sum(row[column] for name, row in rows.items() if name != "(all)"),
                rows["(all)"][column], "%s: %s of the sections add up" % (what, column))
    sections = rows_of("sections", "--library", holders.path)
    t.equal(sum(row["cow"] for row in sections), rows["(all)"]["cow"], what + ": sections agree")


def fixtures(t, place):
    """4 processes, which write 4 pages alike, 3 of their own, 2 as they were, 4 with an
    address; and 8 pages that the loader relocates."""
    aslr = Holders(place + "/aslr.so", 4)
    library(t, "started four times", aslr,
            {"copies": 52, "equal": 16, "different": 12, "in_file": 8, "relocated": 16},
            {"copies": 32, "relocated": 32})
    fixed = Holders(place + "/fixed.so", 4, aslr=False)
    library(t, "at one address", fixed,
            {"copies": 52, "equal": 32, "different": 12, "in_file": 8},
            {"copies": 32, "equal": 32})
    forked = Holders(place + "/forked.so", 1, children=3)
    library(t, "forked, then written", forked,
            {"copies": 52, "equal": 32, "different": 12, "in_file": 8},
            {"copies": 8, "different": 8})
    before = Holders(place + "/before.so", 1, children=3, mode="write-first")
    library(t, "written, then forked", before,
            {"copies": 13, "in_file": 2, "different": 11}, {"copies": 8, "different": 8})
    rows = audit_of(before.path)
    t.equal((rows[".data"]["shared"], rows[".data"]["alone"], rows[".data"]["cow"]),
            (52 * PAGE, 11 * PAGE, 52 * PAGE), "written, then forked: all of it is shared")
    t.equal(audit_of(aslr.path)["(all)"]["zygote"] - audit_of(before.path)["(all)"]["zygote"],
            audit_of(aslr.path)["(all)"]["zygote"], "what has forked has nothing more to win")
    return aslr, fixed, forked, before


def limits(t, aslr):
    path, pids = aslr.path, aslr.pids
    row = audit_of(path, "--pid", str(pids[0]))["(all)"]
    same(t, "--pid reads one process only", row, Audit(path, pids[:1]).row())
    names = {row["path"] for row in rows_of("audit", "--pid", str(pids[0]))}
    t.ok(path in names and len(names) > 1, "--pid: all libraries of the process")
    names = {row["path"] for row in rows_of("audit", "--library", path)}
    t.equal(names, {path}, "--library: no other library")
    group = "/sys/fs/cgroup/audited"
    try:
        os.mkdir(group)
        guest.UNDO.callback(os.rmdir, group)
        for pid in pids[:2]:
            guest.write(group + "/cgroup.procs", pid)
    except OSError:
        guest.lacks(t, "--cgroup", "no control groups (v2)", (5, 10))
        return
    row = audit_of(path, "--cgroup", "/audited")["(all)"]
    same(t, "--cgroup reads its processes only", row, Audit(path, pids[:2]).row())
    for pid in pids[:2]:
        guest.write("/sys/fs/cgroup/cgroup.procs", pid)


def entries(pids):
    """All that pagemap has of libraries, without what a scan may not change."""
    found = {}
    for pid in pids:
        with open("/proc/%d/maps" % pid) as maps, \
                open("/proc/%d/pagemap" % pid, "rb", buffering=0) as pagemap:
            for line in maps:
                start, end = (int(part, 16) for part in line.split()[0].split("-"))
                if "[v" not in line:
                    pagemap.seek(start // PAGE * 8)
                    found[pid, start] = pagemap.read((end - start) // PAGE * 8)
    return found


def can_read(pid, addr):
    try:
        with open("/proc/%d/mem" % pid, "rb", buffering=0) as memory:
            memory.seek(addr)
            return len(memory.read(1)) == 1
    except OSError:
        return False


def only_observes(t, place, *holders):
    library = guest.Library(place + "/cold.so", 64)
    p = Puppet.start()
    addr = p.map(library.path, 0, 64, R | W | X)
    p.write(addr, 4)
    p.touch(addr + 8 * PAGE, 1)
    # Some of their copies are shared after a fork: a reader that pins them ends that.
    pids = [pid for h in holders for pid in h.pids] + [p.pid]
    before, cached = entries(pids), guest.row_of(tables.snapshot(), library)["cached"]
    audit = audit_of(library.path)["(all)"]
    t.equal(audit["copies"], 4 * PAGE, "copies of a library that is hardly in memory")
    rows_of("audit")
    for h in holders:
        audit_of(h.path)
    t.ok(entries(pids) == before, "no page table of a process that was read has changed")
    t.equal(guest.row_of(tables.snapshot(), library)["cached"], cached, "no file was read")
    none = Puppet.start()
    addr = none.map(library.path, 16, 4, R | W)
    none.write(addr, 2)
    none.protect(addr, 4, puppet.PROT_NONE)
    # Newer kernels let only a tracer read what the process itself may not.
    unread = 0 if can_read(none.pid, addr) else 2 * PAGE
    row = audit_of(library.path)["(all)"]
    t.equal((row["unread"], row["unread_procs"]), (unread, 1 if unread else 0),
            "what the process may not read: read where the kernel lets it be, or told")
    none.kill()
    p.kill()


def recordings(t, place, holders):
    file = place + "/audit.zst"
    top("--record", file, "--view", "audit")
    for view in ("audit", "what-if", "findings"):
        t.ok(rows_of(view, "--replay", file), "%s of a recording" % view)
    replayed = audit_of(holders.path, "--replay", file)
    live = audit_of(holders.path)
    for rows in (replayed, live):
        for row in rows.values():
            row.pop("lib")
    t.equal(replayed, live, "a recording has what the audit said")
    sections = rows_of("sections", "--library", holders.path, "--replay", file)
    t.equal(sum(row["cow_unique"] for row in sections), live["(all)"]["copies"],
            "sections of a recording have distinct copies")
    top("--record", place + "/plain.zst")
    done = subprocess.run([TOP, "-b", "--view", "audit", "--replay", place + "/plain.zst"],
                          check=False, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    t.ok(done.returncode == 2 and b"--record FILE --view audit" in done.stderr,
         "a recording without an audit says how to make one with it", done.stderr)


def main(t):
    if not guest.has_reader(t):
        return
    guest.ensure_loaded()
    place = guest.folder()
    aslr, fixed, forked, before = fixtures(t, place)
    limits(t, aslr)
    only_observes(t, place, aslr, forked, before)
    recordings(t, place, before)
    for holders in (aslr, fixed, forked, before):
        holders.end()
    guest.finish()


tap.run(main)
