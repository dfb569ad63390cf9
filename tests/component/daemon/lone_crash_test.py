#!/usr/bin/env python3
"""svd is killed together with its keeper: the next svd finds the programs by their cgroups.
lone_crash_test.py SVD SVCTL"""

import os
import signal
import subprocess
import unittest

from daemon_case import BOUND, SVD, DaemonCase


class LoneCrash(DaemonCase):
    def start(self, programs, **how):
        super().start(programs, **how)
        if "no cgroup can be used" in self.text("main.log"):
            self.end()
            self.skipTest("needs cgroups")

    def die(self):
        """svd and its keeper."""
        killed = [self.daemon.pid, *self.keepers()]
        self.assertEqual(len(killed), 2)
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
        self.daemon.wait(BOUND)
        self.wait("the keeper has ended", lambda: not is_alive(killed[1]))

    def again(self):
        self.launch([SVD, "-n", "-s", "-c", self.path("svd.conf")], self.path("s.sock"))

    def crash(self):
        self.die()
        self.again()

    def keepers(self):
        found = subprocess.run(["pgrep", "-P", str(self.daemon.pid), "-x", "svd-keeper"],
                               capture_output=True, text=True, check=False, timeout=BOUND)
        return [int(pid) for pid in found.stdout.split()]

    def facts(self):
        return [(one["name"], one["statename"], one["pid"])
                for one in self.rpc.supervisor.getAllProcessInfo()]

    def has_ended(self, pid):
        self.wait(f"{pid} has ended", lambda: not is_alive(pid))

    def sleeper(self, name):
        """A program that outlives being without svd, and ends with 7 when it is told to."""
        self.write("sleeper.sh", "trap '' PIPE\ntrap 'echo bye; exit 7' USR1\necho $$\n"
                                 "while :; do sleep 0.05; done\n")
        return (f"[program:{name}]\ncommand=/bin/sh {{dir}}/sleeper.sh\nautorestart=false\n"
                f"stdout_logfile={{dir}}/{name}.log\n")

    def test_Programs_GoOnUnderTheNextDaemon(self):
        self.write("counter.py", "import itertools, os, time\nfor i in itertools.count():\n"
                   "    try: os.write(1, b'%d\\n' % i)\n    except OSError: pass\n"
                   "    time.sleep(0.01)\n")
        self.start("[program:n]\ncommand=/usr/bin/python3 {dir}/counter.py\nnumprocs=3\n"
                   "process_name=n%(process_num)d\nstdout_logfile={dir}/%(process_num)d.log\n"
                   "[program:never]\ncommand=/bin/cat\nautostart=false\n" + self.sleeper("one"),
                   all_run=False)
        for name in ("n:n0", "n:n1", "n:n2", "one"):
            self.wait_state(name, "RUNNING")
        before = self.facts()
        start = self.info("one")["start"]
        for _ in range(3):
            self.crash()
            self.assertEqual(self.facts(), before)
            self.assertAlmostEqual(self.info("one")["start"], start, delta=1)
            size = os.path.getsize(self.path("0.log"))
            self.wait("its output is read", lambda size=size: os.path.getsize(self.path("0.log")) > size)
        os.kill(self.info("one")["pid"], signal.SIGUSR1)
        self.wait_state("one", "EXITED")
        self.assertEqual(self.info("one")["exitstatus"], 7)
        self.wait("its last words", lambda: self.text("one.log").endswith("bye\n"))
        self.assertEqual(self.ctl("stop", "n:*")[0], 0)
        numbers = [int(line) for line in self.text("0.log").splitlines()]
        self.assertEqual(numbers, sorted(set(numbers)))
        self.assertEqual(self.ctl("start", "one")[0], 0)

    def test_InputAndErrors_AreConnectedAgain(self):
        self.write("echo.py", "import os, sys, time\nwhile True:\n    line = os.read(0, 100)\n"
                              "    if line: os.write(2, line)\n    else: time.sleep(0.02)\n")
        self.start("[program:echo]\ncommand=/usr/bin/python3 {dir}/echo.py\n"
                   "stdout_logfile=NONE\nstderr_logfile={dir}/err.log\n")
        self.crash()
        self.rpc.supervisor.sendProcessStdin("echo", "hello\n")
        self.wait("it has answered", lambda: self.text("err.log") == "hello\n")

    def test_LogsThatSvdNames_GoOn(self):
        self.start("[program:a]\ncommand=/bin/sh -c 'echo one; trap \"echo two\" USR1; "
                   "while :; do sleep 0.05; done'\n")
        read = self.rpc.supervisor.readProcessStdoutLog
        self.wait("it has begun", lambda: read("a", 0, 0) == "one\n")
        self.crash()
        os.kill(self.info("a")["pid"], signal.SIGUSR1)
        self.wait("it goes on", lambda: self.rpc.supervisor.readProcessStdoutLog("a", 0, 0)
                  == "one\ntwo\n")

    def test_WhatWasNotThereAnyMore_StartsAnew(self):
        self.start("[program:cat]\ncommand=/bin/cat\n[program:late]\ncommand=/bin/cat\n"
                   "autostart=false\n" + self.sleeper("one"), all_run=False)
        self.wait_state("one", "RUNNING")
        self.assertEqual(self.ctl("start", "late")[0], 0)
        before = {name: self.info(name)["pid"] for name in ("cat", "late", "one")}
        self.die()
        self.has_ended(before["cat"])  # its input ends with svd
        self.has_ended(before["late"])
        self.again()
        self.wait_state("cat", "RUNNING")
        self.assertEqual(self.info("one")["pid"], before["one"])
        self.assertEqual(self.info("late")["statename"], "STOPPED")

    def test_WhatIsNotConfiguredAnyMore_IsEnded(self):
        self.write("stop.sh", "trap 'touch $0.done; exit' INT\ntrap '' TERM\n"
                              "while :; do sleep 0.05; done\n")
        self.start(self.sleeper("one") + "[program:old]\ncommand=/bin/sh {dir}/stop.sh\n"
                   "stopsignal=INT\nstopwaitsecs=25\n[group:g]\nprograms=x,y\n"
                   "[program:x]\ncommand=/bin/sleep 1000\n[program:y]\ncommand=/bin/sleep 1000\n")
        pids = {name: self.info(name)["pid"] for name in ("one", "old", "g:x", "g:y")}
        self.die()
        self.configure(self.sleeper("one") + "[group:g]\nprograms=y\n"
                       "[program:y]\ncommand=/bin/sleep 1000\n")
        self.again()
        self.has_ended(pids["old"])
        self.has_ended(pids["g:x"])
        self.assertTrue(os.path.exists(self.path("stop.sh.done")), "not by its own signal")
        self.wait("nothing else is left", lambda: self.facts() == [
            ("y", "RUNNING", pids["g:y"]), ("one", "RUNNING", pids["one"])])
        log = self.text("main.log")
        self.assertIn("not configured any more: ", log)
        self.assertIn("removed process group left-behind", log)
        self.assertIn("No config updates", self.ctl("reread")[1])

    def test_GroupOfAnotherShape_KeepsItsProgram(self):
        self.start(self.sleeper("one"))
        pid = self.info("one")["pid"]
        self.die()
        self.configure(self.sleeper("one") + "[program:two]\ncommand=/bin/sleep 1000\n"
                       "[group:one]\nprograms=one,two\n")
        self.again()
        self.wait_state("one:two", "RUNNING")
        self.assertEqual(self.info("one:one")["pid"], pid)
        self.crash()
        self.assertEqual(self.info("one:one")["pid"], pid)
        self.assertEqual(self.ctl("restart", "one:one")[0], 0)
        self.has_ended(pid)
        with open(f"/proc/{self.info('one:one')['pid']}/cgroup", encoding="utf-8") as file:
            self.assertIn("/one/one\n", file.read())

    def test_WithoutTheFirstProcess_TheRestIsEndedBeforeANewStart(self):
        self.start("[program:tree]\ncommand=/bin/sh -c 'setsid sleep 1000 & echo $!; wait'\n"
                   "stdout_logfile={dir}/tree.log\n"
                   "[program:kept]\ncommand=/bin/sh -c 'setsid sleep 1000 & echo $!; wait'\n"
                   "stdout_logfile={dir}/kept.log\ndescendants=keep\n" + self.sleeper("one"))
        self.wait("both have forked", lambda: all((self.text(name) or "").endswith("\n")
                                                  for name in ("tree.log", "kept.log")))
        descendant, kept = int(self.text("tree.log")), int(self.text("kept.log"))
        self.addCleanup(self.kill_all_in, "kept.log")
        leaders = [self.info(name)["pid"] for name in ("tree", "kept")]
        self.die()
        for pid in leaders:
            os.kill(pid, signal.SIGKILL)
            self.has_ended(pid)
        self.again()
        self.has_ended(descendant)
        for name, pid in zip(("tree", "kept"), leaders):
            self.wait_state(name, "RUNNING")
            self.assertNotEqual(self.info(name)["pid"], pid)
        self.assertTrue(is_alive(kept))
        self.wait("it has forked again", lambda: self.text("kept.log").count("\n") == 2)

    def test_AskedToEndThem_ItStartsAnew(self):
        self.start(self.sleeper("one"))
        pid = self.info("one")["pid"]
        self.die()
        self.configure(self.sleeper("one"), "take_over=false")
        self.again()
        self.has_ended(pid)
        self.wait_state("one", "RUNNING")

    def test_AnotherDaemonsPrograms_AreNotTouched(self):
        """Neither those of one that lives, nor those of one that has crashed as well."""
        self.start(self.sleeper("one"))
        mine, first = self.info("one")["pid"], self.dir
        other = LoneCrash()
        other.setUp()
        self.addCleanup(other.doCleanups)
        other.start(other.sleeper("one"))
        theirs = other.info("one")["pid"]
        self.crash()
        self.assertEqual([self.info("one")["pid"], other.info("one")["pid"]], [mine, theirs])
        other.die()
        self.crash()
        self.assertEqual(self.info("one")["pid"], mine)
        self.assertTrue(is_alive(theirs))
        self.assertNotIn(other.dir, self.text("main.log"))
        self.assertEqual(self.dir, first)
        other.again()
        self.assertEqual(other.info("one")["pid"], theirs)

    def test_ProgramsThatTellOfThemselves_AreHeardAgain(self):
        """By their watchdog, too, and from the process that they have named."""
        self.write("speaker.py", "import itertools, os, signal, socket, time\n"
                   "signal.signal(signal.SIGPIPE, signal.SIG_IGN)\n"
                   "if os.fork(): signal.pause()\n"
                   "to = '\\0' + os.environ['NOTIFY_SOCKET'][1:]\n"
                   "out = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\n"
                   "def send(text):\n"
                   "    try: out.sendto(text.encode(), to)\n    except OSError: pass\n"
                   "send('READY=1\\nMAINPID=%d' % os.getpid())\n"
                   "for i in itertools.count():\n"
                   "    send('WATCHDOG=1\\nSTATUS=%d' % i)\n    time.sleep(0.05)\n")
        self.start("[program:p]\ncommand=/usr/bin/python3 {dir}/speaker.py\nready=notify\n"
                   "watchdog_sec=1\nstopwaitsecs=1\nstopasgroup=true\n")
        told = lambda: int(self.rpc.svd.getProcessInfoEx("p").get("status_text") or 0)
        self.wait("it tells", told)
        pid = self.info("p")["pid"]
        before = told()
        self.crash()
        self.wait("longer than the watchdog waits", lambda: told() > before + 40)
        self.assertEqual(self.info("p")["pid"], pid)
        os.kill(pid, signal.SIGSTOP)
        self.wait("its watchdog works", lambda: self.info("p")["pid"] not in (0, pid))

    def test_PausedPrograms_StayPaused(self):
        self.start(self.sleeper("one"))
        self.assertEqual(self.ctl("pause", "one")[0], 0)
        pid = self.info("one")["pid"]
        self.crash()
        self.assertEqual(self.info("one")["pid"], pid)
        self.assertIn("paused", self.ctl("status", "one")[1])
        self.assertEqual(self.ctl("resume", "one")[0], 0)
        self.assertEqual(self.ctl("stop", "one")[0], 0)

    def test_FastCgiSockets_StayOpen(self):
        self.start("[fcgi-program:f]\ncommand=/bin/sleep 1000\nsocket=unix://{dir}/f.sock\n"
                   "numprocs=2\nprocess_name=f%(process_num)d\n")
        pids = [self.info(f"f:f{i}")["pid"] for i in range(2)]
        socket = os.stat(self.path("f.sock")).st_ino
        self.crash()
        self.assertEqual([self.info(f"f:f{i}")["pid"] for i in range(2)], pids)
        os.kill(pids[0], signal.SIGKILL)
        self.wait("another runs", lambda: self.info("f:f0")["pid"] not in (0, pids[0]))
        self.assertEqual(os.stat(self.path("f.sock")).st_ino, socket)
        self.wait("it has the same socket", lambda: os.readlink(
            f"/proc/{self.info('f:f0')['pid']}/fd/0") == os.readlink(f"/proc/{pids[1]}/fd/0"))

    def test_Listeners_AreEndedAndStartAnew(self):
        self.write("listener.py", "import os, sys, time\nwhile True:\n    print('READY', flush=True)\n"
                   "    head = sys.stdin.readline()\n    while not head: time.sleep(1000)\n"
                   "    fields = dict(word.split(':') for word in head.split())\n"
                   "    with open(sys.argv[1], 'a') as file:\n"
                   "        file.write(sys.stdin.read(int(fields['len'])).split('\\n')[1] + '\\n')\n"
                   "    sys.stdout.write('RESULT 2\\nOK')\n    sys.stdout.flush()\n")
        self.start("[eventlistener:all]\ncommand=/usr/bin/python3 {dir}/listener.py {dir}/events\n"
                   "events=REMOTE_COMMUNICATION\nstdout_logfile=NONE\n")
        pid = self.info("all")["pid"]
        self.crash()
        self.has_ended(pid)
        self.wait_state("all", "RUNNING")
        self.rpc.supervisor.sendRemoteCommEvent("t", "two")
        self.wait("it has arrived", lambda: self.text("events") == "two\n")

    def test_UnprivilegedUser_IsNotLeftWithTwo(self):
        """Without cgroups nothing is found, and the log has said so."""
        if os.geteuid() != 0:
            self.skipTest("needs root to become somebody else")
        os.chmod(self.dir, 0o777)
        DaemonCase.start(self, "[program:a]\ncommand=/bin/sleep 1000\n",
                         prefix=("setpriv", "--reuid", "65534", "--clear-groups"))
        self.assertIn("not found again if svd-keeper", self.text("main.log"))


def is_alive(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):  # gone before it was opened, or before it was read
        return False


if __name__ == "__main__":
    unittest.main()
