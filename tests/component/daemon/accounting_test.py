#!/usr/bin/env python3
"""What programs use, as a running daemon and svctl tell it; nothing is judged by its speed.
accounting_test.py SVD SVCTL"""

import json
import os
import pty
import re
import select
import signal
import subprocess
import unittest

from daemon_case import BOUND, SVCTL, DaemonCase

PROGRAM = """
[program:{name}]
command={command}
startsecs=0
autorestart=false
stdout_logfile={dir}/{name}.out
stderr_logfile=NONE
"""
# Uses CPU until it has said so, then sleeps beside a child.
BURN = """/bin/sh -c "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; echo done; sleep 1000 & wait" """


def program(name, command):
    return PROGRAM.replace("{name}", name).replace("{command}", command)


class Accounting(DaemonCase):
    def start_all(self, programs):
        self.start(programs, all_run=False)

    def info(self, name):
        return self.rpc.svd.getProcessInfoEx(name)

    def start_burner(self):
        self.start_all(program("burn", BURN) + program("cat", "/bin/cat"))
        self.wait_burned(1)

    def wait_burned(self, times):
        def burned():
            with open(self.path("burn.out"), encoding="ascii") as file:
                return file.read().count("done") == times
        self.wait("it has burned", lambda: os.path.exists(self.path("burn.out")) and burned())
        self.wait("it has a child", lambda: self.info("burn").get("tasks") == 2)

    # --- methods

    def test_InfoEx_HasAllOfGetProcessInfoAndTheFigures(self):
        self.start_burner()
        info = self.info("burn")
        plain = self.rpc.supervisor.getProcessInfo("burn")
        for moving in ("now", "description"):
            info.pop(moving), plain.pop(moving)
        self.assertEqual({key: info[key] for key in plain}, plain)
        self.assertGreater(info["cpu"], 0)
        self.assertGreaterEqual(info["cpu"] + 0.02, info["cpu_user"] + info["cpu_system"])
        self.assertGreater(info["memory"], 100_000)
        self.assertEqual((info["starts"], info["restarts"], info["last_end"]), (1, 0, ""))
        self.assertNotIn("listener_state", info)
        self.assertIn(info["usage_source"], ("cgroup", "cgroup and proc", "proc"))

    def test_CpuTime_IsThatOfThisRun(self):
        self.start_burner()
        first = self.info("burn")["cpu"]
        self.rpc.supervisor.stopProcess("burn")
        stopped = self.info("burn")
        self.assertEqual(stopped["usage_source"], "none")
        self.assertNotIn("cpu", stopped)
        with open(self.path("burn.out"), "w", encoding="ascii"):
            pass
        self.rpc.supervisor.startProcess("burn")
        early = self.info("burn").get("cpu", 0)
        self.wait_burned(1)
        self.assertLess(early, self.info("burn")["cpu"])
        self.assertEqual(self.info("burn")["starts"], 2)
        death = self.rpc.svd.getDeaths("burn")[0]["deaths"][0]
        if "cpu" in death:  # with a cgroup
            self.assertGreaterEqual(death["cpu"], first)

    def test_AllInfoEx_AndUsage_AreInOrderOfNames(self):
        self.start_burner()
        self.assertEqual([i["name"] for i in self.rpc.svd.getAllProcessInfoEx()], ["burn", "cat"])
        rows = self.rpc.svd.getUsage()
        self.assertEqual([row[:4] for row in rows],
                         [["burn", "burn", 20, "RUNNING"], ["cat", "cat", 20, "RUNNING"]])
        self.assertEqual({len(row) for row in rows}, {15})
        self.rpc.supervisor.stopProcess("cat")
        self.assertEqual(self.rpc.svd.getUsage()[1][4:12], [0, 0.0] + [-1.0] * 6)

    def test_GroupUsage_IsTheSum(self):
        self.start_all("[group:g]\nprograms=a,b\n" + program("a", "/bin/cat") +
                       program("b", "/bin/cat"))
        self.wait("both run", lambda: self.rpc.svd.getGroupUsage()[0]["running"] == 2)
        group = self.rpc.svd.getGroupUsage()[0]
        self.assertEqual((group["group"], group["processes"], group["tasks"]), ("g", 2, 2))
        self.assertAlmostEqual(group["memory"],
                               sum(i["memory"] for i in self.rpc.svd.getAllProcessInfoEx()),
                               delta=1_000_000)

    def test_UnknownName_IsAFault(self):
        self.start_all(program("cat", "/bin/cat"))
        self.assertEqual(self.fault(self.rpc.svd.getProcessInfoEx, "dog"), (10, "BAD_NAME: dog"))

    # --- svctl

    def test_LongStatus_IsATableWithTheExitCodesOfStatus(self):
        self.start_burner()
        code, shown = self.ctl("status", "-l")
        self.assertEqual(shown.splitlines()[0].split(),
                         "NAME STATE PID UPTIME CPU MEM PEAK TASKS READ WRITTEN RESTARTS LAST "
                         "END".split())
        self.assertEqual(code, 0)
        self.rpc.supervisor.stopProcess("cat")
        code, shown = self.ctl("status", "-l", "cat", "dog")
        lines = shown.splitlines()
        self.assertEqual(lines[0], "dog: ERROR (no such process)")
        self.assertRegex(lines[2], r"^cat +STOPPED +- +- +- +- +- +- +- +- +0 +\S+ \S+ "
                         "stopped by request, SIGTERM$")
        self.assertEqual(code, 3)
        document = json.loads(self.ctl("--json", "status", "-l", "burn")[1])
        self.assertGreater(document["processes"][0]["memory"], 0)

    def test_TopOnce_ShowsRatesOfOneInterval(self):
        self.start_burner()
        lines = self.ctl("top", "--once", "-d", "0.1", "--sort", "name")[1].splitlines()
        self.assertEqual(lines[0].split(),
                         "NAME STATE PID CPU% CPU MEM TASKS IO/S RESTARTS UPTIME".split())
        self.assertEqual([line.split()[0] for line in lines[1:]], ["burn", "cat"])
        self.assertRegex(lines[1].split()[3], r"^\d+\.\d$")
        document = json.loads(self.ctl("--json", "top", "--once", "-d", "0.1", "-g")[1])
        self.assertEqual({group["name"] for group in document["groups"]}, {"burn", "cat"})

    def test_TopCount_ShowsSoManyTables(self):
        self.start_all(program("cat", "/bin/cat"))
        shown = self.ctl("top", "-n", "3", "-d", "0.1")[1]
        self.assertEqual(shown.count("NAME"), 3)

    def test_TopWords_AreChecked(self):
        self.start_all(program("cat", "/bin/cat"))
        for words, text in ((("-n", "0"), "-n takes a number of tables, 1 or more"),
                            (("-d", "x"), "-d takes seconds, 0.1 to 3600"),
                            (("--sort", "pid"), "--sort takes cpu, mem, tasks, io or name"),
                            (("cat",), "top does not know 'cat'")):
            code, shown = self.ctl("top", *words)
            self.assertEqual((code, shown.splitlines()[0]), (2, f"Error: {text}"))

    # --- top on a terminal

    def top(self, *words):
        """Starts it on a terminal of its own; (process, terminal)."""
        terminal, theirs = pty.openpty()
        self.addCleanup(os.close, terminal)
        process = subprocess.Popen([SVCTL, "-c", self.path("svd.conf"), "top", *words], stdin=theirs,
                                   stdout=theirs, stderr=theirs, start_new_session=True,
                                   preexec_fn=lambda: os.close(os.open(os.ttyname(0), os.O_RDWR)))
        os.close(theirs)
        self.addCleanup(lambda: process.poll() is None and process.kill())
        self.screen = b""
        return process, terminal

    def wait_screen(self, terminal, pattern):
        def seen():
            if select.select([terminal], [], [], 0)[0]:
                try:
                    self.screen += os.read(terminal, 65536)
                except OSError:
                    pass  # it has ended
            return re.search(pattern, self.screen, re.S)
        self.wait(pattern, seen)

    def test_LiveTop_SortsByKeysAndEndsWithQ(self):
        self.start_burner()
        process, terminal = self.top("-d", "0.1")
        self.wait_screen(terminal, rb"\x1b\[\?1049h.*2 processes, 2 running.*sorted by cpu.*burn")
        os.write(terminal, b"n")
        self.wait_screen(terminal, rb"sorted by name.*\x1b\[H.*sorted by name")
        os.write(terminal, b"g")
        self.wait_screen(terminal, rb"g processes; q quit.*1/1")
        os.write(terminal, b"q")
        self.wait_screen(terminal, rb"\x1b\[\?25h\x1b\[\?1049l$")
        self.assertEqual(process.wait(BOUND), 0)

    def test_LiveTop_EndsWithCtrlC(self):
        self.start_all(program("cat", "/bin/cat"))
        process, terminal = self.top()
        self.wait_screen(terminal, rb"cat")
        os.write(terminal, b"\x03")
        self.wait_screen(terminal, rb"\x1b\[\?25h\x1b\[\?1049l")
        self.assertEqual(process.wait(BOUND), 0)

    def test_LiveTop_EndsWithTheDaemon(self):
        self.start_all(program("cat", "/bin/cat"))
        process, terminal = self.top("-d", "0.1")
        self.wait_screen(terminal, rb"cat")
        self.daemon.send_signal(signal.SIGTERM)
        self.wait_screen(terminal, rb"\x1b\[\?25h\x1b\[\?1049l")
        self.assertEqual(process.wait(BOUND), 1)


if __name__ == "__main__":
    unittest.main(verbosity=0)
