#!/usr/bin/env python3
"""Programs that tell of themselves: ready=, sd_notify, watchdogs, stored descriptors.
notify_test.py SVD SVCTL"""

import os
import shutil
import socket
import subprocess
import threading
import unittest
import unittest.mock

from daemon_case import BOUND, DaemonCase

SPEAKER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "speaker.py")


class Notify(DaemonCase):
    def speak(self, options="", first="", name="p", more="", **how):
        """Starts svd with a program p that does what tell() says. `first`: before anything else."""
        # Where every user can read it.
        os.chmod(self.dir, 0o755)
        shutil.copy(SPEAKER, self.dir)
        self.start(self.speaker(name, options, first) + more, all_run=False, **how)

    @staticmethod
    def speaker(name, options="", first=""):
        """A section; `options` win over what it has by itself."""
        lines = {"command": f"/usr/bin/python3 {{dir}}/speaker.py {first}", "startsecs": "0",
                 "stdout_logfile": f"{{dir}}/{name}.log", "redirect_stderr": "true",
                 "ready": "notify", "stopwaitsecs": "5"}
        lines.update(line.split("=", 1) for line in options.splitlines())
        return f"[program:{name}]\n" + "".join(f"{key}={value}\n" for key, value in lines.items())

    def tell(self, statement, name="p"):
        self.wait(f"{name} is there", lambda: self.info(name)["pid"] != 0)
        self.rpc.supervisor.sendProcessStdin(name, statement + "\n")

    def ready(self, name="p"):
        self.tell("send('READY=1')", name)
        self.wait_state(name, "RUNNING")

    def said(self, text, name="p"):
        self.wait(f"{name} says {text}", lambda: text in (self.text(f"{name}.log") or ""))

    def extended(self, name="p"):
        return self.rpc.svd.getProcessInfoEx(name)

    def status(self, name="p"):
        return self.extended(name)["status_text"]

    def settled(self):
        self.wait("all is kept", lambda: self.rpc.svd.getDaemonInfo()["outlives_crash"])

    def crash(self):
        self.settled()
        self.daemon.kill()
        self.daemon.wait(BOUND)
        self.launch(self.daemon.args, self.path("s.sock"))

    def upgrade(self):
        code, out = self.ctl("upgrade")
        self.assertEqual(code, 0, out)

    # --- readiness

    def test_Program_IsStartingUntilItIsReady(self):
        self.speak("startsecs=0\nautostart=false")
        answers = []
        starter = threading.Thread(target=lambda: answers.append(self.ctl("start", "p")))
        starter.start()
        self.wait_state("p", "STARTING")
        self.tell("send('STATUS=warming up'); say('told')")
        self.said("told")
        self.wait("its status", lambda: self.status() == "warming up")
        self.assertEqual(self.info("p")["statename"], "STARTING")
        self.assertEqual(answers, [])
        self.ready()
        starter.join(BOUND)
        self.assertEqual(answers, [(0, "p: started\n")])
        self.assertIn("process has told that it is ready", self.text("main.log"))

    def test_Status_StandsBehindSupervisorsDescription(self):
        self.speak()
        self.tell("send('STATUS=loading 40 %')")
        self.wait("in status", lambda: self.ctl("status")[1].split(None, 2) ==
                  ["p", "STARTING", "loading 40 %\n"])
        self.ready()
        self.tell("send('RELOADING=1\\nSTATUS=12 clients\\x1b[2J')")
        self.wait("its status", lambda: self.status() == "12 clients [2J")
        self.assertRegex(self.info("p")["description"], r"^pid \d+, uptime 0:00:\d\d$")
        self.assertRegex(self.ctl("status")[1], r"uptime 0:00:\d\d, reloading, 12 clients \[2J\n$")
        self.assertIn("reloading, 12 clients", self.ctl("status", "-l")[1])
        self.assertEqual(self.extended()["phase"], "reloading")
        self.tell("send('READY=1')")
        self.wait("it has reloaded", lambda: self.extended()["phase"] == "")

    def test_ProgramThatIsNotReadyInTime_HasFailedToStart(self):
        self.speak("ready_timeout=1\nstartretries=0")
        self.wait_state("p", "FATAL")
        self.assertEqual(self.info("p")["spawnerr"], "Not ready within 1 seconds (ready_timeout)")
        self.assertIn("not ready within ready_timeout=1, SIGTERM", self.ctl("why", "p")[1])

    def test_TimeExtended_KeepsItStarting(self):
        self.speak("ready_timeout=3\nstartretries=0", '"send(\'EXTEND_TIMEOUT_USEC=60000000\')"')
        self.wait_state("p", "STARTING")
        self.wait("more than the timeout", lambda: self.info("p")["now"] - self.info("p")["start"] > 4)
        self.assertEqual(self.info("p")["statename"], "STARTING")
        self.ready()

    def test_ExitBeforeReady_IsAFailedStart(self):
        self.speak("startretries=0", '"sys.exit(0)"')
        self.wait_state("p", "FATAL")
        self.assertEqual(self.info("p")["spawnerr"],
                         "Exited before it was ready (process log may have details)")

    def test_LineOnADescriptor_IsReadinessToo(self):
        self.start("[program:p]\ncommand=/bin/sh -c 'read a; printf rea >&7; read b; echo dy >&7; "
                   "exec 7>&-; sleep 1000'\nready=fd:7\nstartsecs=0\nstopasgroup=true\n",
                   all_run=False)
        self.wait_state("p", "STARTING")
        self.tell("")
        self.upgrade()
        self.assertEqual(self.info("p")["statename"], "STARTING")
        self.tell("")
        self.wait_state("p", "RUNNING")

    def test_SystemdNotify_IsUnderstood(self):
        if not shutil.which("systemd-notify"):
            self.skipTest("needs systemd-notify")
        self.start("[program:p]\ncommand=/bin/sh -c 'systemd-notify --ready --status=hello; "
                   "sleep 1000'\nready=notify\nstartsecs=0\nstopasgroup=true\n")
        self.assertEqual(self.status(), "hello")

    def test_OtherUser_IsHeard(self):
        if os.geteuid() != 0:
            self.skipTest("needs root to become somebody else")
        self.speak("user=nobody")
        self.ready()

    def test_Stranger_IsNotHeard(self):
        self.speak(first='"say(os.environ[\'NOTIFY_SOCKET\'])"')
        self.said("@svd/notify/")
        address = "\0" + self.text("p.log").strip()[1:]
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as stranger:
            stranger.connect(address)
            stranger.send(b"READY=1\nSTATUS=mine")
        self.wait("it was seen", lambda: f"pid {os.getpid()} is no process of 'p'" in
                  self.text("main.log"))
        self.assertEqual((self.info("p")["statename"], self.status()), ("STARTING", ""))
        self.tell("send('MAINPID=%d')" % os.getpid())
        self.wait("it was refused", lambda: "which is ignored" in self.text("main.log"))
        self.ready()

    def test_Nonsense_IsIgnored(self):
        self.speak()
        self.tell("[send(m) for m in ('', '=', 'READY', 'READY=yes', 'X=1\\n\\n=\\nMAINPID=x', "
                  "'A' * 5000, 'STATUS=a\\0b', 'WATCHDOG_USEC=-1', 'STATUS=after')]")
        self.wait("all is read", lambda: self.status() == "after")
        self.assertEqual(self.info("p")["statename"], "STARTING")

    def test_Flood_KeepsNobodyWaiting(self):
        self.speak("stopsignal=KILL", more=self.speaker("q"))
        self.tell("threading.Thread(daemon=True, target=lambda: "
                  "[send(f'STATUS={i}') for i in range(10 ** 9)]).start()")
        self.wait("it floods", lambda: int(self.status() or 0) > 1000)
        self.ready("q")
        for _ in range(20):
            self.assertEqual(self.ctl("pid", "q")[0], 0)
        self.assertEqual(self.ctl("stop", "p")[0], 0)

    # --- its end

    def test_AnnouncedEnd_IsJudgedByItsStatus(self):
        self.speak("autorestart=unexpected")
        self.ready()
        self.tell("send('STOPPING=1')")
        self.wait("it is stopping", lambda: self.extended()["phase"] == "stopping")
        self.assertEqual(self.info("p")["statename"], "RUNNING")
        self.tell("sys.exit(0)")
        self.wait_state("p", "EXITED")

    def test_AnnouncedEndThatNeverComes_IsMadeToCome(self):
        self.speak("stopwaitsecs=1\nautorestart=false")
        self.ready()
        self.tell("send('STOPPING=1')")
        self.wait_state("p", "EXITED")
        self.assertIn("told that it is stopping, SIGKILL", self.ctl("why", "p")[1])

    # --- the watchdog

    def test_MissedWatchdog_IsAnUnexpectedEnd(self):
        self.speak("watchdog_sec=1\nautorestart=unexpected",
                   '"say(os.environ[\'WATCHDOG_USEC\'], os.environ[\'WATCHDOG_PID\'])"')
        self.ready()
        pid = self.info("p")["pid"]
        self.said(f"1000000 {pid}")
        self.wait("another runs", lambda: self.info("p")["pid"] not in (0, pid))
        self.assertIn("watchdog missed, SIGABRT", self.ctl("why", "p")[1])
        self.assertEqual(self.rpc.svd.getDeaths("p")[0]["counts"]["watchdog"], 1)

    def test_SignsOfLife_KeepTheWatchdogAway(self):
        self.speak("watchdog_sec=1")
        self.ready()
        pid, begin = self.info("p")["pid"], self.info("p")["now"]
        self.tell("threading.Thread(daemon=True, target=lambda: "
                  "[(send('WATCHDOG=1'), time.sleep(0.1)) for i in range(10 ** 9)]).start()")
        self.wait("three seconds", lambda: self.info("p")["now"] > begin + 3)
        self.assertEqual(self.info("p")["pid"], pid)

    def test_Watchdog_StandsStillWhilePaused(self):
        self.speak("watchdog_sec=1\nautorestart=false")
        self.ready()
        code, text = self.ctl("pause", "p")
        if code != 0:
            self.skipTest(text)
        begin = self.info("p")["now"]
        self.wait("three seconds", lambda: self.info("p")["now"] > begin + 3)
        self.assertEqual(self.info("p")["statename"], "RUNNING")
        self.assertEqual(self.ctl("resume", "p")[0], 0)
        self.wait_state("p", "EXITED")

    def test_Program_MayChangeAndTriggerItsWatchdog(self):
        self.speak("watchdog_sec=1\nautorestart=false\nwatchdog_signal=USR1")
        self.tell("send('WATCHDOG_USEC=3600000000')")
        self.ready()
        begin = self.info("p")["now"]
        self.wait("two seconds", lambda: self.info("p")["now"] > begin + 2)
        self.assertEqual(self.info("p")["statename"], "RUNNING")
        self.tell("send('WATCHDOG=trigger')")
        self.wait_state("p", "EXITED")
        self.assertIn("watchdog missed, SIGUSR1", self.ctl("why", "p")[1])

    # --- another leader


    def lead(self, statement):
        """A child that waits in `statement`, named as the main process."""
        self.tell("child = subprocess.Popen(['/usr/bin/python3', '-c', %r])" % statement)
        before = self.info("p")["pid"]
        self.tell("send('MAINPID=%d' % child.pid)")
        self.wait("another pid", lambda: self.info("p")["pid"] != before)
        return self.info("p")["pid"]

    def test_NamedLeader_IsWhoCounts(self):
        self.speak("autorestart=false", '"import subprocess"')
        self.ready()
        before = self.info("p")["pid"]
        leader = self.lead("import signal, sys; signal.signal(signal.SIGUSR1, lambda *a: "
                           "sys.exit(7)); open(%r, 'w'); signal.pause()" % self.path("listens"))
        self.wait("it takes the signal", lambda: self.text("listens") is not None)
        self.tell("os._exit(1)")
        self.wait("the first has ended", lambda: not os.path.exists(f"/proc/{before}"))
        self.assertEqual(self.info("p")["statename"], "RUNNING")
        self.upgrade()
        self.assertEqual(self.info("p")["pid"], leader)
        self.assertEqual(self.ctl("signal", "USR1", "p")[0], 0)
        self.wait_state("p", "EXITED")
        self.assertEqual(self.info("p")["exitstatus"], 7)

    def test_NamedLeader_IsReapedByItsParent(self):
        self.speak("autorestart=false\nstopasgroup=true", '"import subprocess"')
        self.ready()
        self.lead("import time; time.sleep(1000)")
        self.crash()
        self.tell("child.wait(); say('reaped')")
        self.assertEqual(self.ctl("stop", "p")[0], 0)
        self.assertIn("terminated by SIGTERM", self.text("main.log"))

    # --- stored descriptors

    def test_StoredDescriptors_AreGivenToTheNextRun(self):
        self.speak("fdstore_max=2\nautorestart=true",
                   '"say(given(), [os.read(n, 9) for n in given().values()])"')
        self.ready()
        self.tell("r, w = os.pipe(); os.write(w, b'kept'); "
                  "send('FDSTORE=1\\nFDNAME=pipe\\nFDPOLL=0', r, r); os.close(w)")
        self.tell("send('FDSTORE=1', os.open('/dev/zero', os.O_RDONLY)); "
                  "send('FDSTORE=1', os.open('/dev/null', os.O_RDONLY)); send('STATUS=stored')")
        self.wait("all is stored", lambda: self.status() == "stored")
        self.assertIn("fdstore_max=2", self.text("main.log"))
        self.upgrade()
        self.crash()
        self.tell("os._exit(0)")
        self.said("{'pipe': 3, 'stored': 4} [b'kept', b'\\x00\\x00")
        self.ready()
        self.tell("send('FDSTOREREMOVE=1\\nFDNAME=stored\\nSTATUS=removed')")
        self.wait("one is removed", lambda: self.status() == "removed")
        self.tell("os._exit(0)")
        self.said("{'pipe': 3} [b'']")

    def test_StoredDescriptorWithoutAnotherEnd_IsDropped(self):
        self.speak("fdstore_max=3\nautorestart=true", '"say(\'given\', given())"')
        self.ready()
        self.tell("a, b = socket.socketpair(); c, d = socket.socketpair(); "
                  "send('FDSTORE=1\\nFDNAME=gone', a.fileno()); "
                  "send('FDSTORE=1\\nFDNAME=here', c.fileno()); send('STATUS=stored')")
        self.wait("all is stored", lambda: self.status() == "stored")
        # The other end of here is stored as well.
        self.tell("send('FDSTORE=1\\nFDNAME=other', d.fileno()); b.close(); a.close(); "
                  "send('STATUS=closed')")
        self.wait("b is closed", lambda: self.status() == "closed")
        self.tell("os._exit(0)")
        self.wait("another run", lambda: (self.text("p.log") or "").count("}\n") == 2)
        self.assertNotIn("'gone'", self.text("p.log"))
        self.assertIn("'here'", self.text("p.log"))

    def test_Barrier_FallsWhenAllBeforeItWasHandled(self):
        self.speak()
        self.tell("r, w = os.pipe(); send('STATUS=before'); send('BARRIER=1', w); os.close(w); "
                  "say('end', os.read(r, 1))")
        self.said("end b''")
        self.assertEqual(self.status(), "before")

    # --- other daemons

    def test_UpgradeAndCrash_ChangeNothing(self):
        self.speak()
        self.tell("send('STATUS=half')")
        self.wait("its status", lambda: self.status() == "half")
        for change in (self.upgrade, self.crash):
            change()
            self.assertEqual((self.info("p")["statename"], self.status()), ("STARTING", "half"))
        self.ready()
        for change in (self.upgrade, self.crash):
            change()
            self.tell(f"send('STATUS=after {change.__name__}')")
            self.wait("it is heard",
                      lambda change=change: self.status() == f"after {change.__name__}")

    def test_OrdinaryPrograms_HaveNoSocket(self):
        with unittest.mock.patch.dict(os.environ, {"NOTIFY_SOCKET": "/run/x", "LISTEN_FDS": "1"}):
            self.start("[program:p]\ncommand=/bin/sh -c 'env; sleep 1000'\nstdout_logfile={dir}/p.log\n"
                       "stopasgroup=true\n")
        self.said("SUPERVISOR_ENABLED")
        self.assertNotRegex(self.text("p.log"), "NOTIFY_SOCKET|WATCHDOG|LISTEN_")
        found = subprocess.run(["ls", "-l", f"/proc/{self.daemon.pid}/fd"], check=True,
                               capture_output=True, text=True)
        self.assertNotIn("dgram", found.stdout)


if __name__ == "__main__":
    unittest.main()
