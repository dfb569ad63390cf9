"""Every XML-RPC method and its faults, over the unix socket."""

from scenario import scenario

PROGRAMS = """
[program:cat]
command=/bin/cat
startsecs=0
priority=5
[program:idle]
command=/bin/cat
autostart=false
startsecs=0
[program:gone]
command=/nonexistent/prog
autostart=false
startretries=0
[program:quick]
command=@child@ exit 2
startsecs=3
autostart=false
startretries=0
[program:brief]
command=@child@ exit 0 300
autostart=false
startretries=0
startsecs=5
[program:nolog]
command=/bin/cat
stdout_logfile=NONE
stderr_logfile=NONE
startsecs=0
[program:ga]
command=/bin/cat
startsecs=0
[program:gb]
command=/bin/cat
startsecs=0
priority=2
[program:gc]
command=/nonexistent/gc
autostart=false
startretries=0
[group:g]
programs=ga,gb,gc
priority=40
[program:many]
command=/bin/cat
startsecs=0
numprocs=2
process_name=%(program_name)s_%(process_num)02d
"""

NAMES = ["getProcessInfo", "startProcess", "stopProcess", "clearProcessLogs", "clearProcessLog"]
UNKNOWN = ["nosuch", "g:nosuch", "nosuch:*", "nosuch:", "", ":", "g", "cat:cat:cat", "CAT"]


def results(answer):
    """Result structs in a fixed order, or the fault."""
    if not isinstance(answer, list):
        return answer
    return sorted([item["group"], item["name"], item["status"], item["description"]] for item in answer)


def typed(value):
    return {key: type(item).__name__ for key, item in value.items()}


@scenario("rpc daemon")
def rpc_daemon(s):
    s.start(PROGRAMS)
    call = s.rpc.call
    for method in ("getAPIVersion", "getVersion", "getIdentification", "getState"):
        yield method, call("supervisor." + method)
    yield "getSupervisorVersion is text", isinstance(s.rpc.getSupervisorVersion(), str)
    yield "getPID", s.rpc.getPID() == s.daemon.pid
    for method in ("getState", "getPID", "reloadConfig", "getAllProcessInfo", "clearLog", "shutdown", "restart"):
        yield f"{method} with an argument", call("supervisor." + method, 1)
    for method in ("getProcessInfo", "startProcess", "readLog", "tailProcessStdoutLog", "signalProcess",
                   "addProcessGroup", "sendProcessStdin", "sendRemoteCommEvent", "startProcessGroup"):
        yield f"{method} without arguments", call("supervisor." + method)
    for method in ("supervisor.nosuch", "nosuch.getState", "getState", "supervisor._getState",
                   "supervisor.getState.x", "supervisor.", ".getState", "supervisor.__init__", "system.nosuch",
                   "supervisor.supervisord.options.warnings.linecache.os.system", "Supervisor.getState"):
        yield f"unknown method {method}", call(method)
    # Namespaces are what a configuration makes them; svd.* is svd's own.
    yield "listMethods", [name for name in call("system.listMethods") if not name.startswith("svd.")]
    yield "methodHelp of nothing", call("system.methodHelp", "no.such")
    yield "methodSignature of nothing", call("system.methodSignature", "no.such")
    for method in ("getState", "startProcess", "tailProcessStdoutLog", "getAllProcessInfo", "reloadConfig",
                   "startProcessGroup", "signalProcess", "sendProcessStdin", "readLog", "shutdown"):
        yield f"methodSignature {method}", call("system.methodSignature", "supervisor." + method)
    yield "methodSignature listMethods", call("system.methodSignature", "system.listMethods")
    yield "methodSignature multicall", call("system.methodSignature", "system.multicall")
    text = call("system.methodHelp", "supervisor.startProcess")
    yield "methodHelp names parameters", [word in text for word in ("@param", "@return", "name", "wait")]


@scenario("rpc multicall")
def rpc_multicall(s):
    s.start(PROGRAMS)

    def multi(*calls):
        return s.rpc.call("system.multicall", list(calls))
    one = {"methodName": "supervisor.getAPIVersion"}
    yield "without params", multi(one)
    yield "with params", multi({**one, "params": []})
    yield "fault inside", multi(one, {"methodName": "supervisor.startProcess", "params": ["nosuch"]}, one)
    yield "unknown method inside", multi({"methodName": "supervisor.nosuch"})
    yield "no methodName", multi({"params": []}, {})
    yield "recursion", multi({"methodName": "system.multicall", "params": [[]]})
    yield "wrong count inside", multi({"methodName": "supervisor.getState", "params": [1, 2]})
    yield "empty", multi()
    yield "not an array", s.rpc.call("system.multicall", 1)
    yield "array of numbers", s.rpc.call("system.multicall", [1])
    yield "deferred calls run in order", multi(
        {"methodName": "supervisor.startProcess", "params": ["idle"]},
        {"methodName": "supervisor.stopProcess", "params": ["idle"]},
        {"methodName": "supervisor.startProcess", "params": ["idle"]},
        {"methodName": "supervisor.startProcess", "params": ["idle"]})
    yield "state after it", s.state("idle")
    answer = multi({"methodName": "supervisor.stopAllProcesses"}, one)
    yield "an array inside", [results(answer[0]), answer[1]]


@scenario("rpc processes")
def rpc_processes(s):
    s.start(PROGRAMS)
    call = s.rpc.call
    for name in ("cat", "nolog", "g:ga", "g:gb", "many:many_00", "many:many_01"):
        s.wait_state(name, "RUNNING")
    for method in NAMES:
        yield f"{method}: unknown names", [call("supervisor." + method, name) for name in UNKNOWN]
    yield "getProcessInfo of a group", [s.rpc.getProcessInfo(n) for n in ("g:*", "g:", "many:*")]
    yield "getProcessInfo: types", typed(s.info("cat"))
    yield "getProcessInfo: order of keys", list(s.info("cat"))
    yield "getProcessInfo: both names", s.info("cat")["pid"] == s.info("cat:cat")["pid"]
    yield "getProcessInfo: no log", {k: v for k, v in s.info("nolog").items() if "log" in k}
    yield "getProcessInfo: never started", {k: v for k, v in s.info("idle").items() if k != "now"}
    yield "getProcessInfo: running", {k: v for k, v in s.info("cat").items()
                                      if k not in ("now", "start", "pid")}
    yield "getAllProcessInfo: order", [(i["group"], i["name"]) for i in s.rpc.getAllProcessInfo()]
    rows = s.rpc.getAllConfigInfo()
    yield "getAllConfigInfo: types", typed(rows[0])
    yield "getAllConfigInfo: a row", next(r for r in rows if r["name"] == "gb")
    yield "getAllConfigInfo: no log", {k: v for k, v in next(r for r in rows if r["name"] == "nolog").items()
                                       if "log" in k}

    yield "start: answer", s.rpc.startProcess("idle")
    yield "start: already", s.rpc.startProcess("idle")
    yield "start: no file", s.rpc.startProcess("gone")
    yield "start: quick exit", s.rpc.startProcess("quick")
    yield "start: quick exit, state", s.wait_state("quick", "FATAL")
    yield "start: ends while starting", s.rpc.startProcess("brief")
    s.wait_state("brief", "FATAL")
    yield "start: without waiting", s.rpc.startProcess("brief", False)
    s.wait_state("brief", "FATAL")
    yield "start: not a boolean", s.rpc.startProcess("cat", "yes")
    yield "stop: answer", s.rpc.stopProcess("idle")
    yield "stop: not running", s.rpc.stopProcess("idle")
    yield "stop: fatal", s.rpc.stopProcess("quick")
    yield "start: number as name", s.rpc.startProcess(1)

    yield "startProcess of a running group", results(s.rpc.startProcess("many:*"))
    yield "startProcessGroup of nothing", s.rpc.startProcessGroup("nosuch")
    yield "stopProcessGroup", results(s.rpc.stopProcessGroup("many"))
    yield "stopProcessGroup: again", results(s.rpc.stopProcessGroup("many"))
    yield "stopProcessGroup of nothing", s.rpc.stopProcessGroup("nosuch")
    yield "startProcess of a group", results(s.rpc.startProcess("many:"))
    yield "startProcessGroup with a fault inside", results(s.rpc.startProcessGroup("g"))
    yield "stopProcess of a group", results(s.rpc.stopProcess("many:*"))
    yield "types of a result struct", typed(s.rpc.stopProcessGroup("g")[0])
    yield "stopAllProcesses", results(s.rpc.stopAllProcesses())
    yield "stopAllProcesses: again", results(s.rpc.stopAllProcesses())
    yield "startAllProcesses", results(s.rpc.startAllProcesses())
    yield "stopAllProcesses without waiting", sorted(
        [r["name"], r["status"]] for r in s.rpc.stopAllProcesses(False))


@scenario("rpc signals and stdin")
def rpc_signals(s):
    s.start("[program:tell]\ncommand=@child@ tell\nstartsecs=0\nstdout_logfile=@dir@/tell.log\n"
            "[program:cat]\ncommand=/bin/cat\nstartsecs=0\nstdout_logfile=@dir@/cat.log\n"
            "[program:shut]\ncommand=/bin/sh -c 'exec 0<&-; echo ready; exec sleep 1000'\nstartsecs=0\n"
            "stdout_logfile=@dir@/shut.log\n"
            "[program:idle]\ncommand=/bin/cat\nautostart=false\n"
            "[group:g]\nprograms=tell,idle\n")
    s.wait_text("tell.log", "ready")
    s.wait_state("cat", "RUNNING")
    name = "g:tell"
    for signal in ("USR1", "SIGUSR2", "hup", "14", 28):
        yield f"signal {signal}", s.rpc.signalProcess(name, signal)
    yield "signals that arrived", sorted(s.wait_text("tell.log", "got 28").splitlines())
    for signal in ("FOO", "999", "", "RTMIN+1", "-1"):
        yield f"bad signal {signal!r}", s.rpc.signalProcess(name, signal)
    yield "signal: unknown name", [s.rpc.signalProcess(n, "HUP") for n in ("nosuch", "g:x", "x:*")]
    yield "signal: not running", s.rpc.signalProcess("g:idle", "HUP")
    yield "signal: group", results(s.rpc.signalProcess("g:*", "USR1"))
    yield "signalProcessGroup", results(s.rpc.signalProcessGroup("g", "USR1"))
    yield "signalProcessGroup: bad signal", results(s.rpc.signalProcessGroup("g", "FOO"))
    yield "signalProcessGroup: unknown", s.rpc.signalProcessGroup("nosuch", "USR1")
    yield "signalAllProcesses", results(s.rpc.signalAllProcesses("WINCH"))
    yield "signal zero", s.rpc.signalProcess(name, 0)

    yield "stdin", s.rpc.sendProcessStdin("cat", "hello é\n")
    yield "stdin arrived", s.wait_text("cat.log", "hello é\n")
    yield "stdin: not text", s.rpc.sendProcessStdin("cat", 1)
    yield "stdin: unknown name", s.rpc.sendProcessStdin("nosuch", "x")
    yield "stdin: group", s.rpc.sendProcessStdin("g:*", "x")
    yield "stdin: not running", s.rpc.sendProcessStdin("g:idle", "x")
    yield "stdin: empty", s.rpc.sendProcessStdin("cat", "")
    s.wait_text("shut.log", "ready")
    answers = []
    def refused():
        answers.append(s.rpc.sendProcessStdin("shut", "x" * 10))
        return answers[-1] is not True
    s.wait(refused, 5, "refused stdin")
    yield "stdin: closed by the child", answers[-1]
    yield "sendRemoteCommEvent", s.rpc.sendRemoteCommEvent("type", "data é")


@scenario("rpc groups")
def rpc_groups(s):
    s.start(PROGRAMS, supervisord="loglevel=debug")
    s.wait_state("cat", "RUNNING")
    yield "add: active", s.rpc.addProcessGroup("cat")
    yield "add: unknown", s.rpc.addProcessGroup("nosuch")
    yield "remove: running", s.rpc.removeProcessGroup("cat")
    yield "remove: unknown", s.rpc.removeProcessGroup("nosuch")
    yield "remove: member name", s.rpc.removeProcessGroup("g:ga")
    s.rpc.stopProcessGroup("cat")
    yield "remove: stopped", s.rpc.removeProcessGroup("cat")
    yield "removed: info", s.rpc.getProcessInfo("cat")
    yield "removed: config still known", [r["inuse"] for r in s.rpc.getAllConfigInfo() if r["name"] == "cat"]
    yield "add: back again", s.rpc.addProcessGroup("cat")
    yield "added: starts by itself", s.wait_state("cat", "RUNNING")
    yield "remove: never started", s.rpc.removeProcessGroup("idle")
    yield "add: not autostarted", [s.rpc.addProcessGroup("idle"), s.state("idle")]
    yield "reloadConfig: nothing changed", s.rpc.reloadConfig()


@scenario("rpc shutdown")
def rpc_shutdown(s):
    """Calls while the daemon shuts down, and what is left."""
    s.start("[program:deaf]\ncommand=@child@ tell\nstartsecs=0\nstopwaitsecs=2\nstdout_logfile=@dir@/deaf.log\n")
    s.wait_text("deaf.log", "ready")
    yield "shutdown", s.rpc.shutdown()
    s.wait_log("waiting for deaf to die")
    yield "getState", s.rpc.getState()
    yield "startProcess", s.rpc.startProcess("deaf")
    yield "shutdown again", s.rpc.shutdown()
    yield "restart", s.rpc.restart()
    yield "sendRemoteCommEvent", s.rpc.sendRemoteCommEvent("a", "b")
    methods = s.rpc.call("system.listMethods")
    yield "system.listMethods works", isinstance(methods, list)
    yield "multicall", s.rpc.call("system.multicall", [{"methodName": "supervisor.getState"}])
    yield "exit code", s.daemon.wait_exit()
    yield "files left", s.names("*.sock*") + s.names("d.pid")
    yield "log", s.log("waiting", "killing", "stopped", "indicating")


@scenario("rpc restart")
def rpc_restart(s):
    s.start("[program:cat]\ncommand=/bin/cat\nstartsecs=0\n")
    s.wait_state("cat", "RUNNING")
    before = (s.daemon.pid, s.info("cat")["pid"])
    s.config("[program:dog]\ncommand=/bin/cat\nstartsecs=0\n", supervisord="identifier=second")
    yield "restart", s.rpc.restart()
    s.wait(lambda: s.rpc.getIdentification() == "second", 10, "the new identifier")
    s.wait_state("dog", "RUNNING")
    yield "same daemon, new programs", [s.rpc.getPID() == before[0],
                                        [i["name"] for i in s.rpc.getAllProcessInfo()]]
    yield "log", s.log("waiting", "stopped", "supervisord started", "spawned")
    yield "pidfile", (s.read("d.pid") or "").strip() == str(s.daemon.pid)
