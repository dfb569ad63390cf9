#!/usr/bin/env python3
"""svd becomes another program while everything runs, and nobody notices.
upgrade_test.py SVD SVCTL"""

import glob
import os
import shutil
import signal
import socket
import subprocess
import threading
import unittest
import xmlrpc.client

import daemon_case
from daemon_case import COUNTER, SVD, SVCTL, DaemonCase

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "data")

LISTENER = """
import sys
while True:
    sys.stdout.write("READY\\n"); sys.stdout.flush()
    head = dict(word.split(":") for word in sys.stdin.readline().split())
    payload = sys.stdin.read(int(head["len"]))
    with open(sys.argv[1], "a") as file:
        file.write("%s %s\\n" % (head["serial"], payload.split("\\n")[1]))
    sys.stdout.write("RESULT 2\\nOK"); sys.stdout.flush()
"""


class Upgrade(DaemonCase):
    def upgrade(self):
        code, out = self.ctl("upgrade")
        self.assertEqual(code, 0, out)

    def counted(self, pattern):
        """The lines of a log and its rotated predecessors, oldest first."""
        paths = sorted(glob.glob(self.path(pattern)), key=lambda path: -int("0" + path.rpartition("log")[2][1:]))
        lines = []
        for path in paths:
            with open(path, encoding="ascii") as file:
                lines += file.read().splitlines()
        return [int(line) for line in lines]

    def test_FiftyTimesUnderLoad_NotALineIsLostNorTwice(self):
        self.write("counter.py", COUNTER.format(pause="time.sleep(0.001)"))
        self.start("[program:n]\ncommand=/usr/bin/python3 {dir}/counter.py\nnumprocs=10\n"
                   "process_name=n_%(process_num)d\nstdout_logfile={dir}/%(process_num)d.log\n"
                   "stdout_logfile_maxbytes=4096\nstdout_logfile_backups=10000\n")
        for i in range(10):
            self.wait_state(f"n:n_{i}", "RUNNING")
        before = [(one["name"], one["pid"], one["start"]) for one in self.rpc.supervisor.getAllProcessInfo()]
        for _ in range(50):
            self.upgrade()
        after = [(one["name"], one["pid"], one["start"]) for one in self.rpc.supervisor.getAllProcessInfo()]
        self.assertEqual(before, after)
        self.assertEqual(self.rpc.svd.getDaemonInfo()["upgrades"], 50)
        self.assertEqual(self.daemon.pid, self.rpc.supervisor.getPID())
        self.assertEqual(self.ctl("stop", "n:*")[0], 0)
        for i in range(10):
            numbers = self.counted(f"{i}.log*")
            self.assertGreater(len(numbers), 100)
            self.assertEqual(numbers, list(range(len(numbers))))
        self.assertGreater(len(glob.glob(self.path("0.log.*"))), 0)

    def test_EveryStateAndItsDeadline_GoOn(self):
        self.write("stubborn.sh", "trap '' TERM\necho up\nwhile :; do sleep 1; done\n")
        self.start("[program:up]\ncommand=/bin/cat\n"
                   "[program:never]\ncommand=/bin/cat\nautostart=false\n"
                   "[program:done]\ncommand=/bin/sh -c 'exit 3'\nstartsecs=0\nautorestart=false\n"
                   "[program:broken]\ncommand=/bin/false\nstartretries=0\n"
                   "[program:again]\ncommand=/bin/false\nstartretries=100\n"
                   "[program:slow]\ncommand=/bin/cat\nstartsecs=3\n"
                   "[program:stubborn]\ncommand=/bin/sh {dir}/stubborn.sh\nstopwaitsecs=3\n"
                   "stdout_logfile={dir}/stubborn.log\n", all_run=False)
        for name, state in (("up", "RUNNING"), ("done", "EXITED"), ("broken", "FATAL"), ("again", "BACKOFF"),
                            ("stubborn", "RUNNING")):
            self.wait_state(name, state)
        self.wait("it ignores TERM", lambda: "up" in (self.text("stubborn.log") or ""))
        self.rpc.supervisor.stopProcess("stubborn", False)
        self.assertEqual(self.info("slow")["statename"], "STARTING")
        names = ("up", "never", "done", "broken", "stubborn")
        fields = ("statename", "pid", "start", "stop", "exitstatus", "spawnerr", "logfile", "stdout_logfile")
        before = [[self.info(name)[field] for field in fields] for name in names]
        self.upgrade()
        self.assertEqual([[self.info(name)[field] for field in fields] for name in names], before)
        self.wait_state("slow", "RUNNING")
        self.wait_state("stubborn", "STOPPED")
        self.assertIn("killing 'stubborn'", self.text("main.log"))
        run = self.info("again")["start"]
        self.wait("it is tried again", lambda: self.info("again")["start"] > run)

    def test_ChildrenThatEndMeanwhile_AreReportedOnceWithTheirStatus(self):
        self.start("[program:brief]\ncommand=/bin/sh -c 'read line; exit 7'\nautorestart=false\n"
                   "numprocs=40\nprocess_name=b%(process_num)d\nstartsecs=0\n")
        self.wait_state("brief:b39", "RUNNING")
        for i in range(40):
            self.rpc.supervisor.sendProcessStdin(f"brief:b{i}", "\n")
            if i % 8 == 0:
                self.upgrade()
        for i in range(40):
            self.wait_state(f"brief:b{i}", "EXITED")
            self.assertEqual(self.info(f"brief:b{i}")["exitstatus"], 7)
        self.assertEqual(self.text("main.log").count("(exit status 7; not expected)"), 40)

    def test_Events_KeepTheirOrderAndSerials(self):
        self.write("listener.py", LISTENER)
        self.start("[eventlistener:all]\ncommand=/usr/bin/python3 {dir}/listener.py {dir}/events\n"
                   "events=REMOTE_COMMUNICATION\nbuffer_size=5000\nstdout_logfile=NONE\n")
        self.wait_state("all", "RUNNING")
        for i in range(500):
            self.rpc.supervisor.sendRemoteCommEvent("t", str(i))
            if i % 100 == 50:
                self.upgrade()
        self.wait("all have arrived",
                  lambda: (self.text("events") or "").count("\n") == 500)
        self.assertEqual(self.text("events").splitlines(), [f"{i} {i}" for i in range(500)])
        pool = self.rpc.svd.getEventPools()[0]
        self.assertEqual((pool["accepted"], pool["dropped"]), (500, 0))

    def test_TextThatAChildHasNotReadYet_ReachesIt(self):
        self.start("[program:cat]\ncommand=/bin/cat\nstdout_logfile={dir}/cat.log\n")
        self.wait_state("cat", "RUNNING")
        pid = self.info("cat")["pid"]
        os.kill(pid, signal.SIGSTOP)
        text = "".join(f"line {i}\n" for i in range(30000))
        self.rpc.supervisor.sendProcessStdin("cat", text)
        self.upgrade()
        os.kill(pid, signal.SIGCONT)
        self.wait("all has come back", lambda: self.text("cat.log") == text)

    def test_CaptureAndUnfinishedLines_GoOnAtTheSameByte(self):
        self.write("listener.py", LISTENER)
        self.start("[program:cat]\ncommand=/bin/cat\nstdout_logfile={dir}/cat.log\n"
                   "stdout_capture_maxbytes=1MB\n"
                   "[eventlistener:all]\ncommand=/usr/bin/python3 {dir}/listener.py {dir}/events\n"
                   "events=PROCESS_COMMUNICATION\nstdout_logfile=NONE\n")
        self.wait_state("cat", "RUNNING")
        self.wait_state("all", "RUNNING")
        parts = ["before <!--XSUPER", "VISOR:BEGIN-->mess", "age\n<!--XSUPERVISOR:E", "ND--> after\n"]
        for part in parts:
            self.rpc.supervisor.sendProcessStdin("cat", part)
            self.upgrade()
        self.wait("the rest is in the log", lambda: self.text("cat.log") == "before  after\n")
        self.wait("it is whole", lambda: self.text("events") == "0 message\n")

    def test_ConfigurationOnDisk_IsNotApplied(self):
        self.start("[program:a]\ncommand=/bin/cat\n[program:b]\ncommand=/bin/cat\n")
        self.configure("[program:b]\ncommand=/bin/cat -u\n[program:c]\ncommand=/bin/cat\n")
        self.upgrade()
        self.assertEqual(sorted(one["name"] for one in self.rpc.supervisor.getAllProcessInfo()), ["a", "b"])
        self.assertEqual(self.rpc.supervisor.reloadConfig(), [[["c"], ["b"], ["a"]]])
        # What has been read and not been applied yet is remembered, too.
        os.unlink(self.path("svd.conf"))
        done = subprocess.run([SVCTL, "-s", "unix://" + self.path("s.sock"), "upgrade"], check=False,
                              capture_output=True, timeout=daemon_case.BOUND)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertTrue(self.rpc.supervisor.addProcessGroup("c"))
        self.wait_state("c", "RUNNING")

    def test_ProgramThatCannotGoOn_IsRefusedAndNothingChanges(self):
        own = self.path("svd")
        shutil.copy2(SVD, own)
        self.start("[program:cat]\ncommand=/bin/cat\n", svd=own)
        self.wait_state("cat", "RUNNING")
        pid = self.info("cat")["pid"]
        os.unlink(own)
        self.assertEqual(self.ctl("upgrade"),
                         (1, f"ERROR: not upgraded: cannot run {own}: No such file or directory\n"))
        self.write("svd", "#!/bin/sh\necho the state has version 1, this svd reads 7 to 9 >&2\nexit 2\n")
        os.chmod(own, 0o755)
        self.assertEqual(self.ctl("upgrade"),
                         (1, f"ERROR: not upgraded: {own} refuses: the state has version 1, this svd reads 7 to 9\n"))
        self.assertIn("not upgraded, everything goes on as it is", self.text("main.log"))
        self.assertEqual(self.rpc.svd.getDaemonInfo()["upgrades"], 0)
        self.assertEqual(self.info("cat")["pid"], pid)
        # A program that agrees and cannot be run after all.
        os.unlink(own)
        self.write("svd", f"#!/bin/sh\nrm {own}\nexit 0\n")
        os.chmod(own, 0o755)
        self.rpc.svd.upgrade()
        self.wait("said", lambda: "cannot run" in self.text("main.log").rpartition("going on as")[2])
        self.assertEqual(self.info("cat")["pid"], pid)
        os.rename(shutil.copy2(SVD, self.path("new")), own)
        self.upgrade()
        self.assertEqual(self.info("cat")["pid"], pid)

    def test_Clients_AreAnsweredOrToldToComeBack(self):
        self.start("[program:slow]\ncommand=/bin/cat\nstartsecs=60\nautostart=false\n", all_run=False)
        failures = []
        stop = threading.Event()

        def ask():
            while not stop.is_set():
                try:
                    if self.ask_state() != "200":
                        failures.append("status")
                except OSError as error:
                    failures.append(repr(error))

        waiting = self.connection(b"startProcess", b"slow")
        self.wait("it starts", lambda: self.info("slow")["statename"] == "STARTING")
        asker = threading.Thread(target=ask)
        asker.start()
        for _ in range(10):
            self.upgrade()
        stop.set()
        asker.join()
        self.assertEqual(failures, [])
        answer = waiting.recv(65536)
        self.assertTrue(answer.startswith(b"HTTP/1.1 503 "), answer)
        self.assertIn(b"Retry-After: 1\r\n", answer)
        waiting.close()

    def connection(self, method, *names):
        params = b"".join(b"<param><value>" + name + b"</value></param>" for name in names)
        body = (b"<?xml version='1.0'?><methodCall><methodName>supervisor." + method + b"</methodName><params>" +
                params + b"</params></methodCall>")
        sock = socket.socket(socket.AF_UNIX)
        sock.settimeout(daemon_case.BOUND)
        sock.connect(self.path("s.sock"))
        sock.sendall(b"POST /RPC2 HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        return sock

    def ask_state(self):
        with self.connection(b"getState") as sock:
            return sock.recv(65536).decode().split(" ")[1]

    def test_Usr1_UpgradesToo(self):
        self.start("[program:cat]\ncommand=/bin/cat\n")
        os.kill(self.daemon.pid, signal.SIGUSR1)
        self.wait("it has become another", lambda: self.upgrades() == 1)
        self.assertIn("received SIGUSR1 indicating upgrade request", self.text("main.log"))
        self.assertTrue(os.path.exists(self.path("d.pid")))
        self.end()
        self.assertEqual(self.daemon.returncode, 0)
        self.assertEqual([name for name in ("d.pid", "s.sock") if os.path.exists(self.path(name))], [])

    def upgrades(self):
        try:
            return self.rpc.svd.getDaemonInfo()["upgrades"]
        except (OSError, xmlrpc.client.Error):
            return None

    def test_RecordedStateOfTheOldestVersion_IsGoneOnFrom(self):
        """The state was written in this directory, by a daemon whose socket had this descriptor."""
        directory, socket_fd, state_fd = "/tmp/svd-recorded-state", 3, 100
        shutil.rmtree(directory, ignore_errors=True)  # of a run that was killed
        os.mkdir(directory)
        self.addCleanup(shutil.rmtree, directory)
        listener = socket.socket(socket.AF_UNIX)
        self.addCleanup(listener.close)
        listener.bind(directory + "/s.sock")
        listener.listen()
        recorded = open(os.path.join(DATA, "state", "version-1.cbor"), "rb")  # pylint: disable=consider-using-with
        self.addCleanup(recorded.close)

        def hand_over():
            os.dup2(recorded.fileno(), state_fd)
            os.dup2(listener.fileno(), socket_fd)
            os.set_inheritable(socket_fd, True)

        with open(directory + "/d.pid", "w", encoding="ascii"):
            pass
        self.launch([SVD, "-n", "-s", "-c", directory + "/svd.conf"], directory + "/s.sock", preexec_fn=hand_over,
                    close_fds=False, env=dict(os.environ, SVD_STATE_FD=str(state_fd)))
        self.assertEqual([(one["name"], one["statename"], one["exitstatus"])
                          for one in self.rpc.supervisor.getAllProcessInfo()],
                         [("a_never", "STOPPED", 0), ("b_broken", "FATAL", 0), ("c_done", "EXITED", 3),
                          ("d_ticks", "STOPPED", 0)])
        self.assertEqual(self.rpc.supervisor.getIdentification(), "recorded")
        self.rpc.supervisor.startProcess("a_never")
        with open(f"/proc/{self.info('a_never')['pid']}/environ", encoding="utf-8") as environment:
            self.assertIn("\0KEY=value\0", environment.read() + "\0")

    def test_Descendants_AreStillKnown(self):
        self.descendants(())

    def test_DescendantsWithoutACgroup_AreStillKnown(self):
        os.chmod(self.dir, 0o777)
        own = self.path("svd")  # where every user may run it
        shutil.copy2(SVD, own)
        self.descendants(("setpriv", "--reuid", "65534", "--clear-groups"), own)

    def descendants(self, prefix, svd=SVD):
        self.start("[program:tree]\ncommand=/bin/sh -c 'setsid sleep 1000 & echo $!; wait'\n"
                   "stdout_logfile={dir}/tree.log\n", svd=svd, prefix=prefix)
        self.wait("its descendant is there", lambda: self.text("tree.log"))
        descendant = int(self.text("tree.log"))
        self.upgrade()
        self.assertTrue(os.path.exists(f"/proc/{descendant}"))
        self.ctl("stop", "tree")
        self.wait("it is gone", lambda: not os.path.exists(f"/proc/{descendant}"))
        self.ctl("start", "tree")
        self.wait_state("tree", "RUNNING")


if __name__ == "__main__":
    unittest.main()
