#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""A fleet of simulated hosts, varied from recordings.

    fleet.py make FOLDER RECORDING...    FOLDER/NAME.txt for each host, and want.json: what
                                         all hosts together must say
    fleet.py yesterday FOLDER            prints what they said a day ago, to backfill
    fleet.py serve FOLDER PORT           FOLDER/NAME.prom as http://127.0.0.1:PORT/NAME
    fleet.py ask PORT < QUERIES          a line each; ends 1 if one has no answer in time
    fleet.py compare PORT FOLDER         fleet-wide sums against want.json
"""
import http.server
import json
import random
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

HOSTS = 24
DAY = 86400
# Hosts with something wrong, and what.
BROKEN, OLD, STUCK, GONE = "host20", "host21", "host22", "host23"
names = ["host%02d" % number for number in range(HOSTS)]


def table(text, name):
    """The header, columns and rows of a table of a recording."""
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith("# libshare 1 %s " % name):
            columns = next(lines).split("\t")
            rows = []
            for line in lines:
                if line.startswith("#"):
                    break
                rows.append(dict(zip(columns, line.split("\t"))))
            return columns, rows
    sys.exit("no table " + name)


def vary(rows, rng, number):
    """Some libraries are missing; all are used by more or fewer processes; half of the
    hosts have another build of some."""
    kept = []
    for row in rows:
        if rng.random() < 0.1 and not row["path"].endswith("libc.so.6"):
            continue
        row = dict(row)
        more = rng.randint(1, 4)
        pages = int(row["mapped"])
        row["rss"] = str(int(row["rss"]) * more)
        row["saved"] = str(int(row["rss"]) - pages)
        row["cow"] = str(int(row["cow"]) * more)
        row["cow_unique"] = str(int(row["cow_unique"]) * rng.randint(1, more))
        row["procs"] = str(int(row["procs"]) * more)
        if number % 2 and row["path"].endswith(("libc.so.6", "libcrypto.so.3")):
            row["buildid"] = "ee" + row["buildid"][2:]
        kept.append(row)
    return kept


def containers(rows, rng, number):
    """Rows of cgroups and names: two pods a host, one of which has two containers; the other
    one was started again, and its old control group is still charged. What all containers
    are charged for, by their labels."""
    groups, known, charged = [], [], {}
    for pod, names_of_pod in (("cart-%d" % number, ["app", "proxy"]),
                              ("db-%d" % number, ["postgres", "postgres"])):
        for nth, container in enumerate(names_of_pod):
            ident = "%064x" % rng.getrandbits(256)
            path = "/kubepods.slice/kubepods-pod%d.slice/cri-containerd-%s.scope" % (
                len(known), ident)
            known.append("\t".join(("container", ident, "shop", pod, container)))
            ended = pod.startswith("db") and nth
            for row in rows[:12]:
                part = rng.randint(1, 9) * 4096
                lent, idle, mapped = 4096, part - 4096, 0 if ended else 8192
                groups.append("\t".join(map(str, (
                    row["lib"], row["dev"], row["ino"], 0 if ended else 2, mapped, mapped, part,
                    lent, mapped, idle, mapped and 4096, mapped and 8192, mapped and 4096, 0,
                    mapped, path, row["path"]))))
                label = (pod, container, "2" if ended else "")
                charged[label] = charged.get(label, 0) + part
    groups.append("\t".join(map(str, (
        rows[0]["lib"], rows[0]["dev"], rows[0]["ino"], 3, 4096, 4096, 4096, 0, 0, 0, 4096, 0, 0, 0,
        4096, "/system.slice/cron.service", rows[0]["path"]))))
    return groups, known, charged


GROUPS = ("lib dev ino procs rss mapped charged lent borrowed idle private cow cow_unique swap pss "
          "cgroup path").replace(" ", "\t")


def header(name, host, rng, now):
    stuck = 3 if host == STUCK else 0
    when = now - 3600 if host == OLD else now
    return ("# libshare 1 %s generation=7 page_size=4096 time_ns=%d skipped=%d skipped_exited=0 "
            "skipped_stuck=%d skipped_too_long=0 duplicated=%d" % (
                name, when * 10**9, stuck, stuck, rng.randint(1, 200) << 20))


def make(folder, recordings):
    rng, now = random.Random(15), int(time.time())
    want = {"saved": 0, "resident": 0, "cow_unique": {}, "up": 0, "charged": []}
    tables = []
    for file in recordings:
        with open(file, encoding="utf-8") as text:
            tables.append(table(text.read(), "libraries"))
    for number, host in enumerate(names):
        columns, rows = tables[number % len(tables)]
        rows = vary(rows, rng, number)
        with open("%s/%s.txt" % (folder, host), "w", encoding="utf-8") as out:
            if host == BROKEN:
                out.write("not a table\n")
                continue
            lines = [header("libraries", host, rng, now), "\t".join(columns)]
            lines += ["\t".join(row[column] for column in columns) for row in rows]
            groups, known, charged = containers(rows, rng, number)
            lines += [header("cgroups", host, rng, now), GROUPS] + groups
            lines += [header("names", host, rng, now), "kind\tkey\tnamespace\tpod\tname"] + known
            lines += [header("about", host, rng, now).split(" duplicated")[0], "name\tvalue",
                      "scan_ns\t%d" % rng.randint(10**7, 10**8)]
            out.write("\n".join(lines) + "\n")
        if host == GONE:
            continue
        want["up"] += 1
        want["charged"] += [(*label, value) for label, value in charged.items()]
        for row in rows:
            cow, unique = int(row["cow"]), int(row["cow_unique"])
            want["saved"] += int(row["rss"]) - int(row["mapped"]) + cow - unique
            want["resident"] += int(row["mapped"]) + unique
            if row["buildid"] != "-":
                sums = want["cow_unique"]
                sums[row["buildid"]] = sums.get(row["buildid"], 0) + unique
    with open(folder + "/want.json", "w", encoding="utf-8") as out:
        json.dump(want, out)


def yesterday(folder):
    """A day ago, there was half as much in copies; the host that is gone was there."""
    then = int(time.time()) - DAY
    samples = {}
    for host in names:
        with open("%s/%s.prom" % (folder, host), encoding="utf-8") as file:
            for line in file:
                name = line.split("{")[0].split(" ")[0]
                if name in ("libshare_library_cow_unique_bytes", "libshare_up"):
                    series, value = line.rsplit(" ", 1)
                    labels = series[len(name):].strip("{}")
                    labels += ',instance="%s",job="node"' % host
                    half = int(value) // 2 if name != "libshare_up" else 1
                    samples.setdefault(name, []).append((labels.strip(","), half))
    samples["libshare_up"].append(('instance="%s",job="node"' % GONE, 1))
    for name, all_of_it in samples.items():
        print("# TYPE %s gauge" % name)
        for labels, value in all_of_it:
            for minute in range(-6, 30, 3):
                print("%s{%s} %d %d" % (name, labels, value, then + minute * 60))
    print("# EOF")


def cadvisor(text):
    """What cAdvisor says of the same containers."""
    lines = [line for line in text.splitlines() if line.startswith("libshare_container_info{")]
    found = sorted({re.sub(",(nth|engine|id)=\"[^\"]*\"", "", line.rsplit(" ", 1)[0])
                    for line in lines})
    return "".join("container_memory_usage_bytes%s %d\n" % (line[line.index("{"):], 1 << 26)
                   for line in found).encode()


def serve(folder, port):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            try:
                with open(folder + self.path + ".prom", "rb") as file:
                    body = file.read()
            except OSError:
                body = b""
            body += cadvisor(body.decode())
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.end_headers()
            # The exporter leaves that line out, which the older format does not have.
            self.wfile.write(body.replace(b"# EOF\n", b""))

        def log_message(self, *_):
            pass

    http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), Handler).serve_forever()


def query(port, promql):
    url = "http://127.0.0.1:%s/api/v1/query?%s" % (port, urllib.parse.urlencode(
        {"query": promql}))
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return json.load(answer)["data"]["result"]
    except urllib.error.HTTPError as error:
        sys.exit("%s: %s" % (promql, error.read().decode()))
    except OSError:
        return []


def until(port, promql, good, seconds=90):
    """The answer to a query once it is good; or the last one, and whether it is."""
    end = time.monotonic() + seconds
    while True:
        result = query(port, promql)
        if good(result) or time.monotonic() > end:
            return result, good(result)
        time.sleep(0.5)


def is_number(result):
    return bool(result) and all(row["value"][1] not in ("NaN", "+Inf", "-Inf") for row in result)


def ask(port):
    failed = 0
    for promql in filter(None, map(str.strip, sys.stdin)):
        result, good = until(port, promql, is_number)
        print("%s %4d rows: %s" % ("good" if good else "BAD ", len(result), promql))
        failed += not good
    sys.exit(failed > 0)


def compare(port, folder):
    with open(folder + "/want.json", encoding="utf-8") as file:
        want = json.load(file)
    failed = 0
    charged = 'libshare_container_charged_bytes{namespace="shop",pod="%s",container="%s",nth="%s"}'
    sums = [("sum(libshare_up)", want["up"]),
            ("sum(instance:libshare_saved_bytes:sum)", want["saved"]),
            ("sum(libshare_resident_bytes)", want["resident"])]
    sums += [('sum(buildid_path:libshare_library_cow_unique_bytes:sum{buildid="%s"})' % buildid,
              value) for buildid, value in want["cow_unique"].items()]
    sums += [(charged % tuple(label), value) for *label, value in want["charged"]]
    sums += [("sum(libshare_container_charged_bytes)", sum(row[-1] for row in want["charged"]))]
    for promql, value in sums:
        result, good = until(port, promql, lambda result, value=value:
                             bool(result) and float(result[0]["value"][1]) == value, 30)
        if not good:
            print("%s: %s, not %d" % (promql, result, value))
            failed += 1
    print("%d sums" % len(sums))
    sys.exit(failed > 0)


def main():
    action, *arguments = sys.argv[1:]
    if action == "make":
        make(arguments[0], arguments[1:])
    else:
        {"yesterday": yesterday, "serve": serve, "ask": ask, "compare": compare}[action](*arguments)


main()
