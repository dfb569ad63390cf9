"""What a scenario sees: a Subject (one daemon and one client, in a scratch directory)."""

import fnmatch
import glob
import os
import socket
import subprocess
import tempfile
import shutil

import daemon
import masking
import preload
import rpc

REGISTRY = {}
CHILDREN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "children")

HEAD = """\
[supervisord]
logfile=@dir@/main.log
pidfile=@dir@/d.pid
childlogdir=@dir@/auto
{supervisord}
[unix_http_server]
file=@dir@/s.sock
{unix}
{inet}
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://@dir@/s.sock
{ctl}
"""


def scenario(name, client=False, root=False, slow=False, later=""):
    """Registers a generator of (check name, outcome). client: run again with svctl as the client.

    later: what svd has not got yet; the scenario is left out unless --later asks for it."""
    def register(function):
        assert name not in REGISTRY, name
        REGISTRY[name] = Scenario(name, function, client, root, slow, later)
        return function
    return register


class Scenario:
    def __init__(self, name, function, client, root, slow, later):
        self.name, self.function, self.later = name, function, later
        self.client, self.root, self.slow = client, root, slow


class Programs:
    """Where the daemon and the client under test are."""

    def __init__(self, label, daemon_path, client_path):
        self.label, self.daemon, self.client = label, daemon_path, client_path
        self.preloaded = None  # a preload.Preloaded for the commands that are Python programs


class Subject:
    def __init__(self, programs, child_program):
        self.programs = programs
        self.dir = tempfile.mkdtemp(prefix="svdc-", dir="/tmp")
        os.chmod(self.dir, 0o755)
        os.mkdir(os.path.join(self.dir, "auto"))
        self.child = child_program
        self.port = None
        self.daemons = []
        self.daemon = None
        self.sock = self.path("s.sock")
        self.rpc = rpc.Rpc(self.sock)
        self.config_path = self.path("c.conf")

    # -- files ------------------------------------------------------------------------------
    def path(self, *parts):
        return os.path.join(self.dir, *parts)

    def read(self, name):
        try:
            with open(self.path(name), encoding="utf-8", errors="replace") as stream:
                return stream.read()
        except FileNotFoundError:
            return None

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        data = text if isinstance(text, bytes) else self.fill(text).encode()
        with open(self.path(name), "wb") as stream:
            stream.write(data)
        return self.path(name)

    def size(self, name):
        try:
            return os.stat(self.path(name)).st_size
        except FileNotFoundError:
            return "missing"

    def names(self, pattern):
        """Sorted names in the scratch directory that match, masked."""
        found = glob.glob(self.path(pattern))
        return sorted(self.mask(os.path.relpath(item, self.dir)) for item in found)

    # -- configuration ----------------------------------------------------------------------
    def fill(self, text):
        """Replaces @dir@, @child@ (the helper program), @children@ (scripts) and @port@."""
        if "@port@" in text and self.port is None:
            self.port = free_port()
        return (text.replace("@dir@", self.dir).replace("@child@", self.child)
                .replace("@children@", CHILDREN).replace("@port@", str(self.port)))

    def config(self, programs="", supervisord="", unix="", inet="", ctl="", name="c.conf"):
        head = HEAD.format(supervisord=supervisord, unix=unix, inet=inet, ctl=ctl)
        return self.write(name, head + programs)

    # -- the daemon -------------------------------------------------------------------------
    def start(self, programs="", args=(), env=None, ready=True, limits=None, **head):
        """Writes the configuration and starts the daemon in the foreground."""
        self.config(programs, **head)
        return self.launch(["-n", "-c", self.config_path, *args], env, ready, limits)

    def launch(self, args, env=None, ready=True, limits=None):
        argv = [self.programs.daemon, *[self.fill(arg) for arg in args]]
        self.daemon = daemon.Daemon(argv, self.dir, env, limits)
        self.daemons.append(self.daemon)
        if ready:
            self.wait_ready()
        return self.daemon

    def wait_ready(self, bound=15):
        def answered():
            # A daemon that went to the background has ended too, with code 0 and no text.
            code = self.daemon.process.poll()
            if code or (code == 0 and not os.path.exists(self.path("d.pid"))):
                raise daemon.Timeout(f"daemon ended with {code}: {self.daemon.stderr()}")
            return isinstance(self.rpc.getState(), dict)
        daemon.wait_for(answered, bound, "answer of getState")

    def stop(self):
        """Ends the current daemon and answers its exit code."""
        if self.daemon.running():
            self.daemon.signal(15)
        return self.daemon.wait_exit()

    def run_daemon(self, *args, bound=10, env=None, cwd=None):
        """Runs the daemon as a command that is expected to end: code and texts."""
        return self._run(self.programs.daemon, args, bound, env, cwd=cwd)

    # -- the client -------------------------------------------------------------------------
    def ctl(self, *args, config=True, stdin="", bound=20, env=None):
        """Runs the client: {code, out} and err when there is some."""
        first = ["-c", self.config_path] if config else []
        return self._run(self.programs.client, [*first, *args], bound, env, stdin)

    def _run(self, program, args, bound, env=None, stdin="", cwd=None):
        full_env = daemon.clean_environment(env)
        argv = [program, *[self.fill(arg) for arg in args]]
        if self.programs.preloaded and os.path.basename(program) in preload.MODULES:
            code, out, err = self.programs.preloaded.run(
                argv, stdin.encode(), cwd or self.dir, full_env, bound)
            return _outcome(code, out, err)
        try:
            done = subprocess.run(argv, input=stdin.encode(), cwd=cwd or self.dir, env=full_env,
                                  capture_output=True, timeout=bound)
        except subprocess.TimeoutExpired as late:
            return _outcome("did not end", late.stdout, late.stderr)
        return _outcome(done.returncode, done.stdout, done.stderr)

    # -- observing --------------------------------------------------------------------------
    def wait(self, condition, bound=10, what="condition"):
        return daemon.wait_for(condition, bound, what)

    def state(self, name):
        info = self.rpc.getProcessInfo(name)
        return info["statename"] if isinstance(info, dict) else info

    def wait_state(self, name, *states, bound=12):
        daemon.wait_for(lambda: self.state(name) in states, bound, f"{name} in {'/'.join(states)}")
        self.wait_exec(name)
        return self.state(name)

    def wait_exec(self, name):
        """Waits until a live child runs its own program: supervisord loses signals before that."""
        pid = self.info(name).get("pid")
        own = _program(self.rpc.getPID()) if pid else None
        if pid and own:
            daemon.wait_for(lambda: _program(pid) != own, 5, f"exec of {name}")

    def info(self, name):
        info = self.rpc.getProcessInfo(name)
        return info if isinstance(info, dict) else {"answer": info}

    def log(self, *patterns, name="main.log"):
        """Masked main-log lines without timestamps; with patterns, only lines matching one."""
        lines = masking.log_lines(self.read(name) or "")
        chosen = [line for line in lines
                  if not patterns or any(fnmatch.fnmatch(line, f"*{p}*") for p in patterns)]
        return self.mask(chosen)

    def wait_log(self, pattern, count=1, bound=10, name="main.log"):
        daemon.wait_for(lambda: len(self.log(pattern, name=name)) >= count, bound, f"log {pattern!r}")

    def wait_text(self, name, text, bound=10):
        daemon.wait_for(lambda: text in (self.read(name) or ""), bound, f"{text!r} in {name}")
        return self.read(name)

    def mask(self, value):
        words = {self.programs.daemon: "<daemon>", self.programs.client: "<client>",
                 os.path.realpath(self.dir): "<dir>", self.dir: "<dir>", self.child: "<child>",
                 CHILDREN: "<children>"}
        if self.port:
            words[str(self.port)] = "<port>"
        return masking.Mask(words)(value)

    def close(self, keep=False):
        for started in self.daemons:
            started.end()
        if not keep:
            shutil.rmtree(self.dir, ignore_errors=True)


def _outcome(code, out, err):
    outcome = {"code": code, "out": _text(out)}
    if err:
        outcome["err"] = _text(err)
    return outcome


def _text(data):
    return (data or b"").decode("utf-8", "backslashreplace")


def _program(pid):
    """The command line: a child still has its parent's between fork and exec."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as stream:
            return stream.read()
    except OSError:
        return None


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def lines(text):
    return text.splitlines() if isinstance(text, str) else text
