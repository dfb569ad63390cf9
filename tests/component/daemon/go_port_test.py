#!/usr/bin/env python3
"""What svd takes over from the Go port of Supervisor, in a running daemon.
go_port_test.py SVD SVCTL"""

import unittest

from daemon_case import DaemonCase

DAEMON = 'environment=FROM="daemon",DAEMON="daemon"'
PROGRAMS = """
[program-default]
startsecs=0
autorestart=false
envFiles=all.env
[program:app]
command=/bin/sh -c 'echo $FROM $DAEMON $FILE $OWN; exec sleep 1000'
environment=OWN="own"
stdout_logfile={dir}/app.log, {dir}/copy.log
depends_on=zz
priority=1
[program:middle]
command=/bin/sleep 1000
depends_on=app
[program:zz]
command=/bin/sleep 1000
priority=500
"""


class GoPort(DaemonCase):
    def setUp(self):
        super().setUp()
        self.write("all.env", "# of all\nFROM=file\nexport FILE='a file'\n")
        self.start(PROGRAMS, DAEMON)

    def test_Programs_AreStartedInTheOrderOfTheirDependencies(self):
        started = [line.split("'")[1] for line in self.text("main.log").splitlines()
                   if " spawned: " in line]
        self.assertEqual(started, ["zz", "app", "middle"])

    def test_Environment_IsOfTheDaemonThenOfTheFilesThenItsOwn(self):
        self.wait("output", lambda: "\n" in (self.text("app.log") or ""))
        self.assertEqual(self.text("app.log"), "file daemon a file own\n")

    def test_SecondLog_IsACopyAndIsClearedToo(self):
        self.wait("copy", lambda: "\n" in (self.text("copy.log") or ""))
        self.assertEqual(self.text("copy.log"), self.text("app.log"))
        self.assertIn("app: cleared", self.ctl("clear", "app")[1])
        self.assertEqual(self.text("copy.log") + self.text("app.log"), "")

    def test_ChangedFileOfVariables_IsAChangeOfTheProgram(self):
        self.assertIn("No config updates", self.ctl("reread")[1])
        self.write("all.env", "FROM=elsewhere\n")
        self.assertIn("app: changed", self.ctl("reread")[1])


if __name__ == "__main__":
    unittest.main(verbosity=0)
