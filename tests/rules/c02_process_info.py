"""getProcessInfo has its 14 members in every state, plain 32-bit integers, and -1 for a death by signal."""

import re

from rpc import exchange, post

FIELDS = {"name": str, "group": str, "description": str, "start": int, "stop": int, "now": int, "state": int,
          "statename": str, "spawnerr": str, "exitstatus": int, "logfile": str, "stdout_logfile": str,
          "stderr_logfile": str, "pid": int}
CALL = (b"<methodCall><methodName>supervisor.getAllProcessInfo</methodName></methodCall>")


def rule(s):
    s.start("[program:run]\ncommand=/bin/cat\nstartsecs=0\n"
            "[program:nolog]\ncommand=/bin/cat\nstartsecs=0\nstdout_logfile=NONE\nstderr_logfile=NONE\n"
            "[program:killed]\ncommand=@child@ signal 9\nstartsecs=0\nautorestart=false\n"
            "[program:three]\ncommand=@child@ exit 3\nstartsecs=0\nautorestart=false\n"
            "[program:gone]\ncommand=/nonexistent/x\nstartretries=0\n"
            "[program:idle]\ncommand=/bin/cat\nautostart=false\nstdout_logfile=@dir@/idle.log\n")
    s.wait_state("run", "RUNNING")
    s.wait_state("killed", "EXITED")
    s.wait_state("three", "EXITED")
    s.wait_state("gone", "FATAL")
    for info in s.rpc.getAllProcessInfo():
        types = {key: type(value) for key, value in info.items()}
        s.equal(f"members of {info['name']}", types, FIELDS)
        numbers = [value for value in info.values() if isinstance(value, int)]
        s.that(f"{info['name']}: 32 bits", all(-2**31 <= n < 2**31 for n in numbers), repr(numbers))
        s.equal(f"{info['name']}: logfile is stdout_logfile", info["logfile"], info["stdout_logfile"])
    s.equal("exitstatus after SIGKILL", s.info("killed")["exitstatus"], -1)
    s.equal("exitstatus after exit 3", s.info("three")["exitstatus"], 3)
    s.equal("logs that are not kept are empty text", s.info("nolog")["logfile"], "")
    body = exchange(s.sock, post(CALL), 5.0, "POST").body.decode()
    s.equal("types on the wire", set(re.findall(r"<(int|i4|i8|double|nil|ex:\w+|dateTime\.iso8601)[ />]", body)), {"int"})
