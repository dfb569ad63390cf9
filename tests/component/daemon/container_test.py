"""svd as the first process of a pid namespace, as in a container: signals, orphans, exit codes and output."""

import os
import re
import signal
import subprocess
import sys
import unittest

from daemon_case import BOUND, SVD, DaemonCase

UNSHARE = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]
EXAMPLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../examples/container/svd.conf")
TO_STDOUT = """
stdout_logfile=/dev/stdout
stdout_logfile_maxbytes=0
redirect_stderr=true
"""
# Says that it is there, and when it is told to end.
POLITE = """
[program:{name}]
command=/bin/sh -c "trap 'echo {name} ends; exit 0' TERM; echo {name} is there; while :; do sleep 0.02; done"
""" + TO_STDOUT
# Ends when the file {dir}/go is there.
WORKER = """
[program:worker]
command=/bin/sh -c "until [ -e {dir}/go ]; do sleep 0.02; done; {end}"
startsecs=0
""" + TO_STDOUT


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as children:
        return [int(child) for child in children.read().split()]


def command_of(pid):
    try:
        with open(f"/proc/{pid}/cmdline", encoding="utf-8") as words:
            return words.read()
    except OSError:
        return ""


class ContainerTest(DaemonCase):
    def start_container(self, programs):
        """svd is process 1 of a namespace; what it and the programs print goes to the file `output`."""
        self.configure(programs)
        with open(self.path("output"), "w", encoding="utf-8") as output:
            self.launch([*UNSHARE, SVD, "-n", "-s", "-c", self.path("svd.conf")], self.path("s.sock"),
                        stdout=output)
        (self.svd,) = children_of(self.daemon.pid)
        with open(f"/proc/{self.svd}/status", encoding="utf-8") as status:
            self.assertRegex(status.read(), r"(?m)^NSpid:\s+\d+\s+1$")

    def end(self):  # a signal for unshare ends nothing
        if self.daemon.poll() is None:
            for svd in children_of(self.daemon.pid):
                os.kill(svd, signal.SIGTERM)
        super().end()

    def exit_code(self):
        return self.daemon.wait(BOUND)

    def wait_output(self, text):
        self.wait(f"'{text}' is printed", lambda: text in self.text("output"))

    def test_TermAndInt_EndTheProgramsInTheReverseOrder(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number.name):
                self.start_container(POLITE.format(name="first") + "priority=1\n" +
                                     POLITE.format(name="second") + "priority=2\n")
                for name in ("first", "second"):
                    self.wait_output(f"{name} is there")
                os.kill(self.svd, number)
                self.assertEqual(self.exit_code(), 0)
                self.assertEqual(re.findall(r"(\w+) ends", self.text("output")), ["second", "first"])

    def test_Orphan_IsReaped(self):
        self.start_container("""
[program:parent]
command=/bin/sh -c "(sh -c 'echo > {dir}/born; until [ -e {dir}/go ]; do sleep 0.01; done' & ); exec sleep 1000"
""")
        self.wait("the orphan is there", lambda: self.text("born") is not None)

        def orphans():
            return [pid for pid in children_of(self.svd)
                    if f"{self.dir}/go" in command_of(pid) and "exec sleep" not in command_of(pid)]
        self.wait("it is an orphan", orphans)
        (orphan,) = orphans()
        self.write("go", "")
        self.wait("it is reaped", lambda: not os.path.exists(f"/proc/{orphan}"))
        self.assertIn(self.info("parent")["statename"], ("STARTING", "RUNNING"))

    def end_of_worker(self, end, options, others=""):
        """Exit code of svd after its critical program has ended like that."""
        if os.path.exists(self.path("go")):
            os.unlink(self.path("go"))
        self.start_container(WORKER.replace("{end}", end) + "critical=true\n" + options + others)
        self.wait_state("worker", "RUNNING")
        self.write("go", "")
        return self.exit_code()

    def test_EndOfACriticalProgram_IsThatOfTheContainer(self):
        self.assertEqual(self.end_of_worker("exit 7", "autorestart=false\n", POLITE.format(name="other")), 7)
        self.assertEqual(re.findall(r"(\w+) ends", self.text("output")), ["other"])
        self.assertRegex(self.text("main.log"), "critical program worker has ended, svd ends with exit code 7")
        self.assertEqual(self.end_of_worker("exit 0", "autorestart=unexpected\n"), 0)
        self.assertEqual(self.end_of_worker("kill -KILL $$", "autorestart=false\n"), 128 + signal.SIGKILL)

    def test_CriticalProgramThatIsStartedAgain_GoesOnUntilItIsFatal(self):
        self.assertEqual(self.end_of_worker("exit 5", "restart_limit=2/60s\n"), 5)
        self.assertEqual(len(re.findall("exited: worker", self.text("main.log"))), 3)

    def test_CriticalProgramThatCannotRun_Ends127(self):
        self.configure("[program:x]\ncommand=/nonexistent\ncritical=true\nstartretries=0\n")
        done = subprocess.run([*UNSHARE, SVD, "-n", "-s", "-c", self.path("svd.conf")], check=False,
                              timeout=BOUND)
        self.assertEqual(done.returncode, 127)

    def test_StopOfACriticalProgram_EndsNothing(self):
        self.start_container(POLITE.format(name="main") + "critical=true\n" + WORKER.replace("{end}", "exit 3")
                             + "autorestart=false\n")
        self.wait_output("main is there")
        self.rpc.supervisor.stopProcess("main")
        self.write("go", "")
        self.wait_state("worker", "EXITED")  # which is not critical
        self.assertEqual(self.info("main")["statename"], "STOPPED")
        os.kill(self.svd, signal.SIGTERM)
        self.assertEqual(self.exit_code(), 0)

    def test_Example_IsWithoutFault(self):
        done = subprocess.run([SVD, "-t", "-c", EXAMPLE], text=True, capture_output=True, timeout=BOUND,
                              check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)


if __name__ == "__main__":
    tried = subprocess.run([*UNSHARE, "true"], stderr=subprocess.PIPE, text=True, check=False)
    if tried.returncode != 0:
        print(f"skipped: no pid namespace can be made: {tried.stderr.strip()}")
        sys.exit(77)
    unittest.main()
