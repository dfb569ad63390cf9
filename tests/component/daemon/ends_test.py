#!/usr/bin/env python3
"""Why processes died, and what they use, in a running daemon: real programs, real signals.
ends_test.py SVD SVCTL"""

import json
import os
import re
import signal
import unittest
import xmlrpc.client

from daemon_case import DaemonCase

TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")


PROGRAM = """
[program:{name}]
command={command}
startsecs=0
autorestart=false
stdout_logfile={dir}/{name}.out
stderr_logfile={dir}/{name}.err
{more}
"""


def program(name, command, more=""):
    return PROGRAM.replace("{name}", name).replace("{command}", command).replace("{more}", more)


class DaemonWithEnds(DaemonCase):
    def start_all(self, programs):
        self.start(programs, all_run=False)

    def ends(self, name):
        return self.rpc.svd.getDeaths(name)[0]

    def wait_state(self, name, state):
        self.wait(f"{name} is {state}", lambda: self.ends(name)["statename"] == state)
        return self.ends(name)

    def start_again(self, name):
        """Whatever the answer: the program may have ended before it."""
        try:
            self.rpc.supervisor.startProcess(name, False)
        except xmlrpc.client.Fault as fault:
            self.assertIn(fault.faultCode, (40, 50))  # ABNORMAL_TERMINATION, SPAWN_ERROR

    def wait_death(self, name, count=1):
        self.wait(f"{name} has ended", lambda: len(self.ends(name)["deaths"]) >= count)
        return self.ends(name)["deaths"][0]


class Ends(DaemonWithEnds):
    def test_OrphansThatEnd_AreToldByTheirProgram(self):
        orphan = "/bin/sh -c '(sleep 0.1 &); exec sleep 1000'"
        self.start_all(program("memory.x", orphan) + program("b", orphan) + program("c", orphan) +
                       "[group:g]\nprograms=b,c\n")
        for name in ("memory.x", "b", "c"):
            self.wait(f"the orphan of {name} is told", lambda name=name:
                      f"reaped descendant of '{name}', pid " in self.text("main.log"))

    def test_ExitCode_IsToldWithTheLastLines(self):
        self.start_all(program("three", "/bin/sh -c 'echo one; echo two; echo bad >&2; exit 3'"))
        death = self.wait_death("three")
        self.assertEqual((death["kind"], death["exitstatus"], death["expected"], death["asked"]),
                         ("failed", 3, False, "no"))
        ends = self.ends("three")
        self.assertEqual((ends["stdout_tail"], ends["stderr_tail"]), ("one\ntwo\n", "bad\n"))
        self.assertRegex(ends["reason"], r"^exit code 3, not expected, after [\d.]+ s, at ")

    def test_OwnSignal_NamesTheCore(self):
        self.start_all(program("crash", "/bin/sh -c 'ulimit -c 0; kill -SEGV $$'"))
        death = self.wait_death("crash")
        self.assertEqual((death["kind"], death["signal"], death["exitstatus"]),
                         ("signal", "SIGSEGV", -1))

    def test_SigkillFromOutside_IsToldFromOneOnRequest(self):
        self.start_all(program("one", "/bin/cat") + program("two", "/bin/cat"))
        os.kill(self.wait_state("one", "RUNNING")["pid"], signal.SIGKILL)
        death = self.wait_death("one")
        self.assertEqual(death["kind"], "signal")
        self.assertRegex(death["text"], "^SIGKILL from outside svd")
        self.wait_state("two", "RUNNING")
        self.rpc.supervisor.signalProcess("two", "KILL")
        self.assertEqual(self.wait_death("two")["text"], "SIGKILL, sent on request")

    def test_SignalOfAnEarlierRun_ExplainsNothing(self):
        self.start_all(program("hup", """/bin/sh -c "trap : HUP; while :; do sleep 0.01; done" """))
        self.wait_state("hup", "RUNNING")
        self.rpc.supervisor.signalProcess("hup", "KILL")
        self.wait_state("hup", "EXITED")
        self.rpc.supervisor.startProcess("hup")
        os.kill(self.wait_state("hup", "RUNNING")["pid"], signal.SIGKILL)
        self.assertRegex(self.wait_death("hup", 2)["text"], "^SIGKILL from outside svd")

    def test_Stop_IsARequest(self):
        self.start_all(program("calm", "/bin/cat"))
        self.wait_state("calm", "RUNNING")
        self.rpc.supervisor.stopProcess("calm")
        death = self.wait_death("calm")
        self.assertEqual((death["kind"], death["asked"]), ("stopped", "request"))
        self.assertRegex(self.ends("calm")["reason"], "^stopped by request, SIGTERM, after ")

    def test_StubbornProgram_WasKilledBySvd(self):
        self.start_all(program("deaf", """/bin/sh -c "trap '' TERM; echo up; while :; do sleep 0.01; done" """,
                           "stopwaitsecs=1"))
        self.wait_state("deaf", "RUNNING")
        self.wait("it is deaf", lambda: self.rpc.supervisor.readProcessStdoutLog("deaf", 0, 0))
        self.rpc.supervisor.stopProcess("deaf")
        self.assertEqual(self.wait_death("deaf")["kind"], "killed")

    def test_MissingProgram_NeverStarted(self):
        self.start_all(program("gone", "/nonexistent/prog", "startretries=0"))
        ends = self.wait_state("gone", "FATAL")
        death = ends["deaths"][0]
        self.assertEqual((death["kind"], death["stage"], death["pid"]), ("not started", "lookup", 0))
        self.assertRegex(ends["reason"], r"^could not be started: can't find command "
                         r"'/nonexistent/prog', at .*; given up after startretries=0$")

    def test_ProgramThatCannotBeExecuted_HasStageAndErrno(self):
        with open(self.path("script"), "w", encoding="ascii") as file:
            file.write("#!/nonexistent/interpreter\n")
        os.chmod(self.path("script"), 0o755)
        self.start_all(program("script", "{dir}/script", "startsecs=1\nstartretries=0"))
        death = self.wait_state("script", "FATAL")["deaths"][0]
        self.assertEqual((death["kind"], death["stage"], death["errno"]), ("not started", "exec", 2))
        self.assertRegex(death["text"], r"^exec failed: .*ENOENT \(No such file or directory\)$")
        self.assertRegex(self.ends("script")["stderr_tail"], "couldn't exec")

    def test_Backoff_SaysWhenTheNextStartComes(self):
        self.start_all(program("flap", "/bin/false", "startsecs=1\nstartretries=1000"))
        ends = self.wait_state("flap", "BACKOFF")
        self.assertRegex(ends["reason"], r"^exit code 1, before startsecs=1 had passed, .*; "
                         r"start \d+ of 1001 failed, the next one comes in [\d.]+ s$")

    def test_Leftovers_AreCounted(self):
        self.start_all(program("leaves", """/bin/sh -c "sleep 1000 & sleep 1000 & exit 0" """))
        death = self.wait_death("leaves")
        self.assertEqual(death["left_behind"], 2)
        self.assertRegex(death["text"], "^exit code 0, left 2 processes behind, which svd killed")

    def test_History_IsBoundedAndCountsAll(self):
        self.start_all(program("again", "/bin/sh -c 'exit 5'"))
        self.wait_death("again")
        for count in range(2, 15):
            self.start_again("again")
            self.wait("ended", lambda: self.ends("again")["counts"]["failed"] == count)
        ends = self.ends("again")
        self.assertEqual(len(ends["deaths"]), 10)
        self.assertEqual(ends["restarts"], 0)
        self.assertEqual([d["at"] for d in ends["deaths"]],
                         sorted((d["at"] for d in ends["deaths"]), reverse=True))

    def test_Upgrade_ForgetsNothing(self):
        self.start_all(program("three", "/bin/sh -c 'echo one; exit 3'") +
                       program("two", """/bin/sh -c "read x; echo $x; read x; echo $x" """,
                               "stdout_logfile=/dev/null"))
        self.wait_death("three")
        self.wait_state("two", "RUNNING")
        self.rpc.supervisor.sendProcessStdin("two", "before\n")
        before = self.ends("three")
        self.assertEqual(self.ctl("upgrade")[0], 0)
        after = self.ends("three")
        before.pop("now"), after.pop("now")
        self.assertEqual(after, before)
        self.rpc.supervisor.sendProcessStdin("two", "after\n")
        self.wait_death("two")
        self.assertEqual(self.ends("two")["stdout_tail"], "before\nafter\n")

    def test_Names_AreProcessesAndGroups(self):
        self.start_all("[group:g]\nprograms=b,a\n" + program("a", "/bin/cat") + program("b", "/bin/cat"))
        self.wait_state("g:a", "RUNNING")
        self.assertEqual([e["name"] for e in self.rpc.svd.getDeaths("g:*")], ["a", "b"])
        self.assertEqual([e["name"] for e in self.rpc.svd.getAllDeaths()], ["a", "b"])
        for name in ("a", "g:c", "h:*"):
            self.assertEqual(self.fault(self.rpc.svd.getDeaths, name), (10, f"BAD_NAME: {name}"))


class LastOutput(DaemonWithEnds):
    TALK = """/bin/sh -c "i=0; while [ $i -lt 500 ]; do echo line $i; i=$((i+1)); done; exit 1" """

    def tail(self, more):
        self.start_all(program("talk", self.TALK.replace("%", "%%"), more))
        self.wait_death("talk")
        return self.ends("talk")["stdout_tail"]

    def test_Log_GivesTheEndOfThisRun(self):
        tail = self.tail("")
        self.assertEqual(len(tail), 2048)
        self.assertTrue(tail.endswith("line 498\nline 499\n"))

    def test_EarlierRun_IsLeftOut(self):
        self.start_all(program("short", "/bin/sh -c 'echo $$'"))
        self.wait_death("short")
        first = self.ends("short")["stdout_tail"]
        self.start_again("short")
        self.wait_death("short", 2)
        second = self.ends("short")
        self.assertEqual(second["stdout_tail"], f"{second['deaths'][0]['pid']}\n")
        self.assertNotEqual(first, second["stdout_tail"])

    def test_RotatedLog_GivesWhatWasMovedAway(self):
        tail = self.tail("stdout_logfile_maxbytes=1000\nstdout_logfile_backups=2")
        self.assertTrue(tail.endswith("line 498\nline 499\n"))
        self.assertGreater(len(tail), 100)

    def test_OutputWithoutAFileOfItsOwn_IsRemembered(self):
        tail = self.tail("stdout_logfile=/dev/null\nstdout_events_enabled=true")
        self.assertEqual(len(tail), 2048)
        self.assertTrue(tail.endswith("line 498\nline 499\n"))

    def test_LogOfTwoPrograms_GivesEachItsOwn(self):
        self.start_all(program("a", "/bin/sh -c 'echo from a; read x; exit 1'",
                           "stdout_logfile={dir}/both") +
                   program("b", "/bin/sh -c 'read x; echo from b; exit 1'",
                           "stdout_logfile={dir}/both"))
        self.wait_state("a", "RUNNING")
        self.wait_state("b", "RUNNING")
        self.rpc.supervisor.sendProcessStdin("b", "\n")
        self.wait_death("b")
        self.rpc.supervisor.sendProcessStdin("a", "\n")
        self.wait_death("a")
        self.assertEqual(self.ends("b")["stdout_tail"], "from b\n")

    def test_DiscardedOutput_IsSaidToBeGone(self):
        self.start_all(program("mute", "/bin/sh -c 'echo hello; exit 1'",
                           "stdout_logfile=NONE\nstderr_logfile=NONE"))
        self.wait_death("mute")
        ends = self.ends("mute")
        self.assertEqual((ends["stdout_kept"], ends["stdout_tail"]), (False, ""))
        self.assertIn("its output is not kept", self.ctl("why", "mute")[1])


class Why(DaemonWithEnds):
    def test_Text_HasReasonTableCountsAndLastLines(self):
        self.start_all(program("three", "/bin/sh -c 'echo one; echo bad >&2; exit 3'"))
        self.wait_death("three")
        code, shown = self.ctl("why", "three")
        pid = self.ends("three")["deaths"][0]["pid"]
        text = TIME.sub("TIME", re.sub(r"0\.\d\d s", "0.00 s", shown))
        text = text.replace(f"{pid} ".ljust(9), "PID      ")
        self.assertEqual(text, (
            "three: EXITED, exit code 3, not expected, after 0.00 s, at TIME\n"
            "    when                 pid      ran         end\n"
            "    TIME  PID      0.00 s      exit code 3, not expected\n"
            "    1 end since it was added: 1 failed; 0 restarts\n"
            "    last lines of its stdout:\n"
            "      one\n"
            "    last lines of its stderr:\n"
            "      bad\n"))
        self.assertEqual(code, 0)

    def test_Names_UnknownOnesAreErrors(self):
        self.start_all(program("cat", "/bin/cat", "autostart=false"))
        self.assertEqual(self.ctl("why", "cat", "dog", "herd:*"),
                         (1, "dog: ERROR (no such process)\nherd: ERROR (no such group)\n"
                             "cat: STOPPED, never started\n"))
        self.assertEqual(self.ctl("why", "all"), (0, "cat: STOPPED, never started\n"))
        code, shown = self.ctl("why")
        self.assertTrue(shown.startswith("Error: why requires a process name\nwhy <name>"))
        self.assertEqual(code, 2)

    def test_Json_HasTheSameFacts(self):
        self.start_all(program("three", "/bin/sh -c 'exit 3'"))
        self.wait_death("three")
        document = json.loads(self.ctl("--json", "why", "three", "dog")[1])
        self.assertEqual(document["errors"], [{"name": "dog", "error": "no such process"}])
        entry = document["processes"][0]
        self.assertEqual((entry["name"], entry["state"], entry["statecode"]),
                         ("three", "EXITED", 100))
        self.assertEqual((entry["deaths"][0]["exitstatus"], entry["counts"]["failed"]), (3, 1))


if __name__ == "__main__":
    unittest.main(verbosity=0)
