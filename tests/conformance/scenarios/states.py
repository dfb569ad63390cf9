"""The state machine: transitions as a listener sees them, timing, stop, retries, exit codes."""

import os
import re
import time

import daemon
from daemon import alive
from scenario import scenario

LISTENER = """
[eventlistener:watch]
command=@children@/listener.py @dir@/events
events=PROCESS_STATE
buffer_size=1000
startsecs=0
"""


def program(name, command, more=""):
    return f"[program:{name}]\ncommand={command}\n{more}\n"


def transitions(s, name):
    """`FROM > TO details` for one process, in order, as delivered to a listener."""
    found = []
    for line in (s.read("events") or "").splitlines():
        head, _, payload = line.partition("|")
        fields = dict(item.split(":", 1) for item in payload.split())
        if fields.get("processname") != name:
            continue
        kind = re.search(r"eventname:PROCESS_STATE_(\w+)", head).group(1)
        more = " ".join(f"{k}={v if k != 'pid' or v == '0' else '<pid>'}" for k, v in fields.items()
                        if k not in ("processname", "groupname", "from_state"))
        found.append(f"{fields['from_state']} > {kind} {more}".rstrip())
    return found


def settled(s, name, state, count, bound=12):
    """The transitions delivered when the process is in state; waits for count of them, the last into state.

    A daemon that delivers none shows as an empty list, and the other checks still run.
    """
    s.wait_state(name, state, bound=bound)

    def complete():
        found = transitions(s, name)
        return len(found) >= count and f"> {state}" in found[-1]
    try:
        s.wait(complete, 4 if s.read("events") is not None else 0.5)
    except daemon.Timeout:
        pass
    return transitions(s, name)


@scenario("starting", slow=True)
def starting(s):
    """startsecs and startretries."""
    s.start(LISTENER
            + program("now", "@child@ tell", "startsecs=0")
            + program("one", "@child@ tell", "startsecs=1")
            + program("two", "@child@ tell", "startsecs=2")
            + program("retry0", "@child@ exit 3", "startretries=0\nstartsecs=3")
            + program("retry1", "@child@ exit 0", "startretries=1\nstartsecs=3")
            + program("retry3", "@child@ exit 1", "startretries=3\nstartsecs=3")
            + program("missing", "/nonexistent/x", "startretries=1")
            + program("late", "@child@ exit 0 300", "startretries=0\nstartsecs=3")
            + program("killed", "@child@ signal 9", "startretries=0\nstartsecs=3")
            + program("hand", "@child@ tell", "autostart=false"))
    yield "startsecs 0", settled(s, "now", "RUNNING", 2)
    yield "startsecs 1", settled(s, "one", "RUNNING", 2)
    yield "startsecs 2", settled(s, "two", "RUNNING", 2)
    yield "RUNNING is not early", [elapsed(s, "one") >= 0.7, elapsed(s, "two") >= 1.7]
    yield "RUNNING is not late", [elapsed(s, "one") < 4, elapsed(s, "two") < 5]
    yield "startretries 0", settled(s, "retry0", "FATAL", 3)
    yield "startretries 1, expected exit code", settled(s, "retry1", "FATAL", 5)
    yield "command missing", settled(s, "missing", "FATAL", 5)
    yield "exit before startsecs", settled(s, "late", "FATAL", 3)
    yield "killed before startsecs", settled(s, "killed", "FATAL", 3)
    yield "startretries 3", settled(s, "retry3", "FATAL", 9, bound=20)
    yield "autostart false", [transitions(s, "hand"), s.info("hand")["description"]]
    yield "fields of FATAL", fields(s, "retry0")
    yield "fields of FATAL, command missing", fields(s, "missing")
    for name in ("now", "one", "retry1", "retry3", "missing", "killed", "late"):
        yield f"log of {name}", s.log(f"'{name}'", f": {name} ", f"spawnerr: can't find command '/nonexistent/x'"
                                      if name == "missing" else f": {name} ")
    yield "waits grow by one second", [round(gap) in (n, n + 1) for n, gap in enumerate(gaps(s, "retry3"), 1)]


def elapsed(s, name):
    log = s.read("main.log") or ""
    stamps = [line for line in log.splitlines()
              if f"spawned: '{name}'" in line or f"success: {name} " in line]
    return clock(stamps[1]) - clock(stamps[0]) if len(stamps) > 1 else -1


def clock(line):
    hours, minutes, rest = line.split()[1].replace(",", ".").split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


def gaps(s, name):
    stamps = [clock(line) for line in (s.read("main.log") or "").splitlines() if f"spawned: '{name}'" in line]
    return [later - earlier for earlier, later in zip(stamps, stamps[1:])]


def fields(s, name):
    info = dict(s.info(name))
    for key in ("start", "stop", "now", "pid"):
        info[key] = "zero" if not info.get(key) else "set"
    return info


@scenario("exiting", slow=True)
def exiting(s):
    """autorestart, exitcodes, signal deaths, start and stop of ended processes."""
    s.start(LISTENER
            + program("never", "@child@ exit 0 50", "startsecs=0\nautorestart=false")
            + program("never3", "@child@ exit 3 50", "startsecs=0\nautorestart=false")
            + program("unexpected0", "@child@ exit 0 50", "startsecs=0\nautorestart=unexpected")
            + program("codes", "@child@ exit 7 50", "startsecs=0\nexitcodes=0,7")
            + program("nocodes", "@child@ exit 0 50", "startsecs=0\nexitcodes=\nautorestart=false")
            + program("sig9", "@child@ signal 9", "startsecs=0\nautorestart=false")
            + program("sig11", "@child@ signal 11", "startsecs=0\nautorestart=false")
            + program("sig34", "@child@ signal 34", "startsecs=0\nautorestart=false")
            + program("sig29", "@child@ signal 29", "startsecs=0\nautorestart=false")
            + program("sig13", "@child@ signal 13", "startsecs=0\nautorestart=false")
            + program("always", "@child@ exit 0 100", "startsecs=0\nautorestart=true")
            + program("unexpected4", "@child@ exit 4 100", "startsecs=0\nautorestart=unexpected"))
    for name, count in [("never", 3), ("never3", 3), ("unexpected0", 3), ("codes", 3), ("nocodes", 3)]:
        yield f"transitions of {name}", settled(s, name, "EXITED", count)
        # Whether `success` is logged depends on whether the loop ran before the exit.
        yield f"log of {name}", s.log(f"'{name}'", f"exited: {name} ")
        yield f"fields of {name}", fields(s, name)
    for name in ("sig9", "sig11", "sig34", "sig29"):
        settled(s, name, "EXITED", 2)
        yield f"transitions of {name}", transitions(s, name)
        yield f"log of {name}", [line.replace(" (core dumped)", "") for line in s.log(f"exited: {name} ")]
        yield f"fields of {name}", {k: fields(s, name)[k] for k in ("exitstatus", "spawnerr", "statename")}
    for name in ("always", "unexpected4"):
        s.wait(lambda n=name: len(transitions(s, n)) >= 6, 10, "restarts")
        yield f"{name} starts again", transitions(s, name)[:6]
        yield f"stop of {name}", s.rpc.stopProcess(name) is True or "the process was just down"
    yield "SIGPIPE in a child", [transitions(s, "sig13")[-1:], s.state("sig13")]
    yield "start of an EXITED process", s.rpc.startProcess("never")
    yield "stop of an EXITED process", [s.wait_state("never", "EXITED"), s.rpc.stopProcess("never")]


@scenario("stopping", slow=True)
def stopping(s):
    """Stop in every state, stop signals, stopwaitsecs, groups."""
    s.start(LISTENER
            + program("plain", "@child@ echo", "startsecs=0")
            + program("hup", "@child@ echo", "startsecs=0\nstopsignal=HUP")
            + program("kill", "@child@ tell", "startsecs=0\nstopsignal=KILL")
            + program("deaf", "@child@ tell", "startsecs=0\nstopwaitsecs=1\nstdout_logfile=@dir@/deaf.log")
            + program("zero", "@child@ tell", "startsecs=0\nstopwaitsecs=0")
            + program("clean", "@child@ order @dir@/order clean", "startsecs=0")
            + program("starting", "@child@ echo", "startsecs=30")
            + program("backoff", "@child@ exit 1", "startretries=20\nstartsecs=3")
            + program("again", "@child@ order @dir@/order again", "startsecs=0"),
            supervisord="loglevel=debug")
    for name in ("plain", "hup", "kill", "deaf", "zero", "clean", "again"):
        s.wait_state(name, "RUNNING")
    s.wait_text("deaf.log", "ready")
    yield "answer of stop", s.rpc.stopProcess("plain")
    yield "transitions of a plain stop", settled(s, "plain", "STOPPED", 4)
    yield "fields after a plain stop", fields(s, "plain")
    yield "stop of a STOPPED process", s.rpc.stopProcess("plain")
    yield "stopsignal HUP", [s.rpc.stopProcess("hup"), s.log("hup (pid", "stopped: hup")]
    yield "stopsignal KILL", [s.rpc.stopProcess("kill"), s.log("kill (pid", "stopped: kill")]
    yield "clean end", [s.rpc.stopProcess("clean"), s.log("stopped: clean"), fields(s, "clean")["exitstatus"]]
    yield "TERM ignored: stop without waiting", s.rpc.stopProcess("deaf", False)
    yield "TERM ignored: state", s.state("deaf")
    yield "STOPPING: description", s.info("deaf")["description"]
    yield "STOPPING: stop again", s.rpc.stopProcess("deaf", False)
    yield "STOPPING: signal", s.rpc.signalProcess("deaf", "USR1")
    yield "TERM ignored: transitions", settled(s, "deaf", "STOPPED", 4)
    yield "TERM ignored: log", [line for line in s.log("deaf") if not any(
        word in line for word in ("stopped monitoring", "success", "output:"))]
    yield "TERM ignored: signals seen", (s.read("deaf.log") or "").splitlines()
    yield "TERM ignored: exitstatus", s.info("deaf")["exitstatus"]
    yield "stopwaitsecs 0", [s.rpc.stopProcess("zero"), s.state("zero")]
    yield "stop in STARTING", [s.state("starting"), s.info("starting")["description"], s.rpc.stopProcess("starting")]
    yield "stop in STARTING: transitions", settled(s, "starting", "STOPPED", 3)
    s.wait_state("backoff", "BACKOFF")
    yield "BACKOFF: description", s.info("backoff")["description"]
    yield "BACKOFF: start", s.rpc.startProcess("backoff")
    yield "BACKOFF: signal", s.rpc.signalProcess("backoff", "HUP")
    s.wait_state("backoff", "BACKOFF")
    yield "stop in BACKOFF", s.rpc.stopProcess("backoff")
    yield "stop in BACKOFF: last transition", settled(s, "backoff", "STOPPED", 4)[-1:]
    yield "stop in BACKOFF: description", s.info("backoff")["description"]
    yield "stopped start", [s.rpc.stopProcess("again"), s.rpc.startProcess("again"), settled(s, "again", "RUNNING", 6)]


@scenario("start while stopping")
def start_while_stopping(s):
    s.start(program("deaf", "@child@ tell", "startsecs=0\nstopwaitsecs=1\nstdout_logfile=@dir@/deaf.log"))
    s.wait_text("deaf.log", "ready")
    s.rpc.stopProcess("deaf", False)
    yield "answer", s.rpc.startProcess("deaf")
    yield "log", s.log("already running")
    yield "state afterwards", s.wait_state("deaf", "STOPPED", "RUNNING")


@scenario("groups of processes")
def process_groups(s):
    """stopasgroup and killasgroup, and what is left of a family after its leader."""
    names = {"leader": "", "asgroup": "stopasgroup=true", "killgroup": "killasgroup=true\nstopsignal=CONT\nstopwaitsecs=1"}
    s.start("".join(program(n, f"@child@ family @dir@/family.{n}", "startsecs=0\n" + more)
                    for n, more in names.items()), supervisord="loglevel=debug")
    for name in names:
        s.wait(lambda n=name: s.read(f"family.{n}"), 5, "family")
        pids = [int(word) for word in s.read(f"family.{name}").split()]
        answer = s.rpc.stopProcess(name)
        # A descendant that is killed needs a moment; one that is left alone stays.
        end = time.monotonic() + 0.5
        while time.monotonic() < end and any(alive(pid) for pid in pids):
            time.sleep(0.02)
        yield f"stop of {name}", {"answer": answer, "alive": [alive(pid) for pid in pids],
                                  "log": s.log(f"{name}' (", f"killing {name}", f"stopped: {name}")}


@scenario("spawn errors")
def spawn_errors(s):
    s.write("notexec", "#!/bin/sh\n")
    s.write("noformat", "echo hi\n")
    os.chmod(s.path("noformat"), 0o755)
    cases = [("missing", "/nonexistent/prog"), ("nopath", "nosuchcommand -x"), ("directory", "/tmp"),
             ("notexec", "@dir@/notexec"), ("quote", "/bin/cat 'x"), ("escape", "/bin/cat \\"), ("empty", ""),
             ("noformat", "@dir@/noformat"), ("onpath", "true")]
    s.start("".join(program(f"p{i}", command, "startretries=0\nstartsecs=3\nautostart=false\n"
                            f"stderr_logfile=@dir@/err.p{i}") for i, (_, command) in enumerate(cases))
            + program("logdir", "@child@ tell", "stdout_logfile=@dir@\nstartretries=0\nautostart=false"))
    for i, (check, _) in enumerate(cases):
        answer = s.rpc.startProcess(f"p{i}")
        state = s.wait_state(f"p{i}", "FATAL", "STOPPED", "RUNNING")
        info = s.info(f"p{i}")
        yield check, {"start": answer, "state": state, "spawnerr": info["spawnerr"],
                      "description": info["description"], "log": s.log(f"spawnerr:*p{i}", f": p{i} "),
                      "stderr": s.read(f"err.p{i}")}
    yield "log is a directory", [s.rpc.startProcess("logdir"), s.wait_state("logdir", "FATAL", "RUNNING"),
                                 s.info("logdir")["spawnerr"]]
    yield "spawnerr lines", s.log("spawnerr*logdir")
