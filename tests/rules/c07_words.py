"""Tools look for fixed English words in what svctl prints, whatever the language of the user."""

BASE = ("[program:run]\ncommand=@child@ echo\nstartsecs=0\n[program:idle]\ncommand=/bin/cat\nautostart=false\nstartsecs=0\n"
        "[program:gone]\ncommand=/nonexistent/x\nautostart=false\nstartretries=0\n"
        "[program:quick]\ncommand=@child@ exit 1\nautostart=false\nstartretries=0\nstartsecs=3\n")
WORDS = [
    ("start idle", "idle: started\n"), ("start idle", "idle: ERROR (already started)\n"), ("signal CONT idle", "idle: signalled\n"),
    ("stop idle", "idle: stopped\n"), ("stop idle", "idle: ERROR (not running)\n"), ("signal HUP idle", "idle: ERROR (not running)\n"),
    ("start nosuch", "nosuch: ERROR (no such process)\n"), ("start nosuch:*", "nosuch: ERROR (no such group)\n"),
    ("stop nosuch", "nosuch: ERROR (no such process)\n"), ("status nosuch", "nosuch: ERROR (no such process)\n"),
    ("status nosuch:*", "nosuch: ERROR (no such group)\n"), ("start gone", "gone: ERROR (no such file)\n"),
    ("start quick", "quick: ERROR (spawn error)\n"), ("restart idle", "idle: ERROR (not running)\nidle: started\n"),
    ("add run", "ERROR: process group already active\n"), ("add nosuch", "ERROR: no such process/group: nosuch\n"),
    ("remove run", "ERROR: process/group still running: run\n"), ("reread", "No config updates to processes\n"),
    ("update", ""), ("signal FOO run", "run: ERROR (bad signal name)\n"), ("clear run", "run: cleared\n"),
]


def rule(s):
    s.start(BASE)
    s.wait_state("run", "RUNNING")
    german = {"LANG": "de_DE.UTF-8", "LC_ALL": "de_DE.UTF-8", "LANGUAGE": "de"}

    def says(line):
        outcome = s.ctl(*line.split(), env=german)
        s.that(f"{line}: nothing on standard error", "err" not in outcome, repr(outcome))
        return outcome["out"]
    for line, words in WORDS:
        s.equal(line, says(line), words)
    s.config(BASE.replace("[program:gone]", "[program:new]").replace("echo\n", "echo 2\n"))
    s.equal("reread of changes", says("reread"), "gone: disappeared\nnew: available\nrun: changed\n")
    s.equal("update of changes", sorted(says("update").splitlines()), sorted(
        ["gone: stopped", "gone: removed process group", "run: stopped", "run: updated process group",
         "new: added process group"]))
    s.equal("stop and remove", says("stop run") + says("remove run"), "run: stopped\nrun: removed process group\n")
    s.equal("add", says("add run"), "run: added process group\n")
    # A start that somebody else stops is the abnormal termination.
    s.config("[program:slow]\ncommand=@child@ echo\nstartsecs=60\nautostart=false\n")
    says("update")
    outcome = {}
    thread = run_aside(lambda: outcome.update(s.ctl("start", "slow")))
    s.wait_state("slow", "STARTING")
    s.rpc.stopProcess("slow")
    thread.join(20)
    s.equal("start that is stopped", outcome.get("out"), "slow: ERROR (abnormal termination)\n")


def run_aside(work):
    import threading
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread
