#!/usr/bin/env python3
"""Rotating and reopening the logs of single programs, in a running daemon. logs_test.py SVD SVCTL"""

import os
import time
import unittest

from daemon_case import DaemonCase

# Says each line that it reads, so a test decides when it writes.
ECHO = """
[program:{name}]
command=/bin/cat
stdout_logfile={dir}/{name}.log
stderr_logfile=NONE
startsecs=0
{more}
"""


def echo(**programs):
    """The sections of programs, by name; the values are further lines of each."""
    return "".join(ECHO.replace("{name}", name).replace("{more}", more)
                   for name, more in programs.items())


class Logs(DaemonCase):
    def say(self, name, text):
        """The program writes a line and it has reached the log."""
        self.rpc.supervisor.sendProcessStdin(name, text + "\n")
        log = name.rsplit(":", maxsplit=1)[-1] + ".log"
        self.wait(f"{text} in {log}", lambda: (self.text(log) or "").endswith(text + "\n"))

    def test_rotate_moves_the_logs_of_one_program_only(self):
        self.start(echo(one="stdout_logfile_backups=2", two=""))
        self.say("one", "first")
        self.say("two", "untouched")
        self.assertEqual(self.ctl("rotate", "one"), (0, "one: rotated\n"))
        self.assertEqual((self.text("one.log"), self.text("one.log.1")), ("", "first\n"))
        self.say("one", "second")
        self.assertEqual(self.text("one.log"), "second\n")
        self.assertTrue(self.rpc.svd.rotateProcessLogs("one"))
        self.assertEqual(self.text("one.log.2"), "first\n")
        self.assertEqual(self.text("one.log.1"), "second\n")
        self.assertTrue(self.rpc.svd.rotateProcessLogs("one"))  # empty: stays as it is
        self.assertEqual(self.text("one.log.1"), "second\n")
        self.assertIsNone(self.text("two.log.1"))

    def test_rotate_of_a_stopped_program(self):
        self.start(echo(one=""))
        self.say("one", "before")
        self.rpc.supervisor.stopProcess("one")
        self.assertEqual(self.ctl("rotate", "one"), (0, "one: rotated\n"))
        self.assertEqual((self.text("one.log"), self.text("one.log.1")), ("", "before\n"))
        self.rpc.supervisor.startProcess("one")
        self.say("one", "after")
        os.remove(self.path("one.log.1"))
        self.rpc.supervisor.stopProcess("one")
        os.remove(self.path("one.log"))
        self.assertEqual(self.ctl("rotate", "one"), (0, "one: rotated\n"))  # nothing to rotate
        self.assertIsNone(self.text("one.log"))

    def test_groups_and_all_and_unknown_names(self):
        self.start(echo(a="", b="", solo="") + "[group:g]\nprograms=a,b\n")
        for name in ("g:a", "g:b", "solo"):
            self.say(name, name)
        self.assertEqual(self.ctl("rotate", "g:*"), (0, "g:a: rotated\ng:b: rotated\n"))
        self.assertEqual([self.text(n + ".log.1") for n in ("a", "b", "solo")],
                         ["g:a\n", "g:b\n", None])
        self.assertEqual(self.ctl("rotate", "all"),
                         (0, "g:a: rotated\ng:b: rotated\nsolo: rotated\n"))
        self.assertEqual(self.text("solo.log.1"), "solo\n")
        self.assertEqual(self.ctl("reopen", "g:b", "nope", "solo"),
                         (1, "g:b: reopened\nnope: ERROR (no such process)\nsolo: reopened\n"))
        self.assertEqual(self.ctl("rotate", "nope:*"), (1, "nope: ERROR (no such group)\n"))
        code, out = self.ctl("rotate")
        self.assertEqual(code, 1)
        self.assertTrue(out.startswith("Error: rotate requires a process name\nrotate <name>"), out)
        self.assertEqual([(one["name"], one["status"], one["description"])
                          for one in self.rpc.svd.reopenAllProcessLogs()],
                         [("a", 80, "OK"), ("b", 80, "OK"), ("solo", 80, "OK")])
        self.assertEqual(self.fault(self.rpc.svd.rotateProcessLogs, "nope"), (10, "BAD_NAME: nope"))

    def test_reopen_follows_a_log_that_was_moved_away(self):
        self.start(echo(one="", two=""))
        for name in ("one", "two"):
            self.say(name, "before")
            os.rename(self.path(name + ".log"), self.path(name + ".moved"))
        self.assertEqual(self.ctl("reopen", "one"), (0, "one: reopened\n"))
        self.say("one", "after")
        self.assertEqual((self.text("one.moved"), self.text("one.log")), ("before\n", "after\n"))
        self.assertIsNone(self.text("two.log"))
        self.assertEqual(len(self.rpc.svd.reopenAllProcessLogs()), 2)
        self.assertEqual(self.text("two.log"), "")

    def test_a_rotation_that_fails_says_why(self):
        self.start(echo(one="stdout_logfile_backups=1"))
        self.say("one", "before")
        os.makedirs(self.path("one.log.1/in the way"))
        code, out = self.ctl("rotate", "one")
        self.assertEqual((code, out), (1, "one: ERROR (FAILED: rename one.log to one.log.1: "
                                          "Is a directory)\n"))
        self.say("one", "after")
        self.assertEqual(self.text("one.log"), "before\nafter\n")

    def test_the_main_log_is_rotated(self):
        self.start(echo(one=""))
        before = self.text("main.log")
        self.assertIn("entered RUNNING state", before)
        self.assertTrue(self.rpc.svd.rotateLog())
        self.assertEqual((self.text("main.log"), self.text("main.log.1")), ("", before))
        self.rpc.supervisor.stopProcess("one")
        self.assertIn("stopped: one", self.text("main.log"))
        self.assertEqual(self.text("main.log.1"), before)

    def test_an_old_log_is_rotated_by_the_first_line_after_a_restart(self):
        age = "stdout_logfile_maxage=1\nstdout_logfile_backups=1"
        self.start(echo(one=age), daemon="logfile_maxage=1")
        self.say("one", "old")
        born = os.stat(self.path("one.log")).st_mtime
        self.end()
        self.wait("a second has passed", lambda: time.time() > born + 1.1)
        self.start(echo(one=age), daemon="logfile_maxage=1")
        self.assertNotIn("stopped: one", self.text("main.log"))
        older = [self.text(f"main.log.{n}") or "" for n in range(1, 11)]
        self.assertIn("stopped: one", "".join(older))
        self.assertEqual(self.text("one.log"), "old\n")
        self.say("one", "new")
        self.assertEqual((self.text("one.log"), self.text("one.log.1")), ("new\n", "old\n"))


if __name__ == "__main__":
    unittest.main()
