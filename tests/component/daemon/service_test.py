#!/usr/bin/env python3
"""What a service manager above svd hears by sd_notify. service_test.py SVD SVCTL"""

import errno
import os
import signal
import socket
import subprocess
import unittest
import xmlrpc.client

from daemon_case import DaemonCase, SVD


class Service(DaemonCase):
    def setUp(self):
        super().setUp()
        self.heard = []  # one {NAME: VALUE} for each message
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.manager.close)
        self.manager.bind(self.path("notify"))
        self.manager.setblocking(False)
        self.notify("NOTIFY_SOCKET", self.path("notify"))

    def notify(self, name, value):
        os.environ[name] = value
        self.addCleanup(os.environ.pop, name)

    def listen(self):
        while True:
            try:
                message = self.manager.recv(65536).decode()
            except BlockingIOError:
                return self.heard
            self.heard.append(dict(line.split("=", 1) for line in message.split("\n")))

    def values(self, name):
        return [message[name] for message in self.listen() if name in message]

    def wait_status(self, text):
        self.wait(f"the status is {text}", lambda: self.values("STATUS")[-1:] == [text])

    def test_Ready_WhenWhatStartsAtFirstHasBeenStarted(self):
        self.start("[program:a]\ncommand=/bin/cat\n[program:b]\ncommand=/bin/cat\nautostart=false\n",
                   all_run=False)
        self.wait("it is ready", lambda: self.values("READY"))
        ready = [message for message in self.listen() if "READY" in message]
        self.assertEqual(len(ready), 1)
        self.assertEqual(ready[0]["MAINPID"], str(self.daemon.pid))
        self.assertEqual(ready[0]["STATUS"], "1 starting, 1 stopped")
        self.wait_status("1 running, 1 stopped")

    def test_LongStart_AsksForTimeWhileItGoesOn(self):
        self.start("[program:many]\ncommand=/bin/cat\nprocess_name=%(process_num)d\nnumprocs=200\n",
                   all_run=False)
        self.wait("it is ready", lambda: self.values("READY"))
        ready = ["READY" in message for message in self.heard].index(True)
        before = [message for message in self.heard[:ready] if "EXTEND_TIMEOUT_USEC" in message]
        self.assertGreater(len(before), 0)
        self.assertGreater(int(before[0]["EXTEND_TIMEOUT_USEC"]), 3_000_000)
        self.assertNotIn("EXTEND_TIMEOUT_USEC", str(self.heard[ready:]))

    def test_Status_NamesWhatIsInTrouble(self):
        self.start("[program:a]\ncommand=/bin/cat\n"
                   "[program:web]\ncommand=/bin/false\nstartretries=0\n", all_run=False)
        self.wait_status("1 running, 1 fatal: web")
        self.rpc.supervisor.stopProcess("a")
        self.wait_status("1 stopped, 1 fatal: web")

    def test_Reload_IsToldAndWhyItIsRefused(self):
        program = "[program:a]\ncommand=/bin/cat\n"
        self.start(program)
        self.wait_status("1 running")
        self.rpc.supervisor.reloadConfig()
        reloading = [message for message in self.listen() if "RELOADING" in message]
        self.assertEqual(len(reloading), 1)
        self.assertTrue(reloading[0]["MONOTONIC_USEC"].isdigit())
        self.assertIn("READY", self.heard[-1])
        self.configure(program + "[program:broken]\n")
        with self.assertRaises(Exception):
            self.rpc.supervisor.reloadConfig()
        self.assertIn("READY", self.listen()[-1])
        self.assertRegex(self.heard[-1]["STATUS"],
                         "^1 running; the configuration is refused: .*broken")
        self.rpc.supervisor.stopProcess("a")
        self.wait("it stays", lambda: self.values("STATUS")[-1].startswith("1 stopped; the conf"))
        self.configure(program)
        self.rpc.supervisor.reloadConfig()
        self.wait_status("1 stopped")

    def test_Restart_IsAReloadAndNoStop(self):
        self.start("[program:a]\ncommand=/bin/cat\n")
        self.daemon.send_signal(signal.SIGHUP)
        self.wait("it is ready again", lambda: len(self.values("READY")) > 1 and
                  self.heard[-1].get("STATUS") == "1 running")
        self.assertEqual(self.values("STOPPING"), [])
        self.assertIn("RELOADING", [name for message in self.heard for name in message])

    def test_SlowStop_AsksForTimeAsLongAsAProgramHasSome(self):
        self.start("[program:slow]\nstopwaitsecs=4\n"
                   "command=/bin/sh -c \"trap : TERM; while :; do sleep 0.1; done\"\n")
        self.daemon.send_signal(signal.SIGTERM)
        self.daemon.wait(30)
        self.assertEqual(len(self.values("STOPPING")), 1)
        extensions = [int(text) for text in self.values("EXTEND_TIMEOUT_USEC")]
        self.assertGreaterEqual(len(extensions), 2)
        self.assertGreater(min(extensions), 3_000_000)  # svd repeats itself every three seconds
        self.assertEqual(self.values("STATUS")[-1], "waiting for slow to die")

    def test_Watchdog_IsFedAsOftenAsItIsAskedFor(self):
        self.notify("WATCHDOG_USEC", "400000")
        self.start("[program:a]\ncommand=/bin/cat\n")
        self.wait("signs of life", lambda: len(self.values("WATCHDOG")) > 3)
        self.daemon.send_signal(signal.SIGUSR1)
        self.wait("upgrade", lambda: len(self.values("READY")) == 2)
        before = len(self.values("WATCHDOG"))
        self.wait("signs of life", lambda: len(self.values("WATCHDOG")) > before + 3)

    def test_StartThatFails_SaysWhy(self):
        self.configure("[inet_http_server]\nport=127.0.0.1:1\n[program:a]\ncommand=/bin/cat\n")
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            text = self.text("svd.conf").replace("127.0.0.1:1\n", f"127.0.0.1:{port}\n")
            self.write("svd.conf", text)
            done = subprocess.run([SVD, "-n", "-s", "-c", self.path("svd.conf")], timeout=30,
                                  stderr=subprocess.DEVNULL, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertEqual(self.values("ERRNO"), [str(errno.EADDRINUSE)])
        self.assertIn("already listening", self.values("STATUS")[-1])

    def test_ManagerThatDoesNotListen_HoldsNothingUp(self):
        self.start("[program:a]\ncommand=/bin/cat\n")
        for _ in range(1000):  # more than the queue of any socket
            self.rpc.supervisor.reloadConfig()
        self.assertEqual(self.info("a")["statename"], "RUNNING")
        before = len(self.listen())
        self.wait("the rest comes", lambda: len(self.listen()) > before)
        self.wait_status("1 running")

    def inode(self):
        return os.stat(self.path("s.sock")).st_ino

    def pid_of_a(self):
        """0 while svd restarts."""
        try:
            return self.info("a")["pid"]
        except (xmlrpc.client.Fault, OSError):
            return 0

    def test_PassedSocket_IsUsedAndLeftAlone(self):
        with socket.socket(socket.AF_UNIX) as passed, socket.socket() as other:
            passed.bind(self.path("s.sock"))
            for one in (passed, other):
                one.listen()
            inode = self.inode()
            os.set_inheritable(passed.fileno(), True)
            os.set_inheritable(other.fileno(), True)
            self.configure("[program:a]\ncommand=/bin/cat\n")
            script = (f"exec 8<&{passed.fileno()} 9<&{other.fileno()} 3<&8 4<&9 8<&- 9<&-\n"
                      'LISTEN_PID=$$ LISTEN_FDS=2 exec "$@"')
            with open(self.path("stderr"), "w", encoding="utf-8") as stderr:
                self.launch(["/bin/bash", "-c", script, "-", SVD, "-n", "-s", "-c",
                             self.path("svd.conf")], self.path("s.sock"), close_fds=False,
                            stderr=stderr)
            port = other.getsockname()[1]
            self.assertIn(f"no server of the configuration listens on 0.0.0.0:{port}",
                          self.text("stderr"))
        self.wait_state("a", "RUNNING")
        pid = self.info("a")["pid"]
        with open(f"/proc/{pid}/environ", encoding="utf-8") as environment:
            self.assertNotIn("LISTEN_", environment.read())
        self.assertEqual(len(os.listdir(f"/proc/{pid}/fd")), 3)
        self.assertEqual(self.inode(), inode)
        for life in (1, 2):
            self.daemon.send_signal(signal.SIGUSR1)
            self.wait("upgraded", lambda: self.answers() and
                      self.rpc.svd.getDaemonInfo()["upgrades"] == life)
            pid = self.pid_of_a()
            self.daemon.send_signal(signal.SIGHUP)
            self.wait("restarted", lambda: self.pid_of_a() not in (0, pid))
            self.assertEqual(self.inode(), inode)
        self.end()
        self.assertEqual(self.inode(), inode)


if __name__ == "__main__":
    unittest.main()
