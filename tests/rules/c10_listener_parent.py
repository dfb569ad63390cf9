"""The parent of an event listener is the daemon: one that signals its parent with TERM, INT or QUIT shuts it down."""

import os

LISTENER = """#!/usr/bin/python3
import os, signal, sys
print(os.getppid(), file=open(sys.argv[1], "w"), flush=True)
os.write(1, b"READY\\n")
while sys.stdin.readline():
    os.kill(os.getppid(), getattr(signal, sys.argv[2]))
    os.write(1, b"RESULT 2\\nOKREADY\\n")
"""


def rule(s):
    s.write("watch.py", LISTENER)
    os.chmod(s.path("watch.py"), 0o755)
    for name in ("SIGTERM", "SIGINT", "SIGQUIT"):
        s.start(f"[eventlistener:watch]\ncommand=@dir@/watch.py @dir@/{name} {name}\nevents=PROCESS_STATE_FATAL\nstartsecs=0\n"
                "[program:cat]\ncommand=/bin/cat\nstartsecs=0\n"
                "[program:vital]\ncommand=/nonexistent/x\nstartretries=0\nautostart=false\n")
        s.wait(lambda n=name: (s.read(n) or "").endswith("\n"), 10, "the listener")
        s.equal("parent", int(s.read(name)), s.daemon.pid)
        s.rpc.startProcess("vital")
        # startProcess refuses a missing command before it is tried; a spawn that fails makes it FATAL.
        s.config(f"[eventlistener:watch]\ncommand=@dir@/watch.py @dir@/{name} {name}\nevents=PROCESS_STATE_FATAL\nstartsecs=0\n"
                 "[program:cat]\ncommand=/bin/cat\nstartsecs=0\n[program:lost]\ncommand=/nonexistent/x\nstartretries=0\n")
        s.ctl("update")
        s.equal(f"exit code after {name}", s.daemon.wait_exit(), 0)
        s.that(f"{name} is logged", s.log(f"received {name} indicating exit request"))
