#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Opens the report in headless Chromium and uses it, by mouse and keyboard.

    browser.py CHROMIUM REPORT AUDITED SCREENSHOTS

Speaks the DevTools protocol through a pipe, so that no port is opened; prints
TAP without a plan, and how many tests there were in the end."""
import base64
import json
import os
import re
import subprocess
import sys
import tempfile

import colours

tests = 0


class Browser:
    def __init__(self, program, profile):
        down, up = os.pipe(), os.pipe()

        def plumb():
            # The browser reads 3 and writes 4.
            read, write = os.dup(down[0]), os.dup(up[1])
            os.dup2(read, 3)
            os.dup2(write, 4)

        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--no-first-run", "--remote-debugging-pipe", "--user-data-dir=" + profile,
             "--window-size=1200,900"],
            preexec_fn=plumb, pass_fds=(3, 4), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(down[0])
        os.close(up[1])
        self.to, self.back, self.rest, self.number = down[1], up[0], b"", 0
        self.events, self.session = [], None

    def receive(self):
        while b"\0" not in self.rest:
            data = os.read(self.back, 1 << 20)
            if not data:
                sys.exit("the browser is gone")
            self.rest += data
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    sys.exit("%s: %s" % (method, answer["error"]))
                return answer["result"]
            self.events.append(answer)

    def wait(self, event):
        while not any(e.get("method") == event for e in self.events):
            self.events.append(self.receive())

    def run(self, script):
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        if "exceptionDetails" in result:
            sys.exit("%s: %s" % (script, result["exceptionDetails"]))
        return result["result"].get("value")

    def key(self, name, code, text=None):
        more = {"text": text} if text else {}
        self.call("Input.dispatchKeyEvent", type="keyDown", key=name, code=name,
                  windowsVirtualKeyCode=code, **more)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=name, code=name,
                  windowsVirtualKeyCode=code)

    def click(self, selector):
        self.run("document.querySelector(%r).scrollIntoView({block: 'center'})" % selector)
        box = self.run("(r => [r.x + r.width / 2, r.y + r.height / 2])"
                       "(document.querySelector(%r).getBoundingClientRect())" % selector)
        for kind in "mousePressed", "mouseReleased":
            self.call("Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left",
                      clickCount=1)

    def picture(self, name):
        data = self.call("Page.captureScreenshot")["data"]
        with open(name, "wb") as out:
            out.write(base64.b64decode(data))


def check(what, got, want=True):
    global tests
    tests += 1
    if got == want:
        print("ok %d - %s" % (tests, what))
    else:
        print("not ok %d - %s\n# %r, not %r" % (tests, what, got, want))


def confused(page):
    """Colours that the legend and the ground have, but the colour-blind cannot tell apart."""
    found = page.run("""[...document.querySelectorAll('#legend li')]
        .filter(e => !e.querySelector('.both')).map(e => [e.textContent,
        getComputedStyle(e.querySelector('i')).backgroundColor])
        .concat([['ground', getComputedStyle(document.body).backgroundColor]])""")
    found = {name: "%02x%02x%02x" % tuple(map(int, re.findall(r"\d+", colour)[:3]))
             for name, colour in found}
    return colours.confused(found) if len(found) == 9 else found


def mib(value):
    """As the page writes sizes of some megabytes."""
    text = "%.0fM" % (value / 2**20) if value >= 99.95 * 2**20 else "%.1fM" % (value / 2**20)
    return text.replace(".0M", "M")


def concluded(page):
    """What comes before the libraries: sentences, processes, sections, and a page map."""
    rows = page.run("data.libraries.rows")
    names = page.run("data.libraries.columns.map(c => c.name)")
    libraries = [dict(zip(names, row)) for row in rows]
    takes = sum(lib["mapped"] + lib["cow_unique"] for lib in libraries)
    alone = sum(lib["rss"] + lib["cow"] for lib in libraries)
    costly = max(libraries, key=lambda lib: lib["cow_unique"])
    text = page.run("document.getElementById('conclusion').textContent")
    check("it begins with a conclusion", page.run(
        "document.querySelector('main').children[3].id"), "conclusion")
    for what in ("36 processes map %d libraries, which take %s of memory." % (len(rows), mib(takes)),
                 "Unshared, they would take %s: sharing saves %s, or %.0f %%." % (
                     mib(alone), mib(alone - takes), 100 * (alone - takes) / alone),
                 "%s are copies" % mib(sum(lib["cow_unique"] for lib in libraries)),
                 "%s, is of %s" % (mib(costly["cow_unique"]), costly["path"].split("/")[-1])):
        check("the conclusion: " + what, what in text)
    cells = "[...document.querySelectorAll('#%s tbody td:nth-child(%d)')].map(e => e.textContent)"
    check("processes that take most come first", page.run(cells % ("processes", 1))[:2],
          ["postgres", "libshare-top"])
    check("a few of them", len(page.run(cells % ("processes", 2))), 20)
    page.click("#processes + .more")
    check("or all", len(page.run(cells % ("processes", 2))), 36)
    check("a button that has nothing left to do is gone",
          page.run("document.querySelector('#processes + .more')"), None)
    page.click("#processes th:nth-child(2) button")
    pids = [int(pid) for pid in page.run(cells % ("processes", 2))]
    check("they are sorted by a click", pids, sorted(pids, reverse=True))
    check("sections with most copies come first", [page.run(cells % ("copied", i))[0]
                                                   for i in (2, 4)], [".data.rel.ro", costly["path"]])
    check("the page map is that of most copies", page.run(
        "document.getElementById('choose').selectedOptions[0].textContent"), costly["path"])
    check("with the names of sections", ".data.rel.ro" in page.run(
        "[...document.querySelectorAll('#front-map b')].map(e => e.textContent).join(' ')"))
    before = page.run("document.querySelectorAll('#front-map i').length")
    page.run("""(e => { e.value = [...e.options].find(o => o.textContent.endsWith('/libc.so.6')).value;
        e.dispatchEvent(new Event('change')); })(document.getElementById('choose'))""")
    check("another library can be chosen", page.run(
        "document.querySelectorAll('#front-map i').length") != before)


def use(page, report, pictures):
    page.call("Page.enable")
    page.call("Runtime.enable")
    page.call("Network.enable")
    page.call("Page.navigate", url="file://" + os.path.abspath(report))
    page.wait("Page.loadEventFired")
    column = "[...document.querySelectorAll('#libraries tbody td:nth-child(%d)')].map(e => e.textContent)"
    rows = page.run("data.libraries.rows.length")
    check("there are libraries", rows > 20)
    check("all are shown", page.run("document.querySelectorAll('#libraries tbody tr').length"), rows)
    check("without an audit, nothing is told", page.run(
        "document.getElementById('todo').hidden"))
    check("the title names the host", page.run("document.title"), "libshare: libshare-test")
    saved = page.run("data.libraries.rows.map(r => r[1]).sort((a, b) => b - a)[0]")
    check("largest saving first", page.run("size(%d)" % saved), page.run(column % 2)[0])
    concluded(page)
    page.picture(pictures + "/light.png")

    page.click("#libraries th:nth-child(1) button")
    paths = page.run(column % 1)
    check("a click sorts by path", paths, sorted(paths))
    page.click("#libraries th:nth-child(1) button")
    check("another one the other way round", page.run(column % 1), sorted(paths, reverse=True))
    page.run("document.querySelectorAll('#libraries th button')[5].focus()")
    page.key("Enter", 13, "\r")
    check("the keyboard sorts too", page.run(
        "document.querySelector('#libraries th:nth-child(6)').getAttribute('aria-sort')"),
        "descending")
    check("the focus stays", page.run("document.activeElement.textContent"), "cow")

    page.run("document.getElementById('filter').focus()")
    page.call("Input.insertText", text="LIBCRYPTO")
    check("the filter filters", all("libcrypto" in path for path in page.run(column % 1)))
    check("and says how many", page.run("document.getElementById('shown').textContent"),
          "2 of %d" % rows)

    page.run("document.querySelector('#libraries td button').focus()")
    page.key("Enter", 13, "\r")
    check("Enter opens a library", page.run("document.getElementById('detail').open"))
    copied = page.run("""(lib => data.pages.rows.filter(r => r[0] === lib && r[5])
        .reduce((sum, r) => sum + r[2], 0))(data.libraries.rows.find(r =>
        r[0] === document.getElementById('detail-title').textContent)[11])""")
    check("its page map has a cell for each copied page", page.run(
        "document.querySelectorAll('#map .copied, #map .both').length"), copied)
    check("there are such", copied > 50)
    check("sections with copies are named", page.run(
        "document.getElementById('sections').textContent.includes('.data.rel.ro, relocation')"))
    check("every section is named", page.run(
        "[...document.querySelectorAll('#map b')].map(e => e.textContent).join(' ')"),
        page.run("""(lib => data.elf.rows.filter(r => r[0] === lib).sort((a, b) => a[2] - b[2])
        .map(r => r[1]).join(' '))(data.libraries.rows.find(r =>
        r[0] === document.getElementById('detail-title').textContent)[11])"""))
    check("at its first page", page.run("""[...document.querySelectorAll('#map b')]
        .find(e => e.textContent.endsWith('.text')).nextSibling.title"""),
        "page 259, .plt .plt.got .text: 16 processes, 0 copies")
    check("copied cells are explained", page.run(
        "[...document.querySelectorAll('#legend i')].slice(7).map(e => e.className).join(' ')"),
        "copied both")
    check("the colour-blind, and a printer, tell colours apart", confused(page), [])
    page.picture(pictures + "/map.png")
    page.key("Escape", 27)
    check("Esc closes it", page.run("document.getElementById('detail').open"), False)
    page.click("#libraries td button")
    check("a click opens it", page.run("document.getElementById('detail').open"))
    page.click("#close")
    check("a click closes it", page.run("document.getElementById('detail').open"), False)
    check("duplicates are listed", page.run(
        "document.querySelectorAll('#duplicates tbody tr').length"), 2)

    contrast = """(() => { const rgb = s => s.match(/[0-9.]+/g).slice(0, 3).map(Number)
        .map(c => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4),
        light = s => (([r, g, b]) => 0.2126 * r + 0.7152 * g + 0.0722 * b)(rgb(s)),
        style = getComputedStyle(document.body), ground = light(style.backgroundColor);
        return Math.min(...['body', 'p.about', 'td button', '.totals dt'].map(q => {
        const c = light(getComputedStyle(document.querySelector(q)).color);
        return (Math.max(c, ground) + 0.05) / (Math.min(c, ground) + 0.05); })); })()"""
    check("readable in light", page.run(contrast) > 4.5)
    page.call("Emulation.setEmulatedMedia",
              features=[{"name": "prefers-color-scheme", "value": "dark"}])
    check("readable in dark", page.run(contrast) > 4.5)
    check("dark is dark", page.run("getComputedStyle(document.body).backgroundColor"),
          "rgb(21, 24, 27)")
    check("colours are told apart in dark", confused(page), [])
    page.picture(pictures + "/dark.png")
    page.click("#libraries td button")
    page.picture(pictures + "/dark-map.png")
    page.key("Escape", 27)
    page.call("Emulation.setDeviceMetricsOverride", width=360, height=740, deviceScaleFactor=1,
              mobile=True)
    check("on a telephone, the page itself does not scroll sideways", page.run(
        "document.documentElement.scrollWidth <= 360"))
    requests = [e["params"]["request"]["url"] for e in page.events
                if e.get("method") == "Network.requestWillBeSent"]
    check("nothing is asked of a network", len([r for r in requests if not r.startswith("file:")]), 0)
    check("no error is logged", [e for e in page.events if e.get("method") in (
        "Runtime.exceptionThrown",)], [])


def audited(page, report):
    """A report of a snapshot that has an audit, seen where no other one was changed."""
    page.events.clear()
    page.call("Page.navigate", url="file://" + os.path.abspath(report))
    page.wait("Page.loadEventFired")
    check("the conclusion says what would win most", "What would win most back, 1.3M: " in page.run(
        "document.getElementById('conclusion').textContent"))
    check("what to do is told", page.run("document.getElementById('todo').hidden"), False)
    check("each finding, those that win most first", page.run(
        "[...document.querySelectorAll('#findings tbody td:nth-child(1)')].map(e => e.textContent)"),
        ["1.3M", "600K", "480K", "264K", "264K", "200K", "160K"])
    check("files without build IDs are not called no duplicates", page.run(
        "document.getElementById('duplicates-place').textContent"),
        "not known: 2 files of equal sizes have no build ID (512K in memory)")
    rows = "[...document.querySelectorAll('#%s tbody tr')].map(r => [...r.cells].map(c => c.textContent))"
    check("what each change would win back, most first", page.run(rows % "what-if")[:2],
          [["one-address", "1000K", "1.6M", "6", "/usr/lib/libcrypto.so.3"],
           ["zygote", "800K", "1.6M", "4", "/usr/lib/libcrypto.so.3"]])
    page.click("#libraries td button")
    check("what is in the copies of a library, by section, with processes",
          page.run(rows % "classes"),
          [["(all)", "8K (1)", "240K (6)", "1.2M (6)", "144K (6)", "8K"],
           [".data.rel.ro", "0", "240K (6)", "1.2M (6)", "0", "0"],
           [".data", "8K (1)", "0", "0", "144K (6)", "8K"]])
    check("no error is logged there", [e for e in page.events if e.get("method") in (
        "Runtime.exceptionThrown",)], [])


def main():
    program, report, with_audit, pictures = sys.argv[1:]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(program, profile)
        target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        browser.session = session
        use(browser, report, pictures)
        audited(browser, with_audit)
        browser.session = None
        browser.call("Browser.close")
        browser.process.wait(timeout=30)
    print("1..%d" % tests)


main()
