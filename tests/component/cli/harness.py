"""What the tests of svctl share: real supervisord instances in scratch directories, and a way to
run a client against them and to mask what differs from run to run."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import xmlrpc.client

PYTHON = "/usr/bin/python3"
SUPERVISORD = "/usr/bin/supervisord"
SUPERVISORCTL = "/usr/bin/supervisorctl"
SKIP = 77
BOUND = 60  # seconds; every wait of these tests ends by then


def have_supervisor():
    return all(os.path.exists(p) for p in (PYTHON, SUPERVISORD, SUPERVISORCTL))


def wait_until(condition, what):
    deadline = time.monotonic() + BOUND
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.005)
    raise AssertionError("timed out: " + what)


class Scratch:
    """A directory that others may look into, removed at the end."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix="svctl-")
        os.chmod(self.path, 0o755)

    def file(self, name, text=None, mode=None):
        path = os.path.join(self.path, name)
        if text is not None:
            with open(path, "w") as f:
                f.write(text)
        if mode is not None:
            os.chmod(path, mode)
        return path

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)


HEAD = """[unix_http_server]
file={dir}/s.sock
{auth}
[supervisord]
logfile={dir}/main.log
pidfile={dir}/s.pid
childlogdir={dir}
nodaemon=true
{rpc}
[supervisorctl]
serverurl=unix://{dir}/s.sock
"""
RPC = """[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
"""


class Supervisor:
    """A supervisord of its own, ended by its pid."""

    def __init__(self, programs="", auth="", rpc=True, extra=""):
        self.scratch = Scratch()
        self.dir = self.scratch.path
        self.socket = os.path.join(self.dir, "s.sock")
        self.url = "unix://" + self.socket
        self.auth = auth
        self.rpc = RPC if rpc else ""
        self.extra = extra
        self.configure(programs)
        self.process = None

    def configure(self, programs):
        head = HEAD.format(dir=self.dir, auth=self.auth, rpc=self.rpc)
        self.conf = self.scratch.file("s.conf", head + self.extra +
                                      programs.replace("{dir}", self.dir))

    def start(self):
        self.process = subprocess.Popen(
            [PYTHON, SUPERVISORD, "-c", self.conf], cwd=self.dir, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(self.answers, "supervisord answers")
        return self

    def answers(self):
        s = socket.socket(socket.AF_UNIX)
        try:
            s.connect(self.socket)
            return True
        except OSError:
            return False
        finally:
            s.close()

    def rpc_call(self, method, *args):
        from supervisor.xmlrpc import SupervisorTransport
        transport = SupervisorTransport(None, None, self.url)
        proxy = xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport)
        try:
            return getattr(proxy.supervisor, method)(*args)
        finally:
            transport.close()

    def wait_state(self, name, *states):
        wait_until(lambda: self.rpc_call("getProcessInfo", name)["statename"] in states,
                   "%s is %s" % (name, states))

    def stop(self):
        if self.process and self.process.poll() is None:
            children = self.children()
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                for pid in children:
                    try:
                        os.kill(pid, signal.SIGKILL)
                    except ProcessLookupError:
                        pass
                try:
                    self.process.wait(10)
                except subprocess.TimeoutExpired:
                    self.process.kill()
                    self.process.wait()
        self.scratch.__exit__()

    def children(self):
        path = "/proc/%d/task/%d/children" % (self.process.pid, self.process.pid)
        with open(path) as f:
            return [int(pid) for pid in f.read().split()]

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *_):
        self.stop()


MASKS = [
    (re.compile(r"pid +\d+, uptime (\d+ days?, )?\d+:\d\d:\d\d"), "pid N, uptime T"),
    (re.compile(r"\b[A-Z][a-z]{2} \d\d \d\d:\d\d [AP]M"), "DATE"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}"), "STAMP"),
    (re.compile(r"with pid \d+"), "with pid N"),
    (re.compile(r"started with pid N|supervisord started with pid \d+"), "started with pid N"),
    (re.compile(r"(?m)^(?!0$)\d+$"), "NUMBER"),
    # A program that flaps is in one of two states, depending on the moment.
    (re.compile(r"(?m)^(flap +)(STARTING|BACKOFF) .*$"), r"\1FLAPPING"),
]


def mask(text, directory):
    text = text.replace(directory, "DIR")
    for pattern, replacement in MASKS:
        text = pattern.sub(replacement, text)
    return text


class Outcome:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def __eq__(self, other):
        return (self.code, self.out, self.err) == (other.code, other.out, other.err)

    def __str__(self):
        return "exit %d\n--- stdout\n%s--- stderr\n%s" % (self.code, self.out, self.err)


class Client:
    """One run of a client, started at once; outcome() waits for its end and masks what it said."""

    def __init__(self, words, directory, stdin="", user=None):
        self.directory = directory
        self.files = [tempfile.TemporaryFile() for _ in range(3)]
        self.files[0].write(stdin.encode())
        self.files[0].seek(0)
        self.pid = os.fork()
        if self.pid == 0:
            try:
                for fd, file in enumerate(self.files):
                    os.dup2(file.fileno(), fd)
                os.chdir("/")
                if user is not None and os.getuid() == 0:
                    os.setgroups([])
                    os.setgid(user)
                    os.setuid(user)
                self.become(words)
            finally:
                os._exit(99)

    def become(self, words):
        os.execv(words[0], words)

    def outcome(self):
        ended = wait_until(lambda: os.waitpid(self.pid, os.WNOHANG)[1:] if self.has_ended() else
                           None, "a client ends")
        texts = []
        for file in self.files[1:]:
            file.seek(0)
            texts.append(mask(file.read().decode("utf-8", "replace"), self.directory))
            file.close()
        return Outcome(os.waitstatus_to_exitcode(ended[0]), *texts)

    def has_ended(self):
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


class OracleClient(Client):
    """supervisorctl in a fork of this interpreter, which spares its half second of start-up."""

    def become(self, words):
        import supervisor.options
        import supervisor.supervisorctl
        import traceback
        sys.argv = words
        sys.stdin = open(0)
        sys.stdout = open(1, "w", encoding="utf-8")
        sys.stderr = open(2, "w", encoding="utf-8", buffering=1)
        supervisor.options.Options.stdout = sys.stdout
        supervisor.options.Options.stderr = sys.stderr
        code = 0
        try:
            supervisor.supervisorctl.main()
        except SystemExit as end:
            code = end.code or 0
        except BaseException:
            traceback.print_exc()
            code = 1
        sys.stdout.flush()
        os._exit(code)
