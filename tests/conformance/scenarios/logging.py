"""Child logs: rotation, AUTO names and clean-up, redirect, reopen; the main log's own rotation."""

import os
import signal

from scenario import scenario


def program(name, more="", command="/bin/cat"):
    return f"[program:{name}]\ncommand={command}\nstartsecs=0\n{more}\n"


def say(s, name, text, file):
    """Sends text to a cat and waits until its log has grown or was rotated by it."""
    before = s.size(file), s.read(file + ".1")
    s.rpc.sendProcessStdin(name, text)
    s.wait(lambda: (s.size(file), s.read(file + ".1")) != before, 5, f"output of {name}")


def sizes(s, name):
    return {path: s.size(path) for path in s.names(name + "*")}


@scenario("rotation")
def rotation(s):
    s.start(program("three", "stdout_logfile=@dir@/three\nstdout_logfile_maxbytes=10\nstdout_logfile_backups=3")
            + program("one", "stdout_logfile=@dir@/one\nstdout_logfile_maxbytes=10\nstdout_logfile_backups=1")
            + program("none", "stdout_logfile=@dir@/none\nstdout_logfile_maxbytes=10\nstdout_logfile_backups=0")
            + program("never", "stdout_logfile=@dir@/never\nstdout_logfile_maxbytes=0")
            + program("exact", "stdout_logfile=@dir@/exact\nstdout_logfile_maxbytes=10\nstdout_logfile_backups=2")
            + program("err", "stderr_logfile=@dir@/err\nstderr_logfile_maxbytes=10\nstderr_logfile_backups=1",
                      "/bin/sh -c 'while read x; do echo \"$x\" >&2; done'"))
    for name in ("three", "one", "none", "never", "exact", "err"):
        s.wait_state(name, "RUNNING")
    for number in range(6):
        say(s, "three", f"{number}23456789abcdef\n", "three")
    s.wait(lambda: s.size("three") == 0 and (s.read("three.1") or "").startswith("5"), 5, "last rotation")
    yield "backups 3: sizes", sizes(s, "three")
    yield "backups 3: contents", [s.read(f"three.{n}") for n in (1, 2, 3)]
    for number in range(3):
        say(s, "one", f"{number}23456789abcdef\n", "one")
    s.wait(lambda: s.size("one") == 0 and (s.read("one.1") or "").startswith("2"), 5, "last rotation")
    yield "backups 1", [sizes(s, "one"), s.read("one.1")]
    s.rpc.sendProcessStdin("none", "0123456789abcdef\n")
    s.wait(lambda: s.rpc.sendProcessStdin("none", "x\n") is True and s.size("none") in range(1, 9), 5, "truncated log")
    yield "backups 0", s.names("none*")
    s.rpc.sendProcessStdin("never", "x" * 30 + "\n")
    s.wait(lambda: s.size("never") == 31, 5, "log")
    yield "size 0", sizes(s, "never")
    say(s, "exact", "012345678", "exact")
    yield "one byte below the limit", sizes(s, "exact")
    say(s, "exact", "9", "exact")
    s.wait(lambda: s.size("exact") == 0 and s.size("exact.1") == 10, 5, "rotation")
    yield "exactly at the limit", sizes(s, "exact")
    say(s, "exact", "short", "exact")
    yield "after the rotation", [sizes(s, "exact"), s.read("exact")]
    s.write("three", "already there, longer than the limit\n")
    s.rpc.stopProcess("three")
    s.rpc.startProcess("three")
    yield "a long file that was there: before output", s.size("three")
    s.rpc.sendProcessStdin("three", "a\n")
    s.wait(lambda: s.size("three") == 0, 5, "rotation")
    yield "a long file that was there: after output", s.read("three.1")
    s.rpc.sendProcessStdin("err", "0123456789\n")
    s.wait(lambda: s.size("err") == 0 and s.size("err.1") == 11, 5, "rotation of stderr")
    yield "stderr rotates", sizes(s, "err")
    yield "getProcessInfo names the current file", s.info("three")["stdout_logfile"]
    yield "reading sees only the current file", s.rpc.readProcessStdoutLog("exact", 0, 0)


@scenario("log files")
def log_files(s):
    """Append, modes, redirect, deletion, USR2."""
    s.write("append", "before\n")
    s.start(program("append", "stdout_logfile=@dir@/append")
            + program("both", "stdout_logfile=@dir@/both\nstderr_logfile=@dir@/never\nredirect_stderr=true",
                      "/bin/sh -c 'echo out; echo err >&2; echo out2; exec cat'")
            + program("apart", "stdout_logfile=@dir@/apart.out\nstderr_logfile=@dir@/apart.err",
                      "/bin/sh -c 'echo out; echo err >&2; exec cat'")
            + program("late", "stdout_logfile=@dir@/late\nautostart=false")
            + program("burst", "stdout_logfile=@dir@/burst\nautorestart=false\nstdout_logfile_maxbytes=0",
                      "@child@ burst 100000")
            + program("ansi", "stdout_logfile=@dir@/ansi", "/bin/sh -c 'printf \"\\\\033[31mred\\\\033[0m\\\\n\"; exec cat'"),
            supervisord="strip_ansi=true")
    s.wait_state("append", "RUNNING")
    say(s, "append", "after\n", "append")
    yield "append", s.read("append")
    yield "redirect_stderr", s.wait_text("both", "out2")
    yield "redirect_stderr: the other file", s.size("never")
    yield "redirect_stderr: warning", s.log("redirect_stderr")
    yield "apart", [s.wait_text("apart.out", "out"), s.wait_text("apart.err", "err")]
    yield "mode of a log file", oct(os.stat(s.path("apart.out")).st_mode & 0o777)
    yield "a process never started has no file", s.size("late")
    s.wait_state("burst", "EXITED")
    s.wait(lambda: s.size("burst") == 100000, 5, "all output")
    yield "output at exit is complete", s.size("burst")
    yield "strip_ansi", s.wait_text("ansi", "red")
    os.rename(s.path("append"), s.path("append.old"))
    say(s, "append", "to the old file\n", "append.old")
    yield "after a rename", [s.read("append.old"), s.read("append")]
    os.rename(s.path("main.log"), s.path("main.old"))
    s.daemon.signal(signal.SIGUSR2)
    s.wait(lambda: s.size("append") == 0, 5, "the new file")
    say(s, "append", "new\n", "append")
    yield "after USR2", [s.read("append"), s.size("main.log")]
    yield "USR2 in the old log", s.log("SIGUSR2", "logreopen", name="main.old")
    s.rpc.stopProcess("append")
    yield "main log after USR2", s.log("stopped")


@scenario("auto logs")
def auto_logs(s):
    s.write("auto/old-stdout---supervisor-abcdefgh.log", "x")
    s.write("auto/old-stdout---supervisor-abcdefgh.log.1", "x")
    s.write("auto/old-stdout---other-abcdefgh.log", "x")
    s.write("auto/mine.log", "x")
    s.start(program("run") + program("idle", "autostart=false") + program("joined", "redirect_stderr=true")
            + program("given", "stdout_logfile=@dir@/given") + program("m", "numprocs=2\nprocess_name=m%(process_num)d"))
    s.wait_state("run", "RUNNING")
    yield "names", s.names("auto/*")
    paths = [s.info("run")["stdout_logfile"], s.info("idle")["stderr_logfile"]]
    yield "modes", [oct(os.stat(path).st_mode & 0o777) for path in paths]
    yield "sizes", [os.stat(path).st_size for path in paths]
    yield "no stderr file when joined", s.info("joined")["stderr_logfile"]
    s.rpc.sendProcessStdin("run", "hello\n")
    s.wait(lambda: os.stat(paths[0]).st_size == 6, 5, "log")
    s.rpc.stopProcess("run")
    s.rpc.startProcess("run")
    yield "same file after a restart of the process", s.info("run")["stdout_logfile"] == paths[0]
    yield "it is appended to", s.rpc.readProcessStdoutLog("run", 0, 0)
    s.stop()
    yield "after the end they stay", [len(s.names("auto/*supervisor*")), os.path.exists(paths[0])]
    s.start(program("run"))
    s.wait_state("run", "RUNNING")
    yield "the next start cleans up", s.names("auto/*")
    s.stop()
    count = len(s.names("auto/*"))
    s.start(program("run"), args=["-k"])
    s.wait_state("run", "RUNNING")
    yield "nocleanup keeps them", len(s.names("auto/*")) - count
    s.stop()
    s.start(program("run"), supervisord="identifier=other")
    yield "another identifier", [name for name in s.names("auto/*") if "other" in name]


@scenario("main log rotation")
def main_log_rotation(s):
    s.start(program("cat"), supervisord="loglevel=debug\nlogfile_maxbytes=2KB\nlogfile_backups=2")
    s.wait_state("cat", "RUNNING")
    for _ in range(20):
        s.rpc.stopProcess("cat")
        s.rpc.startProcess("cat")
        s.wait_exec("cat")
        if s.size("main.log.2") != "missing":
            break
    yield "files", s.names("main.log*")
    yield "size of a backup", 2048 <= s.size("main.log.1") < 2048 + 1024
    s.stop()
    os.unlink(s.path("main.log"))
    s.start(program("cat"), supervisord="logfile_maxbytes=200\nlogfile_backups=0")
    s.wait_state("cat", "RUNNING")
    yield "backups 0", s.size("main.log") < 600


@scenario("capture")
def capture(s):
    begin, end = "<!--XSUPERVISOR:BEGIN-->", "<!--XSUPERVISOR:END-->"
    s.write("talk.sh", f"#!/bin/sh\nread x\nprintf 'before {begin}inside data{end} after, long enough to pass\\n'\nexec cat\n")
    os.chmod(s.path("talk.sh"), 0o755)
    s.start("[eventlistener:watch]\ncommand=@children@/listener.py @dir@/events\nevents=PROCESS_COMMUNICATION,PROCESS_LOG\n"
            "startsecs=0\nbuffer_size=100\n"
            + program("talk", "stdout_capture_maxbytes=1KB\nstdout_logfile=@dir@/talk", "@dir@/talk.sh")
            + program("log", "stdout_events_enabled=true\nstderr_events_enabled=true\nstdout_logfile=@dir@/log",
                      "/bin/sh -c 'read x; echo \"out $x\"; echo err >&2; exec cat'"))
    s.wait_state("talk", "RUNNING")
    s.wait_state("watch", "RUNNING")
    s.rpc.sendProcessStdin("talk", "go\n")
    yield "captured text is not logged", s.wait_text("talk", "after")
    s.wait_text("events", "COMMUNICATION")
    yield "the event", [line.partition("|")[2] for line in s.mask(s.read("events")).splitlines()]
    s.rpc.sendProcessStdin("log", "é\n")
    s.wait_text("events", "PROCESS_LOG_STDERR")
    s.wait_text("events", "PROCESS_LOG_STDOUT")
    events = [line for line in s.mask(s.read("events")).splitlines() if "PROCESS_LOG" in line]
    yield "log events", sorted(line.partition("|")[2] for line in events)
