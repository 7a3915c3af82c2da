#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# timeout: 600
"""The metrics service under a real systemd, which runs in a container of its own on this
kernel: what it writes, a folder that is missing or another one, a module that is gone, and
the timer."""
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import guest
import reader
import tap
from controlled import TOP, give_memory, remove_trees

SCOPE = "machine.slice/machine-metrics.scope"
UNIT = "libshare-metrics.service"
TIMER = "libshare-metrics.timer"
FOLDER = "/var/lib/prometheus/node-exporter"
OTHER = "/srv/metrics"
DROP_IN = """[Service]
Environment=LIBSHARE_TEXTFILE_DIR=%s
ReadWritePaths=%s
""" % (OTHER, OTHER)


class Machine:
    """systemd, as the first process of a container whose files are those of this machine."""

    def __init__(self):
        place = guest.folder()
        self.root = place + "/root"
        for name in ("root", "upper", "work"):
            os.mkdir("%s/%s" % (place, name))
        guest.mount("overlay", "overlay", self.root,
                    "lowerdir=/,upperdir=%s/upper,workdir=%s/work" % (place, place))
        self.install()
        for group in ("", os.path.dirname(SCOPE)):
            give_memory(group)
        self.engine = subprocess.Popen(
            ["sh", "-c", 'echo $$ >"$0"; exec systemd-nspawn "$@"',
             "%s/%s/cgroup.procs" % (TOP, SCOPE), "--quiet", "--boot", "--register=no",
             "--keep-unit", "--console=pipe", "--capability=all", "--link-journal=no",
             "--resolv-conf=off", "--timezone=off", "--bind=/sys/kernel/debug",
             # That of the tests needs what is there.
             "--bind-ro=/libshare",
             "--directory=" + self.root,
             "systemd.unit=basic.target", "systemd.firstboot=off"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        guest.UNDO.callback(self.end)
        guest.wait_until(self.find_init, 120 * guest.patience(), 0.5)
        guest.wait_until(lambda: self.systemctl("is-active", "basic.target") == (0, "active"),
                         240 * guest.patience(), 1)

    def install(self):
        """What make install does."""
        shutil.copy(shutil.which(reader.TOP), self.root + "/usr/sbin/libshare-top")
        units = self.root + "/etc/systemd/system/"
        os.makedirs(units, exist_ok=True)
        for name in (UNIT + ".in", TIMER):
            text = guest.read("/libshare/" + name).replace("@sbindir@", "/usr/sbin")
            guest.write(units + name.replace(".in", ""), text)

    def find_init(self):
        """Its first process is the only one of that name here."""
        found = subprocess.run(["pgrep", "-o", "-x", "systemd"], check=False,
                               stdout=subprocess.PIPE, universal_newlines=True).stdout
        self.init = found.strip()
        return self.init

    def run(self, *command):
        """What a command says inside, and how it ends."""
        done = subprocess.run(["nsenter", "--all", "--target", self.init, *command], check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, universal_newlines=True)
        return done.returncode, done.stdout.strip()

    def systemctl(self, *args):
        return self.run("systemctl", *args)

    def start(self):
        """Whether the service does its work, and what systemd knows of its last run."""
        status, _ = self.systemctl("start", UNIT)
        _, known = self.systemctl("show", UNIT, "-p", "Result,ExecMainStatus,CapabilityBoundingSet")
        return status == 0, dict(line.split("=", 1) for line in known.splitlines())

    def said(self):
        return self.run("journalctl", "-q", "-o", "cat", "-u", UNIT)[1]

    def metrics(self, folder=FOLDER):
        """The values by series, of the file; or None."""
        path = "%s%s/libshare.prom" % (self.root, folder)
        if not os.path.exists(path):
            return None
        return dict(line.rsplit(" ", 1) for line in guest.read(path).splitlines()
                    if not line.startswith("#"))

    def end(self):
        if self.engine.poll() is None:
            self.engine.terminate()
            try:
                self.engine.wait(60)
            except subprocess.TimeoutExpired:
                os.kill(int(self.init or self.engine.pid), 9)
                self.engine.wait()


def missing(t, machine):
    worked, known = machine.start()
    t.ok(not worked and known["ExecMainStatus"] not in ("0", "226"),
         "without its folder, the program itself fails", known)
    t.ok(FOLDER in machine.said(), "and says which folder there is not", machine.said())


def numbers(t, machine, folder, name):
    """The file of metrics is there, of this module, for all to read."""
    os.makedirs(machine.root + folder)
    worked, known = machine.start()
    t.ok(worked and known["Result"] == "success", name + ": the service works", known,
         machine.said()[-2000:])
    found = machine.metrics(folder) or {}
    t.equal(found.get("libshare_up"), "1", name + ": the scan worked")
    total = sum(row["saved"] for row in reader.rows_of("libraries"))
    value = float(found.get("libshare_saved_bytes", 0))
    t.ok(total / 2 < value < total * 2, name + ": it saves what the module says", value, total)
    path = "%s%s/libshare.prom" % (machine.root, folder)
    t.equal(os.path.exists(path) and oct(os.stat(path).st_mode & 0o777), "0o644",
            name + ": all users may read it")
    return known


def gone(t, machine):
    """Without the module there are no old numbers."""
    guest.unload()
    worked, known = machine.start()
    t.ok(not worked and known["Result"] == "exit-code", "without the module, it fails", known)
    found = machine.metrics() or {}
    t.equal(found.get("libshare_up"), "0", "and says so in the metrics")
    t.ok("libshare_saved_bytes" not in found, "which hold no old number", sorted(found)[:5])
    guest.ensure_loaded()


def timer(t, machine):
    """A minute after the start of the machine at the latest, and then each minute."""
    path = "%s%s/libshare.prom" % (machine.root, FOLDER)
    os.remove(path)
    t.equal(machine.systemctl("start", TIMER)[0], 0, "the timer starts")
    guest.wait_until(lambda: os.path.exists(path), 200 * guest.patience(), 0.5)
    t.equal((machine.metrics() or {}).get("libshare_up"), "1", "and starts the service")
    t.equal(machine.systemctl("is-active", TIMER)[1], "active", "and waits for the next time")


def main(t):
    guest.ensure_loaded()
    if not guest.has_reader(t):
        return
    if not guest.can_run("systemd-nspawn"):
        # The disk of one kernel has it, by its userland.
        if guest.kernel()[:2] != (6, 12):
            return t.skip("the metrics service", "systemd is tested on Linux 6.12")
        return guest.lacks(t, "the metrics service", "systemd is not installed", (6, 12))
    guest.modprobe("overlay")
    guest.UNDO.callback(remove_trees, [os.path.dirname(SCOPE)],
                        guest.read(TOP + "/cgroup.subtree_control").split())
    os.makedirs("%s/%s" % (TOP, SCOPE))
    machine = Machine()
    missing(t, machine)
    known = numbers(t, machine, FOLDER, "in its folder")
    t.equal(known["CapabilityBoundingSet"], "cap_sys_ptrace", "with one capability")
    gone(t, machine)
    folder = machine.root + "/etc/systemd/system/%s.d" % UNIT
    os.mkdir(folder)
    guest.write(folder + "/folder.conf", DROP_IN)
    machine.systemctl("daemon-reload")
    numbers(t, machine, OTHER, "in another folder")
    shutil.rmtree(folder)
    machine.systemctl("daemon-reload")
    t.ok(machine.start()[0], "in its folder again")
    timer(t, machine)
    guest.finish()


tap.run(main)
