"""What the tests of the D-Bus door share: a bus, an svd on it as its system bus, and a client."""

import os
import shutil
import unittest
import unittest.mock

from daemon_case import BOUND, DaemonCase, SVD
import sd_bus
from sd_bus import MANAGER, ROOT

if not shutil.which("dbus-daemon"):
    print("skipped: dbus-daemon is not installed")
    raise SystemExit(77)

PROCESS = "org.svd1.Process"
GROUP = "org.svd1.Group"
SLEEPER = "[program:%s]\ncommand=/bin/sleep 1000\nstartsecs=0\n"


class DbusCase(DaemonCase):
    more_bus = ""

    def setUp(self):
        super().setUp()
        os.chmod(self.dir, 0o755)  # clients of other users find the bus
        self.bus_daemon = sd_bus.Daemon(self.dir, self.more_bus)
        self.addCleanup(lambda: self.bus_daemon.stop())
        environment = unittest.mock.patch.dict(
            os.environ, {"DBUS_SYSTEM_BUS_ADDRESS": self.bus_daemon.address})
        environment.start()
        self.addCleanup(environment.stop)

    def serve(self, programs, daemon="", stopped=("off",), **how):
        """An svd on the bus, and a client of its own. All programs run but those that are named."""
        self.start(programs, "dbus=system\n" + daemon, all_run=False, **how)
        self.wait("all run", lambda: all(one["statename"] == "RUNNING" or one["name"] in stopped
                                         for one in self.rpc.supervisor.getAllProcessInfo()))
        self.bus = self.connect()
        self.wait_for_name()

    def connect(self):
        bus = sd_bus.Bus(self.bus_daemon.address)
        self.addCleanup(bus.close)
        return bus

    def wait_for_name(self, bus=None):
        bus = bus or self.bus
        self.wait("org.svd1 is there", lambda: bus.call(
            "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameHasOwner", "s", sd_bus.SVD,
            dest="org.freedesktop.DBus")[0])

    def manager(self, member, signature="", *args, **how):
        return self.bus.call(ROOT, MANAGER, member, signature, *args, **how)

    def process(self, name, member, signature="", *args, **how):
        return self.bus.call(self.path_of(name), PROCESS, member, signature, *args, **how)

    @staticmethod
    def path_of(name):
        group, _, process = name.partition(":")
        return f"/org/svd1/process/{group}/{process or group}"

    def state(self, name):
        return self.bus.get(self.path_of(name), PROCESS, "State")

    def refused(self, call, *args, **how):
        with self.assertRaises(sd_bus.BusError) as caught:
            call(*args, **how)
        return caught.exception.name, caught.exception.text

    def wait_with(self, bus, what, condition):
        def check():
            bus.run(0.005)
            return condition()
        self.wait(what, check)


__all__ = ["BOUND", "SVD", "DbusCase", "GROUP", "PROCESS", "SLEEPER", "MANAGER", "ROOT"]
