"""Options of the configuration file whose effect no other scenario sees."""

import os
import re
import resource
import signal

import daemon
import rpc
from daemon import alive
from rpc import basic, post
from scenario import free_port, scenario
from scenarios.http import CALL, ask, shape

CAT = "[program:cat]\ncommand=/bin/cat\nstartsecs=0\n"


def listening(port):
    """Addresses on which somebody listens on this TCP port, as the kernel writes them."""
    found = set()
    for name in ("tcp", "tcp6"):
        try:
            with open(f"/proc/net/{name}", encoding="ascii") as stream:
                rows = [line.split() for line in stream.readlines()[1:]]
        except FileNotFoundError:
            continue
        found |= {row[1].split(":")[0] for row in rows if row[3] == "0A" and int(row[1].split(":")[1], 16) == port}
    return sorted(found)


@scenario("server addresses")
def server_addresses(s):
    """The ways to write port=, and several servers of a kind."""
    forms = ["{}", ":{}", "*:{}", "127.0.0.1:{}", "LOCALHOST:{}"]
    ports = [free_port() for _ in forms]
    sections = "".join(f"[inet_http_server:n{i}]\nport={form.format(port)}\n" for i, (form, port) in enumerate(zip(forms, ports)))
    s.start(inet=sections + "[unix_http_server:second]\nfile=@dir@/second.sock\nchmod=0777\nusername=u\npassword=p\n")
    for form, port in zip(forms, ports):
        yield f"port={form}", listening(port)
    yield "each answers", [shape(ask(("127.0.0.1", port), post(CALL))) for port in ports]
    yield "second unix server", [oct(os.stat(s.path("second.sock")).st_mode), shape(ask(s.path("second.sock"), post(CALL))),
                                 shape(ask(s.path("second.sock"), post(CALL, headers=basic("u:p"))))]
    yield "warnings", s.log("without any HTTP")


@scenario("nodaemon and silent in the file")
def nodaemon(s):
    s.config(CAT, supervisord="nodaemon=yes\nsilent=true\nprofile_options=calls")
    s.launch(["-c", s.config_path])
    s.wait_state("cat", "RUNNING")
    yield "stays in the foreground", s.rpc.getPID() == s.daemon.pid
    yield "is silent", [s.daemon.stdout(), s.daemon.stderr()]
    yield "end", s.stop()


@scenario("nocleanup in the file")
def nocleanup(s):
    s.write("auto/old-stdout---supervisor-abcdefgh.log", "x")
    s.start(CAT, supervisord="nocleanup=true")
    s.wait_state("cat", "RUNNING")
    yield "kept", len(s.names("auto/old-*"))


@scenario("minprocs")
def minprocs(s):
    def low():
        _, hard = resource.getrlimit(resource.RLIMIT_NPROC)
        resource.setrlimit(resource.RLIMIT_NPROC, (150, hard))
    s.start("[program:sh]\ncommand=/bin/sh -c 'cat /proc/self/limits; exec cat'\nstartsecs=0\nstdout_logfile=@dir@/limits\n",
            supervisord="minprocs=3000", limits=low)
    text = s.wait_text("limits", "Max processes")
    yield "soft limit of a child", re.search(r"Max processes +(\S+)", text).group(1)
    yield "log", s.log("RLIMIT")


@scenario("user of the daemon", root=True)
def user_of_the_daemon(s):
    os.chmod(s.dir, 0o777)
    os.chmod(s.path("auto"), 0o777)
    s.start("[program:print]\ncommand=@child@ print @dir@/print\nstartsecs=0\n"
            "[program:same]\ncommand=@child@ print @dir@/same\nstartsecs=0\nuser=nobody\n"
            "[program:other]\ncommand=/bin/cat\nstartretries=0\nuser=daemon\n", supervisord="user=nobody")
    for name in ("print", "same"):
        s.wait(lambda n=name: s.read(n), 10, name)
    status = daemon.process_status(s.daemon.pid)
    yield "ids", [status["Uid"].split(), status["Gid"].split(), status["Groups"]]
    yield "log", s.log("Set uid", "is running as root")
    yield "child", [line for line in s.read("print").splitlines() if line.startswith(("uid", "Groups"))]
    yield "child with the same user", [line for line in s.read("same").splitlines() if line.startswith(("uid", "Groups"))]
    yield "child with another user", s.wait_state("other", "FATAL")
    yield "owner of a log", os.stat(s.info("print")["stdout_logfile"]).st_uid


@scenario("capture on stderr")
def capture_stderr(s):
    begin, end = "<!--XSUPERVISOR:BEGIN-->", "<!--XSUPERVISOR:END-->"
    s.write("talk.sh", f"#!/bin/sh\nread x\nprintf 'before {begin}inside{end} after, long enough to pass on\\n' >&2\nexec cat\n")
    os.chmod(s.path("talk.sh"), 0o755)
    s.start("[eventlistener:watch]\ncommand=@children@/listener.py @dir@/events\nevents=PROCESS_COMMUNICATION_STDERR\nstartsecs=0\n"
            "[program:talk]\ncommand=@dir@/talk.sh\nstartsecs=0\nstderr_capture_maxbytes=1KB\nstderr_logfile=@dir@/err\n")
    s.wait_state("talk", "RUNNING")
    s.wait_state("watch", "RUNNING")
    s.rpc.sendProcessStdin("talk", "go\n")
    yield "log", s.wait_text("err", "pass on")
    s.wait_text("events", "COMMUNICATION")
    yield "event", [line.partition("|")[2] for line in s.mask(s.read("events")).splitlines()]


@scenario("syslog")
def syslog(s):
    """Whether somebody listens at /dev/log or not, a program with syslog runs and keeps its file."""
    s.start("[program:both]\ncommand=/bin/sh -c 'echo out; echo err >&2; exec cat'\nstartsecs=0\nstdout_syslog=true\nstderr_syslog=true\n"
            "stdout_logfile=@dir@/both.out\nstderr_logfile=@dir@/both.err\n"
            "[program:old]\ncommand=/bin/sh -c 'echo out; exec cat'\nstartsecs=0\nstdout_logfile=syslog\nstderr_logfile=SYSLOG\n"
            "[program:auto]\ncommand=/bin/cat\nstartsecs=0\nstdout_logfile_maxbytes=0\n")
    for name in ("both", "old", "auto"):
        s.wait_state(name, "RUNNING")
    yield "files are written too", [s.wait_text("both.out", "out"), s.wait_text("both.err", "err")]
    yield "the old way: no file", [s.info("old")["stdout_logfile"], s.info("old")["stderr_logfile"]]
    yield "warnings", s.log("WARN")
    yield "configuration", [(row["name"], row["stdout_syslog"], row["stderr_syslog"]) for row in s.rpc.getAllConfigInfo()]


@scenario("priority of listeners")
def priority_of_listeners(s):
    listener = "[eventlistener:{}]\ncommand=@children@/listener.py @dir@/{}\nevents=TICK_3600\nstartsecs=0\n{}"
    s.start("[program:early]\ncommand=/bin/cat\nstartsecs=0\npriority=1\n[program:late]\ncommand=/bin/cat\nstartsecs=0\npriority=900\n"
            + listener.format("usual", "usual", "") + listener.format("last", "last", "priority=950\n"))
    s.wait(lambda: len(s.log("spawned")) == 4, 10, "four processes")
    yield "spawned in order", [line.split("'")[1] for line in s.log("spawned")]


@scenario("another namespace")
def another_namespace(s):
    factory = "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n"
    s.start("[rpcinterface:mine]\n" + factory)
    yield "is served", [s.rpc.call("mine.getAPIVersion"), s.rpc.getAPIVersion(), s.rpc.call("other.getAPIVersion")]
    yield "is listed", sorted({name.split(".")[0] for name in s.rpc.call("system.listMethods")} - {"svd"})
    yield "log", s.log("RPC interface")


@scenario("only another namespace")
def only_another_namespace(s):
    s.write("c.conf", "[supervisord]\nlogfile=@dir@/main.log\npidfile=@dir@/d.pid\nchildlogdir=@dir@/auto\n"
            "[unix_http_server]\nfile=@dir@/s.sock\n[supervisorctl]\nserverurl=unix://@dir@/s.sock\n" + CAT)
    s.launch(["-n", "-c", s.config_path], ready=False)
    s.wait(lambda: rpc.Rpc(s.sock).getState() == "fault 1 UNKNOWN_METHOD", 10, "an answer")
    for words in ("status", "start cat", "version", "reread", "pid"):
        outcome = s.ctl(*words.split())
        yield f"client: {words}", [outcome["code"], outcome["out"][:30]]
    yield "page", shape(ask(s.sock, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "GET"))


@scenario("descendants that are kept")
def descendants_kept(s):
    """svd's option to leave alone what supervisord always leaves alone."""
    s.start("[program:family]\ncommand=@child@ family @dir@/family\nstartsecs=0\ndescendants=keep\n")
    s.wait(lambda: s.read("family"), 5, "family")
    leader, child = [int(word) for word in s.read("family").split()]
    yield "stop", s.rpc.stopProcess("family")
    yield "alive", [alive(leader), alive(child)]
    os.kill(child, signal.SIGKILL)


@scenario("buffer of a pool")
def buffer_of_a_pool(s):
    """How many events wait for a listener that is not there yet: as many as buffer_size, the newest."""
    s.start("[eventlistener:idle]\ncommand=@children@/listener.py @dir@/idle\nevents=REMOTE_COMMUNICATION\nstartsecs=0\n"
            "autostart=false\nbuffer_size=3\n")
    for number in range(6):
        s.rpc.sendRemoteCommEvent("t", f"event {number}")
    s.rpc.startProcess("idle")
    s.wait_text("idle", "event 5")
    yield "delivered", re.findall(r"event \d", s.read("idle"))


@scenario("environment of a login", root=True)
def environment_of_a_login(s):
    """svd's own option login_environment beside user=."""
    os.chmod(s.dir, 0o777)
    program = "[program:{0}]\ncommand=@child@ env @dir@/{0}\nstartsecs=0\nuser=nobody\n{1}\n"
    s.start(program.format("plain", "") + program.format("login", "login_environment=true")
            + program.format("own", "login_environment=true\nenvironment=HOME=\"/own\""),
            env={"HOME": "/of-the-daemon", "USER": "daemon-user", "LOGNAME": "daemon-user", "SHELL": "/bin/none"})
    for name in ("plain", "login", "own"):
        s.wait(lambda n=name: s.read(n) is not None, 10, name)
        found = dict(item.split("=", 1) for item in s.read(name).split("\0") if "=" in item)
        yield name, {key: found.get(key) for key in ("HOME", "USER", "LOGNAME", "SHELL")}


@scenario("numbers of processes")
def numbers_of_processes(s):
    s.start("[program:w]\ncommand=@child@ argv @dir@/argv.%(process_num)d %(process_num)02d of %(numprocs)d\nstartsecs=0\n"
            "process_name=w%(process_num)d\nnumprocs=3\nnumprocs_start=9\n")
    for number in (9, 10, 11):
        s.wait(lambda n=number: s.read(f"argv.{n}") is not None, 10, f"process {number}")
        yield f"words of {number}", s.read(f"argv.{number}").split("\0")[:-1]
    yield "names", [info["name"] for info in s.rpc.getAllProcessInfo()]
