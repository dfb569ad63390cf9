"""Event listeners written with Supervisor's own supervisor.childutils (Debian's package)."""

from harness import PASSWORD, USER, check, contains, equal
from registry import case

WATCHER = ("[eventlistener:watcher]\ncommand={python} {programs}/%s\nevents=%s\n"
           "stderr_logfile={dir}/watcher.log\n")
# Ends the first time it runs, and lives the second time.
CRASHING = ("[program:crashing]\nstartsecs=0\nautorestart=false\nexitcodes=0\n"
            "command=/bin/sh -c 'test -e {dir}/mark && exec sleep 600; touch {dir}/mark; exit 3'\n")


@case("childutils: headers, payloads, OK and FAIL", "supervisor")
def recorder(s):
    s.start("[program:cat]\ncommand=/bin/cat\nstartsecs=0\nautostart=false\n"
            "[program:talker]\ncommand={python} {programs}/talker.py\nautostart=false\n"
            "stdout_capture_maxbytes=1KB\nstderr_capture_maxbytes=1KB\n"
            "stdout_logfile={dir}/talker.out\nstderr_logfile={dir}/talker.err\n"
            "[eventlistener:recorder]\ncommand={python} {programs}/recorder.py {dir}/record\n"
            "events=PROCESS_STATE,PROCESS_COMMUNICATION\n", "identifier=scratch")
    s.wait_state("recorder", "RUNNING")
    for name in ("cat", "talker"):
        equal(s.rpc.startProcess(name), True, "start")
    head = "PROCESS_COMMUNICATION_%s talker None recorder scratch '%s'\n"
    expected = [
        "PROCESS_STATE_STARTING cat STOPPED recorder scratch ''\n",
        "PROCESS_STATE_RUNNING cat STARTING recorder scratch ''\n",
        "PROCESS_STATE_STOPPING cat RUNNING recorder scratch ''\n",
        "PROCESS_STATE_STOPPED cat STOPPING recorder scratch ''\n",
        head % ("STDOUT", "how are you"), head % ("STDERR", "not too well"),
    ]
    equal(s.rpc.stopProcess("cat"), True, "stop")
    for line in expected:  # each is refused the first time and comes again
        s.wait_in_file("record", "fail " + line)
        s.wait_in_file("record", "ok " + line)
    for line in expected:
        equal(s.read("record").count(line), 2, line)
    equal(s.read("talker.out"), "before\nafter\n", "what is not for listeners stays in the log")


def crash(s, environment):
    s.start(CRASHING + WATCHER % ("crash_watcher.py", "PROCESS_STATE_EXITED") + environment)
    s.wait_in_file("watcher.log", "started again: True RUNNING True\n")
    contains(s.read("watcher.log"), "crashing:crashing (pid ", "what the watcher saw")
    s.wait_state("crashing", "RUNNING")


@case("like crashmail: a crashed program is started over the unix socket of its environment", "supervisor")
def crash_unix(s):
    crash(s, "")
    environ = open(f"/proc/{s.pid('watcher')}/environ", encoding="utf-8").read().split("\0")
    url = [word for word in environ if word.startswith("SUPERVISOR_SERVER_URL=")]
    equal(url, [s.fill("SUPERVISOR_SERVER_URL=unix://{dir}/s.sock")], "the listener's environment")


@case("like crashmail: a crashed program is started over TCP with a user and a password", "supervisor")
def crash_tcp(s):
    crash(s, f'serverurl=http://127.0.0.1:{s.port}\n'
             f'environment=SUPERVISOR_USERNAME="{USER}",SUPERVISOR_PASSWORD="{PASSWORD}"\n')


@case("like memmon: at a tick, a program that is too large is restarted", "supervisor")
def memory(s):
    s.start("[program:large]\ncommand={python} {programs}/large.py {dir}/mark\n"
            "stdout_logfile={dir}/large.out\n"
            "[program:small]\ncommand=/bin/cat\nstartsecs=0\n"
            + WATCHER % ("memory_watcher.py 50000", "TICK_5"))
    s.wait_in_file("large.out", "holding 67108864\n")
    before = s.pid("large"), s.pid("small")
    s.wait_in_file("watcher.log", "restarted large:large\n")
    s.wait_in_file("large.out", "holding 0\n")
    check(s.pid("large") != before[0], "the large one is another process")
    equal(s.pid("small"), before[1], "the small one goes on")
