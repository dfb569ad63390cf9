#!/usr/bin/env python3
"""memory_restart where /proc is looked at: programs that use more are restarted in good order, the
others are left alone. memory_restart_test.py SVD SVCTL"""

import os
import shutil
import unittest

from daemon_case import SVD, DaemonCase

# Holds as many megabytes as FILE.size says, itself or in a child; what it does stands in FILE.told.
PROGRAM = """
import os, signal, sys, time
name, child = sys.argv[1], sys.argv[2:] == ["child"]
def tell(word):
    with open(name + ".told", "a") as file:
        file.write("%s %d\\n" % (word, os.getpid()))
def stop(*_):
    tell("stopping")
    while os.path.exists(name + ".busy"):
        time.sleep(0.01)
    sys.exit(0)
leader = not child or os.fork() != 0
if leader:
    signal.signal(signal.SIGTERM, stop)
    tell("started")
held = b""
while True:
    if leader == (not child):
        with open(name + ".size") as file:
            size = int(file.read() or 0)
        if len(held) != size << 20:
            held = b"x" * (size << 20)
            tell("holds")
    time.sleep(0.02)
"""

SECTION = """
[program:{name}]
command=/usr/bin/python3 {dir}/program.py {dir}/{name} {words}
stdout_logfile=NONE
stderr_logfile={dir}/{name}.err
startsecs=0
{options}
"""


def section(name, options="", words=""):
    return (SECTION.replace("{name}", name).replace("{options}", options).replace("{words}", words))


class MemoryRestart(DaemonCase):
    def begin(self, programs, how=None, **sizes):
        self.write("program.py", PROGRAM)
        for name, size in sizes.items():
            self.size(name, size)
        self.start(programs, **(how or {}))

    def size(self, name, megabytes):
        self.write(name + ".new", str(megabytes))
        os.rename(self.path(name + ".new"), self.path(name + ".size"))

    def told(self, name, word):
        return [int(line.split()[1]) for line in (self.text(name + ".told") or "").splitlines()
                if line.startswith(word)]

    def pid(self, name):
        return self.info(name)["pid"]

    def deaths(self, name):
        return self.rpc.svd.getDeaths(name)[0]["deaths"]

    def wait_restart(self, name, pid):
        """By TERM, after the program has done what it does then."""
        self.wait(f"{name} is restarted", lambda: self.pid(name) not in (0, pid))
        self.assertEqual(self.told(name, "stopping")[-1], pid)

    def test_WhoeverUsesMore_IsRestartedInGoodOrderAndNobodyElse(self):
        self.begin(section("big", "memory_restart=50M") + section("small", "memory_restart=50M") +
                   section("free"), big=1, small=20, free=80)
        first, small, free = self.pid("big"), self.pid("small"), self.pid("free")
        self.wait("big runs", lambda: self.told("big", "holds"))
        self.size("big", 80)
        self.wait("it is stopped", lambda: self.told("big", "stopping"))
        self.size("big", 1)
        self.wait_restart("big", first)
        death = self.deaths("big")[0]
        self.assertEqual((death["kind"], death["asked"], death["exitstatus"], death["memory_restart"]),
                         ("memory", "memory", 0, 50 << 20))
        self.assertGreater(death["memory_used"], 80 << 20)
        self.assertLess(death["memory_used"], 120 << 20)
        reason = r"memory \d+(\.\d)?M over memory_restart=50M"
        self.assertRegex(self.ctl("why", "big")[1], f"restarted: {reason}, exit code 0, after ")
        self.assertRegex(self.text("main.log"), rf"WARN restarting 'big' \(pid {first}\): {reason}\n")
        self.assertEqual((self.pid("small"), self.pid("free")), (small, free))
        self.assertEqual((self.deaths("small"), self.deaths("free")), ([], []))
        self.assertEqual(len(self.deaths("big")), 1)

    def test_WhatDescendantsUse_Counts(self):
        self.descendants()

    def test_WhatDescendantsUse_CountsWithoutACgroup(self):
        os.chmod(self.dir, 0o777)
        own = self.path("svd")  # where every user may run it
        shutil.copy2(SVD, own)
        self.descendants(svd=own, prefix=("setpriv", "--reuid", "65534", "--clear-groups"))

    def descendants(self, **how):
        self.begin(section("tree", "memory_restart=50M", "child"), how, tree=80)
        self.wait("it is restarted", lambda: self.told("tree", "stopping"))
        self.size("tree", 1)
        self.wait("with all of it", lambda: self.deaths("tree"))
        self.assertEqual(self.deaths("tree")[0]["kind"], "memory")

    def test_AReread_ChangesItForWhatRuns(self):
        self.begin(section("p"), p=60)
        first = self.pid("p")
        self.wait("p holds it", lambda: self.told("p", "holds"))
        self.configure(section("p", "memory_restart=200M"))
        self.assertEqual(self.ctl("reread"), (0, "No config updates to processes\n"))
        self.assertIn("limits of 'p' changed: memory_restart unset -> 200MB", self.text("main.log"))
        self.assertEqual(self.pid("p"), first)
        self.configure(section("p", "memory_restart=40M"))
        self.ctl("reread")
        self.wait("p is stopped", lambda: self.told("p", "stopping"))
        self.size("p", 1)
        self.wait_restart("p", first)

    def test_WhoeverIsOverAgainAtOnce_WaitsLongerEachTime(self):
        self.begin(section("p", "memory_restart=50M"), p=80)
        first = self.pid("p")
        self.wait_restart("p", first)
        second = self.pid("p")
        self.assertEqual(self.ctl("upgrade")[0], 0)  # it is remembered
        self.wait("it waits", lambda: "so soon after a restart" in self.text("main.log"))
        self.assertRegex(self.text("main.log"), rf"WARN 'p' \(pid {second}\): memory .* again, so soon")
        self.assertEqual(self.pid("p"), second)
        self.wait_restart("p", second)
        latest = self.deaths("p")[0]
        self.assertEqual(latest["kind"], "memory")
        self.assertGreaterEqual(latest["ran"], 10)

    def test_StopRequest_WinsOverTheRestart(self):
        self.begin(section("p", "memory_restart=50M\nstopwaitsecs=60"), p=80)
        self.write("p.busy", "")
        self.wait("p is stopping", lambda: self.told("p", "stopping"))
        self.assertEqual(self.info("p")["statename"], "STOPPING")
        self.rpc.supervisor.stopProcess("p", False)
        os.unlink(self.path("p.busy"))
        self.wait_state("p", "STOPPED")
        self.assertEqual(len(self.told("p", "started")), 1)

    def test_WhatIsPaused_IsRestartedWhenItGoesOn(self):
        self.begin(section("p", "memory_restart=50M") + section("q", "memory_restart=50M"), p=1, q=1)
        first, other = self.pid("p"), self.pid("q")
        code, out = self.ctl("pause", "p")
        if code != 0:
            self.skipTest(out)
        self.size("p", 80)
        self.size("q", 80)
        self.wait("q is restarted", lambda: self.told("q", "stopping"))  # there was a look
        self.size("q", 1)
        self.assertEqual(self.pid("p"), first)
        self.assertEqual(self.ctl("resume", "p")[0], 0)
        self.wait("p is stopped", lambda: self.told("p", "stopping") == [first])
        self.size("p", 1)
        self.wait_restart("p", first)
        self.assertNotEqual(self.pid("q"), other)


if __name__ == "__main__":
    unittest.main()
