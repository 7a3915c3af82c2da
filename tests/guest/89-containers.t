#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 600
"""libshare-top --by container: control groups and files as Docker, Kubernetes and podman lay
them out, around processes whose pages are known. No container engine runs here."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import guest
import reader
import tables
import tap
from controlled import TOP, give_memory, make_group, start, use
from puppet import PAGE

ALL = "libshare"
WEB, APP, DB = "a1" * 32, "b2" * 32, "c3" * 32
DOCKER = ALL + "/docker-%s.scope" % WEB
INNER = DOCKER + "/inner"
POD = ALL + "/kubepods-burstable-pod7.slice"
KUBE = POD + "/cri-containerd-%s.scope" % APP
PODMAN = ALL + "/libpod-%s.scope" % DB
HOST = ALL + "/cron.service"


def put(path, text):
    """A file, which is gone when the test ends."""
    made = []
    folder = os.path.dirname(path)
    while not os.path.isdir(folder):
        made.append(folder)
        folder = os.path.dirname(folder)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    for folder in reversed(made):
        guest.UNDO.callback(os.rmdir, folder)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    guest.UNDO.callback(os.unlink, path)


def lay_out():
    put("/var/lib/docker/containers/%s/config.v2.json" % WEB, json.dumps({"Name": "/web"}))
    put("/var/log/containers/cart-0_shop_app-%s.log" % APP, "")
    put("/var/lib/containers/storage/overlay-containers/containers.json",
        json.dumps([{"id": DB, "names": ["db"]}]))


def by(kind, *args):
    """Rows by name, and the total."""
    rows = json.loads(reader.top("--json", "-n1", "-o", "all", "--by", kind, *args))["groups"]
    return {row[kind]: row for row in rows[:-1]}, rows[-1] if rows else {}


def expect(t, row, name, **pages):
    want = {c: n if c in ("procs", "pod", "namespace", "engine") or n is None else n * PAGE
            for c, n in pages.items()}
    t.equal({c: row.get(c) for c in want}, want, name)


def of_one_library(t, library):
    """Docker maps 0-8 of the library first, Kubernetes 4-12, the host 6-8, podman 20-24."""
    users = [start(g) for g in (DOCKER, KUBE, HOST, PODMAN)]
    for user, first, count in zip(users, (0, 4, 6, 20), (8, 8, 2, 4)):
        use(user, library, first, count)
    rows, total = by("container", "--library", library.path)
    t.equal(sorted(rows), ["-", "app", "db", "web"], "each container has its name")
    expect(t, rows["web"], "Docker", procs=1, mapped=8, charged=8, borrowed=0, private=4,
           rss=8, engine="docker", pod="-")
    expect(t, rows["app"], "Kubernetes", procs=1, mapped=8, charged=4, borrowed=4, private=4,
           namespace="shop", pod="cart-0", engine="containerd")
    expect(t, rows["db"], "podman", procs=1, mapped=4, charged=4, borrowed=0, private=4,
           engine="podman")
    expect(t, rows["-"], "the host", procs=1, mapped=2, charged=0, borrowed=2, private=0)
    expect(t, total, "the total is the library's", procs=4, mapped=16, charged=16, rss=22,
           private=12)
    services, _ = by("service", "--library", library.path)
    t.equal(sorted(services), sorted(["docker-%s.scope" % WEB, "cri-containerd-%s.scope" % APP,
                                      "libpod-%s.scope" % DB, "cron.service"]),
            "services are the units")
    return users


def nested(t, library, users):
    """A second group of the container maps pages of its own, or the same ones."""
    second = start(INNER)
    use(second, library, 20, 4)
    rows, _ = by("container", "--library", library.path)
    expect(t, rows["web"], "two groups of a container: what they share is not known",
           procs=2, rss=12, charged=8, idle=0, mapped=None, private=None)
    for user in users[1:]:
        user.kill()
    rows, _ = by("container", "--library", library.path)
    expect(t, rows["web"], "but if all processes of the library are in it, it is",
           procs=2, rss=12, mapped=12, private=12, charged=8, borrowed=4, lent=0, idle=0)
    expect(t, rows["app"], "a container pays when its processes are gone",
           procs=0, mapped=0, charged=4, idle=4, lent=0)
    expect(t, rows["db"], "and lends what others map", procs=0, charged=4, idle=0, lent=4)
    second.kill()
    users[0].kill()


def whole(t, library):
    """All libraries, of one scan: the total is what the module's own tables add up to."""
    # It is a library as long as some process maps it.
    user = start(HOST)
    use(user, library, 6, 2)
    rows, _ = by("container")
    t.equal(sorted(r for r in rows if r != "-"), ["app", "db", "web"],
            "containers that pay are there without processes")
    text = tables.read("snapshot")
    path = os.path.join(guest.folder(), "snapshot")
    with open(path, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode())
    sums, name, names = {}, None, None
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            fields = line.rstrip("\n").split("\t")
            if line.startswith("# libshare "):
                name, names = line.split()[3], None
            elif names is None:
                names = fields
            else:
                for column, value in zip(names, fields):
                    if value.isdigit():
                        sums[name, column] = sums.get((name, column), 0) + int(value)
    want = {c: sums[name, c] for name, c in (("cgroups", "charged"), ("cgroups", "idle"),
                                             ("libraries", "mapped"), ("libraries", "rss"),
                                             ("libraries", "cow"), ("libraries", "cow_unique"),
                                             ("libraries", "swap"))}
    t.equal(want["charged"], sums["libraries", "cached"], "all that is cached is charged")
    for kind in ("container", "service"):
        _, total = by(kind, "--replay", path)
        t.equal({c: total[c] for c in want}, want, "by %s, the total equals the whole" % kind)
    for kind in ("user", "program"):
        _, total = by(kind, "--replay", path)
        columns = ("mapped", "rss", "cow", "cow_unique", "swap")
        t.equal({c: total[c] for c in columns}, {c: want[c] for c in columns},
                "by %s, the total equals the whole" % kind)
    user.kill()


def main(t):
    guest.ensure_loaded()
    guest.no_fault_around()
    if not guest.has_reader(t):
        return
    if not os.path.exists(TOP + "/cgroup.procs"):
        return guest.lacks(t, "containers", "no cgroup2 is mounted", (5, 10))
    give_memory("")
    guest.UNDO.callback(give_memory, "", "-")
    for name in (ALL, DOCKER, INNER, POD, KUBE, PODMAN, HOST):
        make_group(name)
        if name in (ALL, POD):
            give_memory(name)
    lay_out()
    library = guest.Library("%s/contained.so" % guest.folder(), 32)
    library.drop()
    users = of_one_library(t, library)
    nested(t, library, users)
    whole(t, library)
    guest.finish()


tap.run(main)
