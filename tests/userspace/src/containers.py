# SPDX-License-Identifier: GPL-2.0-only
"""Lays out control groups and the files of container engines as those lay them out.

    containers.py DIRECTORY ROOT

DIRECTORY is a copy of what module.py made, with a process for each of GROUPS. ROOT gets
what engines keep below /; /etc/passwd says that user 1000 lives in ROOT/home.
Prints what each process belongs to: pid, namespace, pod, container, service."""
import json
import os
import sys


def ident(digit):
    return (digit * 64)[:64]


def pod(uid):
    return "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod%s.slice" % uid


USER = "/user.slice/user-1000.slice/user@1000.service/user.slice"
NONE = ("-", "-", "-")
# Path as the kernel has it, what its container is, the unit.
GROUPS = [
    ("/system.slice/docker-%s.scope" % ident("a1"), ("-", "-", "web"),
     "docker-%s.scope" % ident("a1")),
    ("/docker/%s/nested/docker/%s" % (ident("a2"), ident("a1")), ("-", "-", "cache"), "-"),
    ("/docker/%s" % ident("a3"), ("-", "-", ident("a3")[:12]), "-"),       # a link
    ("/docker/%s" % ident("a4"), ("-", "-", ident("a4")[:12]), "-"),       # a pipe
    ("/docker/%s" % ident("a5"), ("-", "-", ident("a5")[:12]), "-"),       # too long
    ("/docker/%s" % ident("a6"), ("-", "-", ident("a6")[:12]), "-"),       # not JSON
    (pod("1") + "/cri-containerd-%s.scope" % ident("b1"), ("shop", "cart-0", "app-1"),
     "cri-containerd-%s.scope" % ident("b1")),
    ("/kubepods/besteffort/pod77/%s" % ident("b2"), ("kube-system", "dns", "coredns"), "-"),
    (pod("3") + "/crio-%s.scope/sub" % ident("b3"), ("default", "db-0", "postgres"),
     "crio-%s.scope" % ident("b3")),
    ("/system.slice/kubepods-podx.slice:cri-containerd:%s" % ident("b4"),
     ("-", "-", ident("b4")[:12]), "-"),
    ("/machine.slice/libpod-%s.scope/container" % ident("c1"), ("-", "-", "web1"),
     "libpod-%s.scope" % ident("c1")),
    ("/machine.slice/libpod-%s.scope" % ident("c2"), ("-", "-", "once"),
     "libpod-%s.scope" % ident("c2")),
    ("/machine.slice/libpod-conmon-%s.scope" % ident("c1"), NONE,
     "libpod-conmon-%s.scope" % ident("c1")),
    (USER + "/libpod-%s.scope/container" % ident("d1"), ("-", "-", "mine\\011own"),
     "user@1000.service/libpod-%s.scope" % ident("d1")),
    # A user's file does not name a container of root.
    ("/machine.slice/libpod-%s.scope" % ident("d2"), ("-", "-", ident("d2")[:12]),
     "libpod-%s.scope" % ident("d2")),
    ("/lxc.payload.mail", ("-", "-", "mail"), "-"),
    ("/lxc.monitor.mail", NONE, "-"),
    ("/lxc/news", ("-", "-", "news"), "-"),
    ("/machine.slice/machine-deb\\x2d13.scope", ("-", "-", "deb-13"),
     "machine-deb\\134x2d13.scope"),
    ("/machine.slice/machine-qemu\\x2d1\\x2dvm.scope", NONE,
     "machine-qemu\\134x2d1\\134x2dvm.scope"),
    ("/machine.slice/systemd-nspawn@sid.service/payload", ("-", "-", "sid"),
     "systemd-nspawn@sid.service"),
    ("/system.slice/nginx.service", NONE, "nginx.service"),
    ("/system.slice/system-getty.slice/getty@tty1.service", NONE, "getty@tty1.service"),
    (USER.rsplit("/", 1)[0] + "/app.slice/editor.service", NONE, "user@1000.service/editor.service"),
    ("/user.slice/user-1000.slice/session-3.scope", NONE, "session-3.scope"),
    ("/init.scope", NONE, "init.scope"),
    ("/", NONE, "-"),
]


def put(root, path, text):
    path = root + path
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def lay_out(root):
    docker = "/var/lib/docker/containers/%s/config.v2.json"
    for digits, name in (("a1", "/web"), ("a2", "/cache")):
        put(root, docker % ident(digits), json.dumps({"ID": ident(digits), "Name": name}))
    for digits in ("a3", "a4"):
        os.makedirs(os.path.dirname(root + docker % ident(digits)))
    os.symlink("../%s/config.v2.json" % ident("a1"), root + docker % ident("a3"))
    os.mkfifo(root + docker % ident("a4"))
    put(root, docker % ident("a5"), json.dumps({"Name": "/long", "pad": "x" * (1 << 20)}))
    put(root, docker % ident("a6"), "{" * 100000)
    logs = "/var/log/containers/%s-%s.log"
    put(root, logs % ("cart-0_shop_app-1", ident("b1")), "")
    put(root, logs % ("dns_kube-system_coredns", ident("b2")), "")
    put(root, logs % ("odd", ident("b4")), "")
    store = "/var/lib/containers/storage/overlay-containers/"
    put(root, store + "containers.json", json.dumps([
        {"id": ident("c1"), "names": ["web1"], "layer": ident("0")}, {"id": 7}, "x",
        {"id": ident("b3"), "names": ["k8s_postgres_db-0_default_12ab_0"]}]))
    put(root, store + "volatile-containers.json",
        json.dumps([{"id": ident("c2"), "names": ["once"]}]))
    put(root, "/home/.local/share/containers/storage/overlay-containers/containers.json",
        json.dumps([{"id": ident("d1"), "names": ["mine\town"]},
                    {"id": ident("d2"), "names": ["not-mine"]}]))
    put(root, "/passwd", "root:x:0:0::/root:/bin/sh\nann:x:1000:1000::%s/home:/bin/sh\n" % root)


def escape(path):
    return path.replace("\\", "\\134")


def give_groups(directory):
    for name in ("processes", "snapshot"):
        with open(os.path.join(directory, name), encoding="utf-8") as file:
            lines = file.read().split("\n")
        for i, line in enumerate(lines):
            fields = line.split("\t")
            if len(fields) == 12 and fields[0].isdigit():
                fields[10] = escape(GROUPS[int(fields[0]) - 101][0])
                lines[i] = "\t".join(fields)
        with open(os.path.join(directory, name), "w", encoding="utf-8") as file:
            file.write("\n".join(lines))


def main():
    if len(sys.argv) < 3:
        print(len(GROUPS))
        return
    lay_out(sys.argv[2])
    give_groups(sys.argv[1])
    for i, (_, container, service) in enumerate(GROUPS):
        print(101 + i, *container, service, sep="\t")


main()
