"""Faults have Supervisor's codes and names, and the answer of reloadConfig is nested twice."""

import os
import signal
import threading

import rpc


def rule(s):
    s.write("plain", "text")
    s.start("[program:run]\ncommand=/bin/cat\nstartsecs=0\n"
            "[program:gone]\ncommand=/nonexistent/x\nautostart=false\nstartretries=0\n"
            "[program:plain]\ncommand=@dir@/plain\nautostart=false\nstartretries=0\n"
            "[program:quick]\ncommand=@child@ exit 1\nautostart=false\nstartretries=0\nstartsecs=3\n"
            "[program:slow]\ncommand=/bin/cat\nautostart=false\nstartsecs=60\n"
            "[program:nolog]\ncommand=/bin/cat\nautostart=false\nstdout_logfile=NONE\n"
            "[program:deaf]\ncommand=@child@ tell\nstartsecs=0\nstopwaitsecs=60\nstdout_logfile=@dir@/deaf.log\n")
    s.wait_state("run", "RUNNING")
    s.wait_text("deaf.log", "ready")
    call = s.rpc.call
    for wanted, method, *arguments in [
            ("1 UNKNOWN_METHOD", "supervisor.nosuch"), ("1 UNKNOWN_METHOD", "nosuch"),
            ("2 INCORRECT_PARAMETERS", "supervisor.getState", 1), ("2 INCORRECT_PARAMETERS", "supervisor.startProcess"),
            ("3 BAD_ARGUMENTS", "supervisor.readLog", 5, -1),
            ("3 BAD_ARGUMENTS", "supervisor.readProcessStdoutLog", "run", 5, -1),
            ("4 SIGNATURE_UNSUPPORTED", "system.methodSignature", "no.such"),
            ("10 BAD_NAME: nosuch", "supervisor.startProcess", "nosuch"),
            ("10 BAD_NAME: nosuch", "supervisor.stopProcessGroup", "nosuch"),
            ("11 BAD_SIGNAL: FOO", "supervisor.signalProcess", "run", "FOO"),
            ("20 NO_FILE: can't find command '/nonexistent/x'", "supervisor.startProcess", "gone"),
            ("20 NO_FILE", "supervisor.readProcessStdoutLog", "nolog", 0, 0),
            ("21 NOT_EXECUTABLE: ", "supervisor.startProcess", "plain"),
            ("50 SPAWN_ERROR: quick", "supervisor.startProcess", "quick"),
            ("60 ALREADY_STARTED: run", "supervisor.startProcess", "run"),
            ("70 NOT_RUNNING: gone", "supervisor.stopProcess", "gone"),
            ("70 NOT_RUNNING: gone", "supervisor.sendProcessStdin", "gone", "x"),
            ("90 ALREADY_ADDED: run", "supervisor.addProcessGroup", "run"),
            ("91 STILL_RUNNING: run", "supervisor.removeProcessGroup", "run")]:
        answer = call(method, *arguments)
        s.that(f"{method}{tuple(arguments)}", str(answer).startswith("fault " + wanted), repr(answer))
    s.equal("40: a start that somebody stops", stopped_start(s), "fault 40 ABNORMAL_TERMINATION: slow")
    s.equal("80: a success in a list", s.rpc.stopProcessGroup("run"),
            [{"name": "run", "group": "run", "status": 80, "description": "OK"}])
    s.equal("nothing changed", s.rpc.reloadConfig(), [[[], [], []]])
    s.config("[program:new]\ncommand=/bin/cat\n[program:run]\ncommand=/bin/cat -u\nstartsecs=0\n")
    s.equal("reloadConfig", s.rpc.reloadConfig(), [[["new"], ["run"], ["deaf", "gone", "nolog", "plain", "quick", "slow"]]])
    s.config("[program:run]\nstartsecs=x\n")
    s.that("92: a broken file", s.rpc.reloadConfig().startswith("fault 92 CANT_REREAD: "), s.rpc.reloadConfig())
    pid = s.info("deaf")["pid"]
    s.rpc.shutdown()
    s.wait_log("waiting for deaf to die")
    s.equal("6: while it shuts down", s.rpc.getState(), "fault 6 SHUTDOWN_STATE")
    os.kill(pid, signal.SIGKILL)
    s.equal("end", s.daemon.wait_exit(), 0)


def stopped_start(s):
    answers = []
    thread = threading.Thread(target=lambda: answers.append(rpc.Rpc(s.sock).startProcess("slow")), daemon=True)
    thread.start()
    s.wait_state("slow", "STARTING")
    s.rpc.stopProcess("slow")
    thread.join(20)
    return answers[0] if answers else "no answer"
