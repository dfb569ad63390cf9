"""FastCGI programs, logs on the daemon's own descriptors, requests in between states, stale files."""

import os
import signal
import socket
import stat

from scenario import scenario


@scenario("fcgi", later="FastCGI sockets")
def fcgi(s):
    s.write("taken.sock", "not a socket")
    s.start("[fcgi-program:web]\ncommand=@child@ print @dir@/print.%(process_num)d\nsocket=unix://@dir@/web.sock\n"
            "socket_mode=0770\nsocket_owner=root:daemon\nprocess_name=web%(process_num)d\nnumprocs=2\nstartsecs=0\n"
            "[fcgi-program:tcp]\ncommand=@child@ print @dir@/print.tcp\nsocket=tcp://127.0.0.1:@port@\nstartsecs=0\n"
            "[fcgi-program:old]\ncommand=@child@ print @dir@/print.old\nsocket=unix://@dir@/taken.sock\nstartsecs=0\n")
    for name in ("print.0", "print.1", "print.tcp", "print.old"):
        s.wait(lambda n=name: s.read(n), 5, name)
    yield "descriptors", [line for line in s.read("print.0").splitlines() if line.startswith("fd")]
    info = os.stat(s.path("web.sock"))
    yield "socket file", [oct(info.st_mode), info.st_uid, info.st_gid]
    yield "a file in the way is replaced", stat.S_ISSOCK(os.stat(s.path("taken.sock")).st_mode)
    with socket.create_connection(("127.0.0.1", s.port), 2):
        yield "tcp socket listens", True
    yield "names", [(i["group"], i["name"]) for i in s.rpc.getAllProcessInfo()]
    yield "log", sorted(set(s.log("socket")))
    yield "stdin of a fcgi program", s.rpc.sendProcessStdin("tcp", "x")
    s.rpc.stopProcess("tcp")
    try:
        socket.create_connection(("127.0.0.1", s.port), 2).close()
        listening = True
    except ConnectionRefusedError:
        listening = False
    yield "tcp socket closes with the last process", listening
    yield "it opens again", [s.rpc.startProcess("tcp"), len(s.log("Closing socket tcp"))]
    yield "exit code", s.stop()
    yield "socket files stay", [os.path.exists(s.path(n)) for n in ("web.sock", "taken.sock")]


@scenario("fcgi in a group")
def fcgi_in_group(s):
    s.start("[fcgi-program:web]\ncommand=@child@ print @dir@/print\nsocket=unix://@dir@/web.sock\nstartsecs=0\n"
            "[group:g]\nprograms=web\n")
    s.wait(lambda: s.read("print"), 5, "child")
    yield "descriptor 0", s.read("print").splitlines()[0]


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
