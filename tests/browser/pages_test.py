#!/usr/bin/env python3
"""The web pages in a real browser: every button is pressed and its effect asked over XML-RPC, on a
desk and on a phone, with scripts and without.

    pages_test.py --svd BIN [--screenshots DIR]

Exit 77 (skipped) where chromium or chromedriver is not installed, but a failure under CI=true.
"""

import argparse
import http.server
import os
import pathlib
import sys
import threading
import time
from urllib.parse import quote

from daemon import ODD, Daemon, many
from webdriver import Browser, programs, until

SKIPPED = 77
DESK, PHONE = (1280, 800, False), (390, 844, True)


class Page:
    """The status page as a person sees it."""

    def __init__(self, browser, daemon, scripts):
        self.browser, self.daemon, self.scripts = browser, daemon, scripts

    def open(self, query=""):
        self.browser.open(f"{self.daemon.site}/{query}")

    def row(self, name, what):
        """The selector of something in the row of a process, or of a group."""
        key = quote(name, safe="/")
        return f'#rows tr:is([id="p:{key}"], [id="g:{key}"]) {what}'

    def names(self):
        return [name for name in self.browser.texts("#rows th") if name]

    def buttons(self, name):
        return self.browser.texts(self.row(name, "button"))

    def press(self, name, button):
        """A button of a row, or of the page when the name is empty."""
        self.browser.press(self.row(name, "button") if name else "#actions > .toolbar button", button)

    def message(self):
        return "".join(self.browser.texts("#message .status_msg"))

    def shows(self, text):
        until(lambda: self.message().startswith(text), f"the message {text!r}, not {self.message()!r}")

    def confirm(self, yes):
        """Where scripts run, a question stands before the great buttons."""
        if self.scripts:
            until(self.browser.has_dialog, "a question")
            self.browser.answer_dialog(yes)


def check(condition, what):
    if not condition:
        raise AssertionError(what)


def equal(got, wanted, what):
    check(got == wanted, f"{what}: {got!r} instead of {wanted!r}")


# --- what is checked: (page, daemon), each in every mode unless it says otherwise

def fits(page, daemon):
    page.open()
    equal(page.browser.title(), "Supervisor Status", "title")
    for query in ("", "tail.html?processname=cat", "index.html?q=web"):
        page.open(query)
        too_wide = page.browser.script("return document.documentElement.scrollWidth - innerWidth")
        check(too_wide <= 0, f"/{query} is {too_wide} pixels too wide")
    page.open()
    check(ODD in page.names(), f"{ODD} is not among {page.names()}")
    equal(page.buttons("cat"), ["Restart", "Stop", "Clear Log"], "buttons of a running program")
    equal(page.buttons("broken"), ["Start", "Clear Log"], "buttons of a stopped program")
    equal(page.buttons("web"), ["Start Group", "Restart Group", "Stop Group"], "buttons of a group")
    equal(page.browser.texts(page.row("failing", "td.state")), ["fatal"], "word of a state")


def one_program(page, daemon):
    page.open()
    page.press("cat", "Stop")
    page.shows("Process cat stopped")
    equal(daemon.state("cat"), "STOPPED", "cat")
    page.press("cat", "Start")
    page.shows("Process cat started")
    equal(daemon.state("cat"), "RUNNING", "cat")
    before = daemon.pid("cat")
    page.press("cat", "Restart")
    page.shows("Process cat restarted")
    check(daemon.pid("cat") not in (0, before), "cat was not restarted")
    page.press("broken", "Start")
    page.shows("ERROR: Process broken: no such file")
    page.press("web:web_01", "Stop")
    page.shows("Process web:web_01 stopped")
    equal(daemon.states("web"), ["RUNNING", "STOPPED", "RUNNING"], "one of a group")
    page.press("web:web_01", "Start")
    page.shows("Process web:web_01 started")
    page.press(ODD, "Start")
    page.shows(f"Process {ODD} started")
    equal(daemon.state(ODD), "RUNNING", ODD)
    page.press(ODD, "Stop")
    page.shows(f"Process {ODD} stopped")


def logs(page, daemon):
    log = daemon.directory / "cat.out"
    daemon.rpc.sendProcessStdin("cat", "<i>one</i>\n")
    until(lambda: "one" in log.read_text(), "the log's first line")
    page.open()
    page.browser.press(page.row("cat", "th a"))
    until(lambda: page.browser.title() == "Supervisor tail of process cat", "the tail page")

    def shown():
        return "".join(page.browser.texts("#log"))

    check(shown().endswith("<i>one</i>"), f"the log shows {shown()!r}")
    daemon.rpc.sendProcessStdin("cat", "two\n")
    until(lambda: "two" in log.read_text(), "the log's second line")
    if not page.scripts:
        page.browser.press("nav a", "Refresh")
    until(lambda: shown().endswith("two"), "the second line on the page")
    page.browser.press("nav a", "Stderr")
    until(lambda: page.browser.url().endswith("channel=stderr"), "the other log")
    page.browser.press("nav a", "All programs")
    until(lambda: page.browser.title() == "Supervisor Status", "the status page")
    page.press("cat", "Clear Log")
    page.shows("Log for cat cleared")
    equal(log.read_text(), "", "the log")


def follow(page, daemon):
    """A short log is seen at once where it is followed: the browser must not wait for more of it."""
    check("Tail -f Stdout" in page.browser.texts(page.row("cat", "td a")), "no link to the stream")
    daemon.rpc.sendProcessStdin("cat", "short\n")
    browser = Browser(waits_for_pages=False)  # a stream never ends
    try:
        browser.open(f"{daemon.site}/logtail/cat")
        until(lambda: "short" in str(browser.devtools(
            "Runtime.evaluate", expression="document.body.innerText", returnByValue=True)), "the log")
    finally:
        browser.close()


def groups(page, daemon):
    page.open()
    page.press("web", "Stop Group")
    page.shows("Group web stopped")
    equal(daemon.states("web"), ["STOPPED"] * 3, "stopped group")
    page.press("web", "Start Group")
    page.shows("Group web started")
    equal(daemon.states("web"), ["RUNNING"] * 3, "started group")
    before = daemon.pid("web:web_00")
    page.press("web", "Restart Group")
    page.shows("Group web restarted")
    check(daemon.pid("web:web_00") not in (0, before), "web was not restarted")


def all_programs(page, daemon):
    page.open()
    page.press("", "Refresh")
    page.shows("Page refreshed at ")
    if page.scripts:
        page.press("", "Stop All")
        page.confirm(False)
        equal(daemon.state("cat"), "RUNNING", "cat after a No")
    page.press("", "Stop All")
    page.confirm(True)
    page.shows("All stopped at ")
    equal({info["statename"] for info in daemon.rpc.getAllProcessInfo()}, {"STOPPED", "FATAL"}, "all")
    page.press("", "Start All")
    page.shows("ERROR: All started at ")
    check("broken: no such file" in page.message(), page.message())
    equal([daemon.state("cat"), *daemon.states("web")], ["RUNNING"] * 4, "all")
    before = daemon.pid("cat")
    page.press("", "Restart All")
    page.confirm(True)
    page.shows("ERROR: All restarted at ")
    check(daemon.pid("cat") not in (0, before), "cat was not restarted")
    daemon.rpc.stopProcess(ODD)


def search(page, daemon):
    page.open()
    page.browser.type(page.browser.find(".find input")[0], "WEB:")
    if not page.scripts:
        page.browser.press(".find button")
    wanted = ["web", "web:web_00", "web:web_01", "web:web_02"]
    until(lambda: page.names() == wanted, f"{wanted}, not {page.names()}")
    page.press("web:web_02", "Restart")
    page.shows("Process web:web_02 restarted")
    equal(page.names(), wanted, "what is searched for, after an action")
    page.browser.press("#summary a", "1 fatal")
    until(lambda: page.names() == ["failing"], f"the fatal program, not {page.names()}")


def lives(page, daemon):
    """With scripts: what happens elsewhere appears, and neither place nor message is lost."""
    if not page.scripts:
        return
    page.open()
    page.press("web:web_00", "Restart")
    page.shows("Process web:web_00 restarted")
    place = "return Math.round(document.querySelector(arguments[0]).getBoundingClientRect().top)"
    middle = page.row("job006", "th")
    page.browser.script("document.querySelector(arguments[0]).scrollIntoView()", middle)
    before = page.browser.script(place, middle)
    daemon.rpc.stopProcess("cat")
    state = page.row("cat", "td.state")
    until(lambda: page.browser.texts(state) == ["stopped"], "the new state")
    equal(page.browser.script(place, middle), before, "place")
    check(page.browser.script("return scrollY") > 0, "the page was not scrolled")
    page.shows("Process web:web_00 restarted")
    equal(page.browser.url(), f"{daemon.site}/", "URL")
    page.browser.script("document.querySelector(arguments[0]).focus({preventScroll: true})",
                        page.row("cat", "button"))
    daemon.rpc.startProcess("cat")
    until(lambda: page.browser.texts(state) == ["running"], "the new state")
    equal(page.browser.script("return document.activeElement.closest('tr').id"), "p:cat", "focus")


def other_sites(page, daemon):
    """A page elsewhere cannot act for the user who looks at it; a link from it asks first."""
    target = f"{daemon.site}/index.html?processname=cat&amp;action=stop"
    body = (f"<title>elsewhere</title><img src='{target}'><a id=link href='{target}' rel=noreferrer>go</a>"
            f"<form method=post action='{target}'><button>go</button></form>").encode()

    class Elsewhere(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        before = daemon.pid("cat")
        for way in ("#link", "form button"):
            # The other site has another name as well as another port.
            page.browser.open(f"http://localhost:{server.server_port}/")
            page.browser.press(way)
            until(lambda: page.browser.find("body.question"), "a question")
            equal(daemon.pid("cat"), before, "cat")
        page.browser.press("form button", "Do it")
        page.shows("Process cat stopped")
        equal(daemon.state("cat"), "STOPPED", "cat")
        daemon.rpc.startProcess("cat")
    finally:
        server.shutdown()
        server.server_close()
    # The browser says that it was refused; that is what was wanted.
    check(all("403" in line for line in page.browser.complaints()), "complaints of another kind")


CHECKS = [fits, one_program, logs, groups, all_programs, search, lives, other_sites]
ONCE = [follow]  # no matter of size and scripts


def run(browser, svd, screenshots):
    failed = 0
    once = list(ONCE)
    for size_name, size in (("desk", DESK), ("phone", PHONE)):
        for scripts in (True, False):
            mode = f"{size_name}, scripts {'on' if scripts else 'off'}"
            daemon = Daemon(svd, many(12))
            try:
                browser.resize(*size)
                browser.allow_scripts(scripts)
                page = Page(browser, daemon, scripts)
                for one in CHECKS + once:
                    failed += not passes(one, page, daemon, mode, screenshots)
                once.clear()
                if screenshots:
                    take_pictures(page, screenshots, f"{size_name}-{'script' if scripts else 'plain'}")
            finally:
                # A page left open would go on asking the daemon that has gone, and say so in the console.
                browser.open("about:blank")
                daemon.close()
    return failed


def passes(one, page, daemon, mode, screenshots):
    began = time.monotonic()
    try:
        one(page, daemon)
        complaints = page.browser.complaints()
        check(not complaints, f"the console says: {complaints}")
    except Exception as error:  # any: the next check is still worth running
        print(f"FAILED {one.__name__} ({mode}): {type(error).__name__}: {error}", flush=True)
        if screenshots:
            page.browser.screenshot(screenshots / f"failed-{one.__name__}-{mode.replace(', ', '-')}.png")
        if page.browser.has_dialog():
            page.browser.answer_dialog(False)
        page.browser.complaints()
        return False
    print(f"ok     {one.__name__} ({mode}, {time.monotonic() - began:.1f} s)", flush=True)
    return True


def take_pictures(page, folder, name):
    for scheme in ("light", "dark"):
        page.browser.prefer(scheme)
        page.open("?message=Process%20cat%20started")
        page.browser.screenshot(folder / f"{name}-{scheme}.png")
        page.open("tail.html?processname=cat&limit=16384")
        page.browser.screenshot(folder / f"{name}-{scheme}-tail.png")
    page.browser.prefer("light")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--svd", required=True)
    parser.add_argument("--screenshots", type=pathlib.Path, help="a folder for pictures of the pages")
    options = parser.parse_args()
    if None in programs():
        print("chromium and chromedriver are needed (Debian: chromium, chromium-driver)")
        return 1 if os.environ.get("CI") == "true" else SKIPPED
    if options.screenshots:
        options.screenshots.mkdir(parents=True, exist_ok=True)
    browser = Browser()
    try:
        failed = run(browser, options.svd, options.screenshots)
    finally:
        browser.close()
    print(f"{failed} failed" if failed else "all passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
