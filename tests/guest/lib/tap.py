# SPDX-License-Identifier: GPL-2.0-only
"""TAP, as little as the tests need: ok, equal, skip, and the plan at the end."""
import sys
import traceback

MAX_DIAGNOSTICS = 12
MAX_LINE = 400


class Tap:
    def __init__(self):
        self.count = 0
        self.failed = 0

    def say(self, text):
        for line in str(text).splitlines():
            print("# " + (line if len(line) < MAX_LINE else line[:MAX_LINE] + "…"))
        sys.stdout.flush()

    def ok(self, condition, name, *diagnostics):
        """One check; diagnostics are said only when it fails."""
        self.count += 1
        name = name.replace("#", "\\#")
        print("%s %d - %s" % ("ok" if condition else "not ok", self.count, name))
        if not condition:
            self.failed += 1
            for line in diagnostics[:MAX_DIAGNOSTICS]:
                self.say(line)
            if len(diagnostics) > MAX_DIAGNOSTICS:
                self.say("… and %d more" % (len(diagnostics) - MAX_DIAGNOSTICS))
        sys.stdout.flush()
        return bool(condition)

    def equal(self, got, want, name):
        return self.ok(got == want, name, "got:  %r" % (got,), "want: %r" % (want,))

    def none(self, problems, name):
        """Passes when the list of problems is empty."""
        return self.ok(not problems, name, *problems)

    def skip(self, name, reason):
        self.count += 1
        print("ok %d - %s # SKIP %s" % (self.count, name, reason))
        sys.stdout.flush()

    def done(self):
        print("1..%d" % self.count)
        sys.stdout.flush()
        return 1 if self.failed or not self.count else 0


def run(test):
    """Run test(tap) and exit; an exception is a failed check, not a lost plan."""
    tap = Tap()
    try:
        test(tap)
    except Exception:  # pylint: disable=broad-except
        tap.ok(False, "the test ran to its end", *traceback.format_exc().splitlines()[-12:])
    sys.exit(tap.done())
