"""What dashboards (as Cesi) and checks (as those for Nagios) ask, over TCP with a password."""

import xmlrpc.client

from harness import PASSWORD, PROGRAMS, PYTHON, USER, check, contains, equal
from registry import case

CONFIG = ("[program:cat]\ncommand=/bin/cat\nstartsecs=0\n"
          "[program:said]\ncommand=/bin/sh -c 'echo to stdout; echo to stderr >&2; exec sleep 600'\n"
          "startsecs=0\nstdout_logfile={dir}/said.out\nstderr_logfile={dir}/said.err\n"
          "[program:web]\ncommand=/bin/cat\nnumprocs=2\nprocess_name=web_%(process_num)d\nstartsecs=0\n")
BROKEN = "[program:broken]\ncommand=/nonexistent/program\nstartretries=0\n"
KEYS = {"name", "group", "description", "start", "stop", "now", "state", "statename", "spawnerr",
        "exitstatus", "logfile", "stdout_logfile", "stderr_logfile", "pid"}


def address(s):
    return f"http://{USER}:{PASSWORD.replace(':', '%3A')}@127.0.0.1:{s.port}/RPC2"


@case("a dashboard in the manner of Cesi: nodes, programs, logs, start, stop and restart")
def dashboard(s):
    s.start(CONFIG + BROKEN, "identifier=node7")
    s.wait_state("broken", "FATAL")
    s.wait_in_file("said.err", "to stderr\n")
    with xmlrpc.client.ServerProxy(address(s)) as server:
        node = server.supervisor
        equal(node.getIdentification(), "node7", "the node's name")
        equal(node.getPID(), s.daemon.pid, "the node's pid")
        equal((node.getVersion(), node.getAPIVersion()), ("3.0", "3.0"), "the interface's version")
        check(node.getSupervisorVersion(), "a version")
        infos = {f"{i['group']}:{i['name']}": i for i in node.getAllProcessInfo()}
        equal(sorted(infos), ["broken:broken", "cat:cat", "said:said", "web:web_0", "web:web_1"], "programs")
        for name, info in infos.items():
            equal(set(info), KEYS, name)
            equal({k: v for k, v in node.getProcessInfo(name).items() if k not in ("now", "description")},
                  {k: v for k, v in info.items() if k not in ("now", "description")}, name)
        equal((infos["broken:broken"]["pid"], infos["broken:broken"]["spawnerr"]),
              (0, "can't find command '/nonexistent/program'"), "the broken one")
        contains(infos["cat:cat"]["description"], f"pid {infos['cat:cat']['pid']}, uptime ", "a running one")
        equal(node.tailProcessStdoutLog("said:said", 0, 500), ["to stdout\n", 10, False], "the log's end")
        equal(node.tailProcessStderrLog("said:said", 0, 500), ["to stderr\n", 10, False], "the log's end")
        equal(node.readProcessStdoutLog("said:said", -5, 0), "dout\n", "five bytes from the end")
        contains(node.readLog(0, 0), "INFO gave up: broken entered FATAL state", "the node's log")
        for verb, state in (("stop", "STOPPED"), ("start", "RUNNING")):
            equal(getattr(node, verb + "Process")("cat:cat"), True, verb)
            equal(node.getProcessInfo("cat:cat")["statename"], state, verb)
            answers = getattr(node, verb + "ProcessGroup")("web")
            equal(sorted((a["name"], a["status"], a["description"]) for a in answers),
                  [("web_0", 80, "OK"), ("web_1", 80, "OK")], f"{verb} of a group")
        equal({a["name"] for a in node.stopAllProcesses()}, {"cat", "said", "web_0", "web_1"}, "stop all")


@case("a check in the manner of Nagios: exit code and one line")
def plugin(s):
    s.start(CONFIG)
    for name in ("cat", "said", "web:web_0", "web:web_1"):
        s.wait_state(name, "RUNNING")
    words = [PYTHON, PROGRAMS / "check_programs.py", address(s)]
    done = s.run(words)
    equal((done.code, done.out), (0, "PROGRAMS OK - all well | running=4 all=4\n"), "all well")
    s.write("supervisord.conf", s.read("supervisord.conf") + BROKEN)
    s.rpc.reloadConfig()
    equal(s.rpc.addProcessGroup("broken"), True, "add")
    s.wait_state("broken", "FATAL")
    done = s.run(words)
    equal((done.code, done.out), (2, "PROGRAMS CRITICAL - broken:broken FATAL | running=4 all=5\n"), "broken")
    done = s.run([*words[:2], words[2].replace(USER, "nobody")])
    equal((done.code, done.out.split(":")[0][:24]), (2, "PROGRAMS CRITICAL - <Pro"), "a wrong user")
