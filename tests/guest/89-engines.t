#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 900
"""Containers that real engines run: podman (with crun), two images that have the same library
in different layers, two containers of one image; and a machine of systemd-nspawn. Names,
charges, duplicates and totals are what is known of them."""
import json
import os
import shutil
import socket
import subprocess
import sys
import tarfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import guest
import reader
import tap
from controlled import TOP, give_memory, remove_trees, use
from puppet import PAGE, Puppet, binary, end_all

LIBRARY = "/lib.so"
SCOPE = "machine.slice/machine-tree.scope"
PARENT = "libpod_parent"        # of podman's groups where systemd does not run
# The longest that a command of an engine may take here.
PATIENCE = 300
# Engines pass on descriptor 3: nothing of this program's own is to have that number.
RESERVED = os.open("/dev/null", os.O_RDONLY)


def podman(*args):
    return guest.run("podman", "--cgroup-manager=cgroupfs", "--events-backend=none", *args,
                     timeout=PATIENCE * guest.patience()).strip()


class Library:
    """The library as processes in a container see it."""
    path = LIBRARY

    def __init__(self, path):
        """path: where the host has it."""
        self.pages = os.stat(path).st_size // PAGE
        self.host = path
        self.id = "%d:%d:%d" % guest.key_of(path)

    def drop(self):
        guest.Library.drop(Host(self.host))


class Host:
    def __init__(self, path):
        self.path = path


def lay_out(tree, name):
    """A root folder with nothing but a puppet and the library."""
    for part in ("usr/lib", "etc", "proc", "sys", "dev", "run", "tmp", "var", "root"):
        os.makedirs(os.path.join(tree, part))
    shutil.copy(binary("puppet"), tree + "/puppet")
    shutil.copy(binary("fixture.so"), tree + LIBRARY)
    os.chmod(tree + LIBRARY, 0o755)
    # Images with another file are other layers.
    guest.write(tree + "/usr/lib/os-release", "ID=%s\n" % name)


def make_image(folder, name):
    """Where the library is in the only layer of the image."""
    tree = "%s/%s" % (folder, name)
    lay_out(tree, name)
    with tarfile.open(tree + ".tar", "w") as tar:
        tar.add(tree, "/")
    podman("import", "-q", tree + ".tar", "localhost/" + name)
    layer = podman("image", "inspect", "--format", "{{.GraphDriver.Data.UpperDir}}",
                   "localhost/" + name)
    return Library(layer + LIBRARY)


def puppet_by(command, find_pid):
    """A puppet that an engine starts, with its socket as descriptor 3."""
    ours, theirs = socket.socketpair()
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, close_fds=False,
                             preexec_fn=lambda: os.dup2(theirs.fileno(), 3))
    theirs.close()
    p = Puppet(ours, child)
    # It knows itself by another number.
    p.pid = find_pid()
    return p


def run_container(image, name):
    return puppet_by(
        ["podman", "--cgroup-manager=cgroupfs", "--events-backend=none", "run", "--rm",
         "--pull=never", "--network=none", "--preserve-fds=1", "--name", name,
         "localhost/" + image, "/puppet", "3"],
        lambda: int(podman("inspect", "--format", "{{.State.Pid}}", name)))


def run_machine(tree):
    """A machine in the scope that systemd would have made for it."""
    def find_pid():
        with open("%s/%s/payload/cgroup.procs" % (TOP, SCOPE), encoding="utf-8") as f:
            return int(f.read().split()[0])

    return puppet_by(
        ["sh", "-c", 'echo $$ >"$0"; LISTEN_FDS=1 LISTEN_PID=$$ exec systemd-nspawn "$@"',
         "%s/%s/cgroup.procs" % (TOP, SCOPE), "--quiet", "--register=no", "--keep-unit",
         "--console=pipe", "--private-network", "--resolv-conf=off", "--timezone=off",
         "--link-journal=no", "--directory=" + tree, "/puppet", "3"], find_pid)


def by(kind, *args):
    """Rows by name, and the total."""
    rows = json.loads(reader.top("--json", "-n1", "-o", "all", "--by", kind, *args))["groups"]
    return {row[kind]: row for row in rows[:-1]}, rows[-1] if rows else {}


def expect(t, row, name, **columns):
    texts = ("procs", "engine", "id")
    want = {c: n if c in texts else n * PAGE for c, n in columns.items()}
    t.equal({c: row.get(c) for c in want}, want, name)


def names(t, one, two, tree):
    """Names and charges, each image by itself."""
    rows, total = by("container", "--library", one.id)
    ids = dict(line.split() for line in
               podman("ps", "--no-trunc", "--format", "{{.Names}} {{.ID}}").splitlines())
    t.equal(sorted(ids), ["db", "web1", "web2"], "podman runs three containers")
    t.equal(sorted(rows), ["web1", "web2"], "two containers of one image have one library")
    expect(t, rows["web1"], "the first one pays", procs=1, rss=8, mapped=8, charged=8,
           borrowed=0, private=4, engine="podman", id=ids["web1"])
    expect(t, rows["web2"], "the second one borrows", procs=1, rss=8, mapped=8, charged=4,
           borrowed=4, private=4, engine="podman", id=ids["web2"])
    expect(t, total, "the total has each page once", procs=2, rss=16, mapped=12, charged=12)
    rows, _ = by("container", "--library", two.id)
    t.equal(sorted(rows), ["db"], "another image has another library")
    expect(t, rows["db"], "which its container pays for", procs=1, mapped=8, charged=8,
           borrowed=0, private=8, engine="podman", id=ids["db"])
    rows, _ = by("container", "--library", tree.id)
    t.equal(sorted(rows), ["tree"], "a machine of systemd-nspawn has its name")
    expect(t, rows["tree"], "and pays", procs=1, mapped=4, charged=4, borrowed=0, lent=0,
           idle=0, engine="systemd-nspawn")


def duplicates(t):
    rows = [r for r in reader.rows_of("duplicates") if r["path"] == LIBRARY]
    t.equal(sorted(r["containers"] for r in rows), ["db", "tree", "web1,web2"],
            "duplicates: in which containers each file is mapped")
    # Pages 0-3 are there three times, 4-7 twice.
    t.equal(sum(r["wasted"] for r in rows), 12 * PAGE, "duplicates: what is there twice")


def subtrees(t, pids, machine):
    for path in (PARENT, "/%s/libpod-*" % PARENT, "%s/%s/" % (TOP, PARENT)):
        found = {r["pid"] for r in reader.rows_of("processes", "--cgroup", path)}
        t.ok(pids <= found, "--cgroup %s: the processes of the containers" % path, found, pids)
    found = {name: {r["pid"] for r in reader.rows_of("processes", "--cgroup", name)}
             for name in ("web1", "web2", "db", "tree")}
    # systemd-nspawn itself is in the same scope.
    t.ok(machine in found["tree"] and not pids & found["tree"],
         "--cgroup tree: the process of the machine of that name", found, machine)
    t.ok(all(found.values()) and found["web1"] | found["web2"] | found["db"] == pids,
         "--cgroup web1: the processes of the container of that name", found, pids)
    found = {r["pid"] for r in reader.rows_of("processes", "--cgroup", "machine.slice")}
    t.ok(machine in found and not pids & found,
         "--cgroup machine.slice: the process of the machine", found, machine)


def whole(t, folder):
    """One recording: the total is that of all libraries, and names are kept."""
    recording = folder + "/recording"
    reader.top("--record", recording, "-n1")
    libraries = reader.rows_of("libraries", "--replay", recording)
    rows, total = by("container", "--replay", recording)
    t.equal(sorted(n for n in rows if n != "-"), ["db", "tree", "web1", "web2"],
            "by container: the names of all")
    for column in ("mapped", "rss", "cow", "cow_unique", "swap"):
        t.equal(total[column], sum(r[column] for r in libraries),
                "by container: the total equals the whole: " + column)
    t.equal(total["charged"], sum(r["cached"] for r in libraries),
            "by container: all that is cached is charged")


def ended(t, web1, one):
    """The payer ends: the nearest group above that lives is charged."""
    web1.kill()
    t.ok(guest.wait_until(lambda: "web1" not in podman("ps", "-a", "--format", "{{.Names}}")),
         "podman removes a container that ended")
    rows, total = by("container", "--library", one.id)
    t.equal(sorted(rows), ["-", "web2"], "a container that is gone has no name")
    expect(t, rows["-"], "what it paid for stays, outside of containers", procs=0, mapped=0,
           charged=8, lent=4, idle=4)
    expect(t, rows["web2"], "what the other one uses too, it borrows on", mapped=8, charged=4,
           borrowed=4, private=8)
    expect(t, total, "the total stays", procs=1, mapped=8, charged=12)


def clean_up(controllers):
    """As it was, for the tests that follow."""
    end_all()
    podman("rm", "--all", "--force", "--time=0")
    podman("rmi", "--all", "--force")
    remove_trees((PARENT, os.path.dirname(SCOPE)), controllers)


def main(t):
    guest.ensure_loaded()
    guest.no_fault_around()
    if not guest.has_reader(t):
        return
    if not guest.can_run("podman"):
        # The disk of one kernel has them, by its userland.
        if guest.kernel()[:2] != (6, 12):
            return t.skip("container engines", "they are tested on Linux 6.12")
        return guest.lacks(t, "container engines", "podman is not installed", (6, 12))
    guest.modprobe("overlay")
    guest.UNDO.callback(clean_up, guest.read(TOP + "/cgroup.subtree_control").split())
    os.makedirs("%s/%s" % (TOP, SCOPE))
    # Memory is charged to the machine, whatever it divides that into.
    for group in ("", os.path.dirname(SCOPE)):
        give_memory(group)
    folder = guest.folder()
    one, two = make_image(folder, "one"), make_image(folder, "two")
    lay_out(folder + "/tree", "tree")
    tree = Library(folder + "/tree" + LIBRARY)
    for library in (one, two, tree):
        library.drop()
    users = [run_container("one", "web1"), run_container("one", "web2"),
             run_container("two", "db"), run_machine(folder + "/tree")]
    for user, library, first, count in zip(users, (one, one, two, tree), (0, 4, 0, 0),
                                           (8, 8, 8, 4)):
        use(user, library, first, count)
    names(t, one, two, tree)
    duplicates(t)
    subtrees(t, {p.pid for p in users[:3]}, users[3].pid)
    whole(t, folder)
    ended(t, users[0], one)
    guest.finish()


tap.run(main)
