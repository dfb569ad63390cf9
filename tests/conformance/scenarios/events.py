"""Event listeners: envelope, payloads, protocol errors, pools."""

import os
import re

from scenario import scenario


def listener(name, events, more="", answer="OK"):
    return (f"[eventlistener:{name}]\ncommand=@children@/listener.py @dir@/{name} {answer}\nevents={events}\n"
            f"startsecs=0\n{more}\n")


def payloads(s, name):
    return [line.partition("|")[2] for line in s.mask(s.read(name) or "").splitlines()]


def kinds(s, name):
    return re.findall(r"eventname:(\w+)", s.read(name) or "")


def descriptors(s):
    return len(os.listdir(f"/proc/{s.daemon.pid}/fd"))


@scenario("events")
def events(s):
    s.start(listener("all", "EVENT", "buffer_size=200") + listener("groups", "PROCESS_GROUP,SUPERVISOR_STATE_CHANGE")
            + listener("remote", "REMOTE_COMMUNICATION", "buffer_size=100")
            + "[program:cat]\ncommand=/bin/cat\nstartsecs=0\n[program:die]\ncommand=@child@ exit 3\nstartsecs=0\n"
            "autorestart=false\n[group:g]\nprograms=die\n", supervisord="identifier=idx")
    s.wait_state("cat", "RUNNING")
    s.wait_text("all", "PROCESS_STATE_EXITED")
    s.wait_text("groups", "SUPERVISOR_STATE_CHANGE_RUNNING")
    first = (s.read("all") or "").splitlines()[0].partition("|")[0]
    yield "header names", [pair.split(":")[0] for pair in first.split()]
    yield "header fixed parts", [pair for pair in first.split() if pair.split(":")[0] in ("ver", "server", "pool")]
    serials = [int(n) for n in re.findall(r"poolserial:(\d+)", s.read("all"))]
    yield "pool serials count up", serials == sorted(set(serials)) and serials[0] == 0
    yield "groups and daemon state", [kinds(s, "groups"), payloads(s, "groups")]
    yield "exit of a group member", [line for line in payloads(s, "all") if "processname:die" in line]
    s.rpc.sendRemoteCommEvent("a type", "line one\nline two")
    s.wait_text("remote", "line two")
    yield "remote communication", payloads(s, "remote")
    open_before = descriptors(s)
    for number in range(40):
        s.rpc.sendRemoteCommEvent("again", str(number))
    yield "descriptors stay the same", descriptors(s) < open_before + 20
    s.rpc.sendRemoteCommEvent("é", "日本")
    s.wait_text("remote", "日本", 5)
    line = (s.read("remote") or "").splitlines()[-1]
    yield "length of text beyond ASCII", re.search(r"len:(\d+)", line).group(1)
    s.rpc.stopProcess("cat")
    s.rpc.removeProcessGroup("cat")
    s.wait_text("groups", "REMOVED")
    yield "removal", payloads(s, "groups")[-1]


@scenario("event results", slow=True)
def event_results(s):
    s.write("late.py", "#!/usr/bin/python3\nimport sys, time\nsys.stdout.write('HELLO\\n')\nsys.stdout.flush()\n"
            "sys.stdin.readline()\n")
    s.write("badresult.py", "#!/usr/bin/python3\nimport sys\nsys.stdout.write('READY\\n')\nsys.stdout.flush()\n"
            "h = sys.stdin.readline()\nsys.stdout.write('RESULT xyz\\n')\nsys.stdout.flush()\nsys.stdin.read()\n")
    for name in ("late.py", "badresult.py"):
        os.chmod(s.path(name), 0o755)
    s.start(listener("good", "REMOTE_COMMUNICATION") + listener("other", "TICK_3600")
            + "[eventlistener:late]\ncommand=@dir@/late.py\nevents=REMOTE_COMMUNICATION\nstartsecs=0\n"
            "[eventlistener:badresult]\ncommand=@dir@/badresult.py\nevents=REMOTE_COMMUNICATION\nstartsecs=0\n"
            "[eventlistener:small]\ncommand=/bin/cat\nevents=REMOTE_COMMUNICATION\nbuffer_size=2\nstartsecs=0\n",
            supervisord="loglevel=debug")
    s.wait_state("good", "RUNNING")
    for number in range(4):
        s.rpc.sendRemoteCommEvent("t", f"event {number}")
    s.wait_text("good", "event 3")
    yield "all delivered", sorted(set(payloads(s, "good")))
    s.wait_log("late: has entered the UNKNOWN state")
    yield "not READY: log", s.log("late: has entered", "late: ACK")
    s.wait_log("badresult: has entered the UNKNOWN state")
    yield "bad result: log", s.log("badresult: bad", "badresult: BUSY", "badresult: has")
    yield "overflow: log", sorted({re.sub(r"event \d+", "event <n>", line) for line in s.log("pool small event buffer")})
    yield "states", [s.state(n) for n in ("late", "badresult", "small")]
    yield "good one: log", sorted({re.sub(r"event \d+", "event <n>", line) for line in s.log("good")
                                   if any(word in line for word in ("sent to", "->", "processed"))})
    yield "nothing for a pool that did not subscribe", payloads(s, "other") == []


@scenario("rejected events")
def rejected(s):
    s.start(listener("no", "REMOTE_COMMUNICATION", answer="FAIL") + listener("bystander", "TICK_3600"),
            supervisord="loglevel=debug")
    s.wait_state("no", "RUNNING")
    s.rpc.sendRemoteCommEvent("t", "once")
    s.wait_text("no", "once\n", 5)
    s.wait(lambda: (s.read("no") or "").count("once") >= 2, 8, "second delivery")
    yield "log", sorted({re.sub(r"event \d+", "event <n>", line) for line in s.log("rejected")})
    serials = set(re.findall(r" serial:(\d+)", s.read("no")))
    yield "the same event comes again", len(serials)
    # Long enough for the other pool's turn, should it have one.
    s.wait(lambda: payloads(s, "bystander") or (s.read("no") or "").count("once") >= 5, 15, "its turn")
    yield "nothing for other pools", payloads(s, "bystander") == []


@scenario("listener that does not read")
def deaf(s):
    # Answers the first event and asks for more, but never takes anything out of its pipe.
    s.write("deaf.py", "#!/usr/bin/python3\nimport os, select, time\nos.write(1, b'READY\\n')\n"
            "select.select([0], [], [])\nos.write(1, b'RESULT 2\\nOKREADY\\n')\ntime.sleep(1000)\n")
    os.chmod(s.path("deaf.py"), 0o755)
    s.start("[eventlistener:deaf]\ncommand=@dir@/deaf.py\nevents=REMOTE_COMMUNICATION\nstartsecs=0\n"
            "[program:cat]\ncommand=/bin/cat\nstartsecs=0\n", supervisord="loglevel=debug")
    s.wait_state("deaf", "RUNNING")
    s.wait_log("deaf: ACKNOWLEDGED -> READY")
    s.rpc.sendRemoteCommEvent("t", "x" * 200000)
    s.wait(lambda: len(s.log("deaf: ACKNOWLEDGED -> READY")) == 2, 8, "asks for the second event")
    s.rpc.sendRemoteCommEvent("t", "y" * 200000)
    # supervisord dies of the full pipe; half a second shows whether the daemon outlives it.
    yield "daemon", s.daemon.wait_exit(0.5)


@scenario("listener that ends while busy")
def ends_busy(s):
    s.write("once.py", "#!/usr/bin/python3\nimport os, sys\nos.write(1, b'READY\\n')\n"
            "header = sys.stdin.readline()\nopen('@dir@/once', 'a').write(header)\n".replace("@dir@", s.dir))
    os.chmod(s.path("once.py"), 0o755)
    s.start("[eventlistener:once]\ncommand=@dir@/once.py\nevents=REMOTE_COMMUNICATION\nstartsecs=0\n"
            "autorestart=true\nbuffer_size=10\n",
            supervisord="loglevel=debug")
    s.wait_state("once", "RUNNING")
    s.rpc.sendRemoteCommEvent("t", "again")
    s.wait(lambda: (s.read("once") or "").count("\n") >= 2, 8, "second delivery")
    yield "the same event comes again", len(set((s.read("once") or "").splitlines()))
    yield "log", sorted({re.sub(r"event \d+", "event <n>", line) for line in s.log("rebuffering")})
