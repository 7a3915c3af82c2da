#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Prints what the module would say of one library in one process.

    census.py PID PATH

Only what can be had without it: which pages stand in /proc/PID/pagemap, and
whether they are the file's or anonymous, that is to say copies."""
import os
import struct
import sys

PAGE = os.sysconf("SC_PAGE_SIZE")


def vmas(pid, path):
    with open("/proc/%d/maps" % pid) as maps:
        for line in maps:
            fields = line.split(None, 5)
            if len(fields) == 6 and fields[5].rstrip("\n") == path:
                start, end = (int(part, 16) for part in fields[0].split("-"))
                yield start, end, fields[1], int(fields[2], 16), fields[3]


def main():
    pid, path = int(sys.argv[1]), sys.argv[2]
    stat = os.stat(path)
    pages, rows, dev = {}, [], "0:0"
    with open("/proc/%d/pagemap" % pid, "rb") as pagemap:
        for start, end, perms, offset, device in vmas(pid, path):
            dev = "%d:%d" % tuple(int(part, 16) for part in device.split(":"))
            pagemap.seek(start // PAGE * 8)
            rss = cow = 0
            for i in range((end - start) // PAGE):
                (entry,) = struct.unpack("Q", pagemap.read(8))
                if not entry >> 63:
                    continue
                index = offset // PAGE + i
                sharers, copies = pages.get(index, (0, 0))
                if entry >> 61 & 1:
                    rss += 1
                    pages[index] = (1, copies)
                else:
                    cow += 1
                    pages[index] = (sharers, copies + 1)
            rows.append((pid, 1, dev, stat.st_ino, "%x" % start, "%x" % end, "%x" % offset, perms,
                         "data", rss * PAGE, 0, cow * PAGE, 0, 0, (rss + cow) * PAGE, path))
    mapped = sum(row[9] for row in rows)
    cow = sum(row[11] for row in rows)

    def table(name, columns, lines):
        print("# libshare 1 %s generation=1 page_size=%d skipped=0" % (name, PAGE))
        print("\t".join(columns.split()))
        for line in lines:
            print("\t".join(str(field) for field in line))

    table("libraries", "lib dev ino kind flags procs maps size cached mapped shared rss saved cow "
          "cow_unique swap ksm mapcount_max pagetables path",
          [(1, dev, stat.st_ino, "lib", "-", 1, len(rows), stat.st_size, mapped, mapped, 0, mapped,
            0, cow, cow, 0, 0, 1, PAGE, path)])
    table("processes", "pid uid libs maps rss pss private cow swap pagetables cgroup comm",
          [(pid, 0, 1, len(rows), mapped, mapped + cow, mapped + cow, cow, 0, PAGE, "-", "fixture")])
    table("mappings", "pid lib dev ino start end offset perms segment rss shared cow cow_shared "
          "swap pss path", rows)
    table("pages", "lib dev ino first count cached sharers mappings copies mapcount path",
          [(1, dev, stat.st_ino, index, 1, sharers, sharers, sharers, copies, "-", path)
           for index, (sharers, copies) in sorted(pages.items())])
    table("histogram", "lib dev ino sharers pages path",
          [(1, dev, stat.st_ino, 1, mapped // PAGE, path)])


main()
