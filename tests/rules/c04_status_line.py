"""A line of `status` is name, state and text in fixed columns, and there is nothing else on standard output."""

import re

LONG = "a-name-that-is-longer-than-thirty-characters"
UPTIME = r"pid \d+, uptime (?:1 day, |\d+ days, )?\d{1,2}:\d\d:\d\d"
DATE = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d\d (?:0\d|1[0-2]):\d\d [AP]M"
TEXTS = {"RUNNING": UPTIME, "STOPPED": f"{DATE}|Not started", "EXITED": DATE, "FATAL": ".+", "BACKOFF": ".+",
         "STARTING": "", "STOPPING": ""}


def rule(s):
    programs = ("[program:run]\ncommand=/bin/cat\nstartsecs=0\n[program:idle]\ncommand=/bin/cat\nautostart=false\n"
                "[program:halt]\ncommand=/bin/cat\nstartsecs=0\n"
                "[program:done]\ncommand=@child@ exit 0\nstartsecs=0\nautorestart=false\n"
                "[program:gone]\ncommand=/nonexistent/x\nstartretries=0\n"
                "[program:slow]\ncommand=/bin/cat\nstartsecs=60\n"
                "[program:ga]\ncommand=/bin/cat\nstartsecs=0\n[group:g]\nprograms=ga\n")
    s.start(programs)
    s.wait_state("halt", "RUNNING")
    s.rpc.stopProcess("halt")
    s.wait_state("done", "EXITED")
    s.wait_state("gone", "FATAL")
    for name in ("run", "g:ga"):
        s.wait_state(name, "RUNNING")
    judge(s, s.ctl("status", env={"TERM": "xterm-256color", "CLICOLOR_FORCE": "1", "LANG": "de_DE.UTF-8"}), 33, 7)
    s.equal("one name is one line", len(s.ctl("status", "run")["out"].splitlines()), 1)
    s.config(programs + f"[program:{LONG}]\ncommand=/bin/cat\nstartsecs=0\n")
    s.ctl("update")
    s.wait_state(LONG, "RUNNING")
    judge(s, s.ctl("status"), len(LONG) + 3, 8)


def judge(s, outcome, width, count):
    out = outcome["out"]
    s.that("nothing on standard error", "err" not in outcome, repr(outcome))
    s.that("no colour", "\x1b" not in out, repr(out))
    lines = out.split("\n")
    s.equal("the last line is complete", lines.pop(), "")
    s.equal("lines", len(lines), count)
    for line in lines:
        name, state, text = line[:width].rstrip(), line[width:width + 10].rstrip(), line[width + 10:]
        s.that(f"{name}: columns", line == f"{name:<{width}}{state:<10}{text}", repr(line))
        s.that(f"{name}: text of {state}", re.fullmatch(TEXTS.get(state, "(?!)"), text), repr(line))
        s.equal(f"{name}: split on blanks", line.split()[:2], [name, state])
        if state == "RUNNING":
            s.that(f"{name}: the fourth field is the pid", int(line.split()[3].rstrip(",")) > 1, repr(line))
