"""What org.svd1 tells by itself, and how it lives with its bus. dbus_signals_test.py SVD SVCTL"""

import os
import re
import signal
import time
import unittest
import xmlrpc.client

from dbus_case import BOUND, GROUP, MANAGER, PROCESS, ROOT, SLEEPER, SVD, DbusCase
from memory_test import allocator_is_plain, own_memory

STATES = "type='signal',interface='org.svd1.Manager',member='ProcessStateChanged'"
CHANGES = "type='signal',interface='org.freedesktop.DBus.Properties',member='PropertiesChanged'"
MANY = 1000


class Signals(DbusCase):
    def setUp(self):
        super().setUp()
        self.serve(SLEEPER % "web" + SLEEPER % "b")

    def subscribe(self):
        self.manager("Subscribe")

    def settle(self, bus=None):
        """Everything that was sent before this has come."""
        bus = bus or self.bus
        bus.call(ROOT, "org.freedesktop.DBus.Peer", "Ping")
        bus.run(0.05)

    def test_state_changes_come_in_order_with_their_serials(self):
        states = self.bus.collect(STATES)
        self.subscribe()
        self.manager("StopProcess", "s", "web")
        self.manager("StartProcess", "s", "web")
        self.wait_with(self.bus, "all four", lambda: len(states) >= 4)
        self.assertEqual([(one.values[1:4], one.values[5], one.values[4]) for one in states], [
            (["web", "web", self.path_of("web")], before, after) for before, after in (
                ("RUNNING", "STOPPING"), ("STOPPING", "STOPPED"), ("STOPPED", "STARTING"),
                ("STARTING", "RUNNING"))])
        serials = [one.values[0] for one in states]
        self.assertEqual(serials, sorted(set(serials)))
        self.assertLess(abs(states[-1].values[6] / 1e6 - time.time()), BOUND)

    def test_nothing_is_said_of_processes_while_nobody_has_subscribed(self):
        heard = self.bus.collect("type='signal',sender='org.svd1'")
        self.manager("RestartProcess", "s", "web")
        self.settle()
        self.assertEqual(heard, [])

    def test_changes_of_one_turn_are_one_signal_for_each_object(self):
        changes = self.bus.collect(CHANGES)
        self.manager("StopProcess", "s", "web")
        self.subscribe()
        self.manager("StartProcess", "s", "web")  # STARTING and RUNNING in one turn
        self.settle()
        told = {one.path: one.values for one in changes}
        self.assertEqual(len(told), len(changes))
        interface, values, _ = told[self.path_of("web")]
        self.assertEqual((interface, values["State"], values["Pid"]),
                         (PROCESS, "RUNNING", self.info("web")["pid"]))
        self.assertNotIn("Description", values)
        self.assertEqual(told[ROOT + "/group/web"][:2], [GROUP, {"NRunning": 1}])
        self.assertEqual(told[ROOT][1]["NRunning"], 2)

    def test_subscriptions(self):
        self.assertEqual(self.refused(self.manager, "Unsubscribe")[0], "org.svd1.Error.NotSubscribed")
        self.subscribe()
        self.assertEqual(self.refused(self.manager, "Subscribe")[0], "org.svd1.Error.AlreadySubscribed")
        states = self.bus.collect(STATES)
        self.manager("Unsubscribe")
        self.manager("RestartProcess", "s", "web")
        self.settle()
        self.assertEqual(states, [])

    def test_a_client_that_leaves_is_no_subscriber_any_more(self):
        states = self.bus.collect(STATES)
        other = self.connect()
        other.call(ROOT, MANAGER, "Subscribe")
        self.manager("StopProcess", "s", "web")
        self.wait_with(self.bus, "told", lambda: states)
        other.close()

        def silent():
            self.manager("RestartProcess", "s", "web")
            states.clear()
            self.manager("RestartProcess", "s", "web")
            self.settle()
            return not states
        self.wait("nobody listens", silent)

    def test_objects_come_and_go_with_an_update(self):
        added = self.bus.collect("type='signal',member='InterfacesAdded'")
        removed = self.bus.collect("type='signal',member='InterfacesRemoved'")
        groups = self.bus.collect("type='signal',interface='org.svd1.Manager'")
        self.write("svd.conf", self.text("svd.conf").replace("[program:b]", "[program:new]"))
        self.assertEqual(self.manager("Update"), [["new"], [], ["b"]])
        self.wait_with(self.bus, "told", lambda: len(added) == 2 and len(removed) == 2)
        self.assertEqual({one.values[0] for one in added}, {self.path_of("new"), ROOT + "/group/new"})
        self.assertEqual({one.values[0] for one in removed}, {self.path_of("b"), ROOT + "/group/b"})
        process, = (one.values[1] for one in added if "/process/" in one.values[0])
        self.assertEqual(process[PROCESS]["Name"], "new")
        self.assertEqual([(one.member, one.values[1]) for one in groups],
                         [("GroupRemoved", "b"), ("GroupAdded", "new")])

    def test_reloading_is_said_before_and_after(self):
        told = self.bus.collect("type='signal',member='Reloading'")
        self.subscribe()
        self.manager("Update")
        self.settle()
        self.assertEqual([one.values for one in told], [[True], [False]])
        self.assertEqual(self.ctl("reread")[0], 0)
        self.wait_with(self.bus, "told", lambda: len(told) == 4)


class TheBus(DbusCase):
    def owner(self):
        return self.bus.call("/org/freedesktop/DBus", "org.freedesktop.DBus", "GetNameOwner", "s",
                             "org.svd1", dest="org.freedesktop.DBus")[0]

    def test_upgrade(self):
        self.serve(SLEEPER % "web" + "[program:slow]\ncommand=/bin/sleep 1000\nstartsecs=1000\n"
                   "autostart=false\n", stopped=("slow",))
        states = self.bus.collect(STATES)
        self.manager("Subscribe")
        before, pid = self.owner(), self.info("web")["pid"]
        other = self.connect()
        waiting = other.begin(ROOT, MANAGER, "StartProcess", "s", "slow")
        self.wait_with(other, "begun", lambda: self.info("slow")["statename"] == "STARTING")
        self.assertEqual(self.manager("Upgrade"), [])
        self.wait_with(other, "answered", lambda: waiting)
        self.assertEqual(waiting[0].name, "org.freedesktop.DBus.Error.NoReply")
        self.assertIn("another program", waiting[0].text)
        self.wait("upgraded", lambda: self.rpc.svd.getDaemonInfo()["upgrades"] == 1)
        self.wait_for_name()
        self.assertNotEqual(self.owner(), before)
        self.assertEqual(self.bus.get(ROOT, MANAGER, "NUpgrades"), 1)
        self.assertEqual(self.bus.get(self.path_of("web"), PROCESS, "Pid"), pid)
        # Who had subscribed still hears.
        self.manager("StopProcess", "s", "web")
        self.wait_with(self.bus, "told", lambda: [one.values[4] for one in states
                                                  if one.values[2] == "web"] == ["STOPPING", "STOPPED"])

    def test_restart_of_svd(self):
        self.serve(SLEEPER % "web")
        pid = self.info("web")["pid"]
        self.assertEqual(self.manager("Restart"), [])

        def started_anew():
            try:
                return self.info("web")["pid"] not in (0, pid)
            except (OSError, xmlrpc.client.Fault):
                return False  # it is on its way
        self.wait("started anew", started_anew)
        self.wait_for_name()
        self.wait("runs", lambda: self.state("web") == "RUNNING")

    def test_a_bus_that_goes_and_comes(self):
        self.serve(SLEEPER % "web")
        pid = self.info("web")["pid"]
        for _ in range(3):
            self.bus_daemon.stop()
            self.wait("noticed", lambda: "has gone" in self.text("main.log"))
            self.assertEqual(self.info("web")["pid"], pid)
            self.bus_daemon.start()
            self.bus = self.connect()
            self.wait_for_name()
            self.assertEqual(self.state("web"), "RUNNING")
            self.rpc.supervisor.clearLog()

    def test_a_bus_that_comes_later_wherever_its_directory_is(self):
        self.bus_daemon.stop()
        self.start(SLEEPER % "web", "dbus=system\n")
        self.assertIn("no system bus at unix:path=", self.text("main.log"))
        self.bus_daemon.start()
        self.bus = self.connect()
        self.wait_for_name()
        self.assertEqual(self.state("web"), "RUNNING")

    def test_off_is_off(self):
        self.start(SLEEPER % "web", "dbus=off\n")
        self.bus = self.connect()
        self.assertEqual(self.refused(self.manager, "ListProcesses")[0],
                         "org.freedesktop.DBus.Error.ServiceUnknown")
        self.assertNotIn("D-Bus", self.text("main.log"))

    def test_a_second_svd_waits_for_the_name(self):
        self.serve(SLEEPER % "web")
        first = self.daemon
        second = DbusCase()
        self.addCleanup(second.doCleanups)
        second.dir = self.path("second")
        os.mkdir(second.dir)
        second.configure(SLEEPER % "other", "dbus=system\n")
        second.launch([SVD, "-n", "-s", "-c", second.path("svd.conf")], second.path("s.sock"))
        self.wait("queued", lambda: "another svd is org.svd1" in second.text("main.log"))
        self.assertEqual(self.bus.get(ROOT, MANAGER, "Pid"), first.pid)
        self.end()
        self.wait_for_name()
        self.assertEqual(self.bus.get(ROOT, MANAGER, "Pid"), second.daemon.pid)

    def test_a_bus_that_stands_still_costs_nothing_but_its_clients(self):
        self.serve(SLEEPER % "web" + "[program:flap]\ncommand=/bin/true\nnumprocs=20\n"
                   "process_name=f%(process_num)d\nstartsecs=0\nautorestart=true\nautostart=false\n",
                   stopped=[f"f{i}" for i in range(20)])
        states = self.bus.collect(STATES)
        self.manager("Subscribe")
        os.kill(self.bus_daemon.process.pid, signal.SIGSTOP)
        self.addCleanup(os.kill, self.bus_daemon.process.pid, signal.SIGCONT)
        self.rpc.supervisor.startProcessGroup("flap", False)

        def deaths():
            return sum(one["counts"]["exited"] for one in self.rpc.svd.getDeaths("flap:*"))
        self.wait("a lot has happened", lambda: deaths() > 200)
        size = own_memory(self.daemon.pid)
        more = deaths() + 1000
        self.wait("more has happened", lambda: deaths() > more)
        if allocator_is_plain():
            self.assertLess(own_memory(self.daemon.pid) - size, 2 << 20)  # all it may keep is 4 MiB
        self.rpc.supervisor.stopProcessGroup("flap")
        os.kill(self.bus_daemon.process.pid, signal.SIGCONT)
        self.wait_with(self.bus, "it goes on", lambda: states and states[-1].values[4] == "STOPPED")
        self.assertEqual(self.bus.get(ROOT, MANAGER, "NRunning"), 1)
        serials = [one.values[0] for one in states]
        self.assertEqual(serials, sorted(serials))


class Many(DbusCase):
    PROGRAMS = (f"[program:n]\ncommand=/bin/sleep 1000\nnumprocs={MANY}\n"
                "process_name=p%(process_num)d\nstartsecs=0\nstdout_logfile=NONE\n"
                "stderr_logfile=NONE\nautostart=false\n")

    def memory(self, dbus):
        self.start(self.PROGRAMS, f"dbus={dbus}\nminfds=8192\n", all_run=False)
        if dbus != "off":
            self.bus = self.connect()
            self.wait_for_name()
        self.rpc.supervisor.startAllProcesses()
        sizes = [0]

        def settled():
            sizes.append(own_memory(self.daemon.pid))
            return sizes[-1] == sizes[-2]
        self.wait("memory has settled", settled)
        return sizes[-1]

    @unittest.skipUnless(allocator_is_plain(), "built with a sanitizer")
    def test_processes_cost_no_memory_here(self):
        without = self.memory("off")
        self.end()
        with_bus = self.memory("system")
        self.manager("ListProcesses")
        print(f"own memory with {MANY} programs: {without} without a bus, {with_bus} with one")
        self.assertLess(with_bus - without, 300 << 10)

    def test_signals_are_bounded(self):
        self.start(self.PROGRAMS, "dbus=system\nminfds=8192\n", all_run=False)
        self.bus = self.connect()
        self.wait_for_name()
        states, changes = self.bus.collect(STATES), self.bus.collect(CHANGES)
        self.manager("Subscribe")
        begun = time.monotonic()
        answer = self.bus.begin(ROOT, MANAGER, "StartAll")
        self.wait_with(self.bus, "all started", lambda: answer)
        self.assertEqual(len(answer[0][0]), MANY)
        self.wait_with(self.bus, "all told", lambda: len(states) == 2 * MANY and changes and
                       changes[-1].path == ROOT and changes[-1].values[1]["NRunning"] == MANY)
        per_object = {}
        for one in changes:
            per_object[one.path] = per_object.get(one.path, 0) + 1
        print(f"{len(states)} state changes, {len(changes)} PropertiesChanged in "
              f"{time.monotonic() - begun:.1f} s")
        self.assertLessEqual(max(n for path, n in per_object.items() if "/process/" in path), 2)
        objects = self.bus.call(ROOT, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects")[0]
        self.assertEqual(len([path for path in objects if "/process/" in path]), MANY)


class Rest(DbusCase):
    def wake_ups(self):
        with open(f"/proc/{self.daemon.pid}/status", encoding="ascii") as status:
            return sum(map(int, re.findall(r"^\w*ctxt_switches:\s*(\d+)", status.read(), re.MULTILINE)))

    def test_at_rest_nothing_wakes_up_with_a_bus_nor_without(self):
        self.serve(SLEEPER % "web")
        for _ in range(2):
            def quiet():
                before = self.wake_ups()
                time.sleep(3)  # the measurement itself
                return self.wake_ups() == before
            self.wait("svd rests", quiet)
            self.bus_daemon.stop()  # and its socket is gone


if __name__ == "__main__":
    unittest.main()
