#!/usr/bin/env python3
"""Programs that are paused and resumed, in a running daemon. pause_test.py SVD SVCTL"""

import os
import signal
import sys
import threading
import time
import unittest

from daemon_case import BOUND, DaemonCase

SKIP = 77

# Writes a growing number as fast as it can.
COUNTER = """
[program:{name}]
command=/usr/bin/python3 -c "{code}"
stdout_logfile=NONE
stderr_logfile={dir}/{name}.err
startsecs=0
{more}
"""
CODE = "n = 0;f = open('{dir}/{name}.count', 'w');" \
       "exec('while True: n += 1; f.seek(0); f.write(str(n)); f.flush()')"


def counter(name, more=""):
    return (COUNTER.replace("{code}", CODE).replace("{name}", name).replace("{more}", more))


class Pause(DaemonCase):
    def count(self, name):
        text = self.text(name + ".count")
        return int(text) if text else 0

    def wait_counting(self, name):
        before = self.count(name)
        self.wait(name + " counts", lambda: self.count(name) != before)

    def check_standing(self, name):
        before = self.count(name)
        for _ in range(20):
            time.sleep(0.005)
            self.assertEqual(self.count(name), before)

    def check_lines(self, answer, *lines):
        """Success, and these lines in whatever order the kernel was done with them."""
        code, out = answer
        self.assertEqual((code, sorted(out.splitlines())), (0, list(lines)))

    def info(self, name):
        return self.rpc.supervisor.getProcessInfo(name)

    def log(self):
        return self.text("main.log")

    def test_a_paused_program_stands_still_and_goes_on_where_it_was(self):
        self.start(counter("one") + counter("two"))
        self.wait_counting("one")
        pid = self.info("one")["pid"]
        self.assertEqual(self.ctl("pause", "one"), (0, "one: paused\n"))
        self.check_standing("one")
        self.wait_counting("two")
        info = self.info("one")
        self.assertEqual((info["statename"], info["state"], info["pid"]), ("RUNNING", 20, pid))
        self.assertRegex(info["description"], r"^pid \d+, uptime \d+:\d\d:\d\d, paused$")
        code, out = self.ctl("status", "one")
        self.assertEqual(code, 0)
        self.assertRegex(out, r"^one +RUNNING   pid \d+, uptime \d+:\d\d:\d\d, paused\n$")
        self.assertIs(self.rpc.svd.getProcessInfoEx("one")["paused"], True)
        self.assertIs(self.rpc.svd.getProcessInfoEx("two")["paused"], False)
        self.assertEqual(self.ctl("pause", "one"), (0, "one: paused\n"))  # again: nothing happens
        before = self.count("one")
        self.assertEqual(self.ctl("resume", "one"), (0, "one: resumed\n"))
        self.wait_counting("one")
        self.assertGreater(self.count("one"), before)
        self.assertEqual(self.info("one")["pid"], pid)
        self.assertNotIn("paused", self.info("one")["description"])
        self.assertEqual(self.ctl("resume", "one"), (0, "one: resumed\n"))
        self.assertEqual(self.log().count("paused: one (pid"), 1)
        self.assertEqual(self.log().count("resumed: one (pid"), 1)

    def test_groups_and_all_and_what_cannot_be_paused(self):
        self.start(counter("a") + counter("b") + counter("solo")
                   + "[program:off]\ncommand=/bin/cat\nstdout_logfile=NONE\nstderr_logfile=NONE\n"
                   "startsecs=0\n[group:g]\nprograms=a,b\n")
        self.rpc.supervisor.stopProcess("off")
        self.check_lines(self.ctl("pause", "g:*"), "g:a: paused", "g:b: paused")
        self.check_standing("a")
        self.check_standing("b")
        self.check_lines(self.ctl("pause", "all"), "g:a: paused", "g:b: paused", "solo: paused")
        self.assertEqual(self.ctl("resume", "g:a", "solo"), (0, "g:a: resumed\nsolo: resumed\n"))
        self.assertEqual(self.ctl("resume", "all"), (0, "g:b: resumed\n"))
        self.wait_counting("b")
        self.assertEqual(self.ctl("pause", "off"), (7, "off: ERROR (not running)\n"))
        self.assertEqual(self.ctl("resume", "off"), (7, "off: ERROR (not running)\n"))
        self.assertEqual(self.ctl("pause", "nope"), (1, "nope: ERROR (no such process)\n"))
        self.assertEqual(self.ctl("pause", "nope:*"), (1, "nope: ERROR (no such group)\n"))
        self.assertEqual(self.fault(self.rpc.svd.pauseProcess, "off"), (70, "NOT_RUNNING: off"))
        self.assertEqual(self.fault(self.rpc.svd.resumeProcess, "nope"), (10, "BAD_NAME: nope"))
        code, out = self.ctl("pause")
        self.assertEqual(code, 1)
        self.assertTrue(out.startswith("Error: pause requires a process name\npause <name>"), out)

    def test_a_paused_program_stops_by_its_signal(self):
        self.start(counter("one", "stopwaitsecs=20"))
        self.wait_counting("one")
        self.assertTrue(self.rpc.svd.pauseProcess("one"))
        self.assertTrue(self.rpc.supervisor.stopProcess("one"))
        self.assertEqual(self.info("one")["statename"], "STOPPED")
        self.assertIn("stopped: one (terminated by SIGTERM)", self.log())
        self.assertNotIn("SIGKILL", self.log())
        self.assertTrue(self.rpc.supervisor.startProcess("one"))
        self.wait_counting("one")
        self.assertNotIn("paused", self.info("one")["description"])

    def test_sigkill_ends_a_paused_program_and_its_successor_runs(self):
        self.start(counter("one", "autorestart=true"))
        self.wait_counting("one")
        pid = self.info("one")["pid"]
        self.assertTrue(self.rpc.svd.pauseProcess("one"))
        os.kill(pid, signal.SIGKILL)
        self.wait("a successor", lambda: self.info("one")["pid"] not in (0, pid))
        self.wait_counting("one")
        self.assertNotIn("paused", self.info("one")["description"])

    def test_a_program_that_ignores_its_stop_signal_is_killed_although_it_was_paused(self):
        deaf = ("[program:deaf]\ncommand=/bin/sh -c \"trap '' TERM; touch {dir}/ready;"
                "while :; do sleep 0.01; done\"\nstdout_logfile=NONE\nstderr_logfile=NONE\n"
                "stopwaitsecs=1\nstartsecs=0\n")
        self.start(deaf)
        self.wait("deaf is ready", lambda: os.path.exists(self.path("ready")))
        self.assertTrue(self.rpc.svd.pauseProcess("deaf"))
        self.assertTrue(self.rpc.supervisor.stopProcess("deaf"))
        self.assertIn("stopped: deaf (terminated by SIGKILL)", self.log())

    def test_a_signal_waits_until_the_program_is_resumed(self):
        handler = ("[program:h]\ncommand=/bin/sh -c \"trap 'touch {dir}/got' USR1;"
                   "touch {dir}/ready; while :; do sleep 0.01; done\"\nstdout_logfile=NONE\n"
                   "stderr_logfile=NONE\nstartsecs=0\n")
        self.start(handler)
        self.wait("it is ready", lambda: os.path.exists(self.path("ready")))
        self.assertTrue(self.rpc.svd.pauseProcess("h"))
        self.assertEqual(self.ctl("signal", "USR1", "h"), (0, "h: signalled\n"))
        self.assertIn("h is paused: if it handles SIGUSR1, then not before it is resumed", self.log())
        time.sleep(0.05)
        self.assertFalse(os.path.exists(self.path("got")))
        self.assertTrue(self.rpc.svd.resumeProcess("h"))
        self.wait("the signal", lambda: os.path.exists(self.path("got")))

    def test_children_of_the_program_stand_still_too(self):
        family = ("[program:family]\ncommand=/bin/sh -c \"sh -c 'n=0; while :; do n=$((n+1));"
                  "echo $n > {dir}/child.count; done' & wait\"\nstdout_logfile=NONE\n"
                  "stderr_logfile=NONE\nstartsecs=0\n")
        self.start(family)
        self.wait("the child counts", lambda: bool(self.text("child.count")))
        self.assertTrue(self.rpc.svd.pauseProcess("family"))
        before = self.text("child.count")
        for _ in range(20):
            time.sleep(0.005)
            self.assertEqual(self.text("child.count"), before)
        self.assertTrue(self.rpc.svd.resumeProcess("family"))
        self.wait("the child goes on", lambda: self.text("child.count") not in (before, ""))

    def test_startsecs_go_on_while_a_starting_program_is_paused(self):
        self.start("[program:slow]\ncommand=/bin/cat\nstartsecs=1\nautostart=false\n"
                   "stdout_logfile=NONE\nstderr_logfile=NONE\n", all_run=False)
        self.assertTrue(self.rpc.supervisor.startProcess("slow", False))
        self.assertTrue(self.rpc.svd.pauseProcess("slow"))
        self.assertIn(self.info("slow")["description"].split(", ")[-1], ("paused",))
        self.wait("it counts as started", lambda: self.info("slow")["statename"] == "RUNNING")
        self.assertRegex(self.info("slow")["description"], r"^pid \d+, uptime .*, paused$")

    def test_a_pause_outlives_an_upgrade_of_the_daemon(self):
        handles = ("[program:h]\ncommand=/bin/sh -c \"trap 'exit 0' TERM; touch {dir}/ready;"
                   "while :; do sleep 0.01; done\"\nstdout_logfile=NONE\nstderr_logfile=NONE\n"
                   "stopwaitsecs=20\nstartsecs=0\n")
        self.start(counter("one") + handles)
        self.wait_counting("one")
        self.wait("h is ready", lambda: os.path.exists(self.path("ready")))
        self.assertEqual(len(self.rpc.svd.pauseAllProcesses()), 2)
        pid = self.info("one")["pid"]
        code, out = self.ctl("upgrade")
        self.assertEqual(code, 0, out)
        self.check_standing("one")
        self.assertRegex(self.info("one")["description"], rf"^pid {pid}, uptime .*, paused$")
        self.assertEqual(self.ctl("resume", "one"), (0, "one: resumed\n"))
        self.wait_counting("one")
        self.assertTrue(self.rpc.supervisor.stopProcess("h"))
        self.assertIn("stopped: h (exit status 0)", self.log())

    @unittest.skipUnless(os.geteuid() == 0, "a daemon of another user can only be started by root")
    def test_without_a_cgroup_the_refusal_names_the_reason(self):
        nobody = 65534
        os.chown(self.dir, nobody, nobody)
        self.start("[program:one]\ncommand=/bin/cat\nstartsecs=0\nstdout_logfile=NONE\n"
                   "stderr_logfile=NONE\n", daemon="user=" + str(nobody))
        code, text = self.fault(self.rpc.svd.pauseProcess, "one")
        self.assertEqual(code, 30)
        self.assertRegex(text, r"^FAILED: pausing needs a cgroup: .*Permission denied$")
        self.assertEqual(self.ctl("pause", "one"), (1, f"one: ERROR ({text})\n"))
        self.assertEqual(self.ctl("resume", "one"), (0, "one: resumed\n"))
        self.assertNotIn("paused", self.info("one")["description"])

    def test_the_daemon_ends_with_programs_paused(self):
        self.start(counter("one", "stopwaitsecs=20") + counter("two", "stopwaitsecs=20"))
        self.assertEqual(len(self.rpc.svd.pauseAllProcesses()), 2)
        self.end()
        self.assertEqual(self.daemon.returncode, 0)
        self.assertIn("stopped: one (terminated by SIGTERM)", self.log())
        self.assertIn("stopped: two (terminated by SIGTERM)", self.log())

    def test_a_stop_overtakes_a_resume_and_a_pause(self):
        self.start(counter("one", "autorestart=false"))
        done = []

        def ask(call):
            try:
                done.append(call("one"))
            except Exception as error:  # pylint: disable=broad-except
                done.append(getattr(error, "faultCode", error))

        clients = [self.client() for _ in range(3)]
        calls = [clients[0].svd.pauseProcess, clients[1].svd.resumeProcess,
                 clients[2].supervisor.stopProcess]
        threads = [threading.Thread(target=ask, args=(call,)) for call in calls]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(BOUND)
        # Each of them answers: done, not running any more (70), or overtaken (30).
        self.assertEqual(len(done), 3)
        self.assertFalse([one for one in done if one not in (True, 70, 30)], done)
        self.assertEqual(self.info("one")["statename"], "STOPPED")


def can_freeze():
    """Whether this machine gives svd a cgroup that can be frozen."""
    with open("/proc/self/cgroup", encoding="ascii") as file:
        own = next((line[3:].strip() for line in file if line.startswith("0::")), None)
    with open("/proc/self/mountinfo", encoding="utf-8") as file:
        mounts = [line.split()[4] for line in file if " - cgroup2 " in line]
    return own is not None and any(
        os.access(os.path.join(mount + own, "cgroup.procs"), os.W_OK) for mount in mounts)


if __name__ == "__main__":
    if not can_freeze():
        print("no cgroup v2 that can be written to")
        sys.exit(SKIP)
    unittest.main()
