#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""victim.py KERNEL REPORT: a table of how long a victim's calls took, by who
watched it, in microseconds. Ends 1 when watching by libshare is felt more than
the goals allow.

The timer strikes about one call in a thousand, so that p99.9 may fall on either
side of it: it runs unwatched twice, and the longer of the two is what counts."""
import json
import sys

WATCHERS = {"unwatched": "unwatched", "libraries": "libshare", "read-smaps": "smaps",
            "read-rollup": "smaps_rollup"}
AGAIN = "unwatched again"
SLOWER = 1.10       # p99.9 beside the unwatched one's
WAIT = 0.1          # longest wait beside that for smaps or smaps_rollup


def main():
    kernel, path = sys.argv[1:]
    rows = {}
    with open(path, encoding="utf-8") as f:
        for line in f:
            if line.startswith("{") and '"watcher"' in line:
                row = json.loads(line)
                key = row["op"], WATCHERS[row["watcher"]]
                rows[(row["op"], AGAIN) if key in rows else key] = row
    ops = list(dict.fromkeys(op for op, _ in rows))
    print("| kernel | call | watched by | p50 | p99 | p99.9 | max | waited | longest of these |")
    print("|---|---|---|---|---|---|---|---|---|")
    for op in ops:
        for watcher in ("unwatched", AGAIN, *list(WATCHERS.values())[1:]):
            row = rows[op, watcher]
            print("| %s | %s | %s | %s | %d of %d | %.1f |" % (
                kernel, op, watcher,
                " | ".join("%.1f" % (row[c] / 1000) for c in ("p50", "p99", "p999", "max")),
                row["waited"], row["count"], row["longest_wait"] / 1000))
    missed = 0
    for op in ops:
        alone = max(rows[op, "unwatched"]["p999"], rows[op, AGAIN]["p999"])
        slower = rows[op, "libshare"]["p999"] / alone
        print("%s: %s: p99.9 is %.2f times that of the unwatched one%s"
              % (kernel, op, slower, "" if slower <= SLOWER else ": more than the goal"))
        missed += slower > SLOWER
    # A call that waits has its own work to do as well.
    longest = {w: max(max(0, rows[op, w]["longest_wait"] - rows[op, "unwatched"]["p50"])
                      for op in ops) for w in WATCHERS.values()}
    part = longest["libshare"] / max(longest["smaps"], longest["smaps_rollup"], 1)
    print("%s: longest wait %.1f us with libshare, %.1f with smaps, %.1f with smaps_rollup: "
          "%.3f of the longer%s" % (kernel, longest["libshare"] / 1000, longest["smaps"] / 1000,
                               longest["smaps_rollup"] / 1000, part,
                               "" if part <= WAIT else ": more than the goal"))
    return int(missed or part > WAIT)


sys.exit(main())
