"""Known defects of supervisord that no other scenario meets; the rows are in differences.toml."""

import os
import resource
import signal

import daemon
from child_limits import refuse_links
from rpc import basic
from scenario import scenario
from scenarios.http import CALL, ask, get, post, shape

CAT = "[program:cat]\ncommand=/bin/cat\nstartsecs=0\n"
# Their default is to end a process, and nothing sends them to a daemon on purpose.
STRAY = ("USR1", "ALRM", "VTALRM", "PROF", "IO", "PWR", "STKFLT")


def descriptors(s):
    return len(os.listdir(f"/proc/{s.daemon.pid}/fd"))


@scenario("stray signals")
def stray_signals(s):
    for name in STRAY:
        s.start(CAT)
        s.wait_state("cat", "RUNNING")
        s.daemon.signal(getattr(signal, "SIG" + name))
        # A second shows whether the daemon outlives it.
        yield name, s.daemon.wait_exit(1)
        s.daemon.end()
        for path in ("s.sock", "d.pid"):
            if os.path.exists(s.path(path)):
                os.unlink(s.path(path))


@scenario("hangup after a change of directory")
def hangup_elsewhere(s):
    """-c is relative and the daemon goes elsewhere: the file must still be found."""
    s.config(CAT, supervisord="directory=/")
    s.launch(["-c", "c.conf"], ready=False)
    s.wait(lambda: (s.read("d.pid") or "").endswith("\n"), 10, "pidfile")
    pid = int(s.read("d.pid"))
    s.wait_state("cat", "RUNNING")
    os.kill(pid, signal.SIGHUP)
    s.wait(lambda: len(s.log("started with pid")) == 2 or not daemon.alive(pid), 10, "a new start or the end")
    yield "goes on", daemon.alive(pid)
    if daemon.alive(pid):
        os.kill(pid, signal.SIGTERM)
        s.wait(lambda: not daemon.alive(pid), 10, "end")


@scenario("main log into a pipe")
def main_log_pipe(s):
    os.mkfifo(s.path("pipe"))
    # Both ends are open here, so that neither side waits for the other.
    pipe = os.open(s.path("pipe"), os.O_RDWR | os.O_NONBLOCK)
    try:
        s.config(CAT, supervisord="logfile=@dir@/pipe\nlogfile_maxbytes=1MB")
        s.launch(["-n", "-s", "-c", s.config_path], ready=False)
        s.wait(lambda: s.read("d.pid") or not s.daemon.running(), 20, "a pidfile or the end")
        yield "runs", s.daemon.running()
        text = os.read(pipe, 65536).decode() if s.daemon.running() else ""
        yield "is written", "supervisord started with pid" in text
    finally:
        os.close(pipe)


def returns_to(s, before):
    """The connection of the last call may still be there when it has been answered."""
    try:
        s.wait(lambda: descriptors(s) <= before, 2, "as few descriptors as before")
    except daemon.Timeout:
        return False
    return True


@scenario("starts without a log")
def starts_without_log(s):
    s.start("[program:p]\ncommand=/bin/cat\nstartsecs=0\nstartretries=0\nautostart=false\nstdout_logfile=@dir@\n"
            "stderr_logfile=@dir@\n")
    s.rpc.startProcess("p")
    s.rpc.stopProcess("p")
    before = descriptors(s)
    for _ in range(5):
        s.rpc.startProcess("p")
        s.rpc.stopProcess("p")
    s.wait(lambda: s.info("p")["pid"] == 0, 5, "end of p")
    yield "descriptors stay the same", returns_to(s, before)


@scenario("no place for AUTO logs")
def no_auto_logs(s):
    s.start()
    s.config(CAT)
    s.rpc.reloadConfig()
    os.rmdir(s.path("auto"))
    yield "addProcessGroup", s.rpc.addProcessGroup("cat")
    yield "goes on", isinstance(s.rpc.getState(), dict)


@scenario("no hard links")
def no_hard_links(s):
    """Where links cannot be made, a socket can."""
    s.config()
    s.launch(["-n", "-c", s.config_path], ready=False, limits=refuse_links)
    try:
        s.wait(lambda: isinstance(s.rpc.getState(), dict), 3, "an answer")
        yield "answers", True
    except daemon.Timeout:
        yield "answers", False
        s.daemon.signal(signal.SIGKILL)
        s.daemon.wait_exit()


@scenario("second instance")
def second_instance(s):
    """Started by mistake with the same file: it must leave everything as it is."""
    s.start("[program:say]\ncommand=/bin/sh -c 'echo hello; exec cat'\nstartsecs=0\n")
    s.wait_state("say", "RUNNING")
    path = s.info("say")["stdout_logfile"]
    s.wait(lambda: os.path.exists(path) and os.stat(path).st_size == 6, 5, "output")
    lines = len(s.log())
    second = s.run_daemon("-n", "-c", "@dir@/c.conf")
    yield "is refused", second["code"]
    yield "AUTO logs of the first", os.path.exists(path)
    yield "main log of the first", len(s.log()) - lines
    yield "pidfile of the first", (s.read("d.pid") or "").strip() == str(s.daemon.pid)


@scenario("limits beyond the hard one", root=True)
def limits_beyond(s):
    """Without privileges a hard limit cannot be raised; the text says which limit that is."""
    def low():
        resource.setrlimit(resource.RLIMIT_NOFILE, (300, 400))
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
    os.chmod(s.dir, 0o777)
    s.config(CAT, supervisord="minfds=512")
    s.launch(["-n", "-c", s.config_path], ready=False, limits=low)
    yield "exit code", s.daemon.wait_exit()
    yield "names the hard limit", " 400 " in s.daemon.stderr()


@scenario("much output at the end")
def much_output(s):
    s.config("[program:burst]\ncommand=@child@ burst 1000000\nstartsecs=0\nautorestart=false\n"
            "stdout_logfile=@dir@/burst\nstdout_logfile_maxbytes=0\n"
            "[program:short]\ncommand=/bin/sh -c 'printf the-last-bytes'\nstartsecs=0\nautorestart=false\n"
            "stdout_logfile=@dir@/short\nstdout_capture_maxbytes=1KB\n")
    s.launch(["-n", "-c", s.config_path], ready=False)
    s.wait_ready(30)
    s.wait_state("burst", "EXITED")
    s.wait_state("short", "EXITED")
    yield "all of it is logged", s.size("burst")
    yield "the last bytes with capture on", s.read("short")


@scenario("url with the word error")
def url_with_error(s):
    s.start(inet="[inet_http_server]\nport=127.0.0.1:@port@\n")
    ask(("127.0.0.1", s.port), get(b"/no-error-here"))
    ask(("127.0.0.1", s.port), get(b"/ok.html?error"))
    s.rpc.getState()
    yield "no error in the log", s.log("ERRO")


@scenario("percent signs in log names")
def percent_in_log_names(s):
    s.start("[program:p]\ncommand=/bin/sh -c 'echo hello; exec cat'\nstartsecs=0\nstdout_logfile=@dir@/out-%%d.log\n",
            ready=False)
    s.wait(lambda: not s.daemon.running() or s.state("p") == "RUNNING", 10, "an answer or the end")
    yield "runs", s.daemon.running()
    yield "names", s.names("out-*")


@scenario("percent signs and include")
def percent_and_include(s):
    s.write("more.conf", "[program:q]\ncommand=/bin/q\nautostart=false\n")
    s.config("[program:p]\ncommand=/bin/p %%(here)s %(here)s\nautostart=false\n[include]\nfiles=more.conf\n")
    s.launch(["-n", "-c", s.config_path], ready=False)
    s.wait(lambda: not s.daemon.running() or isinstance(s.rpc.getState(), dict), 10, "an answer or the end")
    yield "runs", s.daemon.running()
    if s.daemon.running():
        yield "command", [row["command"] for row in s.rpc.getAllConfigInfo()]


@scenario("full standard input")
def full_stdin(s):
    s.start("[program:deaf]\ncommand=@child@ tell\nstartsecs=0\nautorestart=false\n")
    s.wait_state("deaf", "RUNNING")
    text = "x" * 60000
    yield "answers", [s.rpc.sendProcessStdin("deaf", text) for _ in range(4)]
    yield "daemon", isinstance(s.rpc.getState(), dict)


@scenario("socket taken away")
def socket_taken_away(s):
    """Somebody's clean-up removed the file; USR2, which opens files again, brings it back."""
    s.start(CAT)
    s.wait_state("cat", "RUNNING")
    os.unlink(s.sock)
    s.daemon.signal(signal.SIGUSR2)
    s.wait_log("logreopen")
    try:
        s.wait(lambda: isinstance(s.rpc.getState(), dict), 2, "an answer")
        yield "answers again", True
    except daemon.Timeout:
        yield "answers again", False
    yield "end", [s.stop(), s.names("s.sock*")]


@scenario("changes of the configuration in the log")
def changes_in_the_log(s):
    s.start(CAT)
    s.wait_state("cat", "RUNNING")
    s.config("[program:dog]\ncommand=/bin/cat\nstartsecs=0\n")
    lines = len(s.log())
    s.rpc.reloadConfig()
    s.rpc.stopProcess("cat")
    s.rpc.removeProcessGroup("cat")
    s.rpc.addProcessGroup("dog")
    s.wait_state("dog", "RUNNING")
    of_processes = ("waiting", "stopp", "spawned", "success")  # nobody waits for one that ends at once
    yield "log", [line for line in s.log()[lines:] if not any(word in line for word in of_processes)]


@scenario("passwords in capitals")
def password_in_capitals(s):
    digest = "{SHA}5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8"  # password
    s.start(inet=f"[inet_http_server]\nport=127.0.0.1:@port@\nusername=u\npassword={digest}\n")
    yield "right", shape(ask(("127.0.0.1", s.port), post(CALL, headers=basic("u:password"))))
    yield "wrong", shape(ask(("127.0.0.1", s.port), post(CALL, headers=basic("u:passwore"))))
