"""A listener in the shape of superlance's crashmail: an unexpected end is told and made good by RPC."""

import os
import sys

from supervisor import childutils

rpc = childutils.getRPCInterface(os.environ)
while True:
    headers, payload = childutils.listener.wait(sys.stdin, sys.stdout)
    if headers["eventname"] == "PROCESS_STATE_EXITED":
        fields, _ = childutils.eventdata(payload + "\n")
        if not int(fields["expected"]):
            name = f"{fields['groupname']}:{fields['processname']}"
            pid = int(fields["pid"])
            sys.stderr.write(f"{name} (pid {pid}) ended unexpectedly from {fields['from_state']}\n")
            started = rpc.supervisor.startProcess(name)
            now = rpc.supervisor.getProcessInfo(name)
            sys.stderr.write(f"started again: {started} {now['statename']} {now['pid'] != pid}\n")
            sys.stderr.flush()
    childutils.listener.ok(sys.stdout)
