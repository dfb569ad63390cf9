"""Chromium driven by Debian's chromedriver over the WebDriver protocol: plain HTTP and JSON."""

import base64
import http.client
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import time

ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync",
             "--disable-dev-shm-usage", "--force-prefers-reduced-motion"]
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
CALL_BOUND = 30.0  # seconds; no single call of a browser takes nearly as long


def until(condition, what, bound=15.0, every=0.02):
    """The first true outcome of `condition`; an AssertionError that says `what` did not happen."""
    end = time.monotonic() + bound
    while True:
        outcome = condition()
        if outcome:
            return outcome
        if time.monotonic() > end:
            raise AssertionError(f"waited {bound:g} s in vain for: {what}")
        time.sleep(every)


class WebDriverError(Exception):
    def __init__(self, value):
        super().__init__(f"{value.get('error')}: {value.get('message', '').splitlines()[:1]}")
        self.error = value.get("error")


def programs():
    """(chromium, chromedriver), each None when it is not installed."""
    return shutil.which("chromium"), shutil.which("chromedriver")


class Browser:
    """One chromedriver with one chromium, both ended and their profile removed by close()."""

    def __init__(self, waits_for_pages=True):
        chromium, chromedriver = programs()
        self.profile = tempfile.mkdtemp(prefix="svd-browser-")
        self.log = open(pathlib.Path(self.profile, "chromedriver.log"), "w+", encoding="utf-8")
        # A group of its own, so that nothing of it can be left behind.
        self.driver = subprocess.Popen([chromedriver, "--port=0"], stdout=self.log, stderr=self.log,
                                       stdin=subprocess.DEVNULL, start_new_session=True)
        self.session = ""
        try:
            self.port = int(until(self._port, "chromedriver's port"))
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=CALL_BOUND)
            options = {"binary": chromium,
                       "args": ARGUMENTS + [f"--user-data-dir={self.profile}/profile"]}
            answer = self.call("POST", "/session", {"capabilities": {"alwaysMatch": {
                "browserName": "chrome", "pageLoadStrategy": "normal" if waits_for_pages else "none",
                "goog:chromeOptions": options,
                "goog:loggingPrefs": {"browser": "ALL"},
                "timeouts": {"implicit": 0, "pageLoad": 20000, "script": 10000}}}})
            self.session = f"/session/{answer['sessionId']}"
        except BaseException:
            self.close()
            raise

    def _port(self):
        if self.driver.poll() is not None:
            raise AssertionError(f"chromedriver ended at once: {self._said()}")
        found = re.search(r"started successfully on port (\d+)", self._said())
        return found and found.group(1)

    def _said(self):
        return pathlib.Path(self.log.name).read_text(encoding="utf-8")

    def close(self):
        if self.session:
            try:
                self.call("DELETE", self.session)
            except (OSError, WebDriverError, http.client.HTTPException):
                pass
        self.driver.terminate()
        try:
            self.driver.wait(10)
        except subprocess.TimeoutExpired:
            self.driver.kill()
            self.driver.wait(10)
        self.log.close()
        shutil.rmtree(self.profile, ignore_errors=True)

    # --- the protocol
    def call(self, method, path, body=None):
        data = None if method != "POST" else json.dumps(body or {})
        self.connection.request(method, path, data, {"Content-Type": "application/json"})
        value = json.loads(self.connection.getresponse().read())["value"]
        if isinstance(value, dict) and "error" in value:
            raise WebDriverError(value)
        return value

    def post(self, path, **body):
        return self.call("POST", self.session + path, body)

    def get(self, path):
        return self.call("GET", self.session + path)

    def devtools(self, command, **params):
        return self.post("/goog/cdp/execute", cmd=command, params=params)

    # --- what tests do
    def open(self, url):
        self.post("/url", url=url)

    def url(self):
        return self.get("/url")

    def title(self):
        return self.get("/title")

    def script(self, text, *arguments):
        return self.post("/execute/sync", script=text, args=list(arguments))

    def find(self, selector):
        """All elements of a CSS selector."""
        return [found[ELEMENT] for found in self.post("/elements", using="css selector", value=selector)]

    def texts(self, selector):
        """What can be seen of all elements of a selector, at one moment."""
        return self.script("return [...document.querySelectorAll(arguments[0])]"
                           ".filter(e => e.checkVisibility()).map(e => e.innerText.trim())", selector)

    def press(self, selector, text=None):
        """Clicks the first visible element of the selector (with this text), once there is one."""
        until(lambda: self._pressed(selector, text), f"{text or 'something'} to press in {selector}")

    def _pressed(self, selector, text):
        found = self.script("const found = [...document.querySelectorAll(arguments[0])].find(e => e.checkVisibility()"
                            " && (arguments[1] === null || e.innerText.trim() === arguments[1]));"
                            "found?.scrollIntoView({block: 'center'}); return found;", selector, text)
        try:
            if found:
                self.post(f"/element/{found[ELEMENT]}/click")
        except WebDriverError as error:
            if error.error != "stale element reference":  # the page has replaced it meanwhile
                raise
            return False
        return bool(found)

    def type(self, element, text):
        self.post(f"/element/{element}/value", text=text)

    def has_dialog(self):
        try:
            return self.get("/alert/text")
        except WebDriverError as error:
            if error.error != "no such alert":
                raise
            return None

    def answer_dialog(self, yes):
        self.post("/alert/accept" if yes else "/alert/dismiss")

    def windows(self):
        return self.get("/window/handles")

    def switch(self, window):
        self.post("/window", handle=window)

    def close_window(self):
        self.call("DELETE", self.session + "/window")

    def resize(self, width, height, phone):
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=height,
                      deviceScaleFactor=2 if phone else 1, mobile=phone)

    def allow_scripts(self, allowed):
        self.devtools("Emulation.setScriptExecutionDisabled", value=not allowed)

    def prefer(self, scheme):
        self.devtools("Emulation.setEmulatedMedia",
                      features=[{"name": "prefers-color-scheme", "value": scheme}])

    def complaints(self):
        """What the console has said since the last call: errors, refusals of the content policy."""
        return [f"{entry['level']} {entry['message']}" for entry in self.post("/se/log", type="browser")
                if entry["level"] in ("SEVERE", "WARNING")]

    def screenshot(self, path, whole=True):
        shot = self.devtools("Page.captureScreenshot", captureBeyondViewport=whole)
        pathlib.Path(path).write_bytes(base64.b64decode(shot["data"]))
