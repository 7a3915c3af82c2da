# SPDX-License-Identifier: GPL-2.0-only
"""Writes a small directory as the module's, with what the arguments say of it.

    module.py DIRECTORY LIBRARY...

LIBRARY is PATH[,FLAGS[,MAJOR:MINOR:INODE]]. Library N is mapped by process 100 + N,
which is called "pN"; all of them have one page, and one copy of it."""
import os
import sys

HEAD = "# libshare 1 %s generation=5 page_size=4096 time_ns=1700000000000000000 skipped=0\n"
TABLES = {
    "libraries": "lib dev ino kind flags procs maps size cached mapped shared rss saved cow "
                 "cow_unique swap ksm mapcount_max pagetables buildid path",
    "processes": "pid uid libs maps rss pss private cow swap pagetables cgroup comm",
    "mappings": "pid lib dev ino start end offset perms segment rss shared cow cow_shared swap "
                "ksm pss path",
    "pages": "lib dev ino first count cached sharers mappings copies mapcount path",
    "histogram": "lib dev ino sharers pages path",
}

directory = sys.argv[1]
rows = {name: [] for name in TABLES}
for lib, argument in enumerate(sys.argv[2:], 1):
    path, flags, identity = (argument.split(",") + ["", ""])[:3]
    dev, ino = (identity or "8:1:%d" % (1000 + lib)).rsplit(":", 1)
    pid = 100 + lib
    rows["libraries"].append([lib, dev, ino, "lib", flags or "-", 1, 1, 8192, 8192, 4096, 0, 4096,
                              0, 4096, 4096, 0, 0, 1, 4096, "-", path])
    rows["processes"].append([pid, 0, 1, 1, 4096, 8192, 8192, 4096, 0, 4096, "/c%d" % lib,
                              "p%d" % lib])
    rows["mappings"].append([pid, lib, dev, ino, "10000", "12000", "0", "rw-p", "data", 4096, 0,
                             4096, 0, 0, 0, 8192, path])
    rows["pages"] += [[lib, dev, ino, 0, 1, 1, 1, 1, 0, 1, path],
                      [lib, dev, ino, 1, 1, 1, 0, 0, 1, 0, path]]
    rows["histogram"].append([lib, dev, ino, 1, 1, path])
os.makedirs(directory, exist_ok=True)
whole = ""
for name, columns in TABLES.items():
    text = HEAD % name + columns.replace(" ", "\t") + "\n"
    text += "".join("\t".join(map(str, row)) + "\n" for row in rows[name])
    whole += text
    with open(os.path.join(directory, name), "w", encoding="utf-8") as file:
        file.write(text)
with open(os.path.join(directory, "snapshot"), "w", encoding="utf-8") as file:
    file.write(whole)
with open(os.path.join(directory, "stats"), "w", encoding="utf-8") as file:
    file.write("scan_ns 1000000\n")
