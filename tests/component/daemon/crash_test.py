#!/usr/bin/env python3
"""Programs outlive a crash of svd: the next one takes them over, with their output, their ends and
all that was decided about them. crash_test.py SVD SVCTL"""

import os
import shutil
import signal
import socket
import struct
import subprocess
import threading
import unittest

from daemon_case import BOUND, COUNTER, SVD, DaemonCase


class Crash(DaemonCase):
    def crash(self):
        """Until a new daemon answers."""
        self.die()
        self.again()

    def die(self):
        self.daemon.kill()
        self.daemon.wait(BOUND)

    def again(self, *options):
        self.launch([SVD, "-n", "-s", "-c", self.path("svd.conf"), *options], self.path("s.sock"))

    def settled(self):
        """Until all is written down that a successor must know."""
        self.wait("all is kept", lambda: self.rpc.svd.getDaemonInfo()["outlives_crash"])

    def keeper_address(self):
        """In the abstract namespace."""
        directory = f"/proc/{self.children_named('svd-keeper')[0]}/fd"
        held = {os.readlink(f"{directory}/{fd}") for fd in os.listdir(directory)}
        with open("/proc/net/unix", encoding="ascii") as table:
            for row in map(str.split, table):
                if f"socket:[{row[6]}]" in held and row[-1].startswith("@svd-keeper/"):
                    return row[-1][1:]
        return self.fail("the keeper listens nowhere")

    def facts(self):
        return [(one["name"], one["statename"], one["pid"], one["start"])
                for one in self.rpc.supervisor.getAllProcessInfo()]

    def numbers(self, *names):
        """Of the lines in these files, one after the other."""
        return [int(line) for line in "".join(map(self.text, names)).splitlines()]

    def test_Programs_GoOnUnderTheNextDaemon(self):
        self.start("[program:cat]\ncommand=/bin/cat\nstdout_logfile={dir}/cat.log\n"
                   "[program:never]\ncommand=/bin/cat\nautostart=false\n"
                   "[program:many]\ncommand=/bin/cat\nnumprocs=3\nprocess_name=m%(process_num)d\n",
                   all_run=False)
        self.wait_state("cat", "RUNNING")
        self.wait_state("many:m2", "RUNNING")
        self.settled()
        before = self.facts()
        self.crash()
        self.assertEqual(self.facts(), before)
        self.rpc.supervisor.sendProcessStdin("cat", "hello\n")
        self.wait("its output is read", lambda: self.text("cat.log") == "hello\n")
        self.assertEqual(self.ctl("restart", "cat")[0], 0)
        self.assertNotEqual(self.facts()[0][2], before[0][2])
        self.assertEqual(self.ctl("stop", "all")[0], 0)
        self.assertEqual({fact[1] for fact in self.facts()}, {"STOPPED"})

    def test_TenCrashesUnderLoad_NotALineIsLostNorTwice(self):
        self.write("counter.py", COUNTER.format(pause="pass"))
        self.start("[program:n]\ncommand=/usr/bin/python3 {dir}/counter.py\nnumprocs=4\n"
                   "process_name=n%(process_num)d\nstdout_logfile={dir}/%(process_num)d.log\n"
                   "stdout_logfile_maxbytes=0\n")
        self.settled()
        pids = [self.info(f"n:n{i}")["pid"] for i in range(4)]
        for _ in range(10):
            seen = os.path.getsize(self.path("0.log"))
            self.crash()
            self.settled()
            self.wait("it goes on", lambda seen=seen: os.path.getsize(self.path("0.log")) > seen)
        self.assertEqual([self.info(f"n:n{i}")["pid"] for i in range(4)], pids)
        self.assertEqual(self.ctl("stop", "n:*")[0], 0)
        for i in range(4):
            numbers = self.numbers(f"{i}.log")
            self.assertEqual(numbers, list(range(len(numbers))))

    def test_CrashesInARush_NotAByteIsLostNorTwice(self):
        """Of a program that writes as fast as it can, which is read in another way."""
        last = 15_000_000
        self.start(f"[program:n]\ncommand=/bin/sh -c 'read go; exec seq {last}'\n"
                   "autorestart=false\nstdout_logfile={dir}/0.log\nstdout_logfile_maxbytes=0\n")
        self.settled()
        self.rpc.supervisor.sendProcessStdin("n", "go\n")
        crashes, size = 0, 0
        while self.info("n")["statename"] == "RUNNING" and crashes < 15:
            self.wait("it goes on", lambda size=size: self.info("n")["statename"] != "RUNNING" or
                      os.path.getsize(self.path("0.log")) > size + 3_000_000)
            self.crash()
            self.settled()
            size, crashes = os.path.getsize(self.path("0.log")), crashes + 1
        self.wait_state("n", "EXITED")
        self.assertGreater(crashes, 0)
        with subprocess.Popen(["/usr/bin/seq", str(last)], stdout=subprocess.PIPE) as wanted:
            same = subprocess.run(["/usr/bin/cmp", "-", self.path("0.log")], stdin=wanted.stdout)
        self.assertEqual(same.returncode, 0)

    def test_RotationUnderLoad_LosesNothingEither(self):
        self.write("counter.py", COUNTER.format(pause="pass"))
        self.start("[program:n]\ncommand=/usr/bin/python3 {dir}/counter.py\nnumprocs=4\n"
                   "process_name=n%(process_num)d\nstdout_logfile={dir}/%(process_num)d.log\n"
                   "stdout_logfile_maxbytes=256KB\nstdout_logfile_backups=10000\n")
        for _ in range(5):
            self.settled()
            self.crash()
        self.settled()
        self.assertEqual(self.ctl("stop", "n:*")[0], 0)
        for i in range(4):
            names = [name for name in os.listdir(self.dir) if name.startswith(f"{i}.log")]
            names.sort(key=lambda name: -int("0" + name.rpartition("log")[2][1:]))
            numbers = self.numbers(*names)
            self.assertEqual(numbers, list(range(len(numbers))))

    def test_SuccessorsThatAreKilledToo_LoseNothing(self):
        """At any time of their taking over: each is given a little longer than the one before."""
        self.write("counter.py", COUNTER.format(pause="pass"))
        self.start("[program:n]\ncommand=/usr/bin/python3 {dir}/counter.py\n"
                   "stdout_logfile={dir}/0.log\nstdout_logfile_maxbytes=0\n"
                   "[program:cat]\ncommand=/bin/cat\nnumprocs=20\nprocess_name=c%(process_num)d\n")
        self.settled()
        before = self.facts()
        self.die()
        for milliseconds in range(0, 40, 2):
            self.daemon = subprocess.Popen([SVD, "-n", "-s", "-c", self.path("svd.conf")])
            try:
                self.daemon.wait(milliseconds / 1000)
                self.fail("it could not take over")
            except subprocess.TimeoutExpired:
                self.die()
        self.again()
        self.assertEqual(self.facts(), before)
        self.assertEqual(self.ctl("stop", "n")[0], 0)
        numbers = self.numbers("0.log")
        self.assertEqual(numbers, list(range(len(numbers))))

    def test_KeeperOfAnEarlierCrash_IsDismissed_AndItsAddressTaken(self):
        """What is left when a successor is killed after it has a keeper, before it ends the former."""
        self.start("[program:cat]\ncommand=/bin/cat\n")
        self.settled()
        before = self.facts()
        self.crash()
        self.settled()
        address = self.keeper_address()
        self.assertTrue(address.endswith(".1"), address)
        former = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        former.settimeout(BOUND)
        former.bind("\0" + address[:-1] + "0")
        former.listen()
        self.die()
        said = []

        def keep():
            with former.accept()[0] as connection, open("/dev/null", "rb") as state:
                socket.send_fds(connection, [struct.pack("i", 2)], [state.fileno()])
                said.append(struct.unpack("i", connection.recv(4))[0])
                former.close()

        keeper = threading.Thread(target=keep)
        keeper.start()
        self.again()
        keeper.join()
        self.assertEqual(said, [-1])
        self.settled()
        self.crash()
        self.assertEqual(self.facts(), before)

    def test_EndsMeanwhile_AreKnownWithTheirStatus(self):
        self.start("[program:code]\ncommand=/bin/sh -c 'read line; echo bye; exit 7'\n"
                   "autorestart=false\nstdout_logfile={dir}/code.log\n"
                   "[program:signal]\ncommand=/bin/cat\nautorestart=false\n"
                   "[program:later]\ncommand=/bin/sh -c 'read line; exit 3'\nautorestart=false\n"
                   "[program:again]\ncommand=/bin/cat\nautorestart=true\n")
        self.settled()
        infos = {name: self.info(name)["pid"] for name in ("code", "signal", "again")}
        with open(f"/proc/{infos['code']}/fd/0", "wb") as stdin:
            self.die()
            stdin.write(b"x\n")
        os.kill(infos["signal"], signal.SIGKILL)
        os.kill(infos["again"], signal.SIGKILL)
        for pid in infos.values():
            self.wait(f"{pid} has ended", lambda pid=pid: not os.path.exists(f"/proc/{pid}"))
        self.again()
        self.wait_state("code", "EXITED")
        self.assertEqual(self.info("code")["exitstatus"], 7)
        self.wait("its last words", lambda: self.text("code.log") == "bye\n")
        self.wait_state("signal", "EXITED")
        self.assertIn("terminated by SIGKILL", self.text("main.log"))
        self.wait_state("again", "RUNNING")
        self.rpc.supervisor.sendProcessStdin("later", "x\n")
        self.wait_state("later", "EXITED")
        self.assertEqual(self.info("later")["exitstatus"], 3)

    def test_DescendantsEndWithTheStop(self):
        self.start("[program:tree]\ncommand=/bin/sh -c 'setsid sleep 1000 & echo $!; wait'\n"
                   "stdout_logfile={dir}/tree.log\nstopasgroup=true\n")
        self.wait("it has forked", lambda: (self.text("tree.log") or "").endswith("\n"))
        descendant = int(self.text("tree.log"))
        self.settled()
        self.crash()
        self.assertTrue(os.path.exists(f"/proc/{descendant}"))
        self.assertEqual(self.ctl("stop", "tree")[0], 0)
        self.wait("the descendant has ended", lambda: not os.path.exists(f"/proc/{descendant}"))

    def test_UnfinishedMessages_GoOnAtTheSameByte(self):
        self.start("[program:cat]\ncommand=/bin/cat\nstdout_logfile={dir}/cat.log\n"
                   "stdout_capture_maxbytes=1MB\n")
        parts = ["before <!--XSUPER", "VISOR:BEGIN-->mess", "age\n<!--XSUPERVISOR:E", "ND--> after\n"]
        for part in parts:
            self.settled()
            self.rpc.supervisor.sendProcessStdin("cat", part)
            self.settled()
            self.crash()
        self.wait("the rest is in the log", lambda: self.text("cat.log") == "before  after\n")

    def test_ChangesOfTheConfigurationMeanwhile_WaitForUpdate(self):
        self.start("[program:a]\ncommand=/bin/cat\n")
        self.settled()
        pid = self.info("a")["pid"]
        self.die()
        self.configure("[program:a]\ncommand=/bin/cat -u\n[program:b]\ncommand=/bin/cat\n")
        self.again()
        self.assertEqual([fact[0] for fact in self.facts()], ["a"])
        self.assertEqual(self.info("a")["pid"], pid)
        self.assertIn("(added: b; changed: a; removed: )", self.text("main.log"))
        self.assertEqual(self.ctl("update")[0], 0)
        self.assertNotEqual(self.info("a")["pid"], pid)
        self.wait_state("b", "RUNNING")

    def test_FastCgiSockets_StayOpen(self):
        self.start("[fcgi-program:f]\ncommand=/bin/sleep 1000\nsocket=unix://{dir}/f.sock\n"
                   "autostart=false\nautorestart=true\n", all_run=False)
        self.settled()
        self.assertEqual(self.ctl("start", "f")[0], 0)
        self.settled()
        pid, socket = self.info("f")["pid"], os.stat(self.path("f.sock")).st_ino
        self.crash()
        self.assertEqual(self.info("f")["pid"], pid)
        os.kill(pid, signal.SIGKILL)
        self.wait("another runs", lambda: self.info("f")["pid"] not in (0, pid))
        self.assertEqual(os.stat(self.path("f.sock")).st_ino, socket)

    def test_LimitsOfAReread_AreKept(self):
        self.start("[program:a]\ncommand=/bin/cat\nnice=5\n")
        self.configure("[program:a]\ncommand=/bin/cat\nnice=7\n")
        self.assertEqual(self.ctl("reread")[0], 0)
        self.settled()
        self.crash()
        self.assertNotIn("has changed since it was applied", self.text("main.log"))
        self.assertIn("No config updates", self.ctl("reread")[1])

    def test_AskedToEndThem_ItStartsAnewWhenEachIsStopped(self):
        """By the signal, within the time and with the descendants that its section says."""
        self.write("slow.sh", "trap 'sleep 0.3; echo bye; exit' INT\ntrap '' TERM\necho ready\n"
                              "while :; do sleep 0.05; done\n")
        programs = ("[program:slow]\ncommand=/bin/sh {dir}/slow.sh\nstopsignal=INT\n"
                    "stdout_logfile={dir}/slow.log\n"
                    "[program:tree]\ncommand=/bin/sh -c 'setsid sleep 1000 & echo $!; wait'\n"
                    "descendants=keep\nstdout_logfile={dir}/tree.log\n")
        self.start(programs)
        self.wait("both are ready", lambda: self.text("slow.log") == "ready\n"
                  and (self.text("tree.log") or "").endswith("\n"))
        descendant = int(self.text("tree.log"))
        self.addCleanup(self.kill_all_in, "tree.log")
        self.settled()
        before = [self.info(name)["pid"] for name in ("slow", "tree")]
        self.die()
        self.configure(programs, "take_over=false")
        self.again()
        for pid in before:
            self.wait(f"{pid} is reaped", lambda pid=pid: not os.path.exists(f"/proc/{pid}"))
        self.wait_state("slow", "RUNNING")
        self.wait_state("tree", "RUNNING")
        self.assertEqual(self.text("slow.log").splitlines()[:2], ["ready", "bye"])
        self.assertTrue(os.path.exists(f"/proc/{descendant}"))
        self.wait("it has forked again", lambda: self.text("tree.log").count("\n") == 2)
        self.assertIn("take_over=false", self.text("main.log"))
        self.assertTrue(self.rpc.svd.getDaemonInfo()["outlives_crash"])

    def test_UnprivilegedUser_HasTheSame(self):
        if os.geteuid() != 0:
            self.skipTest("needs root to become somebody else")
        os.chmod(self.dir, 0o777)
        self.start("[program:cat]\ncommand=/bin/cat\n",
                   prefix=("setpriv", "--reuid", "65534", "--clear-groups"))
        self.settled()
        pid = self.info("cat")["pid"]
        self.die()
        self.launch(["setpriv", "--reuid", "65534", "--clear-groups", SVD, "-n", "-s", "-c",
                     self.path("svd.conf")], self.path("s.sock"))
        self.assertEqual(self.info("cat")["pid"], pid)
        self.assertEqual(self.ctl("stop", "cat")[0], 0)
        self.wait("it has ended", lambda: not os.path.exists(f"/proc/{pid}"))

    def test_Listeners_StartAnew(self):
        self.write("listener.py", "import sys\nwhile True:\n"
                   "    print('READY', flush=True)\n"
                   "    head = dict(word.split(':') for word in sys.stdin.readline().split())\n"
                   "    with open(sys.argv[1], 'a') as file:\n"
                   "        file.write(sys.stdin.read(int(head['len'])).split('\\n')[1] + '\\n')\n"
                   "    sys.stdout.write('RESULT 2\\nOK')\n    sys.stdout.flush()\n")
        self.start("[eventlistener:all]\ncommand=/usr/bin/python3 {dir}/listener.py {dir}/events\n"
                   "events=REMOTE_COMMUNICATION\nstdout_logfile=NONE\n")
        self.rpc.supervisor.sendRemoteCommEvent("t", "one")
        self.wait("it has arrived", lambda: self.text("events") == "one\n")
        self.settled()
        self.crash()
        self.rpc.supervisor.sendRemoteCommEvent("t", "two")
        self.wait("it has arrived", lambda: self.text("events") == "one\ntwo\n")

    def test_OrderlyEnd_LeavesNoKeeper(self):
        self.start("[program:a]\ncommand=/bin/cat\n")
        keepers = self.children_named("svd-keeper")
        self.assertEqual(len(keepers), 1)
        with open(f"/proc/{keepers[0]}/cmdline", "rb") as line:
            self.assertEqual(line.read().rstrip(b"\0"), b"svd-keeper")
        self.end()
        self.assertFalse(os.path.exists(f"/proc/{keepers[0]}"))

    def test_KeeperThatIsKilled_IsReplaced(self):
        self.start("[program:a]\ncommand=/bin/cat\n")
        self.settled()
        os.kill(self.children_named("svd-keeper")[0], signal.SIGKILL)
        self.wait("it is missed",
                  lambda: not self.rpc.svd.getDaemonInfo()["outlives_crash"])
        self.settled()
        before = self.facts()
        self.crash()
        self.assertEqual(self.facts(), before)

    def test_UpgradeThatFails_LeavesProgramsKept(self):
        own = self.path("svd")
        shutil.copy2(SVD, own)
        self.start("[program:a]\ncommand=/bin/cat\nnumprocs=30\nprocess_name=a%(process_num)d\n",
                   svd=own)
        self.settled()
        # It says yes when it is asked, and cannot be run afterwards.
        self.write("new", f"#!/bin/sh\n[ \"$*\" = --check-state ] || exit 1\nrm {own}\n"
                          "cat >/dev/null\necho yes\n")
        os.chmod(self.path("new"), 0o755)
        os.rename(self.path("new"), own)
        self.ctl("upgrade")
        self.wait("it is said", lambda: "not upgraded" in self.text("main.log"))
        self.settled()
        before = self.facts()
        self.crash()
        self.assertEqual(self.facts(), before)

    def children_named(self, name):
        found = subprocess.run(["pgrep", "-P", str(self.daemon.pid), "-x", name],
                               capture_output=True, text=True, check=False, timeout=BOUND)
        return [int(pid) for pid in found.stdout.split()]


if __name__ == "__main__":
    unittest.main()
