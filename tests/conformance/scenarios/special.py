"""FastCGI programs, logs on the daemon's own descriptors, requests in between states, stale files."""

import os
import signal
import socket

from scenario import scenario


def connects(s, name=None):
    """Whether somebody listens on the unix socket, or on the TCP port."""
    with socket.socket(socket.AF_UNIX if name else socket.AF_INET, socket.SOCK_STREAM) as client:
        client.settimeout(2)
        return client.connect_ex(s.path(name) if name else ("127.0.0.1", s.port)) == 0


def socket_file(s, name):
    info = os.stat(s.path(name))
    return [oct(info.st_mode), info.st_uid, info.st_gid]


def backlog(s, name):
    """Length of the listen queue of a unix socket: how many connections nobody accepts."""
    waiting = []
    try:
        for _ in range(50):
            client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            client.setblocking(False)
            waiting.append(client)
            if client.connect_ex(s.path(name)) != 0:
                return len(waiting) - 1
        return "50 or more"
    finally:
        for client in waiting:
            client.close()


@scenario("fcgi")
def fcgi(s):
    stale = socket.socket(socket.AF_UNIX)
    stale.bind(s.path("stale.sock"))
    stale.close()
    s.start("[fcgi-program:web]\ncommand=@child@ print @dir@/print.%(process_num)d\nsocket=unix://@dir@/web.sock\n"
            "socket_mode=0770\nsocket_owner=root:daemon\nsocket_backlog=7\nprocess_name=web%(process_num)d\n"
            "numprocs=2\nstartsecs=0\n"
            "[fcgi-program:tcp]\ncommand=@child@ print @dir@/print.tcp\nsocket=tcp://127.0.0.1:@port@\nstartsecs=0\n"
            "[fcgi-program:old]\ncommand=/bin/sleep 1000\nsocket=unix://@dir@/stale.sock\nstartsecs=0\n"
            "user=daemon\n")
    for name in ("print.0", "print.1", "print.tcp"):
        s.wait(lambda n=name: s.read(n), 5, name)
    s.wait_state("old", "RUNNING")
    yield "descriptors", [line for name in ("print.0", "print.1", "print.tcp")
                          for line in s.read(name).splitlines() if line.startswith("fd")]
    yield "socket file", socket_file(s, "web.sock")
    yield "backlog", backlog(s, "web.sock")
    yield "a dead server's socket is replaced", connects(s, "stale.sock")
    yield "owner is the program's user, mode the default", socket_file(s, "stale.sock")
    yield "tcp socket listens", connects(s)
    yield "names", [(i["group"], i["name"]) for i in s.rpc.getAllProcessInfo()]
    yield "opened", sorted(set(s.log("Creating socket")))
    yield "the socket is there before the process", [
        line for line in s.log("Creating socket tcp", "spawned: 'tcp'")][-2:]
    yield "stdin of a fcgi program", s.rpc.sendProcessStdin("tcp", "x")
    before = os.stat(s.path("web.sock")).st_ino
    closed = len(s.log("Closing socket unix://*web.sock"))
    yield "one of two stops", [s.rpc.stopProcess("web:web0"), connects(s, "web.sock")]
    os.remove(s.path("print.0"))
    yield "and starts again", [s.rpc.startProcess("web:web0"), os.stat(s.path("web.sock")).st_ino == before,
                               len(s.log("Closing socket unix://*web.sock")) - closed]
    s.wait(lambda: s.read("print.0"), 5, "print.0")
    yield "with the same socket", s.read("print.0").splitlines()[0]
    pid = s.info("web:web1")["pid"]
    os.kill(pid, signal.SIGKILL)
    s.wait(lambda: s.info("web:web1")["pid"] not in (0, pid), 10, "automatic restart")
    yield "one of two is killed", [os.stat(s.path("web.sock")).st_ino == before,
                                   len(s.log("Closing socket unix://*web.sock")) - closed]
    yield "both stop", sorted((i["name"], i["status"]) for i in s.rpc.stopProcessGroup("web"))
    yield "nobody listens", connects(s, "web.sock")
    yield "closed after the last one has stopped", s.log("stopped: web?", "Closing socket unix://*web.sock")[-1]
    yield "file after the stop", os.path.exists(s.path("web.sock"))
    yield "start again", sorted((i["name"], i["status"]) for i in s.rpc.startProcessGroup("web"))
    for name in ("web:web0", "web:web1"):
        s.wait_exec(name)  # until then each holds a copy of every socket
    yield "listens again", [connects(s, "web.sock"), socket_file(s, "web.sock")]
    s.rpc.stopProcess("tcp")
    yield "tcp socket closes with the last process", connects(s)
    yield "tcp: log of a life", s.log("*socket tcp*")[-2:]
    yield "it opens again", [s.rpc.startProcess("tcp"), connects(s)]
    lines, pid = len(s.log("socket unix://*stale.sock")), s.info("old")["pid"]
    os.kill(pid, signal.SIGKILL)
    s.wait(lambda: s.info("old")["pid"] not in (0, pid), 10, "automatic restart")
    yield "a lone process is killed and comes back", s.log("socket unix://*stale.sock")[lines:]
    yield "exit code", s.stop()
    yield "socket files after the end", [os.path.exists(s.path(n)) for n in ("web.sock", "stale.sock")]


@scenario("fcgi in the way")
def fcgi_in_the_way(s):
    """What Supervisor removes, and what it dies of."""
    s.write("file.sock", "precious")
    with socket.socket(socket.AF_UNIX) as live:
        live.bind(s.path("live.sock"))
        live.listen()
        s.start("[fcgi-program:file]\ncommand=/bin/sleep 100\nsocket=unix://@dir@/file.sock\nstartsecs=0\nstartretries=0\n"
                "[fcgi-program:live]\ncommand=@child@ print @dir@/print\nsocket=unix://@dir@/live.sock\nstartsecs=0\n")
        s.wait(lambda: s.read("print"), 5, "child")
        yield "a live server's socket is replaced", [s.state("live"), s.read("print").splitlines()[0]]
    s.wait_state("file", "RUNNING", "FATAL")
    yield "a file in the way", [s.state("file"), os.path.isfile(s.path("file.sock"))]
    info = s.info("file")
    yield "what is said", [info["spawnerr"], s.log("spawnerr", "gave up")]


@scenario("fcgi busy port")
def fcgi_busy_port(s):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        s.port = taken.getsockname()[1]
        s.start("[fcgi-program:tcp]\ncommand=/bin/cat\nsocket=tcp://127.0.0.1:@port@\nstartsecs=0\nstartretries=0\n"
                "[program:cat]\ncommand=/bin/cat\nstartsecs=0\n", ready=False)
        s.wait(lambda: not s.daemon.running() or s.state("tcp") == "FATAL", 10, "failure")
        yield "daemon goes on", s.daemon.running()
    yield "log", s.log("spawnerr", "gave up", "*socket*")
    if s.daemon.running():
        yield "later", [s.rpc.startProcess("tcp"), connects(s)]


@scenario("fcgi in a group")
def fcgi_in_group(s):
    s.start("[fcgi-program:web]\ncommand=@child@ print @dir@/print.%(process_num)d\nsocket=unix://@dir@/web.sock\n"
            "process_name=web%(process_num)d\nnumprocs=2\nstartsecs=0\n"
            "[program:cat]\ncommand=/bin/cat\nstartsecs=0\n"
            "[group:g]\nprograms=web,cat\n")
    for name in ("print.0", "print.1"):
        s.wait(lambda n=name: s.read(n), 5, name)
    yield "descriptor 0", [s.read(name).splitlines()[0] for name in ("print.0", "print.1")]
    s.wait_state("g:cat", "RUNNING")
    for name in ("g:web0", "g:web1"):
        s.rpc.stopProcess(name)
    yield "the others run on", s.state("g:cat")
    yield "log", s.log("*socket unix*")


@scenario("logs on standard output")
def container(s):
    """What containers do: the programs' output goes to the daemon's own descriptors."""
    s.start("[program:out]\ncommand=/bin/sh -c 'echo from out; exec cat'\nstdout_logfile=/dev/stdout\n"
            "stdout_logfile_maxbytes=0\nredirect_stderr=true\nstartsecs=0\n"
            "[program:err]\ncommand=/bin/sh -c 'echo from err >&2; exec cat'\nstderr_logfile=/dev/stderr\n"
            "stderr_logfile_maxbytes=0\nstartsecs=0\n"
            "[program:fd]\ncommand=/bin/sh -c 'echo from fd; exec cat'\nstdout_logfile=/dev/fd/1\n"
            "stdout_logfile_maxbytes=0\nstartsecs=0\n", args=["-s"])
    s.wait(lambda: "from out" in s.daemon.stdout() and "from fd" in s.daemon.stdout(), 5, "output")
    s.wait(lambda: "from err" in s.daemon.stderr(), 5, "output on standard error")
    yield "standard output", sorted(s.daemon.stdout().split("\n"))
    yield "standard error", s.daemon.stderr()


@scenario("requests between states")
def between_states(s):
    s.start("[program:slow]\ncommand=/bin/cat\nstartsecs=20\nautostart=false\n"
            "[program:deaf]\ncommand=@child@ tell\nstartsecs=0\nstopwaitsecs=20\nstdout_logfile=@dir@/deaf.log\n"
            "[program:wait]\ncommand=/bin/cat\nstartsecs=2\nautostart=false\n")
    s.wait_text("deaf.log", "ready")
    yield "start without waiting", s.rpc.startProcess("slow", False)
    s.wait_state("slow", "STARTING")
    yield "STARTING: start", s.rpc.startProcess("slow")
    yield "STARTING: signal", s.rpc.signalProcess("slow", "CONT")
    yield "STARTING: stdin", s.rpc.sendProcessStdin("slow", "x\n")
    yield "STARTING: remove", s.rpc.removeProcessGroup("slow")
    yield "STARTING: fields", {k: v for k, v in s.info("slow").items() if k in ("state", "statename", "description", "stop")}
    yield "STARTING: stop", s.rpc.stopProcess("slow")
    yield "start waits for RUNNING", [s.rpc.startProcess("wait"), s.state("wait")]
    pid = s.info("deaf")["pid"]
    yield "stop without waiting", s.rpc.stopProcess("deaf", False)
    yield "STOPPING: remove", s.rpc.removeProcessGroup("deaf")
    yield "STOPPING: stdin", s.rpc.sendProcessStdin("deaf", "x")
    yield "STOPPING: stop group", s.rpc.stopProcessGroup("deaf")
    yield "STOPPING: pid is shown", s.info("deaf")["pid"] == pid
    os.kill(pid, signal.SIGKILL)
    yield "ends when the child ends", s.wait_state("deaf", "STOPPED")
    yield "log of deaf", [line for line in s.log("deaf") if "stopp" in line]
    before = s.info("wait")
    os.kill(before["pid"], signal.SIGKILL)
    s.wait(lambda: s.info("wait")["pid"] not in (0, before["pid"]), 10, "automatic restart")
    s.wait_state("wait", "RUNNING")
    yield "killed from outside: restarted", [s.info("wait")["start"] >= before["start"], s.info("wait")["stop"] > 0]
    yield "killed from outside: log", s.log("exited: wait")


@scenario("stale files")
def stale_files(s):
    """A socket and a pidfile that a killed daemon left behind."""
    s.start("[program:cat]\ncommand=/bin/cat\nstartsecs=0\n")
    s.wait_state("cat", "RUNNING")
    s.daemon.signal(signal.SIGKILL)
    s.daemon.wait_exit()
    yield "left by the first", s.names("s.sock*") + s.names("d.pid")
    s.start("[program:cat]\ncommand=/bin/cat\nstartsecs=0\n")
    s.wait_state("cat", "RUNNING")
    yield "the second works", s.rpc.getPID() == s.daemon.pid
    yield "pidfile is new", (s.read("d.pid") or "").strip() == str(s.daemon.pid)
    yield "standard error", s.daemon.stderr()
    yield "end", [s.stop(), s.names("s.sock*") + s.names("d.pid")]
    os.mkdir(s.path("folder"))
    s.start("", supervisord="pidfile=@dir@/folder")
    yield "pidfile is a directory", [s.log("pidfile"), s.rpc.getState()]


@scenario("ctl foreground", client=True)
def ctl_foreground(s):
    s.start("[program:cat]\ncommand=/bin/cat\nstartsecs=0\nstdout_logfile=@dir@/cat.out\n")
    s.wait_state("cat", "RUNNING")
    outcome = s.ctl("fg", "cat", stdin="typed\n", bound=4)
    yield "typed lines reach the program", s.wait_text("cat.out", "typed")
    yield "first line", outcome["out"].splitlines()[:1]
