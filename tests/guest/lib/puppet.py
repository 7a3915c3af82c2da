# SPDX-License-Identifier: GPL-2.0-only
"""Drives bin/puppet: processes whose memory is known to the page."""
import contextlib
import os
import signal
import socket
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))
BIN = os.environ.get("LIBSHARE_BIN", os.path.join(HERE, "../../bin"))
PAGE = os.sysconf("SC_PAGESIZE")

PROT_NONE, R, W, X = 0, 1, 2, 4
MAP_SHARED, MAP_PRIVATE, MAP_FIXED, MAP_ANONYMOUS = 1, 2, 0x10, 0x20
MAP_POPULATE = 0x8000
CLONE_VM, CLONE_FS, CLONE_FILES, CLONE_SIGHAND = 0x100, 0x200, 0x400, 0x800
CLONE_VFORK, CLONE_THREAD, CLONE_SYSVSEM = 0x4000, 0x10000, 0x40000
CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWPID = 0x20000, 0x10000000, 0x20000000
THREAD = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM
MADV_RANDOM, MADV_DONTNEED, MADV_REMOVE, MADV_MERGEABLE = 1, 4, 9, 12
MADV_HUGEPAGE, MADV_NOHUGEPAGE, MADV_COLD, MADV_PAGEOUT = 14, 15, 20, 21
AT_FDCWD = -100


class Died(Exception):
    """The puppet ended instead of answering."""


def binary(name):
    return os.path.join(BIN, name)


def escape(text):
    """As the puppet undoes it."""
    return "".join(chr(b) if 32 < b < 127 and b != 92 else "\\%03o" % b
                   for b in os.fsencode(text))


def gone(pid):
    """Whether all threads of a process have ended, so that it has no memory any more."""
    try:
        for tid in os.listdir("/proc/%d/task" % pid):
            with open("/proc/%s/stat" % tid, encoding="utf-8", errors="replace") as f:
                if f.read().rpartition(")")[2].split()[0] not in "ZX":
                    return False
    except OSError:
        return not os.path.exists("/proc/%d" % pid)
    return True


def children(parent):
    """Process ids of the children of a process, in our pid namespace."""
    found = set()
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open("/proc/%s/stat" % name, encoding="utf-8", errors="replace") as f:
                    if int(f.read().rpartition(")")[2].split()[1]) == parent:
                        found.add(int(name))
            except OSError:
                pass
    return found


class Puppet:
    alive = []

    def __init__(self, sock, child=None):
        self.sock = sock
        self.child = child
        self.buffer = b""
        self.files = {}
        self.pid = self._answer()
        Puppet.alive.append(self)

    @classmethod
    def start(cls, program=None, **popen):
        """A new process, its own program's first life; popen goes to Popen."""
        ours, theirs = socket.socketpair()
        child = subprocess.Popen([program or binary("puppet"), str(theirs.fileno())],
                                 pass_fds=[theirs.fileno()], **popen)
        theirs.close()
        return cls(ours, child)

    def _receive(self, fds=None):
        if fds is None:
            data = self.sock.recv(8192)
        else:
            data, got, _, _ = socket.recv_fds(self.sock, 8192, 1)
            fds.extend(got)
        if not data:
            raise Died("puppet %s" % getattr(self, "pid", "?"))
        self.buffer += data

    def _answer(self, fds=None, raw=False):
        while b"\n" not in self.buffer:
            self._receive(fds)
        line, _, self.buffer = self.buffer.partition(b"\n")
        verdict, _, value = line.decode().partition(" ")
        if verdict != "ok":
            raise OSError(int(value), os.strerror(int(value)))
        return value if raw else int(value)

    def send(self, *words):
        """A command without waiting for its answer."""
        self.sock.sendall((" ".join(str(w) for w in words) + "\n").encode())

    def do(self, *words):
        self.send(*words)
        return self._answer()

    def call(self, name, *args):
        """A system call; text arguments are strings, numbers are numbers."""
        words = []
        for arg in args:
            if isinstance(arg, (str, bytes)):
                words.append("=" + escape(arg))
            else:
                words.append(str(int(arg)))
        value = self.do("call", name, *words)
        return value

    def address_call(self, name, *args):
        return self.call(name, *args) & (1 << 64) - 1

    # memory
    def open(self, path, flags=os.O_RDONLY):
        path = os.fspath(path)
        if (path, flags) not in self.files:
            self.files[path, flags] = self.call("openat", AT_FDCWD, path, flags | os.O_CLOEXEC, 0)
        return self.files[path, flags]

    def map(self, path, first=0, pages=1, prot=R | X, flags=MAP_PRIVATE, addr=0):
        """Map pages of a file (path, or an open descriptor of the puppet)."""
        if not isinstance(path, int):
            wants_write = flags & MAP_SHARED and prot & W
            path = self.open(path, os.O_RDWR if wants_write else os.O_RDONLY)
        # Within one page table, whatever the kernel's random choice would be.
        if not addr and pages <= 64:
            addr = self.reserve(pages, align=PAGE << (pages - 1).bit_length())
        return self.address_call("mmap", addr, pages * PAGE, prot,
                                 flags | (MAP_FIXED if addr else 0), path, first * PAGE)

    def reserve(self, pages, align=PAGE):
        """An address where that many pages are free (and stay so until mapped)."""
        size = pages * PAGE + align
        base = self.address_call("mmap", 0, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        return (base + align - 1) // align * align

    def unmap(self, addr, pages):
        self.call("munmap", addr, pages * PAGE)

    def protect(self, addr, pages, prot):
        self.call("mprotect", addr, pages * PAGE, prot)

    def advise(self, addr, pages, advice):
        self.call("madvise", addr, pages * PAGE, advice)

    def touch(self, addr, pages=1):
        self.do("touch", addr, pages)

    def write(self, addr, pages=1, value=None):
        self.do("write", addr, pages, self.pid & 0x7f if value is None else value)

    def fill(self, addr, pages, value):
        self.do("fill", addr, pages, value)

    def poke(self, addr, data):
        self.do("set", addr, bytes(data).hex())

    def peek(self, addr, length):
        self.send("peek", addr, length)
        return bytes.fromhex(self._answer(raw=True))

    def scratch(self):
        return self.do("scratch")

    # tasks
    def clone(self, flags):
        before = children(self.pid) if flags & CLONE_NEWPID else set()
        self.send("clone", flags)
        fds = []
        self._answer(fds)
        child = Puppet(socket.socket(fileno=fds[0]))
        if flags & CLONE_NEWPID:
            # It told us the number that it knows itself by.
            (child.pid,) = children(self.pid) - before
        return child

    def fork(self):
        child = self.clone(signal.SIGCHLD)
        child.files = dict(self.files)
        return child

    def thread(self):
        thread = self.clone(THREAD)
        thread.files = self.files
        return thread

    def exec(self, path):
        """Become another program, a puppet as well."""
        self.files = {}
        self.send("exec", escape(path))
        self.pid = self._answer()

    def end(self, call="exit_group", code=0):
        """Leave by a system call, and wait until the process is gone."""
        try:
            self.send("call", call, code)
            self._receive()
        except (Died, OSError):
            pass
        self.forget()

    def forget(self):
        self.sock.close()
        if self.child:
            self.child.wait()
        if self in Puppet.alive:
            Puppet.alive.remove(self)

    def shoot(self):
        """Kill it, without waiting for its end."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def kill(self):
        self.shoot()
        self.forget()
        # The child of another puppet is not ours to wait() for.
        end = time.monotonic() + 60
        while not gone(self.pid) and time.monotonic() < end:
            time.sleep(0.01)


def start_without_code(path, count):
    """Processes that map the first eight pages of a file, none of them executable; each
    has touched three and has two copies."""
    puppets = [Puppet.start() for _ in range(count)]
    for p in puppets:
        p.touch(p.map(path, 0, 4, R), 3)
        p.write(p.map(path, 4, 4, R | W), 2)
    return puppets


def end_all():
    """Kill every puppet and wait until none is left."""
    for puppet in Puppet.alive:
        puppet.shoot()
    for puppet in list(Puppet.alive):
        puppet.kill()
