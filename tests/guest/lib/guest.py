# SPDX-License-Identifier: GPL-2.0-only
"""The guest: the module, mounts, swap, settings; undone when the test ends."""
import atexit
import contextlib
import ctypes
import errno
import gzip
import os
import platform
import re
import shutil
import struct
import subprocess
import tempfile
import time

import puppet

HERE = os.path.dirname(os.path.abspath(__file__))
MODULE = os.environ.get("LIBSHARE_KO", os.path.join(HERE, "../../libshare.ko"))
PAGE = puppet.PAGE
LIBC = ctypes.CDLL(None, use_errno=True)
# Settings of what works on the memory of processes that sleep or are stopped, and the
# value that ends it.
MOVERS = (
    # khugepaged unmaps the pages of a file before it makes a huge one of them. When the
    # write returns, its thread has ended.
    ("/sys/kernel/mm/transparent_hugepage/enabled", "never"),
    # Once a test enables huge pages again, khugepaged looks at a few pages and sleeps.
    ("/sys/kernel/mm/transparent_hugepage/khugepaged/scan_sleep_millisecs", (1 << 32) - 1),
    # kcompactd moves pages where memory is in pieces.
    ("/proc/sys/vm/compaction_proactiveness", 0),
    ("/proc/sys/kernel/numa_balancing", 0),
    # A monitor, which clears accessed bits (since 6.17).
    ("/sys/module/damon_stat/parameters/enabled", "N"),
)
# finit_module, delete_module
NUMBERS = {"x86_64": (313, 176), "aarch64": (273, 106)}


def kernel():
    """(6, 12) of 6.12.3-cloud-amd64"""
    return tuple(int(n) for n in re.match(r"(\d+)\.(\d+)", platform.release()).groups())


def keeps_mapcounts():
    """False where the kernel is known to keep no mapcount of a page of a large folio,
    so that what it says of PSS itself is an estimate."""
    try:
        with gzip.open("/proc/config.gz", "rt") as f:
            return "CONFIG_NO_PAGE_MAPCOUNT=y\n" not in f
    except FileNotFoundError:
        return True


def parameter(name, default):
    """libshare.NAME=VALUE of the kernel command line, or LIBSHARE_NAME."""
    if "LIBSHARE_" + name.upper() in os.environ:
        return os.environ["LIBSHARE_" + name.upper()]
    match = re.search(r"\blibshare\.%s=(\S+)" % name, read("/proc/cmdline"))
    return match.group(1) if match else default


def patience():
    """How many times as long as usual everything may take: libshare.patience=N."""
    return int(parameter("patience", "1"))


def read(path):
    with open(path, encoding="utf-8", errors="surrogateescape") as f:
        return f.read()


def write(path, text):
    with open(path, "w", encoding="utf-8") as f:
        f.write(str(text))


def run(*command, **options):
    """A command that must succeed; its output is the value."""
    return subprocess.run(command, check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, universal_newlines=True, **options).stdout


def can_run(command):
    return shutil.which(command) is not None


def lacks(t, what, why, since):
    """Leaves out what this kernel does not have. On a machine that has all that its
    kernel's version has (libshare.whole on the command line), that is only possible
    before version since."""
    if kernel() >= since and parameter("whole", ""):
        t.ok(False, what, "%s, but Linux %d.%d has it" % ((why,) + since))
    else:
        t.skip(what, why)


def has_reader(t):
    """Whether libshare-top is here, as it must be in the test machines."""
    if can_run("libshare-top"):
        return True
    if parameter("whole", ""):
        t.ok(False, "libshare-top is here")
    else:
        t.skip("libshare-top", "there is none on this machine")
    return False


def modprobe(name):
    """True when the kernel has it, built in or as a module."""
    return can_run("modprobe") and subprocess.run(
        ["modprobe", "-q", name], check=False, stderr=subprocess.DEVNULL).returncode == 0


# the module

def loaded():
    return os.path.isdir("/sys/module/libshare")


def syscall(number, *args):
    if LIBC.syscall(number, *args) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def load(options="", module=MODULE):
    fd = os.open(module, os.O_RDONLY | os.O_CLOEXEC)
    try:
        syscall(NUMBERS[platform.machine()][0], fd, ctypes.c_char_p(options.encode()), 0)
    finally:
        os.close(fd)


def unload():
    syscall(NUMBERS[platform.machine()][1], ctypes.c_char_p(b"libshare"), os.O_NONBLOCK)


def ensure_loaded(still=True):
    """Load the module. Unless told otherwise, also keep the kernel from moving and
    unmapping pages of its own accord."""
    if not os.path.ismount("/sys/kernel/debug"):
        mount("debugfs", "debugfs", "/sys/kernel/debug", keep=True)
    if not loaded():
        load()
    if still:
        hold_still()


def hold_still():
    """For as long as the machine runs: to undo some of it would start a mover at the end
    of one test that works through the next."""
    for path, value in MOVERS:
        with contextlib.suppress(OSError):
            write(path, value)


# settings and mounts

UNDO = contextlib.ExitStack()
atexit.register(UNDO.close)


def set_value(path, text):
    """Write a setting, and put it back in the end; False where there is none."""
    try:
        old = read(path).strip()
        chosen = re.search(r"\[(\S+)\]", old)
        write(path, text)
    except OSError:
        return False
    UNDO.callback(write, path, chosen.group(1) if chosen else old)
    return True


def no_fault_around():
    """From here on a fault maps the page that was touched and no other."""
    return set_value("/sys/kernel/debug/fault_around_bytes", PAGE)


def mount(what, kind, where, options="", keep=False):
    run("mount", "-t", kind, *(["-o", options] if options else []), what, where)
    if not keep:
        UNDO.callback(unmount, where)
    return where


def unmount(where):
    for _ in range(50):
        if subprocess.run(["umount", where], check=False, stderr=subprocess.DEVNULL
                          ).returncode == 0:
            return
        time.sleep(0.1)
    subprocess.run(["umount", "-l", where], check=False)


def folder(parent="/var/tmp"):
    """A folder of the test's own, on the root file system unless told otherwise."""
    path = tempfile.mkdtemp(prefix="libshare-", dir=parent)
    UNDO.callback(shutil.rmtree, path, ignore_errors=True)
    os.chmod(path, 0o755)
    return path


def tmpfs(options="mode=0755"):
    return mount("tmpfs", "tmpfs", folder(), options)


def finish():
    """Kill the puppets, then undo what was set and mounted."""
    puppet.end_all()
    UNDO.close()


# fixture files

class Library:
    """A file of known pages, each with content of its own."""

    def __init__(self, path, pages, tail=0):
        self.path = path
        self.pages = pages
        # A write a page: a file system with large folios then makes small ones,
        # and a fault maps the one page that was touched.
        with open(path, "wb", buffering=0) as f:
            for index in range(pages):
                f.write(b"%-32d" % index * (PAGE // 32))
            f.write(b"t" * tail)
            os.fsync(f.fileno())
        os.chmod(path, 0o755)
        self.key = key_of(path)

    def drop(self):
        """Drop its unmapped pages from the page cache."""
        fd = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(fd)
            os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(fd)


def key_of(path):
    """The identity of a file; right where stat and the page cache agree."""
    st = os.stat(path)
    return os.major(st.st_dev), os.minor(st.st_dev), st.st_ino


def row_of(snapshot, library):
    """Its row of libraries, or an empty one, that compares unequal."""
    return snapshot.libraries().get(library.key, {})


def wait_until(condition, seconds=60, step=0.05):
    """True as soon as the condition holds, False when it does not in time. What must
    happen has a minute, since a busy host may take as long."""
    end = time.monotonic() + seconds * patience()
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(step)
    return True


def pagemap(process, addr, pages):
    """What /proc/PID/pagemap has of each of these pages."""
    with open("/proc/%d/pagemap" % process.pid, "rb", buffering=0) as f:
        f.seek(addr // PAGE * 8)
        return [word for word, in struct.iter_unpack("=Q", f.read(pages * 8))]


def refused(function, *args):
    """The name of the error that a call fails with, or 'done'."""
    try:
        function(*args)
    except OSError as e:
        return errno.errorcode.get(e.errno, str(e.errno))
    return "done"


