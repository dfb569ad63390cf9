#!/usr/bin/python3
"""What a method refuses with is what svd-xmlrpc(7) says of it: faults_test.py BIN PAGE. Every method that
takes a name is asked for one that is not there; the other faults are provoked where a test can."""

import concurrent.futures
import os
import re
import sys
import xmlrpc.client

from examples_test import Machine

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../conformance"))
from rpc import Rpc

PROGRAMS = """
[program:off]
command=/bin/cat
autostart=false
stdout_logfile=/var/log/svd/off.log
[program:absent]
command=/nonexistent/program
autostart=false
[program:plain]
command=/etc/passwd
autostart=false
[program:brief]
command=/bin/false
autostart=false
startretries=0
[program:slow]
command=/bin/cat
startsecs=60
autostart=false
[program:silent]
command=/bin/cat
startsecs=0
stdout_logfile=NONE
"""
MISSING = "missing"
# What each parameter is by its name, when its name is not what the call is about.
SAMPLES = {"name": MISSING, "wait": True, "signal": "HUP", "offset": 0, "length": 10, "chars": "x"}
PROVOKED = [  # method, parameters, fault
    ("supervisor.addProcessGroup", ["web"], "ALREADY_ADDED"),
    ("supervisor.removeProcessGroup", ["web"], "STILL_RUNNING"),
    ("supervisor.startProcess", ["web"], "ALREADY_STARTED"),
    ("supervisor.startProcess", ["absent"], "NO_FILE"),
    ("supervisor.startProcess", ["plain"], "NOT_EXECUTABLE"),
    ("supervisor.startProcess", ["brief"], "SPAWN_ERROR"),
    ("supervisor.stopProcess", ["off"], "NOT_RUNNING"),
    ("supervisor.signalProcess", ["off", "HUP"], "NOT_RUNNING"),
    ("supervisor.signalProcess", ["web", "NOSUCH"], "BAD_SIGNAL"),
    ("supervisor.sendProcessStdin", ["off", "x"], "NOT_RUNNING"),
    ("supervisor.readLog", [-1, 5], "BAD_ARGUMENTS"),
    ("supervisor.readProcessStdoutLog", ["web", -1, 5], "BAD_ARGUMENTS"),
    ("supervisor.readProcessStderrLog", ["web", -1, 5], "BAD_ARGUMENTS"),
    ("supervisor.readProcessStdoutLog", ["silent", 0, 5], "NO_FILE"),
    ("svd.pauseProcess", ["off"], "NOT_RUNNING"),
    ("svd.resumeProcess", ["off"], "NOT_RUNNING"),
    ("system.methodHelp", [MISSING], "SIGNATURE_UNSUPPORTED"),
    ("system.methodSignature", [MISSING], "SIGNATURE_UNSUPPORTED"),
]


def documented(page):
    """Of each method its parameters and its faults, as the page has them."""
    methods = {}
    faults = {}
    for text in re.split(r"^\.It Ic (?=\w+\.\w+)", page, flags=re.M)[1:]:
        head, _, rest = text.partition("\n")
        name = re.match(r"[\w.]+", head)[0]
        methods[name] = re.findall(r"^\.It Ar (\w+) ", rest.partition(".El\n")[0], flags=re.M)
        listed = re.search(r"^\.It Sy faults\n(.*?)\.El", rest, flags=re.M | re.S)
        faults[name] = set(re.findall(r"[A-Z]{2}[A-Z_]+", listed[1])) if listed else set()
    return methods, faults


def fault_of(server, method, parameters):
    """The name of the fault that the call ends with, or none."""
    try:
        server.raw(method, *parameters)
    except xmlrpc.client.Fault as fault:
        return re.match(r"[A-Z_]*", fault.faultString)[0]
    return ""


def problems(server, methods, faults):
    known = set(server.raw("system.listMethods"))
    for name in methods.keys() - known:
        yield f"{name} is in the page, and svd has no such method"
    for name, parameters in methods.items():
        if "name" not in parameters or name.startswith("system."):
            continue
        got = fault_of(server, name, [SAMPLES[one] for one in parameters])
        if got != "BAD_NAME" or "BAD_NAME" not in faults[name]:
            yield f"{name} of what is not there: {got or 'no fault'}; the page has {faults[name]}"
    for name, parameters, wanted in PROVOKED:
        got = fault_of(server, name, parameters)
        if got != wanted or wanted not in faults[name]:
            yield f"{name}({parameters}): {got or 'no fault'}, not {wanted}; the page has {faults[name]}"


def stopped_start(machine, connect):
    """The fault of a start that somebody stops."""
    with concurrent.futures.ThreadPoolExecutor(1) as others:
        start = others.submit(fault_of, connect(), "supervisor.startProcess", ["slow"])
        server = connect()
        machine.wait("it is STARTING",
                     lambda: server.raw("supervisor.getProcessInfo", "slow")["statename"] == "STARTING")
        server.raw("supervisor.stopProcess", "slow")
        return start.result(30)


def main(programs, path):
    with open(path, encoding="utf-8") as file:
        methods, faults = documented(file.read())
    if len(methods) < 50:
        print(f"only {len(methods)} methods in {path}")
        return 1
    machine = Machine(programs)
    try:
        machine.write("/etc/svd/conf.d/more.conf", PROGRAMS)
        machine.start()

        def connect():
            return Rpc(machine.root + "/run/svd/svd.sock", timeout=30)
        server = connect()
        got = stopped_start(machine, connect)
        if got != "ABNORMAL_TERMINATION" or got not in faults["supervisor.startProcess"]:
            print(f"a start that is stopped: {got or 'no fault'}")
            return 1
        found = list(problems(server, methods, faults))
        with open(machine.root + "/etc/svd/conf.d/more.conf", "a", encoding="ascii") as file:
            file.write("[program:broken]\n")
        for name in ("supervisor.reloadConfig", "supervisor.restart"):
            got = fault_of(server, name, [])
            if got != "CANT_REREAD" or got not in faults[name]:
                found.append(f"{name} with a broken configuration: {got}")
    finally:
        machine.close()
    print("\n".join(found) or f"{len(methods)} methods refuse as the page says")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(os.path.abspath(sys.argv[1]), sys.argv[2]))
