"""Who may do what: root, svd's own user, and others by the word of a polkit of our own.
dbus_polkit_test.py SVD SVCTL"""

import json
import os
import re
import threading
import unittest

from dbus_case import BOUND, MANAGER, ROOT, SLEEPER, DbusCase

import sd_bus

NOBODY = 65534
AUTHORITY = "/org/freedesktop/PolicyKit1/Authority"


class Polkit(threading.Thread):
    """Answers CheckAuthorization with what `answers` has: (allowed, challenge), an error or None."""

    def __init__(self, address):
        super().__init__(daemon=True)
        self.bus = sd_bus.Bus(address)
        self.asked = []
        self.answer = lambda question: (True, False)
        self.ending = threading.Event()
        self.bus.serve(AUTHORITY, self.on_call)
        self.bus.request_name("org.freedesktop.PolicyKit1")

    def on_call(self, message):
        (kind, subject), action, details, flags, _ = message.values
        self.asked.append((kind, subject["name"], action, details, flags))
        return self.answer(self.asked[-1])

    def run(self):
        while not self.ending.is_set():
            self.bus.run(0.01)
        self.bus.close()

    def end(self):
        self.ending.set()
        self.join(BOUND)


@unittest.skipIf(os.geteuid() != 0, "needs root")
class Nobody(DbusCase):
    def as_nobody(self, member, signature="", *args, interactive=False, path=ROOT, interface=MANAGER):
        """The values of the answer to another user, or "NAME: TEXT" of the error."""
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.setgroups([])
                os.setresgid(NOBODY, NOBODY, NOBODY)
                os.setresuid(NOBODY, NOBODY, NOBODY)
                bus = sd_bus.Bus(self.bus_daemon.address)
                try:
                    said = bus.call(path, interface, member, signature, *args, interactive=interactive)
                except sd_bus.BusError as error:
                    said = str(error)
                os.write(writer, json.dumps(said).encode() + b"\n")
            finally:
                os._exit(0)
        os.close(writer)
        with open(reader, encoding="utf-8") as answer:
            # Not to the end: a child that was forked meanwhile holds the pipe, too.
            said = json.loads(answer.readline())
        os.waitpid(child, 0)
        return said


class Authorization(Nobody):
    def setUp(self):
        super().setUp()
        self.serve(SLEEPER % "web" + SLEEPER % "other")

    def polkit(self):
        polkit = Polkit(self.bus_daemon.address)
        polkit.start()
        self.addCleanup(polkit.end)
        return polkit

    def test_root_and_reading_need_nobody(self):
        polkit = self.polkit()
        self.manager("RestartProcess", "s", "web")
        self.assertEqual(polkit.asked, [])
        state = self.as_nobody("Get", "ss", "org.svd1.Process", "State", path=self.path_of("web"),
                               interface="org.freedesktop.DBus.Properties")
        self.assertEqual(state, ["RUNNING"])
        self.assertEqual(polkit.asked, [])

    def test_without_polkit_others_may_look_and_no_more(self):
        self.assertEqual(len(self.as_nobody("ListProcesses")[0]), 2)
        self.assertIn("running since", self.as_nobody("Why", path=self.path_of("web"),
                                                      interface="org.svd1.Process")[0])
        for words in (("StopProcess", "s", "web"), ("Shutdown",), ("Reload",), ("ReadLog", "xx", 0, 0),
                      ("SendStdin", "ss", "web", "x"), ("SignalAll", "s", "TERM"), ("Upgrade",),
                      ("ClearLog",), ("SendEvent", "ss", "a", "b")):
            said = self.as_nobody(*words)
            self.assertRegex(said, "AccessDenied: .* org.svd1.*: there is no polkit")
        self.assertEqual(self.state("web"), "RUNNING")

    def test_polkit_is_asked_with_action_and_details(self):
        polkit = self.polkit()
        self.assertEqual(self.as_nobody("RestartProcess", "s", "web"), [[["web", "web", "", "OK"]]])
        self.as_nobody("Signal", "s", "CONT", path=self.path_of("web"), interface="org.svd1.Process")
        self.as_nobody("StopGroup", "s", "other", interactive=True)
        self.as_nobody("Reread")
        self.as_nobody("ListGroups")
        told = [(kind, action, details, flags) for kind, _, action, details, flags in polkit.asked]
        self.assertEqual(told, [
            ("system-bus-name", "org.svd1.manage",
             {"verb": "RestartProcess", "program": "web", "group": "web"}, 0),
            ("system-bus-name", "org.svd1.signal", {"verb": "Signal", "program": "web", "group": "web"}, 0),
            ("system-bus-name", "org.svd1.manage", {"verb": "StopGroup", "group": "other"}, 1),
            ("system-bus-name", "org.svd1.reload", {"verb": "Reread"}, 0),
            ("system-bus-name", "org.svd1.view", {"verb": "ListGroups"}, 0)])
        self.assertTrue(all(re.fullmatch(r":1\.\d+", name) for _, name, *_ in polkit.asked))

    def test_a_rule_for_one_program(self):
        polkit = self.polkit()
        polkit.answer = lambda question: (question[3].get("program") == "web", False)
        self.assertEqual(self.as_nobody("StopProcess", "s", "web"), [[["web", "web", "", "OK"]]])
        self.assertIn("org.svd1.manage", self.as_nobody("StopProcess", "s", "other"))
        self.assertEqual((self.state("web"), self.state("other")), ("STOPPED", "RUNNING"))

    def test_refusals(self):
        polkit = self.polkit()
        polkit.answer = lambda question: (False, False)
        said = self.as_nobody("StopProcess", "s", "web")
        self.assertIn("StopProcess needs the authorization org.svd1.manage: polkit does not grant it", said)
        self.assertIn("org.svd1.view", self.as_nobody("ListProcesses"))
        polkit.answer = lambda question: (False, True)
        self.assertIn("InteractiveAuthorizationRequired: StopProcess", self.as_nobody("StopProcess", "s", "web"))
        polkit.answer = lambda question: sd_bus.BusError("org.freedesktop.PolicyKit1.Error.Failed", "ill")
        self.assertIn("polkit has not answered: ill", self.as_nobody("StopProcess", "s", "web"))
        self.assertEqual(self.state("web"), "RUNNING")

    def slow_polkit(self):
        """Grants everything, once the event it comes with is set."""
        polkit = self.polkit()
        release = threading.Event()

        def slow(_):
            release.wait(BOUND)
            return True, False
        polkit.answer = slow
        return polkit, release

    def test_a_slow_polkit_keeps_nobody_else_waiting_and_only_so_many_wait(self):
        _, release = self.slow_polkit()
        said = []
        clients = [threading.Thread(target=lambda: said.append(self.as_nobody("StartProcess", "s", "web")))
                   for _ in range(24)]
        for client in clients:
            client.start()
        self.wait("some are refused", lambda: len([one for one in said if "too many" in one]) >= 8)
        self.assertEqual(self.manager("RestartProcess", "s", "other")[0][0][3], "OK")
        release.set()
        for client in clients:
            client.join(BOUND)
        self.assertEqual(len(said), 24)
        self.assertEqual(len([one for one in said if "too many" in one]), 8)
        self.assertEqual(len([one for one in said if "ALREADY_STARTED" in one]), 16)

    def test_what_is_gone_when_the_answer_comes(self):
        polkit, release = self.slow_polkit()
        said = []
        client = threading.Thread(target=lambda: said.append(
            self.as_nobody("Stop", path=self.path_of("web"), interface="org.svd1.Process")))
        client.start()
        self.wait("asked", lambda: polkit.asked)
        self.manager("StopProcess", "s", "web")
        self.manager("RemoveGroup", "s", "web")
        release.set()
        client.join(BOUND)
        self.assertIn("BAD_NAME: web:web", said[0])


class OwnUser(Nobody):
    def setUp(self):
        super().setUp()
        os.chown(self.dir, NOBODY, NOBODY)
        self.serve(SLEEPER % "web", "user=nobody\n")

    def test_svd_of_another_user_obeys_that_user_and_root(self):
        self.assertEqual(self.as_nobody("StopProcess", "s", "web"), [[["web", "web", "", "OK"]]])
        self.assertEqual(self.manager("StartProcess", "s", "web")[0][0][3], "OK")


if __name__ == "__main__":
    unittest.main()
