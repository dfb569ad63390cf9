"""Exit codes of svctl are those of init scripts as supervisorctl uses them, and SVCTL_COMPAT=3.x has the old ones."""

import contextlib
import threading
import xmlrpc.server

CODES = [
    (0, "status run"), (0, "status run g:*"), (3, "status idle"), (3, "status done"), (3, "status gone"), (3, "status"),
    (4, "status nosuch"), (4, "status nosuch:*"), (4, "status run nosuch"), (3, "status nosuch idle"),
    (0, "start run"), (0, "stop idle"), (0, "restart idle"), (0, "stop idle"),
    (1, "start nosuch"), (2, "start nosuch:*"), (2, "start"), (1, "start gone"), (7, "start quick"),
    (1, "stop nosuch"), (1, "stop"), (1, "restart nosuch"), (1, "signal FOO run"), (7, "signal HUP idle"),
    (1, "no-such-action"), (1, "add nosuch"), (1, "remove nosuch"), (1, "remove run"), (0, "add run"),
    (0, "reread"), (0, "update"), (1, "update nosuch"), (0, "pid"), (0, "pid run"), (7, "pid idle"), (1, "pid nosuch"),
    (0, "clear run"), (1, "clear nosuch"), (0, "tail run"), (1, "tail nosuch"), (0, "version"), (0, "help"), (0, "avail"),
]


def rule(s):
    s.start("[program:run]\ncommand=@child@ echo\nstartsecs=0\n[program:idle]\ncommand=/bin/cat\nautostart=false\nstartsecs=0\n"
            "[program:done]\ncommand=@child@ exit 0\nstartsecs=0\nautorestart=false\n"
            "[program:gone]\ncommand=/nonexistent/x\nstartretries=0\n"
            "[program:quick]\ncommand=@child@ exit 1\nautostart=false\nstartretries=0\nstartsecs=3\n"
            "[program:ga]\ncommand=/bin/cat\nstartsecs=0\n[group:g]\nprograms=ga\n")
    for name, state in (("run", "RUNNING"), ("g:ga", "RUNNING"), ("done", "EXITED"), ("gone", "FATAL")):
        s.wait_state(name, state)
    for code, line in CODES:
        outcome = s.ctl(*line.split())
        s.equal(line, (outcome["code"], outcome.get("err", "")), (code, ""))
        if line == "start quick":
            s.wait_state("quick", "FATAL")
    s.equal("bad option", s.ctl("-Z", config=False)["code"], 2)
    s.equal("old codes: status", s.ctl("status", "idle", env={"SVCTL_COMPAT": "3.x"})["code"], 0)
    with another_api() as port:
        s.equal("another API version", s.ctl("-s", f"http://127.0.0.1:{port}", "start", "x", config=False)["code"], 5)
    s.stop()
    s.equal("nobody there: status", s.ctl("status")["code"], 4)
    s.equal("nobody there: start", s.ctl("start", "run")["code"], 7)
    s.equal("connection refused", s.ctl("-s", "http://127.0.0.1:1", "status", config=False)["code"], 4)


@contextlib.contextmanager
def another_api():
    with xmlrpc.server.SimpleXMLRPCServer(("127.0.0.1", 0), logRequests=False) as server:
        server.register_function(lambda: "2.0", "supervisor.getVersion")
        server.register_function(lambda: "2.0", "supervisor.getAPIVersion")
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join(5)
