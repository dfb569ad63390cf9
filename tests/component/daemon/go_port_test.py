#!/usr/bin/env python3
"""What svd takes over from the Go port of Supervisor, in a running daemon.
go_port_test.py SVD SVCTL"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

BOUND = 30  # seconds; every wait ends by then
SVCTL, SVD = sys.argv.pop(), sys.argv.pop()

CONFIG = """
[supervisord]
logfile={dir}/main.log
pidfile={dir}/d.pid
childlogdir={dir}
environment=FROM="daemon",DAEMON="daemon"
[unix_http_server]
file={dir}/s.sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://{dir}/s.sock
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


class GoPort(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="svd-go-")
        self.addCleanup(shutil.rmtree, self.dir)
        self.write("svd.conf", CONFIG.format(dir=self.dir))
        self.write("all.env", "# of all\nFROM=file\nexport FILE='a file'\n")
        self.daemon = subprocess.Popen([SVD, "-n", "-s", "-c", self.path("svd.conf")])
        self.addCleanup(self.end)
        self.wait("RUNNING", lambda: self.ctl("status").count("RUNNING") == 3)

    def end(self):
        self.daemon.send_signal(signal.SIGTERM)
        self.daemon.wait(BOUND)

    def path(self, name):
        return os.path.join(self.dir, name)

    def write(self, name, text):
        with open(self.path(name), "w") as file:
            file.write(text)

    def read(self, name):
        with open(self.path(name)) as file:
            return file.read()

    def ctl(self, *words):
        done = subprocess.run([SVCTL, "-c", self.path("svd.conf"), *words], capture_output=True,
                              text=True, timeout=BOUND)
        return done.stdout + done.stderr

    def wait(self, what, condition):
        end = time.monotonic() + BOUND
        while not condition():
            self.assertLess(time.monotonic(), end, what)
            time.sleep(0.01)

    def test_Programs_AreStartedInTheOrderOfTheirDependencies(self):
        started = [line.split("'")[1] for line in self.read("main.log").splitlines()
                   if " spawned: " in line]
        self.assertEqual(started, ["zz", "app", "middle"])

    def test_Environment_IsOfTheDaemonThenOfTheFilesThenItsOwn(self):
        self.wait("output", lambda: "\n" in self.read("app.log"))
        self.assertEqual(self.read("app.log"), "file daemon a file own\n")

    def test_SecondLog_IsACopyAndIsClearedToo(self):
        self.wait("copy", lambda: "\n" in self.read("copy.log"))
        self.assertEqual(self.read("copy.log"), self.read("app.log"))
        self.assertIn("app: cleared", self.ctl("clear", "app"))
        self.assertEqual(self.read("copy.log") + self.read("app.log"), "")

    def test_ChangedFileOfVariables_IsAChangeOfTheProgram(self):
        self.assertIn("No config updates", self.ctl("reread"))
        self.write("all.env", "FROM=elsewhere\n")
        self.assertIn("app: changed", self.ctl("reread"))


if __name__ == "__main__":
    unittest.main(verbosity=0)
