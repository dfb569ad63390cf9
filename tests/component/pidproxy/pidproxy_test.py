#!/usr/bin/env python3
"""svd-pidproxy with real processes.   pidproxy_test.py PROGRAM [unittest arguments]"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

BOUND = 30  # seconds; every wait ends by then
PROXY = sys.argv.pop(1)

# Writes its pid, says which signals it gets, and ends only of TERM, a moment later.
DAEMON = r"""
import os, signal, sys, time
def say(number, frame):
    print("got", signal.Signals(number).name, flush=True)
    if number == signal.SIGTERM:
        time.sleep(0.2)
        print("done", flush=True)
        os._exit(0)
for name in ("TERM", "HUP", "INT", "USR1", "USR2", "QUIT"):
    signal.signal(getattr(signal, "SIG" + name), say)
with open(sys.argv[1] + ".part", "w") as f:
    print(os.getpid(), file=f)
os.rename(sys.argv[1] + ".part", sys.argv[1])
while True:
    signal.pause()
"""


def wait_until(condition, what):
    end = time.monotonic() + BOUND
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.005)
    raise AssertionError("timed out: " + what)


class PidProxy(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="svd-pidproxy-")
        self.addCleanup(shutil.rmtree, self.dir)
        self.pidfile = self.path("d.pid")
        with open(self.path("daemon.py"), "w") as f:
            f.write(DAEMON)
        self.daemon = ["/usr/bin/python3", self.path("daemon.py"), self.pidfile]

    def path(self, name):
        return os.path.join(self.dir, name)

    def start(self, *words, **options):
        with open(self.path("out"), "w") as out:
            proxy = subprocess.Popen([PROXY, *words], stdout=out, stderr=subprocess.STDOUT,
                                     cwd=self.dir, **options)
        self.addCleanup(lambda: (proxy.poll() is None and proxy.kill(), proxy.wait(BOUND)))
        return proxy

    def start_wrapper(self, end=""):
        """A shell that stays while the daemon runs, as mysqld_safe does."""
        script = self.path("wrapper")
        with open(script, "w") as f:
            f.write("#!/bin/sh\n%s %s %s &\nwait $!\n%s\n" % (*self.daemon, end))
        os.chmod(script, 0o755)
        proxy = self.start(self.pidfile, script)
        wait_until(lambda: os.path.exists(self.pidfile), "pidfile")
        return proxy

    def start_sleeper(self, **options):
        """The proxy has taken its signals over when this returns: the command runs."""
        proxy = self.start(self.pidfile, "/bin/sh", "-c", "echo ready; exec sleep 1000", **options)
        self.wait_output("ready")
        return proxy

    def output(self, name="out"):
        with open(self.path(name)) as f:
            return f.read()

    def wait_output(self, text, name="out"):
        wait_until(lambda: text in self.output(name), text)

    def write_pidfile(self, text):
        with open(self.pidfile, "w") as f:
            f.write(text)

    def daemon_pid(self):
        with open(self.pidfile) as f:
            return int(f.read())

    def test_Signals_GoToTheProcessInThePidfile(self):
        proxy = self.start_wrapper()
        for name in ("HUP", "USR1", "USR2"):
            proxy.send_signal(getattr(signal, "SIG" + name))
            self.wait_output("got SIG" + name)
        self.assertIsNone(proxy.poll())

    def test_AfterTerm_ProxyEndsWithZeroWhenTheProcessHasEnded(self):
        proxy = self.start_wrapper(end="exit 5")
        proxy.terminate()
        self.assertEqual(proxy.wait(BOUND), 0)
        self.assertIn("got SIGTERM\ndone\n", self.output())

    def test_AfterTerm_ProxyWaitsForTheCommandToo(self):
        proxy = self.start_wrapper(end="echo wrapper done")
        proxy.terminate()
        self.assertEqual(proxy.wait(BOUND), 0)
        self.assertIn("done\nwrapper done\n", self.output())

    def test_AfterTerm_ProxyWaitsForTheProcessWhenTheCommandEndsFirst(self):
        with open(self.path("other"), "w") as out:
            other = subprocess.Popen(self.daemon, stdout=out)
        self.addCleanup(lambda: (other.kill(), other.wait(BOUND)))
        wait_until(lambda: os.path.exists(self.pidfile), "pidfile")
        os.mkfifo(self.path("end"))
        proxy = self.start(self.pidfile, "/bin/sh", "-c", "echo ready; read x < end; echo over")
        self.wait_output("ready")
        proxy.terminate()
        self.wait_output("got SIGTERM", "other")
        with open(self.path("end"), "w") as end:
            end.write("now\n")
        self.wait_output("over")
        self.assertEqual(proxy.wait(BOUND), 0)
        self.assertIn("done", self.output("other"))

    def test_EndOfTheCommandUnasked_IsTheEndOfTheProxy(self):
        with open(self.path("other"), "w") as out:
            other = subprocess.Popen(self.daemon, stdout=out)
        self.addCleanup(lambda: (other.kill(), other.wait(BOUND)))
        wait_until(lambda: os.path.exists(self.pidfile), "pidfile")
        self.assertEqual(self.start(self.pidfile, "/bin/false").wait(BOUND), 1)
        self.assertIsNone(other.poll())

    def test_ExitCodeOfTheCommand_IsTheProxys(self):
        self.assertEqual(self.start(self.pidfile, "/bin/sh", "-c", "exit 7").wait(BOUND), 7)

    def test_CommandThatDiesOfASignal_TakesTheProxyTheSameWay(self):
        for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV):
            proxy = self.start(self.pidfile, "/bin/sh", "-c", "kill -%d $$" % number)
            self.assertEqual(proxy.wait(BOUND), -number)
        self.assertNotIn("core", " ".join(os.listdir(self.dir)))

    def test_CommandThatCannotRun_IsSaid(self):
        proxy = self.start(self.pidfile, "/no/such/program")
        self.assertEqual(proxy.wait(BOUND), 127)
        self.assertIn("cannot run /no/such/program: No such file or directory", self.output())
        proxy = self.start(self.pidfile, self.dir)
        self.assertEqual(proxy.wait(BOUND), 126)
        self.assertIn("Permission denied", self.output())

    def test_CommandWithoutASlash_IsInTheWorkingDirectory(self):
        os.symlink("/bin/true", self.path("here"))
        self.assertEqual(self.start(self.pidfile, "here").wait(BOUND), 0)
        self.assertEqual(self.start(self.pidfile, "true").wait(BOUND), 127)

    def test_NoPidfile_IsSaidAndTermGoesToTheCommand(self):
        proxy = self.start_sleeper()
        proxy.send_signal(signal.SIGHUP)
        self.wait_output("Can't read child pidfile %s!\n" % self.pidfile)
        self.assertIsNone(proxy.poll())
        proxy.terminate()
        self.assertEqual(proxy.wait(BOUND), 0)

    def test_PidsThatMeanOthers_AreNeverSignalled(self):
        for text in ("0\n", "-1\n", "1\n", "", "12x\n", "99999999999\n"):
            self.write_pidfile(text)
            # In a group of its own: with pid 0 or -1 this test would be the one that is killed.
            proxy = self.start_sleeper(start_new_session=True)
            proxy.send_signal(signal.SIGUSR1)
            self.wait_output("Can't read child pidfile %s!\n" % self.pidfile)
            self.assertIsNone(proxy.poll(), text)
            proxy.terminate()
            self.assertEqual(proxy.wait(BOUND), 0)

    def test_PidfileOfADeadProcess_IsSaidAndTermGoesToTheCommand(self):
        dead = subprocess.Popen(["/bin/true"])
        dead.wait(BOUND)
        self.write_pidfile("%d\n" % dead.pid)
        proxy = self.start_sleeper()
        proxy.terminate()
        self.assertEqual(proxy.wait(BOUND), 0)
        self.assertIn("Can't find the process of " + self.pidfile, self.output())

    def test_FifoAsPidfile_HoldsNothingUp(self):
        os.mkfifo(self.pidfile)
        proxy = self.start_sleeper()
        proxy.terminate()
        self.assertEqual(proxy.wait(BOUND), 0)

    def test_SignalsIgnoredByTheStarter_ArePassedOnAllTheSame(self):
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGCHLD):
            self.addCleanup(signal.signal, number, signal.signal(number, signal.SIG_IGN))
        proxy = self.start(self.pidfile, *self.daemon)
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        wait_until(lambda: os.path.exists(self.pidfile), "pidfile")
        proxy.send_signal(signal.SIGHUP)
        self.wait_output("got SIGHUP")

    def test_Command_StartsWithNoSignalBlocked(self):
        proxy = self.start(self.pidfile, "/bin/grep", "SigBlk", "/proc/self/status")
        self.assertEqual(proxy.wait(BOUND), 0)
        self.assertEqual(self.output().split()[1], "0000000000000000")

    def test_MissingArguments_GiveTheUsageAndOne(self):
        for words in ((), (self.pidfile,)):
            self.assertEqual(self.start(*words).wait(BOUND), 1)
            self.assertIn("usage: ", self.output())


if __name__ == "__main__":
    unittest.main(verbosity=0)
