"""The client's commands: output and exit code, with both clients on both daemons."""

from scenario import scenario

PROGRAMS = """
[program:averyveryverylongprogramnamethatexceedsthirtychars]
command=/bin/cat
startsecs=0
[program:cat]
command=/bin/cat
startsecs=0
stdout_logfile=@dir@/cat.out
stderr_logfile=@dir@/cat.err
[program:exit0]
command=@child@ exit 0
startsecs=0
autorestart=false
[program:manual]
command=/bin/cat
autostart=false
startsecs=0
[program:nofile]
command=/nonexistent/prog
startretries=0
[program:quick]
command=@child@ exit 1
startsecs=3
startretries=0
[program:nolog]
command=/bin/cat
startsecs=0
stdout_logfile=NONE
[program:ga]
command=/bin/cat
startsecs=0
[program:gb]
command=/bin/cat
startsecs=0
priority=5
[group:g]
programs=ga,gb
priority=10
[program:sleeper]
command=/bin/cat
startsecs=0
numprocs=2
process_name=%(program_name)s_%(process_num)02d
"""


def begin(s):
    s.start(PROGRAMS)
    for name in ("cat", "nolog", "g:ga", "g:gb", "sleeper:sleeper_01"):
        s.wait_state(name, "RUNNING")
    s.wait_state("exit0", "EXITED")
    s.wait_state("nofile", "FATAL")
    s.wait_state("quick", "FATAL")


STATUS = ["status", "status all", "status cat", "status cat:cat", "status g:*", "status g:", "status g", "status cat cat",
          "status cat exit0", "status nosuch", "status nosuch exit0", "status nosuch cat", "status nosuch:*",
          "status g:nosuch", "status manual", "status exit0 all"]


@scenario("ctl status", client=True, slow=True)
def ctl_status(s):
    begin(s)
    for line in STATUS:
        yield line, s.ctl(*line.split())
    yield "one argument with a blank", s.ctl("status cat")
    yield "version of the API", s.ctl("version")["code"]
    for line in ("pid nosuch", "pid manual", "pid g:*", "pid cat nosuch"):
        yield line, pids(s, s.ctl(*line.split()))
    yield "pid", pids(s, s.ctl("pid"))
    yield "pid cat", pids(s, s.ctl("pid", "cat"))
    yield "pid all", len(s.ctl("pid", "all")["out"].split())
    yield "avail", s.ctl("avail")
    for word in ("avail", "reread", "reload", "shutdown", "version"):
        yield f"{word} with an argument", first_line(s.ctl(word, "x"))
    yield "unknown action", s.ctl("nosuch")
    yield "unknown action with arguments", s.ctl("no-such", "a", "b")
    yield "help of an unknown word", s.ctl("help", "nosuch")
    yield "help", s.ctl("help")
    yield "question mark", s.ctl("?")["out"].splitlines()[:3]
    yield "exclamation mark", s.ctl("!ls")


def first_line(outcome):
    """A usage error without the help text below it: its wording is each client's own."""
    return {**outcome, "out": outcome["out"].splitlines()[:1]}


def pids(s, outcome):
    """Known pids by name, so that outcomes compare."""
    names = {str(s.daemon.pid): "<daemon pid>", str(s.info("cat")["pid"]): "<pid of cat>"}
    lines = [names.get(line, line) for line in outcome["out"].splitlines()]
    return {**outcome, "out": lines}


ACTIONS = ["start manual", "start manual", "start manual cat nosuch", "start nosuch:*", "start nofile", "start quick",
           "start", "stop manual", "stop manual", "stop nosuch", "stop nosuch:*", "stop", "restart cat", "restart manual",
           "restart nosuch", "restart", "stop g:*", "start g:*", "start g:*", "start g:ga", "stop cat manual", "start cat:cat",
           "signal HUP", "signal FOO cat", "signal CONT cat", "signal sigcont cat:cat", "signal 18 cat", "signal CONT exit0",
           "signal CONT nosuch", "signal CONT nosuch:*", "signal CONT g:*", "signal FOO g:*", "clear cat",
           "clear nosuch", "clear g:*", "clear", "clear cat nosuch", "stop sleeper:", "start sleeper:*", "restart g:*"]


@scenario("ctl actions", client=True, slow=True)
def ctl_actions(s):
    begin(s)
    seen = {}
    for line in ACTIONS:
        seen[line] = seen.get(line, 0) + 1
        outcome = s.ctl(*line.split())
        if "*" in line or line.endswith(":"):
            outcome["out"] = sorted(outcome["out"].splitlines())
        if outcome["out"][:6] == "Error:":
            outcome = first_line(outcome)
        if line == "start quick":
            s.wait_state("quick", "FATAL")
        yield f"{line} ({seen[line]})", outcome
    yield "stop all", ordered(s.ctl("stop", "all"))
    yield "stop all again", s.ctl("stop", "all")
    yield "start with quoted arguments", s.ctl("start cat manual")
    yield "clear all", ordered(s.ctl("clear", "all"))
    yield "signal all", ordered(s.ctl("signal", "CONT", "all"))
    yield "states at the end", {i["name"]: i["statename"] for i in s.rpc.getAllProcessInfo()}


def ordered(outcome):
    return {**outcome, "out": sorted(outcome["out"].splitlines())}


TAILS = ["tail cat", "tail -5 cat", "tail cat stdout", "tail cat STDERR", "tail -3 cat stderr", "tail", "tail cat a b c",
         "tail cat nosuch", "tail nosuch", "tail -x cat", "tail g:*", "tail nolog", "tail -0 cat", "tail -100000 cat",
         "maintail -x", "maintail a b", "fg", "fg a b", "fg nosuch", "fg manual"]


@scenario("ctl logs", client=True, slow=True)
def ctl_logs(s):
    begin(s)
    s.rpc.sendProcessStdin("cat", "line one\nline two é\nthree <&>\n")
    s.wait_text("cat.out", "three")
    s.write("cat.err", "oops\n")
    for line in TAILS:
        outcome = s.ctl(*line.split())
        yield line, first_line(outcome) if outcome["out"][:2] in ("Er", "ER") else outcome
    out = s.ctl("maintail", "-0")["out"]
    yield "maintail -0", [out[-2:] == "\n\n", "supervisord started" in out]
    yield "maintail", "gave up: nofile" in s.ctl("maintail")["out"]
    yield "maintail -30", len(s.ctl("maintail", "-30")["out"])
    yield "tail -f of nothing", s.ctl("tail", "-f", "nosuch")
    yield "tail -f of two", first_line(s.ctl("tail", "-f", "a", "b", "c"))
    follow = s.ctl("tail", "-f", "cat", bound=2)
    yield "tail -f", follow


@scenario("ctl groups", client=True, slow=True)
def ctl_groups(s):
    begin(s)
    for line in ("add cat", "add nosuch", "add", "remove cat", "remove nosuch", "remove", "reread"):
        yield line, s.ctl(*line.split())
    s.rpc.stopProcess("cat")
    for line in ("remove cat", "add cat", "remove cat nosuch manual", "add cat manual"):
        yield line + " (stopped)", s.ctl(*line.split())
    changed = PROGRAMS.replace("[program:manual]\n", "[program:newp]\n")
    changed = changed.replace("command=/bin/cat\nstartsecs=0\nstdout_logfile=@dir@/cat.out",
                              "command=/bin/cat -u\nstartsecs=0\nstdout_logfile=@dir@/cat.out")
    s.config(changed)
    yield "reread after editing", s.ctl("reread")
    yield "reread again", s.ctl("reread")
    yield "avail after editing", s.ctl("avail")
    yield "update of an unknown group", s.ctl("update", "nosuch")
    yield "update of one group", s.ctl("update", "newp")
    yield "update", s.ctl("update")
    yield "update again", s.ctl("update")
    yield "update all", s.ctl("update", "all")
    s.config(changed + "[program:bad]\ncommand=x\nstartsecs=x\n")
    yield "reread of a bad value", s.ctl("reread")
    yield "update of a bad value", s.ctl("update")
    s.write("ctl.conf", "[supervisorctl]\nserverurl=unix://@dir@/s.sock\n")
    s.config("junk\n", supervisord="nodaemon")
    yield "reread of a broken file", s.ctl("-c", "@dir@/ctl.conf", "reread", config=False)
    yield "update of a broken file", s.ctl("-c", "@dir@/ctl.conf", "update", config=False)
    yield "states", {i["name"]: i["statename"] for i in s.rpc.getAllProcessInfo()}
