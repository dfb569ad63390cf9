#!/usr/bin/env python3
"""Limits of programs in a running daemon: at a start, changed under live processes by a reread, and
where they cannot be had. limits_test.py SVD SVCTL"""

import ctypes
import os
import resource
import subprocess
import unittest
import xmlrpc.client

from daemon_case import BOUND, SVD, DaemonCase

PROGRAM = """
[program:{name}]
command={command}
startsecs={startsecs}
startretries=0
stdout_logfile=NONE
stderr_logfile=NONE
{lines}
"""


def sections(*programs, startsecs=0):
    """Each program is (name, lines of its section) or (name, lines, command)."""
    return "".join(PROGRAM.format(name=name, lines=lines, startsecs=startsecs,
                                  command=(command or ["/bin/sleep 1000"])[0])
                   for name, lines, *command in programs)


def io_priority(pid):
    sys_ioprio_get = {"x86_64": 252, "aarch64": 31}[os.uname().machine]
    return ctypes.CDLL(None, use_errno=True).syscall(sys_ioprio_get, 1, pid)


def controllers():
    """What the cgroup of this test could hand down; it is the daemon's as well."""
    with open("/proc/self/cgroup", encoding="utf-8") as file:
        own = next(line[3:].rstrip("\n") for line in file if line.startswith("0::"))
    with open("/proc/self/mountinfo", encoding="utf-8") as file:
        mount = next((line.split()[4] for line in file if " - cgroup2 " in line), None)
    if mount is None:
        return []
    with open(f"{mount}{own}/cgroup.controllers", encoding="ascii") as file:
        return file.read().split()


class Limits(DaemonCase):
    def reread(self):
        return self.rpc.supervisor.reloadConfig()[0]

    def pid(self, name):
        """Of the process once its program runs, and not what svd is before."""
        self.wait_state(name, "RUNNING")
        pid = self.info(name)["pid"]
        self.wait(f"{name} has begun", lambda: self.command(pid) not in ("", os.path.basename(SVD)))
        return pid

    @staticmethod
    def command(pid):
        try:
            with open(f"/proc/{pid}/comm", encoding="utf-8") as file:
                return file.read().strip()
        except OSError:
            return ""

    @staticmethod
    def proc(pid, name):
        with open(f"/proc/{pid}/{name}", encoding="utf-8") as file:
            return file.read().strip()

    def log(self):
        return self.text("main.log")

    def children_of(self, pid):
        return [int(word) for word in self.proc(pid, f"task/{pid}/children").split()]

    def test_a_process_starts_with_its_limits(self):
        self.start(sections(("p", "nice=7\nionice=best-effort:6\noom_score_adj=300\n"
                         "limit_nofile=50:100\nlimit_core=0"), ("plain", "")))
        own_score = self.proc(self.daemon.pid, "oom_score_adj")
        pid, plain = self.pid("p"), self.pid("plain")
        self.assertEqual(os.getpriority(os.PRIO_PROCESS, pid), 7)
        self.assertEqual(io_priority(pid), (2 << 13) | 6)
        self.assertEqual(self.proc(pid, "oom_score_adj"), "300")
        self.assertEqual(resource.prlimit(pid, resource.RLIMIT_NOFILE), (50, 100))
        self.assertEqual(resource.prlimit(pid, resource.RLIMIT_CORE), (0, 0))
        self.assertEqual(self.proc(self.daemon.pid, "oom_score_adj"), own_score)
        self.assertEqual(self.proc(plain, "oom_score_adj"), own_score)
        self.assertEqual(os.getpriority(os.PRIO_PROCESS, plain),
                         os.getpriority(os.PRIO_PROCESS, self.daemon.pid))

    def test_a_reread_limits_live_processes_without_a_restart(self):
        command = "/bin/sh -c 'sleep 1000 & sleep 1000 & wait'"
        self.start(sections(("p", "nice=3\nlimit_nofile=60:100", command), ("other", "")))
        pid, other = self.pid("p"), self.pid("other")
        self.wait("its children", lambda: len(self.children_of(pid)) == 2)
        self.configure(sections(("p", "nice=9\nlimit_nofile=40:90\nionice=idle\noom_score_adj=400", command),
                       ("other", "")))
        self.assertEqual(self.reread(), [[], [], []])
        for one in [pid] + self.children_of(pid):
            self.assertEqual(os.getpriority(os.PRIO_PROCESS, one), 9)
            self.assertEqual(resource.prlimit(one, resource.RLIMIT_NOFILE), (40, 90))
            self.assertEqual(io_priority(one), 3 << 13)
            self.assertEqual(self.proc(one, "oom_score_adj"), "400")
        self.assertEqual(self.info("p")["pid"], pid)
        self.assertEqual(self.info("other")["pid"], other)
        self.assertIn("limits of 'p' changed: ", self.log())
        self.assertIn("nice 3 -> 9", self.log())
        self.assertIn("limit_nofile 60:100 -> 40:90", self.log())
        self.assertNotIn("limits of 'other'", self.log())
        # The next start has them as well, without an update.
        self.rpc.supervisor.stopProcess("p")
        self.rpc.supervisor.startProcess("p")
        again = self.pid("p")
        self.assertNotEqual(again, pid)
        self.assertEqual(os.getpriority(os.PRIO_PROCESS, again), 9)

    def test_a_limit_that_is_gone_gives_way_to_what_svd_has(self):
        self.start(sections(("p", "nice=5\nlimit_core=0:max\nionice=idle")))
        pid = self.pid("p")
        self.assertEqual(resource.prlimit(pid, resource.RLIMIT_CORE)[0], 0)
        self.configure(sections(("p", "")))
        self.assertEqual(self.reread(), [[], [], []])
        self.assertEqual(os.getpriority(os.PRIO_PROCESS, pid),
                         os.getpriority(os.PRIO_PROCESS, self.daemon.pid))
        self.assertEqual(resource.prlimit(pid, resource.RLIMIT_CORE),
                         resource.prlimit(self.daemon.pid, resource.RLIMIT_CORE))
        self.assertEqual(io_priority(pid), io_priority(self.daemon.pid))

    def test_another_change_beside_it_waits_for_update(self):
        self.start(sections(("p", "nice=5")))
        pid = self.pid("p")
        self.configure(sections(("p", "nice=6\nstopwaitsecs=5")))
        self.assertEqual(self.reread(), [[], ["p"], []])
        self.assertEqual(os.getpriority(os.PRIO_PROCESS, pid), 5)

    def test_what_the_kernel_refuses_ends_the_start_and_is_named(self):
        if self.may_raise_limits():
            self.skipTest("may raise hard limits")
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        self.start(sections(("p", f"limit_nofile={hard * 2}"), startsecs=1), all_run=False)
        self.wait("the end", lambda: self.info("p")["statename"] == "FATAL")
        self.assertEqual(self.info("p")["spawnerr"], "couldn't set RLIMIT_NOFILE: EPERM")

    def may_raise_limits(self):
        effective = next(line.split()[1] for line in self.proc("self", "status").splitlines()
                         if line.startswith("CapEff"))
        sys_resource = 24
        return int(effective, 16) >> sys_resource & 1

    def test_groups_lie_in_a_cgroup_of_their_own(self):
        self.start(sections(("a", ""), ("b", ""), ("lone", "")) + "[group:g]\nprograms=a,b\n")
        cgroup = {name: self.proc(self.pid(name), "cgroup").splitlines()[-1]
                  for name in ("g:a", "g:b", "lone")}
        if "svd-" not in cgroup["lone"]:
            self.skipTest("no cgroup can be used")
        self.assertTrue(cgroup["g:a"].endswith("/g/a"), cgroup)
        self.assertTrue(cgroup["g:b"].endswith("/g/b"), cgroup)
        self.assertTrue(cgroup["lone"].endswith("/lone:lone"), cgroup)
        self.rpc.supervisor.stopProcessGroup("g")
        self.rpc.supervisor.startProcess("g:a")
        self.assertTrue(self.proc(self.pid("g:a"), "cgroup").splitlines()[-1].endswith("/g/a"))

    def test_a_missing_controller_is_told_once_and_hinders_nothing(self):
        if "memory" in controllers():
            self.skipTest("there is a memory controller")
        programs = (("a", "memory_max=600M"), ("b", "memory_max=700M\nmemory_high=1G"))
        self.start(sections(*programs))
        self.pid("a"), self.pid("b")
        self.reread()
        self.assertEqual(self.log().count("cgroup controller 'memory' is missing"), 1)
        self.assertIn("without effect: memory_max, memory_high", self.log())
        self.assertIn("Delegate=yes", self.log())

        check = subprocess.run([SVD, "-t", "-c", self.path("svd.conf")], capture_output=True,
                               text=True, timeout=BOUND)
        self.assertEqual(check.returncode, 0)
        self.assertEqual(check.stdout.count("cgroup controller 'memory' is missing"), 1)
        self.assertIn("warning", check.stdout)

        self.configure(sections(*programs), "required_controllers=memory")
        check = subprocess.run([SVD, "-t", "-c", self.path("svd.conf")], capture_output=True,
                               text=True, timeout=BOUND)
        self.assertEqual(check.returncode, 2)
        start = subprocess.run([SVD, "-n", "-c", self.path("svd.conf")], capture_output=True,
                               text=True, timeout=BOUND)
        self.assertEqual(start.returncode, 2)
        self.assertIn("cgroup controller 'memory' is missing", start.stderr)
        # A restart that could not come back is refused.
        self.assertRaisesRegex(xmlrpc.client.Fault, "CANT_REREAD.*'memory' is missing",
                               self.rpc.supervisor.restart)
        self.assertEqual(self.info("a")["statename"], "RUNNING")


if __name__ == "__main__":
    unittest.main(verbosity=2)
