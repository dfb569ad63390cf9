"""The small programs beside the daemon: pidproxy."""

import os
import signal

from scenario import scenario

# A wrapper that stays while its daemon runs, and a daemon that takes its time to end.
WRAPPER = """#!/bin/sh
/usr/bin/python3 @dir@/daemon.py &
wait $!
echo wrapper >> @dir@/said
exit 3
"""
DAEMON = """
import os, signal, sys, time
said = open("@dir@/said", "a", buffering=1)
def say(number, frame):
    said.write(signal.Signals(number).name + "\\n")
    if number == signal.SIGTERM:
        time.sleep(1.5)
        os._exit(0)
for name in ("TERM", "HUP", "USR1", "USR2"):
    signal.signal(getattr(signal, "SIG" + name), say)
with open("@dir@/x.part", "w") as f:
    print(os.getpid(), file=f)
os.rename("@dir@/x.part", "@dir@/x.pid")
while True:
    signal.pause()
"""


def pidproxy(s):
    beside = os.path.dirname(s.programs.daemon)
    own = os.path.join(beside, "svd-pidproxy")
    return own if os.path.exists(own) else os.path.join(beside, "pidproxy")


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


@scenario("pidproxy")
def pidproxy_program(s):
    os.chmod(s.write("wrapper", WRAPPER), 0o755)
    s.write("daemon.py", DAEMON)
    s.start(f"[program:x]\ncommand={pidproxy(s)} @dir@/x.pid @dir@/wrapper\nstartsecs=0\nautorestart=false\n"
            "stopwaitsecs=20\nenvironment=PYTHONUNBUFFERED=1\ndescendants=keep\nstdout_logfile=@dir@/out.log\n")
    s.wait(lambda: s.read("x.pid"), 10, "pidfile")
    pid = int(s.read("x.pid"))
    for name in ("HUP", "USR1", "USR2"):
        s.rpc.signalProcess("x", name)
        s.wait_text("said", "SIG" + name)
    yield "passed on", s.read("said").splitlines()
    yield "goes on", s.state("x")
    yield "stop", s.rpc.stopProcess("x")
    yield "the daemon has ended", not alive(pid)
    yield "exit status", s.log("stopped: x")
    s.wait(lambda: not alive(pid), 10, "end of the daemon")
    s.wait_text("said", "wrapper")
    os.remove(s.path("x.pid"))
    s.rpc.startProcess("x")
    s.wait(lambda: s.read("x.pid"), 10, "pidfile")
    os.kill(int(s.read("x.pid")), signal.SIGKILL)
    yield "end of the command", s.wait_state("x", "EXITED")
    yield "its exit status", s.log("exited: x")
    os.remove(s.path("x.pid"))
    os.rename(s.path("daemon.py"), s.path("late.py"))
    s.write("daemon.py", "import signal\nopen('@dir@/late', 'w').write('x')\nsignal.pause()\n")
    s.rpc.startProcess("x")
    s.wait(lambda: s.read("late"), 10, "daemon without a pidfile")
    s.rpc.signalProcess("x", "HUP")
    s.wait_text("out.log", "read child pidfile")
    yield "no pidfile", [s.mask(s.read("out.log").splitlines()), s.state("x")]


@scenario("pidproxy on its own")
def pidproxy_alone(s):
    program = pidproxy(s)

    def run(*words):
        outcome = s._run(program, words, 15)
        return [outcome["code"], bool(outcome.get("out")), bool(outcome.get("err"))]

    yield "no arguments", run()
    yield "no command", run("@dir@/x.pid")
    # Every answer of Supervisor's pidproxy to these takes five seconds.
    yield "exit code of the command", run("@dir@/x.pid", "../../bin/sh", "-c", '[ "$0" = ../../bin/sh ] && exit 4')
    yield "no such command, no search in PATH", run("@dir@/x.pid", "true")
