"""Reading, tailing and clearing logs by XML-RPC."""

import os

from scenario import scenario

TEXT = "0123456789abcdefghij\n"

RANGES = [(0, 0), (5, 0), (0, 5), (5, 5), (-5, 0), (-100, 0), (100, 0), (0, 100), (21, 0), (20, 10), (-5, 5), (5, -1),
          (0, -1), (-1, -1)]
TAILS = [(0, 5), (0, 100), (0, 0), (5, 5), (10, 100), (21, 10), (100, 10), (16, 4), (-5, 5), (0, 21)]


@scenario("rpc logs")
def rpc_logs(s):
    s.start("[program:say]\ncommand=/bin/sh -c 'printf \"0123456789abcdefghij\\\\n\"; printf err >&2; exec cat'\n"
            "startsecs=0\nstdout_logfile=@dir@/say.out\nstderr_logfile=@dir@/say.err\n"
            "[program:nolog]\ncommand=/bin/cat\nstartsecs=0\nstdout_logfile=NONE\nstderr_logfile=NONE\n"
            "[program:later]\ncommand=/bin/cat\nautostart=false\nstdout_logfile=@dir@/later.out\n"
            "[program:bytes]\ncommand=@children@/bytes.sh\nstartsecs=0\nautorestart=false\n"
            "stdout_logfile=@dir@/bytes.out\n"
            "[group:g]\nprograms=say\n")
    s.wait_text("say.out", TEXT)
    s.wait_text("say.err", "err")
    name = "g:say"
    for offset, length in RANGES:
        yield f"readProcessStdoutLog {offset} {length}", s.rpc.readProcessStdoutLog(name, offset, length)
    for offset, length in TAILS:
        yield f"tailProcessStdoutLog {offset} {length}", s.rpc.tailProcessStdoutLog(name, offset, length)
    yield "stderr", [s.rpc.readProcessStderrLog(name, 0, 0), s.rpc.tailProcessStderrLog(name, 0, 10)]
    yield "old names", [s.rpc.readProcessLog(name, 0, 3), s.rpc.tailProcessLog(name, 0, 3)]
    yield "numbers as text", s.rpc.readProcessStdoutLog(name, "5", "5")
    yield "words as numbers", s.rpc.readProcessStdoutLog(name, "a", "b")
    yield "unknown names", [s.rpc.readProcessStdoutLog(n, 0, 0) for n in ("nosuch", "g:*", "say")]
    yield "unknown names, tail", [s.rpc.tailProcessStdoutLog(n, 0, 5) for n in ("nosuch", "g:*", "say")]
    yield "no log", [s.rpc.readProcessStdoutLog("nolog", 0, 0), s.rpc.tailProcessStdoutLog("nolog", 0, 5)]
    yield "file not there yet", [s.rpc.readProcessStdoutLog("later", 0, 0), s.rpc.tailProcessStdoutLog("later", 0, 5)]
    s.wait_state("bytes", "EXITED")
    s.wait_text("bytes.out", "end")
    yield "bytes that are not UTF-8", s.rpc.readProcessStdoutLog("bytes", 0, 0)
    yield "cut inside a character", s.rpc.readProcessStdoutLog("bytes", -6, 0)
    yield "whole characters", s.rpc.readProcessStdoutLog("bytes", -7, 0)

    s.write("main.log", "main log é text\n")
    for offset, length in [(0, 0), (5, 3), (-5, 0), (-5, 5), (5, -1), (100, 0)]:
        yield f"readLog {offset} {length}", s.rpc.readLog(offset, length)
    yield "readMainLog", s.rpc.readMainLog(0, 4)
    os.unlink(s.path("main.log"))
    yield "readLog without a file", s.rpc.readLog(0, 0)


@scenario("rpc clear")
def rpc_clear(s):
    s.start("[program:say]\ncommand=/bin/sh -c 'echo out; echo err >&2; exec cat'\n"
            "startsecs=0\nstdout_logfile=@dir@/say.out\nstderr_logfile=@dir@/say.err\n"
            "[program:nolog]\ncommand=/bin/cat\nstartsecs=0\nstdout_logfile=NONE\nstderr_logfile=NONE\n"
            "[program:auto]\ncommand=/bin/sh -c 'echo out; exec cat'\nstartsecs=0\n"
            "[program:done]\ncommand=/bin/sh -c 'echo out'\nstartsecs=0\nautorestart=false\n"
            "stdout_logfile=@dir@/done.out\n")
    s.wait_text("say.out", "out")
    s.wait_text("say.err", "err")
    s.write("say.out.1", "old\n")
    yield "clear", s.rpc.clearProcessLogs("say")
    yield "both are empty", [s.size("say.out"), s.size("say.err")]
    yield "backups stay", s.read("say.out.1")
    s.rpc.sendProcessStdin("say", "after\n")
    yield "writing goes on", s.wait_text("say.out", "after")
    yield "old name", s.rpc.clearProcessLog("say")
    yield "no logs", s.rpc.clearProcessLogs("nolog")
    yield "unknown", [s.rpc.clearProcessLogs(n) for n in ("nosuch", "say:*")]
    s.wait_state("done", "EXITED")
    yield "stopped process", s.rpc.clearProcessLogs("done")
    yield "stopped process: text left", s.read("done.out")
    answer = s.rpc.clearAllProcessLogs()
    yield "clearAllProcessLogs", sorted([r["group"], r["name"], r["status"], r["description"]] for r in answer)
    path = s.info("auto")["stdout_logfile"]
    yield "mode of an AUTO log after clear", oct(os.stat(path).st_mode & 0o777)
    yield "clearLog", s.rpc.clearLog()
    yield "main log is short", s.size("main.log") < 200
    s.rpc.stopProcess("say")
    yield "main log goes on", s.log("stopped: say")
