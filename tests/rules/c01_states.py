"""Clients look states up in a table of eight names: supervisor.* must never answer another name or code."""

STATES = {"STOPPED": 0, "STARTING": 10, "RUNNING": 20, "BACKOFF": 30, "STOPPING": 40, "EXITED": 100,
          "FATAL": 200, "UNKNOWN": 1000}
# Everything but UNKNOWN can be brought about from outside.
SEEN = set(STATES) - {"UNKNOWN"}


def rule(s):
    s.start("[program:run]\ncommand=/bin/cat\nstartsecs=0\n"
            "[program:slow]\ncommand=/bin/cat\nstartsecs=60\n"
            "[program:flap]\ncommand=@child@ exit 1\nstartsecs=60\nstartretries=1000\n"
            "[program:done]\ncommand=@child@ exit 0\nstartsecs=0\nautorestart=false\n"
            "[program:gone]\ncommand=/nonexistent/x\nstartretries=0\n"
            "[program:idle]\ncommand=/bin/cat\nautostart=false\n"
            "[program:deaf]\ncommand=@child@ tell\nstartsecs=0\nstopwaitsecs=60\nstdout_logfile=@dir@/deaf.log\n")
    s.wait_text("deaf.log", "ready")
    s.rpc.stopProcess("deaf", False)
    pairs = set()

    def every_state_was_seen():
        for info in s.rpc.getAllProcessInfo():
            single = s.rpc.getProcessInfo(f"{info['group']}:{info['name']}")
            pairs.update((i["statename"], i["state"]) for i in (info, single))
        return {name for name, _ in pairs} >= SEEN
    s.wait(every_state_was_seen, 15, "every state")
    s.that("every pair is in the table", pairs <= set(STATES.items()), repr(pairs))
    s.that("the daemon's own states too", s.rpc.getState() in (
        {"statecode": 1, "statename": "RUNNING"},), repr(s.rpc.getState()))
    s.daemon.signal(9)
