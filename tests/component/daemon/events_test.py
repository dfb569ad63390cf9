#!/usr/bin/env python3
"""Event listeners that behave badly, and the others beside them, in a running daemon.
events_test.py SVD SVCTL"""

import json
import os
import signal
import unittest

from daemon_case import DaemonCase

LISTENER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "listener.py")

POOL = """
[eventlistener:{name}]
command=/usr/bin/python3 {listener} {way} {dir}/{name}.events {dir}/{name}.flag
events=REMOTE_COMMUNICATION
environment=PYTHONIOENCODING="utf-8"
buffer_size={buffer_size}
startsecs=0
autorestart=true
stdout_logfile=NONE
stderr_logfile={dir}/{name}.err
{more}
"""


class Events(DaemonCase):
    def start_pools(self, *pools):
        """Each pool is (name, way) or (name, way, buffer_size, more lines of its section)."""
        text = ""
        for name, way, *rest in pools:
            buffer_size, more = rest or (1000, "")
            text += POOL.format(name=name, way=way, dir=self.dir, listener=LISTENER,
                                buffer_size=buffer_size, more=more)
        self.start(text, all_run=False)
        for name, way, *_ in pools:
            self.wait_listener(name, "UNKNOWN" if way in ("rubbish", "flood") else "READY")

    def pool(self, name):
        return next(one for one in self.rpc.svd.getEventPools() if one["group"] == name)

    def state(self, name):
        return self.pool(name)["processes"][0]["listener_state"]

    def wait_listener(self, name, state):
        self.wait(f"{name} is {state}", lambda: self.state(name) == state)

    def pid(self, name):
        return self.rpc.supervisor.getProcessInfo(f"{name}:{name}")["pid"]

    def send(self, *texts):
        for text in texts:
            self.rpc.supervisor.sendRemoteCommEvent("t", text)

    def got(self, name):
        """What the listener has read so far: the data of its events, in order of arrival."""
        if not os.path.exists(self.path(name + ".events")):
            return []
        with open(self.path(name + ".events"), encoding="ascii") as file:
            records = [json.loads(line) for line in file if line.endswith("\n")]
        return [payload.removeprefix("type:t\n") for _, payload in records]

    def wait_got(self, name, expected):
        self.wait(f"{name} has got all", lambda: len(self.got(name)) >= len(expected))
        self.assertEqual(self.got(name), expected)

    def main_log(self):
        return self.text("main.log")

    def touch(self, name):
        self.write(name, "")

    # --- behaving badly

    def test_StalledListener_GetsEverythingInOrderAndNobodyElseWaits(self):
        self.start_pools(("slow", "text"), ("good", "text"))
        os.kill(self.pid("slow"), signal.SIGSTOP)
        texts = [f"event {i}" for i in range(200)]
        self.send(*texts)
        self.wait_got("good", texts)
        self.assertEqual(self.got("slow"), [])
        self.assertEqual(self.pool("slow")["queued"], 199)
        os.kill(self.pid("slow"), signal.SIGCONT)
        self.wait_got("slow", texts)

    def test_ListenerThatDiesWithAnEvent_GetsItAgainBeforeTheNext(self):
        self.start_pools(("mortal", "dies"), ("good", "text"))
        first = self.pid("mortal")
        self.send("a", "b", "c")
        self.wait_got("good", ["a", "b", "c"])
        self.wait_got("mortal", ["a", "a", "b", "c"])
        self.assertNotEqual(self.pid("mortal"), first)

    def test_ListenerThatSpeaksRubbish_GetsNothingUntilItIsRestarted(self):
        self.start_pools(("odd", "rubbish"), ("good", "text"))
        self.send("a", "b")
        self.wait_got("good", ["a", "b"])
        self.assertEqual((self.got("odd"), self.pool("odd")["queued"]), ([], 2))
        self.assertIn("odd: has entered the UNKNOWN state", self.main_log())
        self.touch("odd.flag")
        self.ctl("restart", "odd:*")
        self.wait_got("odd", ["a", "b"])

    def test_ListenerThatSpeaksRubbish_IsRestartedLaterEachTimeAndLosesNothing(self):
        self.start_pools(("odd", "rubbish"))
        first = self.pid("odd")
        self.send("a", "b")
        self.wait("said twice", lambda: "it is restarted in 2 s" in self.main_log())
        self.assertIn("odd has broken the event protocol, it is restarted in 1 s",
                      self.main_log())
        self.touch("odd.flag")
        self.wait_got("odd", ["a", "b"])
        self.assertNotEqual(self.pid("odd"), first)
        self.assertEqual(self.main_log().count("has broken the event protocol"), 2)

    def test_ListenerThatNeverStopsTalking_HoldsUpNobody(self):
        self.start_pools(("loud", "flood"), ("good", "text"))
        texts = [f"event {i}" for i in range(50)]
        self.send(*texts)
        self.wait_got("good", texts)
        self.assertEqual(self.rpc.supervisor.getState()["statename"], "RUNNING")

    def test_ListenerThatNeverReads_HoldsUpNobody(self):
        self.start_pools(("deaf", "deaf"), ("good", "text"))
        texts = [str(i) * 200_000 for i in range(10)]  # each is more than a pipe holds
        self.send(*texts)
        self.wait_got("good", texts)
        self.assertEqual((self.state("deaf"), self.pool("deaf")["queued"]), ("BUSY", 9))
        self.assertEqual(self.rpc.supervisor.getState()["statename"], "RUNNING")

    def test_ListenerThatAlwaysFails_KeepsItsEventsAndHoldsUpNobody(self):
        self.start_pools(("never", "fails"), ("good", "text"))
        self.send("a", "b")
        self.wait("it is held back", lambda: self.pool("never")["rejected"] >= 25)
        self.send("c")
        self.wait_got("good", ["a", "b", "c"])
        self.assertEqual(set(self.got("never")), {"a"})
        self.touch("never.flag")
        self.wait("accepted", lambda: self.pool("never")["delivered"] == 3)
        self.assertEqual(self.got("never")[-2:], ["b", "c"])

    def test_RestartedListener_GetsWhatCameMeanwhile(self):
        self.start_pools(("one", "text"))
        self.send("a")
        self.wait_got("one", ["a"])
        self.wait_listener("one", "READY")
        self.rpc.supervisor.stopProcess("one:one")
        self.send("b", "c")
        self.rpc.supervisor.startProcess("one:one")
        self.wait_got("one", ["a", "b", "c"])

    # --- nothing is lost silently

    def test_FullBuffer_DropsTheOldestAndSaysSoEverywhere(self):
        self.start_pools(("small", "text", 3, ""))
        pid = self.pid("small")
        os.kill(pid, signal.SIGSTOP)
        self.send(*map(str, range(10)))  # one is in the pipe, three wait
        pool = self.pool("small")
        self.assertEqual([pool[key] for key in ("accepted", "queued", "delivered", "dropped")],
                         [10, 3, 0, 6])
        discarded = [line.rsplit(" ", 1)[1] for line in self.main_log().splitlines()
                     if "pool small event buffer overflowed, discarding event" in line]
        self.assertEqual(discarded, list(map(str, range(1, 7))))
        shown = self.ctl("events")[1].splitlines()
        self.assertEqual(shown[0].split(None, 1),
                         ["small", "queued 3/3, delivered 0, rejected 0, dropped 6"])
        self.assertEqual(shown[1].split(), ["small", "RUNNING", "BUSY"])
        counted = json.loads(self.ctl("--json", "events")[1])["pools"][0]
        self.assertEqual([counted[key] for key in ("group", "buffer_size", "dropped")],
                         ["small", 3, 6])
        os.kill(pid, signal.SIGCONT)
        self.wait_got("small", ["0", "7", "8", "9"])
        self.wait("counted", lambda: self.pool("small")["delivered"] == 4)
        self.rpc.supervisor.stopProcess("small:small")
        self.rpc.supervisor.removeProcessGroup("small")
        self.assertIn("pool small has lost 6 of 10 events", self.main_log())

    # --- what len counts

    def test_LengthOfAnEvent_FitsThoseWhoReadTextAndThoseWhoReadBytes(self):
        self.start_pools(("text", "text"), ("bytes", "bytes", 1000, "events_length=bytes"))
        texts = ["plain", "Grüße", "✓ 😀 \n", "", "é" * 70_000, "plain again"]
        self.send(*texts)
        self.wait_got("text", texts)
        self.wait_got("bytes", texts)


if __name__ == "__main__":
    unittest.main(verbosity=0)
