#!/usr/bin/python3
"""The interactive side of svctl on a pseudo terminal, and its streams, against a real supervisord.

Usage: shell_test.py path/to/svctl"""

import contextlib
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time
import unittest

from harness import BOUND, SKIP, Supervisor, have_supervisor, wait_until

SVCTL = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else "svctl"
PROGRAMS = """
[program:cat]
command=/bin/cat
stdout_logfile={dir}/cat.out
redirect_stderr=true
[program:manual]
command=/bin/cat
autostart=false
[program:brief]
command=/bin/sh -c "read line; echo last words"
stdout_logfile={dir}/brief.out
autorestart=false
[group:g]
programs=ga,gb
[program:ga]
command=/bin/cat
[program:gb]
command=/bin/cat
"""
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[=>]|\x0f|\x1b\([A-Z0-9]")


class Terminal:
    """svctl on a pseudo terminal. What it shows is collected without escape sequences."""

    def __init__(self, *words):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ["TERM"] = "dumb"
            os.environ["HOME"] = "/nonexistent"
            # libedit never frees the names given to EL_ADDFN; a build with sanitizers minds.
            os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
            os.execv(SVCTL, [SVCTL, *words])
        self.shown = ""
        self.seen = 0
        self.code = None

    def read(self, timeout):
        if not select.select([self.fd], [], [], timeout)[0]:
            return False
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            return False
        self.shown += ESCAPES.sub("", data.decode("utf-8", "replace")).replace("\r", "")
        return bool(data)

    def expect(self, text):
        """Waits for `text` behind what was expected before; returns what came before it."""
        deadline = time.monotonic() + BOUND
        while text not in self.shown[self.seen:]:
            if time.monotonic() > deadline:
                raise AssertionError("no %r in %r" % (text, self.shown[self.seen:]))
            if not self.read(1) and self.has_ended() and not self.read(0):
                if text in self.shown[self.seen:]:
                    break
                raise AssertionError("ended without %r: %r" % (text, self.shown[self.seen:]))
        start = self.seen
        at = self.shown.index(text, start)
        self.seen = at + len(text)
        return self.shown[start:at]

    def type(self, text):
        os.write(self.fd, text.encode())

    def press(self, keys):
        """Control keys, once the editor has taken the terminal over: before, they are the terminal's."""
        deadline = time.monotonic() + BOUND
        while termios.tcgetattr(self.fd)[3] & termios.ICANON and time.monotonic() < deadline:
            self.read(0.01)
        self.type(keys)

    def has_ended(self):
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
        return self.code is not None

    def end(self, again=""):
        """Waits for the end and returns the exit code. Types `again` every second until then: a
        control key that comes before the editor has taken the terminal over does something else."""
        deadline = time.monotonic() + BOUND
        next_key = time.monotonic() + 1
        while self.read(0.05) or not self.has_ended():
            if time.monotonic() > deadline:
                raise AssertionError("has not ended: %r" % self.shown[self.seen:])
            if again and time.monotonic() > next_key:
                next_key += 1
                with contextlib.suppress(OSError):
                    self.type(again)
        return self.code

    def close(self):
        if not self.has_ended():
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.fd)


class WithServer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Supervisor(PROGRAMS)
        cls.addClassCleanup(cls.server.stop)
        cls.server.start()
        for name in ("cat", "brief", "g:ga", "g:gb"):
            cls.server.wait_state(name, "RUNNING")

    def terminal(self, *words, conf=True):
        terminal = Terminal(*(["-c", self.server.conf] if conf else []), *words)
        self.addCleanup(terminal.close)
        return terminal


class Shell(WithServer):
    def test_starts_with_status_and_leaves_by_quit(self):
        t = self.terminal()
        first = t.expect("supervisor> ")
        self.assertRegex(first, r"(?m)^cat +RUNNING +pid \d+, uptime")
        t.type("pid nope\n")
        self.assertIn("No such process nope", t.expect("supervisor> "))
        t.type("quit\n")
        self.assertEqual(t.end(), 0)

    def test_ctrl_d_and_ctrl_c_leave_with_code_0(self):
        for key in ("\x04", "\x03"):
            t = self.terminal()
            t.expect("supervisor> ")
            t.press(key)
            self.assertEqual(t.end(again=key), 0)

    def test_tab_completes_actions_processes_and_groups(self):
        t = self.terminal()
        t.expect("supervisor> ")
        t.type("vers\t\n")
        t.expect("\n4.")
        t.expect("supervisor> ")
        t.type("pid man\t\n")
        t.expect("\n0\n")
        t.expect("supervisor> ")
        t.type("status g:*\t\n")
        t.expect("\ng:gb")
        t.expect("supervisor> ")
        t.type("update ca\t")
        t.expect("update cat ")
        t.press("\x15")  # kill the line
        t.type("sta\t")
        t.expect("start")
        t.expect("status")
        t.press("\x15quit\n")
        self.assertEqual(t.end(), 0)

    def test_history_is_read_used_and_written(self):
        history = os.path.join(self.server.dir, "history")
        with open(history, "w") as f:
            f.write("pid nope\n")
        t = self.terminal("-r", history)
        t.expect("supervisor> ")
        t.press("\x10\n")  # ^P
        t.expect("No such process nope")
        t.expect("supervisor> ")
        t.type("version\n")
        t.expect("\n4.")
        t.expect("supervisor> ")
        t.type("exit\n")
        self.assertEqual(t.end(), 0)
        with open(history) as f:
            self.assertEqual(f.read().split("\n"), ["pid nope", "version", "exit", ""])
        self.assertEqual(os.stat(history).st_mode & 0o077, 0o044)

    def test_shutdown_asks_first(self):
        t = self.terminal()
        t.expect("supervisor> ")
        t.type("shutdown\n")
        t.expect("Really shut the remote supervisord process down y/N? ")
        t.type("n\n")
        t.expect("supervisor> ")
        t.type("exit\n")
        self.assertEqual(t.end(), 0)

    def test_errors_stay_inside(self):
        t = self.terminal()
        t.expect("supervisor> ")
        t.type("open unix:///nonexistent.sock\n")
        t.expect("unix:///nonexistent.sock no such file")
        t.expect("supervisor> ")
        t.type("start cat\n")
        t.expect("no such file")
        t.expect("supervisor> ")
        t.type("open %s\n" % self.server.url)
        self.assertIn("RUNNING", t.expect("supervisor> "))
        t.press("\x04")
        self.assertEqual(t.end(), 0)


class Authentication(unittest.TestCase):
    def test_credentials_are_asked_for_without_echo(self):
        with Supervisor("", auth="username=me\npassword=secret") as server:
            t = Terminal("-c", server.conf, "-i", "version")
            self.addCleanup(t.close)
            t.expect("Server requires authentication")
            t.expect("Username:")
            t.type("me\n")
            t.expect("Password:")
            t.type("secret\n")
            t.expect("4.")
            self.assertEqual(t.end(), 0)
            self.assertNotIn("secret", t.shown)


class Streams(WithServer):
    def test_tail_f_shows_what_is_appended_and_ends_by_ctrl_c(self):
        t = self.terminal("tail", "-f", "cat")
        t.expect("==> Press Ctrl-C to exit <==")
        self.server.rpc_call("sendProcessStdin", "cat", "hello there\n")
        t.expect("hello there")
        t.type("\x03")
        self.assertEqual(t.end(), 0)

    def test_maintail_f_ends_with_its_reader(self):
        command = [SVCTL, "-c", self.server.conf, "maintail", "-f"]
        done = subprocess.run(["/bin/sh", "-c", '"$@" | head -1', "sh"] + command,
                              capture_output=True, timeout=BOUND)
        self.assertEqual((done.stdout, done.stderr), (b"==> Press Ctrl-C to exit <==\n", b""))

    def test_fg_sends_lines_and_shows_answers(self):
        t = self.terminal("fg", "cat")
        t.expect("==> Press Ctrl-C to exit <==")
        t.type("over to you\n")
        t.expect("over to you")  # the terminal's echo
        t.expect("over to you")  # the program's
        t.type("\x03")
        t.expect("Exiting foreground")
        self.assertEqual(t.end(), 0)

    def test_fg_notices_the_end_of_the_process(self):
        t = self.terminal("fg", "brief")
        t.expect("==> Press Ctrl-C to exit <==")
        t.type("go\n")
        t.expect("last words")
        t.expect("Process got killed")
        t.expect("Exiting foreground")
        self.assertEqual(t.end(), 0)

    def test_fg_ends_with_its_input(self):
        done = subprocess.run([SVCTL, "-c", self.server.conf, "fg", "cat"], input=b"from a pipe\n",
                              capture_output=True, timeout=BOUND)
        self.assertEqual(done.returncode, 0)
        self.assertTrue(done.stdout.endswith(b"Exiting foreground\n"), done.stdout)

        def log():
            with open(os.path.join(self.server.dir, "cat.out")) as f:
                return f.read()

        wait_until(lambda: "from a pipe" in log(), "the line arrives")


class Pipes(WithServer):
    def test_a_reader_that_leaves_is_no_error(self):
        command = '"$@" status | head -1; exit ${PIPESTATUS[0]}'
        done = subprocess.run(["/bin/bash", "-c", command, "sh", SVCTL, "-c", self.server.conf],
                              capture_output=True, timeout=BOUND)
        self.assertEqual(done.stderr, b"")
        self.assertEqual(len(done.stdout.splitlines()), 1)
        self.assertIn(done.returncode, (0, 3))

    def test_a_full_disk_is_an_error(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([SVCTL, "-c", self.server.conf, "version"], stdout=full,
                                  stderr=subprocess.PIPE, timeout=BOUND)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"No space left on device", done.stderr)

    def test_json_is_one_document(self):
        import json
        done = subprocess.run([SVCTL, "-c", self.server.conf, "status", "--json"],
                              capture_output=True, timeout=BOUND)
        names = [p["name"] for p in json.loads(done.stdout)["processes"]]
        self.assertEqual(sorted(names), ["brief", "cat", "g:ga", "g:gb", "manual"])
        self.assertEqual(done.returncode, 3)
        for action in ("avail", "reread", "update"):
            done = subprocess.run([SVCTL, "-c", self.server.conf, "--json", action],
                                  capture_output=True, timeout=BOUND)
            self.assertEqual(done.returncode, 0)
            json.loads(done.stdout)

    def test_compat_mode_has_no_exit_codes(self):
        done = subprocess.run([SVCTL, "-c", self.server.conf, "status", "manual"],
                              env=dict(os.environ, SVCTL_COMPAT="3.x"), capture_output=True,
                              timeout=BOUND)
        self.assertEqual(done.returncode, 0)
        self.assertIn(b"STOPPED", done.stdout)

    def test_help_and_version_need_no_server(self):
        for option, part in (("--version", b"svctl "), ("-h", b"Usage: ")):
            done = subprocess.run([SVCTL, option], capture_output=True, timeout=BOUND)
            self.assertEqual(done.returncode, 0)
            self.assertIn(part, done.stdout)


if __name__ == "__main__":
    if not have_supervisor():
        print("skipped: no supervisord here")
        sys.exit(SKIP)
    unittest.main(argv=sys.argv[:1] + sys.argv[2:], verbosity=1)
