"""Strict decoders know Supervisor's members only: what svd adds goes into svd.* and not into supervisor.*."""

INFO = ["name", "group", "start", "stop", "now", "state", "statename", "spawnerr", "exitstatus", "logfile",
        "stdout_logfile", "stderr_logfile", "pid", "description"]


def rule(s):
    s.start("[program:run]\ncommand=/bin/cat\nstartsecs=0\n[program:idle]\ncommand=/bin/cat\nautostart=false\n")
    s.wait_state("run", "RUNNING")
    infos = s.rpc.getAllProcessInfo()
    s.equal("how many", len(infos), 2)
    for info in [*infos, s.rpc.getProcessInfo("run"), s.rpc.getProcessInfo("idle")]:
        s.equal(f"members of {info['name']}", sorted(info), sorted(INFO))
    s.equal("members of getState", sorted(s.rpc.getState()), ["statecode", "statename"])
    results = s.rpc.stopAllProcesses()
    s.equal("members of a result", {tuple(sorted(r)) for r in results}, {("description", "group", "name", "status")})
    methods = s.rpc.call("system.listMethods")
    s.equal("namespaces", {name.split(".")[0] for name in methods} - {"svd"}, {"supervisor", "system"})
