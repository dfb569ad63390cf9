"""A listener in the shape of superlance's memmon: at every tick, what has grown too large is restarted."""

import os
import sys

from supervisor import childutils

LIMIT_KIB = int(sys.argv[1])


def resident_kib(pid):
    with open(f"/proc/{pid}/status", encoding="utf-8") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))


rpc = childutils.getRPCInterface(os.environ)
while True:
    headers, _ = childutils.listener.wait(sys.stdin, sys.stdout)
    if headers["eventname"].startswith("TICK"):
        for info in rpc.supervisor.getAllProcessInfo():
            if info["pid"] in (0, os.getpid()) or resident_kib(info["pid"]) <= LIMIT_KIB:
                continue
            name = f"{info['group']}:{info['name']}"
            rpc.supervisor.stopProcess(name)
            rpc.supervisor.startProcess(name)
            sys.stderr.write(f"restarted {name}\n")
            sys.stderr.flush()
    childutils.listener.ok(sys.stdout)
