#!/usr/bin/python3
"""Runs the same command lines through supervisorctl and svctl, each against a real supervisord of
its own with programs in every state, and compares standard output, standard error and exit code.

Usage: compare_test.py path/to/svctl life|end|unusable|locked... [--verbose]

A row with `differs` is an intended difference: the reason, and what svctl says instead. It fails
too when supervisorctl no longer differs, so the rows cannot go stale."""

import os
import shutil
import sys
import time

from harness import (SKIP, SUPERVISORCTL, Client, OracleClient, Outcome, Scratch, Supervisor,
                     have_supervisor, wait_until)

PROGRAMS = """
[program:cat]
command=/bin/cat
stdout_logfile={dir}/cat.out
stderr_logfile={dir}/cat.err
[program:manual]
command=/bin/cat
autostart=false
[program:exit0]
command=/bin/sh -c "sleep 0.5"
startsecs=0
autorestart=false
[program:exit3]
command=/bin/sh -c "sleep 0.5; exit 3"
startsecs=0
autorestart=false
[program:quick]
command=/bin/false
startretries=0
[program:nofile]
command=/nonexistent/prog
[program:notexec]
command=/etc/passwd
[program:starting]
command=/bin/cat
startsecs=3600
[program:stubborn]
command=/bin/sh -c "trap '' TERM; while :; do sleep 1; done"
stopwaitsecs=3600
killasgroup=true
[program:flap]
command=/bin/false
startretries=100000
[program:nolog]
command=/bin/cat
stdout_logfile=NONE
stderr_logfile=NONE
[program:talker]
command=/bin/sh -c "echo one; echo two; echo three; echo wrong >&2; exec cat"
stdout_logfile={dir}/talker.out
stderr_logfile={dir}/talker.err
[program:averyveryverylongprogramnamethatexceedsthirtychars]
command=/bin/cat
[program:many]
command=/bin/cat
numprocs=2
process_name=%(program_name)s_%(process_num)02d
[group:g]
programs=ga,gb
[program:ga]
command=/bin/cat
priority=5
[program:gb]
command=/bin/cat
"""
CHANGED = PROGRAMS.replace("[program:manual]\ncommand=/bin/cat\nautostart=false\n", "").replace(
    "[program:exit3]\n", "[program:exit3]\npriority=7\n") + """
[program:newp]
command=/bin/cat
[program:latecomer]
command=/bin/cat
autostart=false
"""
BROKEN = PROGRAMS + "[program:bad]\ncommand=/bin/cat\nstartsecs=soon\n"

STREAM_BANNER = "==> Press Ctrl-C to exit <==\n"


class Row:
    def __init__(self, *words, stdin="", differs=None, out=None, code=None, err="", options=(),
                 before=None, unordered=False):
        self.words, self.stdin, self.options, self.before = list(words), stdin, list(options), before
        self.unordered = unordered  # the server lists processes as they happen to end
        self.differs = differs
        self.expected = Outcome(code, out, err) if differs else None

    def __str__(self):
        return " ".join(self.options + [repr(w) for w in self.words]) + (
            " <<< %r" % self.stdin if self.stdin else "")


def configure(programs):
    return lambda server: server.configure(programs)


def talk_again(server):
    """Gives the log of `talker` its lines back after a clear."""
    server.rpc_call("stopProcess", "talker")
    server.rpc_call("startProcess", "talker")
    for name, size in (("talker.out", 14), ("talker.err", 6)):
        path = os.path.join(server.dir, name)
        wait_until(lambda: os.path.getsize(path) >= size, "talker talks")


LOOKING = [
    Row("status"), Row("status", "all"), Row("status", "cat"), Row("status", "g:*"),
    Row("status", "g:"), Row("status", "g:ga"), Row("status", "many:many_01"),
    Row("status", "exit0"), Row("status", "quick"), Row("status", "starting"),
    Row("status", "cat", "exit0", "cat"), Row("status", "nope"), Row("status", "nope:*"),
    Row("status", "nope", "exit0"), Row("status", "nope", "cat"), Row("status", "cat:nope"),
    Row("status nope cat"), Row("status", "stubborn"), Row("status", "flap"), Row("status", "many"),
    Row("status", "averyveryverylongprogramnamethatexceedsthirtychars", "cat"),
    Row("avail"), Row("avail", "x"), Row("pid"), Row("pid", "cat"),
    Row("pid", "cat", "manual"), Row("pid", "manual"), Row("pid", "nope"), Row("pid", "g:*"),
    Row("version"), Row("version", "x"),
]
ACTIONS = "".join(line + "\n" for line in (
    "",
    "default commands (type help <topic>):",
    "=====================================",
    "add     exit      pause   remove   resume    start   top      why",
    "avail   fg        pid     reopen   rotate    status  update ",
    "clear   maintail  quit    reread   shutdown  stop    upgrade",
    "events  open      reload  restart  signal    tail    version",
    ""))
MORE = "svctl has actions of its own: `events`, `pause`, `reopen`, `resume`, `rotate`, `top`, `upgrade`, `why`"

HELPING = [Row("help", differs=MORE, out=ACTIONS, code=0)] + [
    Row("help", topic) for topic in
    ("add avail clear exit fg maintail open pid quit reload remove reread restart shutdown signal "
     "start stop tail update version help nope EOF").split()
] + [Row("help", "status", differs="`status -l` is svctl's own", code=0,
         out="status <name>\t\tGet status for a single process\n"
             "status <gname>:*\tGet status for all processes in a group\n"
             "status <name> <name>\tGet status for multiple named processes\n"
             "status\t\t\tGet all process status info\n"
             "status -l [<name> ...]\tThe same with what processes use and how they ended last\n")
] + [Row("?", differs=MORE, out=ACTIONS, code=0), Row("? start"), Row("?stop"), Row("help start stop")]
SYNTAX = [
    Row("foo"), Row("foo bar baz"), Row("!ls"), Row("-x", options=["--"]), Row("Status"), Row(""),
    Row("   "), Row("quit"), Row("exit"), Row("EOF"), Row("  status   cat  "),
    Row("start-foo", differs="a slip of the hand is no action with an odd argument",
        out="*** Unknown syntax: start-foo\n", code=1),
]
ACTING = [
    Row("start"), Row("stop"), Row("restart"), Row("signal"), Row("signal", "HUP"), Row("clear"),
    Row("start", "cat"), Row("stop", "manual"), Row("start", "nope"), Row("stop", "nope"),
    Row("restart", "nope"), Row("start", "nope:*"), Row("stop", "nope:*"), Row("restart", "nope:*"),
    Row("start", "g:nope"), Row("start", "manual"), Row("stop", "manual"), Row("restart", "manual"),
    Row("restart", "cat"), Row("stop", "manual", "nope", "manual"),
    Row("start", "manual", "cat", "nope"), Row("start", "nope", "cat"),
    Row("start", "quick"), Row("start", "nofile"), Row("start", "notexec"), Row("start", "exit0"),
    Row("start exit3"), Row("stop", "g:*", unordered=True), Row("stop", "g:*"), Row("start", "g:", unordered=True),
    Row("start", "g:*"), Row("restart", "g:*", unordered=True),
    Row("stop", "many:*", unordered=True), Row("start", "many:*", unordered=True),
    Row("signal HUP"), Row("signal CONT cat"), Row("signal", "SIGCONT", "g:*"),
    Row("signal", "18", "cat"), Row("signal", "BOGUS", "cat"), Row("signal", "CONT", "exit0"),
    Row("signal", "CONT", "nope"), Row("signal", "CONT", "nope:*"), Row("signal", "BOGUS", "g:*"),
    Row("signal", "CONT", "nope", "cat"),
    Row("clear", "cat"), Row("clear", "nope"), Row("clear", "g:*"), Row("clear", "cat", "nope"),
]
READING = [
    Row("tail"), Row("tail", "a", "b", "c", "d"), Row("tail", "-10"), Row("tail", "talker", "loud"),
    Row("tail", "talker", before=talk_again),
    Row("tail", "talker", "stderr"), Row("tail", "talker", "STDERR"), Row("tail", "-5", "talker"),
    Row("tail", "-0", "talker"), Row("tail", "-x", "talker"), Row("tail", "nope"),
    Row("tail", "g:*"), Row("tail", "nolog"), Row("tail", "-f"), Row("tail", "-f", "nope"),
    Row("tail", "-f", "nolog"), Row("tail", "-f", "talker", "loud"), Row("tail", "--5", "talker"),
    Row("maintail", "x"), Row("maintail", "-x"), Row("maintail", "a", "b"), Row("maintail", "-0x"),
    Row("fg"), Row("fg", "a", "b"), Row("fg", "nope"), Row("fg", "exit0"), Row("fg", "g:*"),
]
UPDATING = [
    Row("reread"), Row("reread", "x"), Row("update"), Row("add"), Row("remove"), Row("add", "cat"),
    Row("add", "nope"), Row("remove", "nope"), Row("remove", "cat"), Row("add", "nope", "cat"),
    Row("reread", before=configure(CHANGED)), Row("update", "nope"), Row("update", "newp"),
    Row("reread"), Row("stop", "exit3"), Row("update", "exit3", "nope", "newp"), Row("update", "all"),
    Row("update"), Row("reread"), Row("remove", "latecomer"), Row("add", "latecomer"),
    Row("status", "latecomer", "newp"),
    Row("reread", before=configure(BROKEN)),
    Row("update", differs="reread's words instead of a raw fault",
        out="ERROR: CANT_REREAD: invalid literal for int() with base 10: 'soon' in section "
            "'program:bad' (file: 'DIR/s.conf')\n", code=1),
    Row("reread", before=configure(CHANGED)),
]
SHELL = [
    Row(stdin="help start\n\nfoo\nquit\n"), Row(stdin="status cat\n"), Row(stdin=""),
    Row(stdin="exit\nstatus\n"), Row("shutdown", options=["-i"], stdin="n\n"),
    Row("reload", options=["-i"], stdin="no\n"), Row(stdin="shutdown\nn\npid nope\n"),
    Row("open"), Row("open", "ftp://x"), Row("open", "foo"),
]
USAGE = [
    Row("status", options=["-z"]), Row(options=["-u"]), Row("status", options=["--user=a", "-u", "b"]),
    Row("status", options=["--h"]), Row("status", options=["--help=x"]),
    Row("status", options=["-s", "foo"]), Row("status", options=["-s"]),
    Row("status", options=["--configuration"]), Row("status", options=["--nope"]),
    Row("status", options=["-c", "/nonexistent/s.conf"]), Row("status", options=["-i", "-i"]),
    Row("status cat", options=["--serv", "unix:///nonexistent/s.sock"]),
    Row("cat", options=["-uname", "-p", "x", "--", "status"]),
]
ENDING = [
    Row("start", "all"), Row("restart", "cat", "manual"), Row("signal", "BOGUS", "all"),
    Row("signal", "CONT", "all"), Row("clear", "all"), Row("stop", "all", unordered=True),
    Row("stop", "all"), Row("pid", "all"), Row("signal", "CONT", "all"), Row("status"),
    Row("reload", "x"),
    Row("shutdown", "x"),
]
SHUTTING_DOWN = [
    Row(*words, differs="clean text for a fault of a server that is ending",
        out="ERROR: supervisor shutting down\n", code=1)
    for words in (["status"], ["start", "cat"], ["stop", "cat"], ["restart", "cat"], ["pid"],
                  ["version"], ["tail", "cat"], ["maintail"], ["signal", "HUP", "cat"],
                  ["clear", "cat"], ["fg", "cat"], ["remove", "cat"])
] + [Row("shutdown"), Row("reload"), Row("add", "x"), Row("reread"), Row("update"), Row("avail")]

# Rows against a server that cannot be used; {url} says which.
REFUSED = [Row(*words) for words in (["status"], ["start", "x"], ["pid"], ["tail", "x"],
                                     ["maintail"], ["version"], ["shutdown"], ["stop", "all"])]


def connection_rows(text):
    return [Row(*words, differs="clean text instead of a raw exception", out=text + "\n", code=1)
            for words in (["add", "x"], ["remove", "x"], ["reread"], ["update"], ["avail"],
                          ["reload"])]


class Comparison:
    def __init__(self, svctl):
        self.svctl = svctl
        self.verbose = "--verbose" in sys.argv
        self.rows = 0
        self.failures = []

    def run(self, section, rows, oracle, tested, options=None, user=None):
        for row in rows:
            began = time.monotonic()
            clients = []
            for kind, program, server in ((OracleClient, SUPERVISORCTL, oracle),
                                          (Client, self.svctl, tested)):
                if row.before:
                    row.before(server)
                base = options if options is not None else ["-c", server.conf]
                clients.append(kind([program] + base + row.options + row.words, server.dir,
                                    row.stdin, user))
            outcomes = [client.outcome() for client in clients]
            for outcome in outcomes:
                if row.unordered:
                    outcome.out = "".join(sorted(outcome.out.splitlines(True)))
                outcome.err = outcome.err.replace(self.svctl, "SVCTL")
                outcome.err = outcome.err.replace(SUPERVISORCTL, "SVCTL")
            self.check(section, row, *outcomes)
            if self.verbose:
                print("%6.2f s  %s: %s" % (time.monotonic() - began, section, row), flush=True)

    def check(self, section, row, theirs, ours):
        self.rows += 1
        if row.differs and theirs == ours:
            self.failures.append("%s: %s: no longer differs" % (section, row))
        wanted = row.expected if row.differs else theirs
        if ours != wanted:
            self.failures.append("%s: %s\n=== expected %s\n=== svctl %s" %
                                 (section, row, wanted, ours))


def wait_ready(server):
    for name, state in (("exit0", "EXITED"), ("exit3", "EXITED"), ("quick", "FATAL"), ("nofile", "FATAL"),
                        ("notexec", "FATAL"), ("cat", "RUNNING"), ("g:gb", "RUNNING"),
                        ("many:many_01", "RUNNING"), ("talker", "RUNNING"), ("nolog", "RUNNING"),
                        ("stubborn", "RUNNING"), ("g:ga", "RUNNING"), ("many:many_00", "RUNNING"),
                        ("averyveryverylongprogramnamethatexceedsthirtychars", "RUNNING")):
        server.wait_state(name, state)
    server.rpc_call("stopProcess", "stubborn", False)
    server.wait_state("stubborn", "STOPPING")


def compare_life(comparison):
    with Supervisor(PROGRAMS) as oracle, Supervisor(PROGRAMS) as tested:
        for server in (oracle, tested):
            wait_ready(server)
        for section, rows in (("looking", LOOKING), ("helping", HELPING), ("syntax", SYNTAX),
                              ("acting", ACTING), ("reading", READING), ("updating", UPDATING),
                              ("shell", SHELL), ("usage", USAGE)):
            comparison.run(section, rows, oracle, tested)


def compare_end(comparison):
    quiet = """
[program:cat]
command=/bin/cat
[program:manual]
command=/bin/cat
autostart=false
"""
    with Supervisor(quiet) as oracle, Supervisor(quiet) as tested:
        for server in (oracle, tested):
            server.wait_state("cat", "RUNNING")
        comparison.run("ending", ENDING, oracle, tested)
    stubborn = """
[program:cat]
command=/bin/sh -c "trap '' TERM; while :; do sleep 1; done"
stopwaitsecs=3600
"""
    with Supervisor(stubborn) as oracle, Supervisor(stubborn) as tested:
        for server in (oracle, tested):
            server.wait_state("cat", "RUNNING")
        comparison.run("shutdown", [Row("shutdown")], oracle, tested)
        comparison.run("shutting down", SHUTTING_DOWN, oracle, tested)
    with Supervisor("") as oracle, Supervisor("") as tested:
        comparison.run("nothing configured", [Row("status"), Row("avail"), Row("start", "all"),
                                              Row("maintail", "-f", "x"), Row("reload")],
                       oracle, tested)


def compare_unusable(comparison):
    import socket

    from harness import Scratch
    with Scratch() as scratch:
        scratch.dir = scratch.path
        missing = "unix://" + os.path.join(scratch.path, "none.sock")
        stale = os.path.join(scratch.path, "stale.sock")
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(stale)
        listener.close()
        no_conf = scratch.file("ctl.conf", "[supervisorctl]\n")
        for url, text in ((missing, "unix://DIR/none.sock no such file"),
                          ("unix://" + stale, "unix://DIR/stale.sock refused connection"),
                          ("http://127.0.0.1:1", "http://127.0.0.1:1 refused connection"),
                          ("http://localhost:1", "http://localhost:1 refused connection")):
            comparison.run("cannot connect", REFUSED + connection_rows(text), scratch, scratch,
                           ["-c", no_conf, "-s", url])
        comparison.run("bad url", [
            Row("status", differs="clean text instead of a raw exception", code=1,
                out="error: Unknown protocol for serverurl ftp://x/y\n")], scratch, scratch,
            ["-c", no_conf, "-s", "ftp://x/y"])
        os.chmod(stale, 0)
        rows = [Row(word, differs="no Python file and line behind it", code=1,
                    out="error: <class 'PermissionError'>, [Errno 13] Permission denied: "
                        "unix://DIR/stale.sock\n") for word in ("status", "reread", "version")]
        comparison.run("not permitted", rows, scratch, scratch,
                       ["-c", no_conf, "-s", "unix://" + stale], user=65534)


def compare_locked(comparison):
    auth = "username=me\npassword=se:cret"
    with Supervisor("[program:cat]\ncommand=/bin/cat\n", auth=auth) as server:
        refused = [Row(word, differs="said once, without a raw exception", code=1,
                       out="Server requires authentication\n")
                   for word in ("status", "reread", "pid", "shutdown")]
        comparison.run("no password", refused, server, server)
        comparison.run("wrong password", refused[:2], server, server,
                       ["-c", server.conf, "-u", "me", "-p", "no"])
        comparison.run("right password", [Row("status nope"), Row("version"), Row("tail", "-f", "x")],
                       server, server, ["-c", server.conf, "-u", "me", "-p", "se:cret"])
        comparison.run("one half of it", refused[:1], server, server, ["-c", server.conf, "-u", "me"])
    with Supervisor("", rpc=False) as server:
        comparison.run("no namespace", [Row("status"), Row("start", "x"), Row("version")], server,
                       server)


def main():
    if not have_supervisor():
        print("skipped: no supervisord here")
        return SKIP
    with Scratch() as scratch:
        # A copy that every user may run: the build may lie in somebody's home.
        comparison = Comparison(shutil.copy(sys.argv[1], scratch.path))
        for part in sys.argv[2:]:
            if part in PARTS:
                PARTS[part](comparison)
    for failure in comparison.failures:
        print("FAILED " + failure + "\n")
    print("%d command lines compared, %d failures" % (comparison.rows, len(comparison.failures)))
    return 1 if comparison.failures or not comparison.rows else 0


PARTS = {"life": compare_life, "end": compare_end, "unusable": compare_unusable,
         "locked": compare_locked}

if __name__ == "__main__":
    sys.exit(main())
