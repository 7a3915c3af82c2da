#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 600
"""libshare-top without the module: each column of each table that it works out from
/proc is what the module says, or is one of the exceptions of docs/comparison.md."""
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import guest
import puppet
import source
import swap
import tap
import workload
from puppet import CLONE_VM, MAP_SHARED, PAGE, Puppet, R, W, X

HUGE = 512
KSM = "/sys/kernel/mm/ksm/"


def special(t, place):
    """Mappings of every make: {path of a library: what it is for}."""
    made = {}

    def library(name, pages, what, where=place):
        made["%s/%s" % (where, name)] = what
        return guest.Library("%s/%s" % (where, name), pages)

    lib = library("forked.so", 16, "copies that a fork shares")
    p = Puppet.start()
    addr = p.map(lib.path, 0, 16, R | W | X)
    p.touch(addr, 12)
    p.write(addr, 6)
    child = p.fork()
    child.write(addr, 2)
    child.touch(addr + 8 * PAGE, 8)

    lib = library("twice.so", 8, "pages that one process maps twice")
    p = Puppet.start()
    for _ in range(2):
        p.touch(p.map(lib.path, 0, 8), 5)
    Puppet.start().map(lib.path, 2, 4)

    lib = library("late.so", 8, "a process without code of it, before one with")
    early = puppet.start_without_code(lib.path, 2)
    p = Puppet.start()
    p.touch(p.map(lib.path, 2, 4), 3)
    t.ok(early[0].pid < p.pid, "the process that maps it executable comes last")

    lib = library("clone-vm.so", 8, "one address space of two processes")
    p = Puppet.start()
    addr = p.map(lib.path, 0, 8, R | W | X)
    p.touch(addr, 4)
    p.clone(CLONE_VM | signal.SIGCHLD).write(addr + 4 * PAGE, 1)

    lib = library("gone (deleted)", 8, "a name with the kernel's own word")
    p = Puppet.start()
    p.touch(p.map(lib.path), 1)
    lib = library("unlinked\\\tso", 8, "an unlinked file with odd characters")
    p.touch(p.map(lib.path, 0, 8), 3)
    os.unlink(lib.path)

    lib = library("odd-rights.so", 8, "rights of every kind")
    p = Puppet.start()
    for prot in (0, R, R | W, R | X, X, R | W | X):
        p.map(lib.path, 0, 8, prot)
    p.touch(p.map(lib.path, 0, 8, R | X, MAP_SHARED), 4)

    where = guest.tmpfs("mode=0755")
    lib = library("on-tmpfs.so", 8, "a file of tmpfs", where)
    p = Puppet.start()
    p.touch(p.map(lib.path, 0, 8), 8)
    return made


def swapped(t, place):
    if not swap.on():
        guest.lacks(t, "swap", "no zram on this machine", (5, 10))
        return {}
    lib = guest.Library(place + "/swapped.so", 8)
    p = Puppet.start()
    addr = p.map(lib.path, 0, 8, R | W | X)
    p.write(addr, 6)
    t.ok(swap.out(p, addr, 4), "four copies are swapped out")
    return {lib.path: "copies that are swapped out"}


def merged(t, place):
    if not os.path.isdir(KSM):
        guest.lacks(t, "KSM", "this kernel has none", (5, 10))
        return {}
    guest.UNDO.callback(guest.write, KSM + "run", 2)
    for name, new in (("sleep_millisecs", 5), ("pages_to_scan", 2000), ("smart_scan", 0)):
        guest.set_value(KSM + name, new)
    lib = guest.Library(place + "/merged.so", 8)
    for _ in range(2):
        p = Puppet.start()
        addr = p.map(lib.path, 0, 8, R | W | X)
        p.fill(addr, 4, 0x55)
        p.advise(addr, 8, puppet.MADV_MERGEABLE)
    guest.write(KSM + "run", 1)
    t.ok(guest.wait_until(lambda: int(guest.read(KSM + "pages_sharing")) >= 7), "KSM merges copies")
    guest.write(KSM + "run", 0)
    return {lib.path: "copies that KSM has merged"}


def huge(t):
    guest.set_value("/sys/kernel/mm/transparent_hugepage/enabled", "always")
    try:
        place = guest.tmpfs("mode=0755,huge=always,size=64M")
    except subprocess.CalledProcessError:
        guest.lacks(t, "huge pages of tmpfs", "this kernel has none", (5, 10))
        return {}
    path = place + "/huge.so"
    with open(path, "wb") as f:
        f.write(bytes(2 * HUGE * PAGE))
    os.chmod(path, 0o755)
    for pages in (2 * HUGE, HUGE, 100):
        p = Puppet.start()
        addr = p.map(path, 0, pages, addr=p.reserve(pages, align=HUGE * PAGE))
        for at in range(0, pages, HUGE):
            p.touch(addr + at * PAGE)
    return {path: "huge entries"}


def problems_of(name, column, module, proc, steady):
    """What differs in a column, in the rows that did not change meanwhile."""
    but, found = source.BUT.get((name, column)), []
    for key in steady:
        want, got = module[name][key][column], proc[name].get(key, {}).get(column, "no row")
        if but == "flags":
            want, got = "d" in want, "d" in got
        if but == "mapped" and got is None and (not module[name][key]["mappings"]
                                                or guest.kernel() >= (6, 15)):
            continue
        if but == "read-files" and got == "-":
            continue
        if got != want:
            found.append("%s %s: module %r, /proc %r" % (key, module[name][key].get("path", ""),
                                                         want, got))
    return found


def steady_keys(name, before, after):
    def plain(row):
        # libshare-top brings libraries of its own, twins of which may be there.
        return {c: v for c, v in row.items() if c not in ("lib", "flags")}
    return [k for k, row in before[name].items()
            if k in after[name] and plain(after[name][k]) == plain(row)]


def compare_tables(t, place, what, wanted=(), args=()):
    source.proc(place, *args)           # brings its own code into memory
    before = source.module()
    proc = source.proc(place, *args)
    after = source.module()
    for name in source.KEYS:
        steady = steady_keys(name, before, after)
        rows = len(before[name])
        t.ok(len(steady) >= 0.9 * rows, "%s: %s: %d rows of %d hold still"
             % (what, name, len(steady), rows))
        columns = [c for c in next(iter(before[name].values())) if c not in source.NUMBERS]
        for column in columns:
            t.none(problems_of(name, column, before, proc, steady),
                   "%s: %s: column %s" % (what, name, column))
        extra = [(k, r.get("path", r.get("comm"))) for k, r in proc[name].items()
                 if k not in before[name] and k not in after[name]
                 and not (name == "histogram" and not r["pages"])
                 and r.get("comm") != "libshare-top"
                 and not r.get("path", "").startswith("/libshare/top/")]
        own = {r["pid"] for r in proc["processes"].values() if r["comm"] == "libshare-top"}
        t.none([e for e in extra if not (name == "mappings" and e[0][0] in own)],
               "%s: %s: no row that the module has not" % (what, name))
        if name == "libraries":
            seen = {before[name][k]["path"] for k in steady}
            t.none(["%s: %s" % (path, why) for path, why in dict(wanted).items()
                    if path not in seen], "%s: with all of %s" % (what, ", ".join(
                        dict(wanted).values())))
    return before, proc


def says(t, what, want, *args, **options):
    status, out, error = source.top(*args, **options)
    first = out.splitlines()[:1]
    t.ok(status == 0 and first and want in first[0], what, status, *first, error)
    return out


def overlay(place, name):
    for part in ("upper", "work", "merged"):
        os.makedirs("%s/%s/%s" % (place, name, part))
    base = "%s/%s" % (place, name)
    return guest.mount("overlay", "overlay", base + "/merged",
                       "lowerdir=%s/lower,upperdir=%s/upper,workdir=%s/work" % (place, base, base))


def on_overlays(t, place):
    """Two containers on the same layer have one library, whatever device maps shows."""
    if not guest.modprobe("overlay"):
        guest.lacks(t, "overlayfs", "this kernel has no overlayfs", (5, 10))
        return
    os.makedirs(place + "/lower")
    lib = guest.Library(place + "/lower/layered.so", 12)
    for name, pages in (("one", 8), ("two", 5)):
        p = Puppet.start()
        addr = p.map(overlay(place, name) + "/layered.so", 0, 12, R | W | X)
        p.touch(addr, pages)
        p.write(addr, 2)
    proc = source.proc(place)
    module = source.module()
    key = ("%d:%d" % lib.key[:2], lib.key[2])
    want = module["libraries"][key]
    rows = [row for row in proc["libraries"].values() if row["path"].endswith("/layered.so")]
    t.equal(len(rows), 1, "two overlays of one layer: one library")
    columns = [c for c in want if c not in ("lib", "dev", "ino", "path", "flags", "buildid")]
    t.equal({c: rows[0][c] for c in columns}, {c: want[c] for c in columns},
            "overlays: its other columns are those of the module")
    shows_layer = (rows[0]["dev"], rows[0]["ino"]) == key
    t.equal("o" in rows[0]["flags"], not shows_layer,
            "flag o where dev and ino are those of the overlay")
    for name in ("mappings", "pages"):
        mine = [sum(r[c] for r in tables_of[name].values() if r["path"].endswith("/layered.so"))
                for c in (("rss", "pss", "shared", "cow_shared") if name == "mappings" else
                          ("cached", "sharers", "mappings", "copies"))
                for tables_of in (proc, module)]
        t.equal(mine[::2], mine[1::2], "overlays: %s" % name)
    status, out, error = source.top("--verify")
    t.ok(status == 0, "overlays: --verify finds nothing", status, *out.splitlines(), error)


def without_root(t, place):
    """A user sees its own processes, and is told so."""
    lib = guest.Library(place + "/user.so", 12)
    p = Puppet.start(preexec_fn=lambda: (os.setgroups([]), os.setresgid(1000, 1000, 1000),
                                         os.setresuid(1000, 1000, 1000)))
    addr = p.map(lib.path, 0, 12, R | W | X)
    p.touch(addr, 8)
    p.write(addr, 3)
    user = {"preexec_fn": lambda: (os.setgroups([]), os.setresgid(1000, 1000, 1000),
                                   os.setresuid(1000, 1000, 1000)), "cwd": "/"}
    out = says(t, "a user: others are not seen", "processes that only root may read",
               "-b", "--source", "proc", **user)
    t.ok("page frames" in out.splitlines()[0], "nor are page frames", out.splitlines()[0])
    row = [line.split() for line in source.top(
        "--raw", "--source", "proc", "--filter", lib.path, "--noheadings", "-o",
        "procs,rss,cow,cow_unique", **user)[1].splitlines()]
    t.equal(row, [["1", str(5 * PAGE), str(3 * PAGE), str(3 * PAGE)]],
            "its own process is counted")
    cached = source.top("--raw", "--source", "proc", "--filter", lib.path, "--noheadings", "-o",
                        "cached", **user)[1].strip()
    t.ok(cached in (str(12 * PAGE), "-"), "cached is right or not known", cached)
    maps = [line.split() for line in source.top(
        "--raw", "--source", "proc", "--view", "mappings", "--pid", str(p.pid), "--filter",
        lib.path, "--noheadings", "-o", "rss,cow,pss", **user)[1].splitlines()]
    smaps = guest.read("/proc/%d/smaps" % p.pid).split(lib.path + "\n")[1]
    value = {line.split(":")[0]: int(line.split()[1]) * 1024
             for line in smaps.splitlines()[:20] if line.endswith(" kB")}
    t.equal(maps, [[str(value["Rss"] - value["Anonymous"]), str(value["Anonymous"]),
                    str(value["Pss"])]], "rss, cow and pss are those of smaps")


def cpu_seconds(pid):
    fields = guest.read("/proc/%d/stat" % pid).rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def live(t, seconds=40):
    """The live view takes no more than a twentieth of a CPU, and says that it waits."""
    pid, terminal = pty.fork()
    if not pid:
        os.environ["TERM"] = "linux"
        os.execvp(source.TOP, [source.TOP, "--source", "proc", "-d", "0.1"])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    shown, begun, before, share = b"", time.monotonic(), None, 1
    # An emulated CPU may stand still in a scan: the view waits the longer after it.
    while (time.monotonic() < begun + seconds * guest.patience() or
           (before is not None and share >= 0.075 and
            time.monotonic() < begun + 5 * seconds * guest.patience())):
        if select.select([terminal], [], [], 1)[0]:
            shown += os.read(terminal, 65536)
        if before is None and b"slowed down" in shown:
            before, begun = cpu_seconds(pid), time.monotonic()
        elif before is not None:
            share = (cpu_seconds(pid) - before) / max(time.monotonic() - begun, 1)
    t.ok(b"from /proc" in shown, "live: it says where its numbers come from")
    if t.ok(before is not None, "live: it says that it scans less often"):
        # One scan more than its share may lie in what was measured.
        t.ok(share < 0.075, "live: it takes 5 % of a CPU at most", "%.3f" % share)
    os.write(terminal, b"q")
    os.close(terminal)
    os.waitpid(pid, 0)


def main(t):
    if not guest.has_reader(t):
        return
    guest.ensure_loaded()
    guest.no_fault_around()
    place = guest.folder()
    programs = workload.realest()
    demo = isinstance(programs, workload.Demo)
    if demo:
        guest.run(workload.STARTER, "freeze")
    compare_tables(t, place, "stopped programs")
    wanted = special(t, place)
    wanted.update(swapped(t, place))
    wanted.update(huge(t))
    wanted = {path: why for path, why in wanted.items() if path}
    compare_tables(t, place, "odd mappings", wanted)
    wanted = merged(t, place)
    _, proc = compare_tables(t, place, "KSM", wanted, ("--read-files",))
    t.ok(sum(1 for row in proc["libraries"].values() if row["buildid"] != "-") > 5,
         "--read-files: build IDs are read")
    on_overlays(t, place)
    without_root(t, place)
    live(t)

    says(t, "with the module: it is the source", "source: module", "-b", "-n1")
    guest.wait_until(lambda: guest.refused(guest.unload) == "done")
    out = says(t, "without the module: /proc is the source",
               "source: /proc (the libshare module is not loaded)", "-b", "-n1")
    t.ok("build IDs (--read-files)" in out.splitlines()[0], "it says what it does not know",
         out.splitlines()[0])
    t.ok("libc.so.6" in out, "and it shows libraries")
    guest.load()
    if demo:
        guest.run(workload.STARTER, "thaw")
    programs.end()
    guest.finish()


tap.run(main)
