"""Debian's supervisorctl, shortly; conformance compares every command and every message."""

from harness import PASSWORD, USER, contains, equal
from registry import case

SUPERVISORCTL = "/usr/bin/supervisorctl"


@case("supervisorctl: a day's commands", "supervisor")
def day(s):
    s.start("[program:cat]\ncommand=/bin/cat\nstartsecs=0\nstdout_logfile={dir}/cat.out\n"
            "[program:web]\ncommand=/bin/cat\nnumprocs=2\nprocess_name=web_%(process_num)d\nstartsecs=0\n")
    s.wait_state("web:web_1", "RUNNING")
    for words, said in (
            ("pid", f"{s.daemon.pid}\n"),
            ("pid cat", f"{s.pid('cat')}\n"),
            ("stop cat", "cat: stopped\n"),
            ("start cat", "cat: started\n"),
            ("restart web:*", None),
            ("signal HUP web:web_1", "web:web_1: signalled\n"),
            ("reread", "No config updates to processes\n"),
            ("clear cat", "cat: cleared\n"),
            ("version", None)):
        out = s.ctl(SUPERVISORCTL, *words.split()).succeeded().out
        if said is not None:
            equal(out, said, words)
    remote = s.run([SUPERVISORCTL, "-s", s.url, "-u", USER, "-p", PASSWORD, "status", "cat"]).succeeded()
    contains(remote.out, "RUNNING", "status over TCP")
    with open(s.conf, "a", encoding="utf-8") as conf:
        conf.write("[program:late]\ncommand=/bin/cat\nstartsecs=0\n")
    equal(s.ctl(SUPERVISORCTL, "update").succeeded().out, "late: added process group\n", "update")
    equal(s.ctl(SUPERVISORCTL, "shutdown").succeeded().out, "Shut down\n", "shutdown")
    equal(s.daemon.wait_exit(), 0, "svd's exit code")
