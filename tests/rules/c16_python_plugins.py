"""Python plug-ins cannot run in svd: it says so once, names the section, and serves everything else."""

PLUGINS = ("[rpcinterface:twiddler]\nsupervisor.rpcinterface_factory=supervisor_twiddler.rpcinterface:make_twiddler_rpcinterface\n"
           "[ctlplugin:quick]\nsupervisor.ctl_factory=supervisor_quick:QuickControllerPlugin\n"
           "[eventlistener:handled]\ncommand=@children@/listener.py @dir@/events\nevents=REMOTE_COMMUNICATION\nstartsecs=0\n"
           "result_handler=some.module:handler\n")


def rule(s):
    s.start(PLUGINS + "[program:cat]\ncommand=/bin/cat\nstartsecs=0\n")
    s.wait_state("cat", "RUNNING")
    for section in ("rpcinterface:twiddler", "eventlistener:handled"):
        s.equal(f"warnings about {section}", len([line for line in s.log("WARN") if section in line]), 1)
    s.that("no call of the plug-in", not [m for m in s.rpc.call("system.listMethods") if m.startswith("twiddler.")])
    s.equal("the call is an unknown method", s.rpc.call("twiddler.addProgramToGroup"), "fault 1 UNKNOWN_METHOD")
    s.rpc.sendRemoteCommEvent("t", "judged by the default handler")
    s.wait_text("events", "default handler")
    outcome = s.ctl("status", "cat")
    s.equal("svctl works", [outcome["code"], outcome["out"].split()[:2]], [0, ["cat", "RUNNING"]])
    check = s.run_daemon("--check", "-c", "@dir@/c.conf")
    s.that("--check tells about each", all(word in check["out"] for word in ("twiddler", "ctlplugin:quick", "result_handler")),
           repr(check))
