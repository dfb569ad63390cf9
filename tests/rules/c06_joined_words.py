"""The words of a command line are joined and split again, so an argument with blanks is several words."""


def rule(s):
    s.start("[program:run]\ncommand=@child@ tell\nstartsecs=0\nstdout_logfile=@dir@/run.log\n"
            "[program:idle]\ncommand=/bin/cat\nautostart=false\nstartsecs=0\n")
    s.wait_text("run.log", "ready")
    s.equal("a signal as one word, then the name", s.ctl("signal HUP", "run"), {"code": 0, "out": "run: signalled\n"})
    s.equal("all in one word", s.ctl("signal USR1 run"), {"code": 0, "out": "run: signalled\n"})
    s.wait(lambda: len((s.read("run.log") or "").splitlines()) >= 3, 5, "two signals")
    s.equal("action and name in one word", s.ctl("status run")["out"].split()[:2], ["run", "RUNNING"])
    s.equal("several names", s.ctl("status", "idle run")["out"].split()[0], "idle")
    s.equal("blanks around", s.ctl("  start  idle ")["out"], "idle: started\n")
    s.equal("nothing but blanks starts no action", s.ctl(" ", stdin="")["code"], 0)
    s.daemon.signal(9)  # its program ignores every polite signal
