"""Starting, watching and ending one daemon, with a bound on every wait."""

import os
import re
import signal
import subprocess
import time
import uuid

TAG = "CONFORMANCE_TAG"


class Timeout(Exception):
    """A condition did not come true within its bound."""


def wait_for(condition, bound=10.0, what="condition", every=0.02):
    """Polls until condition() is truthy and returns its value; raises Timeout after bound seconds."""
    deadline = time.monotonic() + bound
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise Timeout(f"{what} not seen within {bound} s")
        time.sleep(every)


def clean_environment(extra=None):
    """The small environment every daemon and client starts with, so that outcomes compare."""
    env = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": "/tmp",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "CONF_X": "from-starter",
        # Nobody is seen on this machine's buses, or says so in the log.
        "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nonexistent/bus",
    }
    env.update(extra or {})
    return env


class Daemon:
    """One running daemon. Use as a context manager; leaving it leaves no process behind."""

    def __init__(self, argv, cwd, env=None, new_limits=None):
        self.argv = argv
        self.tag = uuid.uuid4().hex
        self.stdout_path = os.path.join(cwd, f".out.{self.tag[:6]}")
        self.stderr_path = os.path.join(cwd, f".err.{self.tag[:6]}")
        full_env = clean_environment(env)
        full_env[TAG] = self.tag
        with open(self.stdout_path, "wb") as out, open(self.stderr_path, "wb") as err:
            self.process = subprocess.Popen(
                argv, cwd=cwd, env=full_env, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                start_new_session=True, preexec_fn=new_limits)
        self.pid = self.process.pid

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def stdout(self):
        return _read(self.stdout_path)

    def stderr(self):
        return _read(self.stderr_path)

    def signal(self, number):
        os.kill(self.pid, number)

    def running(self):
        return self.process.poll() is None

    def wait_exit(self, bound=15.0):
        """The exit code, or `still running` when the daemon outlives the bound."""
        try:
            return self.process.wait(bound)
        except subprocess.TimeoutExpired:
            return "still running"

    def tagged(self):
        """Live processes that carry this daemon's tag in their environment (daemon included)."""
        return [pid for pid in _pids() if _has_tag(pid, self.tag)]

    def end(self, bound=12.0):
        """TERM, then KILL by pid, then every process that still carries the tag."""
        if self.running():
            self.signal(signal.SIGTERM)
            if self.wait_exit(bound) == "still running":
                self.process.kill()
                self.wait_exit(5)
        for _ in range(50):
            left = self.tagged()
            if not left:
                return
            for pid in left:
                _kill(pid)
            time.sleep(0.02)


def _read(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            return stream.read()
    except FileNotFoundError:
        return ""


def _pids():
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _has_tag(pid, tag):
    try:
        with open(f"/proc/{pid}/environ", "rb") as stream:
            return f"{TAG}={tag}".encode() in stream.read()
    except OSError:
        return False


def _kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, os.WNOHANG)
    except (ProcessLookupError, ChildProcessError):
        pass


def process_status(pid):
    """Fields of /proc/PID/status as a dict, empty when the process is gone."""
    text = _read(f"/proc/{pid}/status")
    return dict(re.findall(r"^(\w+):\s*(.*)$", text, re.M))


def alive(pid):
    return process_status(pid).get("State", "Z")[0] not in "ZX"
