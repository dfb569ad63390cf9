"""A program of its own is a group of its own and shown by its bare name; `group:` means what `group:*` means."""


def rule(s):
    s.start("[program:alone]\ncommand=@child@ echo\nstartsecs=0\n"
            "[program:two]\ncommand=@child@ echo\nstartsecs=0\nnumprocs=2\nprocess_name=two_%(process_num)d\n"
            "[program:ga]\ncommand=@child@ echo\nstartsecs=0\n[program:gb]\ncommand=@child@ echo\nstartsecs=0\n"
            "[group:g]\nprograms=ga,gb\n")
    names = ["alone", "g:ga", "g:gb", "two:two_0", "two:two_1"]
    for name in names:
        s.wait_state(name, "RUNNING")
    s.equal("names in status", sorted(line.split()[0] for line in s.ctl("status")["out"].splitlines()), names)
    s.equal("group of a lone program", [s.info("alone")["group"], s.info("alone:alone")["name"]], ["alone", "alone"])
    s.equal("a full name of a lone program is shown short", s.ctl("stop", "alone:alone")["out"], "alone: stopped\n")
    s.equal("and started", s.ctl("start", "alone:*")["out"], "alone: started\n")
    for spelling in ("g:*", "g:"):
        s.equal(f"stop {spelling}", sorted(s.ctl("stop", spelling)["out"].splitlines()), ["g:ga: stopped", "g:gb: stopped"])
        s.equal(f"start {spelling}", sorted(s.ctl("start", spelling)["out"].splitlines()), ["g:ga: started", "g:gb: started"])
        s.equal(f"status {spelling}", [line.split()[0] for line in s.ctl("status", spelling)["out"].splitlines()], ["g:ga", "g:gb"])
        s.equal(f"restart {spelling}", len(s.ctl("restart", spelling)["out"].splitlines()), 4)
        s.equal(f"signal {spelling}", sorted(s.ctl("signal", "CONT", spelling)["out"].splitlines()),
                ["g:ga: signalled", "g:gb: signalled"])
    s.equal("the group alone is no process", s.ctl("stop", "two")["out"], "two: ERROR (no such process)\n")
    s.equal("a member needs its group", s.rpc.getProcessInfo("ga"), "fault 10 BAD_NAME: ga")
