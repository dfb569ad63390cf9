"""One svd on a scratch directory, and clients that run against it. Every wait has a bound."""

import os
import pathlib
import pty
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import tty

sys.path.insert(1, str(pathlib.Path(__file__).resolve().parent.parent / "conformance"))
from daemon import Daemon, clean_environment, wait_for  # noqa: E402
from rpc import Rpc  # noqa: E402

BOUND = 30.0  # seconds
SANITIZERS = ("ASAN_OPTIONS", "UBSAN_OPTIONS")  # where a sanitized svd writes its reports
PROGRAMS = pathlib.Path(__file__).resolve().parent / "programs"
PYTHON = "/usr/bin/python3"
USER, PASSWORD = "operator", "s3cret:with:colons"

HEAD = """[unix_http_server]
file={dir}/s.sock

[inet_http_server]
port=127.0.0.1:{port}
username={user}
password={password}

[supervisord]
nodaemon=true
logfile={dir}/svd.log
pidfile={dir}/svd.pid
childlogdir={dir}
{supervisord}
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl=unix://{dir}/s.sock

"""


def check(condition, what):
    if not condition:
        raise AssertionError(what)


def equal(seen, expected, what):
    check(seen == expected, f"{what}:\n  seen     {seen!r}\n  expected {expected!r}")


def contains(text, part, what):
    check(part in text, f"{what}: no {part!r} in:\n{text}")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Outcome:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def succeeded(self):
        check(self.code == 0, f"exit {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}")
        return self


class Follower:
    """A client that goes on running; what it writes is looked at while it does."""

    def __init__(self, argv, cwd, env, terminal=False):
        self.text = ""
        if terminal:
            ours, theirs = pty.openpty()
            tty.setraw(theirs)  # what is typed is not echoed, so what is read was sent
        else:
            ours, theirs = os.pipe()
        self.terminal = ours if terminal else None
        self.process = subprocess.Popen(argv, cwd=cwd, env=env, start_new_session=True, stdout=theirs,
                                        stdin=theirs if terminal else subprocess.DEVNULL,
                                        stderr=subprocess.STDOUT)
        os.close(theirs)
        self.reader = threading.Thread(target=self._read, args=(ours,), daemon=True)
        self.reader.start()

    def _read(self, source):
        with open(source, "rb", buffering=0, closefd=True) as stream:
            while True:
                try:
                    data = stream.read(65536)
                except OSError:  # the other side of a terminal is closed
                    return
                if not data:
                    return
                self.text += data.decode("utf-8", "replace")

    def type(self, text):
        os.write(self.terminal, text.encode())

    def wait_text(self, part):
        try:
            wait_for(lambda: part in self.text, BOUND, part)
        except Exception as error:
            raise AssertionError(f"{error}; the client wrote:\n{self.text}") from error

    def end(self):
        """Ends the client and what it started (a pipeline), all in its own session."""
        try:
            os.killpg(self.process.pid, 15)
        except ProcessLookupError:
            pass
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, 9)
            self.process.wait(10)
        self.reader.join(10)


class Subject:
    """A case's scratch directory, its svd and its clients. Leaving it ends them all."""

    def __init__(self, tools, keep=False):
        self.tools, self.keep = tools, keep
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="svd-clients-"))
        self.path.chmod(0o755)
        self.dir = str(self.path)
        self.conf = f"{self.dir}/supervisord.conf"
        self.socket = f"{self.dir}/s.sock"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.rpc = Rpc(self.socket)
        self.daemon = None
        self.followers = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for follower in self.followers:
            follower.end()
        if self.daemon:
            self.daemon.end()
        if self.keep:
            print(f"kept: {self.dir}")
        else:
            shutil.rmtree(self.path, ignore_errors=True)

    def fill(self, text):
        """{dir}, {port}, {programs} and {python} of a configuration or a script."""
        for name, value in (("dir", self.dir), ("port", self.port), ("programs", PROGRAMS),
                            ("python", PYTHON), ("user", USER), ("password", PASSWORD)):
            text = text.replace("{" + name + "}", str(value))
        return text

    def write(self, name, text):
        path = self.path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(self.fill(text), encoding="utf-8")
        return str(path)

    def read(self, name):
        try:
            return (self.path / name).read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return ""

    def start(self, programs, supervisord="", words=(), env=None):
        """Starts svd on the common head and `programs`, and waits until it answers."""
        head = HEAD.replace("{supervisord}", supervisord + "\n" if supervisord else "")
        self.start_on(head + programs, words, env)
        self.wait(lambda: self.rpc.getState() == {"statecode": 1, "statename": "RUNNING"}, "svd's answer")

    def start_on(self, text, words=(), env=None):
        """Starts svd on exactly this configuration."""
        self.write("supervisord.conf", text)
        reports = {name: os.environ[name] for name in SANITIZERS if name in os.environ}
        self.daemon = Daemon([self.tools.svd, "-c", self.conf, *words], self.dir, {**reports, **(env or {})})

    def wait(self, condition, what):
        return wait_for(condition, BOUND, what)

    def wait_state(self, name, *states):
        def there():
            info = self.rpc.getProcessInfo(name)
            return isinstance(info, dict) and info["statename"] in states
        self.wait(there, f"{name} in {' or '.join(states)}")

    def wait_in_file(self, name, part):
        try:
            self.wait(lambda: part in self.read(name), part)
        except Exception as error:
            raise AssertionError(f"{error}; {name} holds:\n{self.read(name)}") from error

    def wait_said(self, part):
        """Waits until svd's own standard output holds the text."""
        self.wait_in_file(os.path.basename(self.daemon.stdout_path), part)

    def pid(self, name):
        return self.rpc.getProcessInfo(name)["pid"]

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.daemon.pid}/fd"))

    def stands_still(self):
        """True when svd did nothing at all between two looks at it."""
        first = self._switches()
        time.sleep(0.1)
        return self._switches() == first

    def _switches(self):
        text = pathlib.Path(f"/proc/{self.daemon.pid}/status").read_text(encoding="utf-8")
        return [line for line in text.splitlines() if "ctxt_switches" in line]

    def run(self, argv, text="", env=None):
        """Runs a client to its end."""
        argv = [self.fill(str(word)) for word in argv]
        try:
            done = subprocess.run(argv, cwd=self.dir, env=clean_environment(env), input=text.encode(),
                                  capture_output=True, timeout=BOUND * 2, check=False)
        except subprocess.TimeoutExpired as late:
            raise AssertionError(f"{argv[0]} did not end; it wrote {late.stdout!r}") from late
        return Outcome(done.returncode, done.stdout.decode("utf-8", "replace"),
                       done.stderr.decode("utf-8", "replace"))

    def ctl(self, client, *words, env=None):
        return self.run([client, "-c", self.conf, *words], env=env)

    def follow(self, argv, env=None, terminal=False):
        follower = Follower([self.fill(str(word)) for word in argv], self.dir, clean_environment(env),
                            terminal)
        self.followers.append(follower)
        return follower
