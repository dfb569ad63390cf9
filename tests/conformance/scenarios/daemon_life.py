"""The daemon itself: options, start, signals, order, end."""

import os
import resource
import signal

import daemon
from scenario import scenario

CAT = "[program:cat]\ncommand=/bin/cat\nstartsecs=0\n"


@scenario("main log")
def main_log(s):
    """The lines of a standard session, in order."""
    s.start("[program:cat]\ncommand=/bin/cat\nstartsecs=0\n"
            "[program:bad]\ncommand=/nonexistent/x\nstartretries=0\n", inet="[inet_http_server]\nport=127.0.0.1:@port@\n")
    s.wait_state("cat", "RUNNING")
    s.wait_state("bad", "FATAL")
    yield "start", [line for line in s.log() if "spawned" not in line and "success" not in line and "bad" not in line
                    and "nonexistent" not in line]
    yield "cat", s.log("'cat'", ": cat ")
    yield "bad", s.log("bad", "nonexistent")
    s.rpc.stopProcess("cat")
    s.rpc.startProcess("cat")
    s.wait_log("success: cat", 2)
    s.wait_exec("cat")
    count = len(s.log())
    s.daemon.signal(signal.SIGTERM)
    yield "exit code", s.daemon.wait_exit()
    yield "end", s.log()[count:]
    yield "standard output repeats the log", s.mask(s.daemon.stdout()) == s.mask(s.read("main.log"))
    yield "standard error", s.daemon.stderr()
    yield "files left", sorted(set(s.names("*")) - {"auto", "c.conf"})


@scenario("log levels")
def log_levels(s):
    for level in ("critical", "warn", "debug", "trace"):
        s.write("main.log", "")
        s.start(CAT, supervisord=f"loglevel={level}")
        s.wait_state("cat", "RUNNING")
        s.rpc.stopProcess("cat")
        yield f"{level}: levels seen", sorted({line[:4] for line in s.log() if line[:4].isupper()})
        if level == "trace":
            lines = s.log("TRAC XML-RPC method")
            yield "trace: calls", sorted(set(lines))[:8]
        if level == "debug":
            yield "debug: stop", s.log("killing cat", "SIGCHLD")
        yield f"{level}: exit code", s.stop()


@scenario("daemon options")
def daemon_options(s):
    s.config(CAT)
    base = ["-n", "-c", "@dir@/c.conf"]
    yield "version is one line", [(out := s.run_daemon("-v"))["code"], len(out["out"].splitlines())]
    yield "--version", s.run_daemon("--version")["code"]
    yield "-h", [(out := s.run_daemon("-h"))["code"], "-c" in out["out"], out.get("err", "")]
    for check, args in [
            ("unknown option", ["-Z"]), ("unknown long option", ["--nosuch"]), ("missing argument", ["-c"]),
            ("ambiguous prefix", ["--log", "x"]), ("positional", ["foo", "bar"]), ("bad level", ["-e", "loud"]),
            ("bad umask", ["-m", "9"]), ("bad directory", ["-d", "/nonexistent"]), ("bad size", ["-y", "1XB"]),
            ("bad backups", ["-z", "x"]), ("bad minfds", ["-a", "x"]), ("twice", ["-c", "a", "-c", "b"]),
            ("help before an error", ["-h", "-Z"]), ("bad logfile", ["-l", "/nonexistent/x"]),
            ("bad pidfile", ["-j", "/nonexistent/x"]), ("bad childlogdir", ["-q", "/nonexistent"]),
            ("argument of a flag", ["--nodaemon=1"]), ("bad minprocs", ["--minprocs=x"])]:
        yield check, s.run_daemon(*args)
    yield "unknown user", s.run_daemon(*base, "-u", "nosuch")
    s.launch(["--nodaemon", "--configuration=@dir@/c.conf", "-l", "@dir@/other.log", "-j", "@dir@/other.pid",
              "-i", "ident", "-e", "debug", "-s", "-q", "@dir@", "-a", "256", "--minprocs=10", "-y", "1MB", "-z", "1"])
    s.wait_state("cat", "RUNNING")
    yield "-l", [s.size("main.log"), "DEBG" in s.read("other.log")]
    yield "-j", (s.read("other.pid") or "").strip() == str(s.daemon.pid)
    yield "-i", s.rpc.getIdentification()
    yield "-s", [s.daemon.stdout(), s.daemon.stderr()]
    yield "-q", [name for name in s.names("cat-*")]
    yield "end", [s.stop(), s.size("other.pid")]
    s.launch(["-nsk", "--conf", "@dir@/c.conf"])
    yield "bundled flags and prefixes", s.stop()
    s.launch(["-n", "-t", "-c", "@dir@/c.conf"], ready=False)
    s.wait(lambda: isinstance(s.rpc.getState(), dict) or not s.daemon.running(), 10, "an answer or the end")
    yield "-t runs the daemon", [s.daemon.running(), s.daemon.stderr()]
    s.stop()
    s.launch(["-n", "--strip_ansi", "-c", "@dir@/c.conf"])
    yield "--strip_ansi", s.stop()


@scenario("daemonizing")
def daemonizing(s):
    s.config("[program:cat]\ncommand=@child@ print @dir@/print\nstartsecs=0\n",
             supervisord="umask=027\ndirectory=@dir@/auto\nminfds=512")
    s.launch(["-c", "@dir@/c.conf"], ready=False)
    yield "exit code of the parent", s.daemon.wait_exit()
    yield "its output", [s.daemon.stdout(), s.daemon.stderr()]
    s.wait(lambda: (s.read("d.pid") or "").endswith("\n"), 10, "pidfile")
    pid = int(s.read("d.pid"))
    s.wait_state("cat", "RUNNING")
    yield "pid", [s.rpc.getPID() == pid, pid != s.daemon.pid]
    yield "session and directory", [os.getsid(pid) == pid, s.mask(os.readlink(f"/proc/{pid}/cwd"))]
    yield "standard descriptors", [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in (0, 1, 2)]
    yield "umask of the daemon", daemon.process_status(pid)["Umask"]
    yield "mode of the pidfile", oct(os.stat(s.path("d.pid")).st_mode & 0o777)
    yield "mode of the socket", oct(os.stat(s.sock).st_mode & 0o7777)
    s.wait(lambda: s.read("print"), 5, "child")
    yield "child", [line for line in s.read("print").splitlines() if line.startswith(("umask", "cwd", "leads", "term"))]
    yield "log", s.log("daemonizing", "current directory", "started")
    os.kill(pid, signal.SIGTERM)
    s.wait(lambda: not daemon.alive(pid), 10, "end")
    yield "files left", s.names("d.pid") + s.names("s.sock*")


@scenario("foreground surroundings")
def foreground(s):
    """umask, directory, socket mode and owner, and a second daemon with the same file."""
    s.start("[program:cat]\ncommand=@child@ print @dir@/print\nstartsecs=0\n", supervisord="umask=077\ndirectory=/tmp",
            unix="chmod=0770\nchown=root:daemon")
    s.wait(lambda: s.read("print"), 5, "child")
    yield "umask and directory of a child", [line for line in s.read("print").splitlines() if line.startswith(("umask", "cwd"))]
    info = os.stat(s.sock)
    yield "socket", [oct(info.st_mode), info.st_uid, info.st_gid]
    yield "names", s.names("s.sock*")
    yield "mode of the main log", oct(os.stat(s.path("main.log")).st_mode & 0o777)
    second = s.run_daemon("-n", "-c", "@dir@/c.conf", "-l", "@dir@/second.log", "-j", "@dir@/second.pid", "-k")
    yield "a second daemon", [second["code"], second.get("err", "")]
    yield "the first goes on", s.rpc.getState()


@scenario("file in the way of the socket")
def file_in_the_way(s):
    s.write("s.sock", "not a socket")
    s.config(CAT)
    s.launch(["-n", "-c", s.config_path], ready=False)
    s.wait(lambda: isinstance(s.rpc.getState(), dict) or not s.daemon.running(), 10, "an answer or the end")
    yield "outcome", [s.daemon.running(), s.daemon.stderr()]


@scenario("daemon signals")
def daemon_signals(s):
    for name in ("TERM", "INT", "QUIT"):
        s.write("main.log", "")
        s.start(CAT)
        s.wait_state("cat", "RUNNING")
        s.daemon.signal(getattr(signal, "SIG" + name))
        yield f"{name}: exit code", s.daemon.wait_exit()
        yield f"{name}: log", s.log("received", "waiting", "stopped")
    s.write("main.log", "")
    s.start(CAT)
    s.wait_state("cat", "RUNNING")
    pid = s.info("cat")["pid"]
    s.daemon.signal(signal.SIGHUP)
    s.wait_log("supervisord started", 2)
    s.wait_state("cat", "RUNNING")
    yield "HUP: new child", s.info("cat")["pid"] != pid
    yield "HUP: log", [line for line in s.log() if "success" not in line]
    s.daemon.signal(signal.SIGUSR2)
    s.wait_log("logreopen")
    yield "USR2: log", s.log("USR2", "reopen")
    for name in ("WINCH", "CONT", "PIPE", "URG"):
        s.daemon.signal(getattr(signal, "SIG" + name))
    yield "ignored signals", s.rpc.getState()
    s.daemon.signal(signal.SIGUSR1)
    # supervisord dies of SIGUSR1; half a second shows whether the daemon outlives it.
    yield "USR1", s.daemon.wait_exit(0.5)


@scenario("hangup with a broken file")
def hangup_broken(s):
    s.start(CAT)
    s.wait_state("cat", "RUNNING")
    s.config(CAT + "startsecs=x\n")
    s.daemon.signal(signal.SIGHUP)
    yield "exit code", s.daemon.wait_exit(3)


@scenario("order", slow=True)
def order(s):
    """Start order and stop order by priority."""
    programs = "".join(f"[program:{name}]\ncommand=@child@ order @dir@/order {name}\nstartsecs=0\npriority={prio}\n"
                       for name, prio in [("late", 30), ("first", 1), ("mid_b", 20), ("mid_a", 20)])
    members = "".join(f"[program:{name}]\ncommand=@child@ order @dir@/order {name}\nstartsecs=0\npriority={prio}\n"
                      for name, prio in [("g_two", 2), ("g_one", 1)])
    s.start(programs + members + "[group:g]\nprograms=g_two,g_one\npriority=10\n", supervisord="loglevel=debug")
    names = ["first", "g_two", "g_one", "mid_a", "mid_b", "late"]
    s.wait(lambda: len(s.log("spawned")) == 6, 10, "six processes")
    yield "spawned in order", [line.split("'")[1] for line in s.log("spawned")]
    s.wait(lambda: all(f"start {n}" in (s.read("order") or "") for n in names), 5, "children")
    before = len(s.log("killing"))
    s.rpc.stopProcessGroup("g")
    yield "stopProcessGroup", [line.split()[2] for line in s.log("killing")[before:]]
    count = len(s.log("spawned"))
    s.rpc.startProcessGroup("g")
    yield "startProcessGroup", [line.split("'")[1] for line in s.log("spawned")[count:]]
    s.wait(lambda: (s.read("order") or "").count("start") == 8, 10, "children")
    before = len(s.log("killing"))
    s.rpc.stopAllProcesses()
    yield "stopAllProcesses", [line.split()[2] for line in s.log("killing")[before:]]
    count = len(s.log("spawned"))
    s.rpc.startAllProcesses()
    yield "startAllProcesses", [line.split("'")[1] for line in s.log("spawned")[count:]]
    s.wait(lambda: (s.read("order") or "").count("start") == 14, 10, "children")
    before = len(s.log("killing"))
    yield "exit code", s.stop()
    yield "shutdown", [line.split()[2] for line in s.log("killing")[before:]]
    yield "waiting", s.log("to die")[:1]


@scenario("descendants at the end")
def descendants(s):
    s.start("[program:family]\ncommand=@child@ family @dir@/family\nstartsecs=0\n")
    s.wait(lambda: s.read("family"), 5, "family")
    leader, child = [int(word) for word in s.read("family").split()]
    s.stop()
    yield "alive after the daemon's end", [daemon.alive(leader), daemon.alive(child)]


@scenario("limits")
def limits(s):
    def low():
        resource.setrlimit(resource.RLIMIT_NOFILE, (300, 4096))
    s.start("[program:sh]\ncommand=/bin/sh -c 'ulimit -n; exec cat'\nstartsecs=0\nstdout_logfile=@dir@/limit\n",
            supervisord="minfds=512", limits=low)
    yield "soft limit of a child", s.wait_text("limit", "\n")
    yield "log", s.log("RLIMIT")
