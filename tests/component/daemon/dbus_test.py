"""org.svd1 on a bus of its own: methods, properties, errors, signals, the bus's end and return."""

import os
import pathlib
import signal
import subprocess
import threading
import unittest
import xml.etree.ElementTree as xml

from dbus_case import BOUND, GROUP, MANAGER, PROCESS, ROOT, SLEEPER, DbusCase

import sd_bus

PROGRAMS = SLEEPER % "web" + """
[program:cat]
command=/bin/cat
numprocs=2
process_name=%(program_name)s-%(process_num)d
startsecs=0
[program:off]
command=/bin/sleep 1000
autostart=false
"""
XML = pathlib.Path(__file__).parents[3] / "dbus"
OK = ("", "OK")


def members(interface):
    """What another client could see of an interface: nothing of comments and white space."""
    found = {}
    for member in interface:
        args = [(arg.get("type"), arg.get("name"), arg.get("direction", "out"))
                for arg in member.iter("arg")]
        notes = sorted((note.get("name"), note.get("value")) for note in member.iter("annotation"))
        found[member.tag, member.get("name")] = (member.get("type"), member.get("access"), args, notes)
    return found


class Objects(DbusCase):
    def setUp(self):
        super().setUp()
        self.serve(PROGRAMS)

    def introspect(self, path):
        text = self.bus.call(path, "org.freedesktop.DBus.Introspectable", "Introspect")[0]
        root = xml.fromstring(text)
        return ({one.get("name"): one for one in root.iter("interface")},
                sorted(node.get("name") for node in root.findall("node")))

    def test_interfaces_are_those_of_the_xml(self):
        for name, path in (("Manager", ROOT), ("Group", ROOT + "/group/cat"),
                           ("Process", self.path_of("web"))):
            live = self.introspect(path)[0]["org.svd1." + name]
            written = xml.parse(XML / f"org.svd1.{name}.xml").getroot().find("interface")
            self.assertEqual(members(live), members(written))

    def test_tree_has_groups_and_their_processes(self):
        self.assertEqual(self.introspect(ROOT)[1], ["group", "process"])
        self.assertEqual(self.introspect(ROOT + "/process")[1], ["cat", "off", "web"])
        self.assertEqual(self.introspect(ROOT + "/process/cat")[1], ["cat_2d0", "cat_2d1"])
        self.assertEqual(self.introspect(ROOT + "/group")[1], ["cat", "off", "web"])

    def test_managed_objects_are_all_of_them(self):
        objects = self.bus.call(ROOT, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects")[0]
        self.assertEqual(sorted(path for path in objects if "/process/" in path), [
            "/org/svd1/process/cat/cat_2d0", "/org/svd1/process/cat/cat_2d1",
            "/org/svd1/process/off/off", "/org/svd1/process/web/web"])
        web = objects["/org/svd1/process/web/web"][PROCESS]
        self.assertEqual(web["State"], "RUNNING")
        self.assertNotIn("MemoryCurrent", web)
        self.assertEqual(objects["/org/svd1/group/cat"][GROUP]["NRunning"], 2)

    def test_objects_that_are_not_there(self):
        for path in ("/org/svd1/process/none/none", "/org/svd1/process/cat", "/org/svd1/process/web/_77eb"):
            name, _ = self.refused(self.bus.get, path, PROCESS, "State")
            self.assertIn(name, ("org.freedesktop.DBus.Error.UnknownObject",
                                 "org.freedesktop.DBus.Error.UnknownInterface"))

    def test_properties_of_the_manager(self):
        everything = self.bus.get_all(ROOT, MANAGER)
        info = self.rpc.svd.getDaemonInfo()
        self.assertEqual(everything["Version"], info["version"])
        self.assertEqual(everything["Pid"], self.daemon.pid)
        self.assertEqual(everything["NProcesses"], 4)
        self.assertEqual(everything["NRunning"], 3)
        self.assertEqual(everything["NFatal"], 0)
        self.assertEqual(everything["State"], "RUNNING")
        self.assertEqual(everything["ConfigFile"], self.path("svd.conf"))
        self.assertEqual(everything["LogFile"], self.path("main.log"))
        self.assertEqual(everything["StartTimestamp"] // 1000000, info["started"])

    def test_properties_of_a_process(self):
        info = self.info("web")
        everything = self.bus.get_all(self.path_of("web"), PROCESS)
        self.assertEqual(everything["Pid"], info["pid"])
        self.assertEqual(everything["StartTimestamp"] // 1000000, info["start"])
        self.assertEqual(everything["StdoutLogFile"], info["stdout_logfile"])
        self.assertEqual(everything["Command"], "/bin/sleep 1000")
        self.assertGreater(self.bus.get(self.path_of("web"), PROCESS, "MemoryCurrent"), 0)
        self.assertEqual(self.bus.get(self.path_of("off"), PROCESS, "MemoryCurrent"), 2**64 - 1)
        self.assertIn("running since", self.bus.get(self.path_of("web"), PROCESS, "Reason"))

    def test_lists(self):
        processes = self.manager("ListProcesses")[0]
        self.assertEqual([row[:3] for row in processes], [
            ("cat", "cat-0", "RUNNING"), ("cat", "cat-1", "RUNNING"), ("off", "off", "STOPPED"),
            ("web", "web", "RUNNING")])
        self.assertEqual(processes[3][4:], (self.info("web")["pid"], self.path_of("web")))
        self.assertEqual(self.manager("ListGroups")[0], [
            ("cat", 2, 2, "/org/svd1/group/cat"), ("off", 1, 0, "/org/svd1/group/off"),
            ("web", 1, 1, "/org/svd1/group/web")])
        self.assertEqual(self.manager("GetProcess", "s", "cat:cat-1"), ["/org/svd1/process/cat/cat_2d1"])
        self.assertEqual(self.manager("GetProcessByPID", "u", self.info("web")["pid"]), [self.path_of("web")])
        self.assertEqual(self.manager("GetGroup", "s", "cat"), ["/org/svd1/group/cat"])
        for member, argument in (("GetProcess", "cat"), ("GetGroup", "x")):
            self.assertEqual(self.refused(self.manager, member, "s", argument)[0], "org.svd1.Error.BadName")
        self.assertEqual(self.refused(self.manager, "GetProcessByPID", "u", 0)[0], "org.svd1.Error.BadName")
        configs = self.manager("ListConfigs")[0]
        self.assertEqual(len(configs), 4)
        self.assertEqual(configs[0][3]["Command"], "/bin/cat")
        self.assertEqual(self.manager("ListEventPools"), [[]])

    def test_accounting_and_reasons(self):
        usage = self.manager("GetUsage", "s", "web")[0]
        self.assertGreater(usage["MemoryCurrent"], 0)
        self.assertEqual(self.process("web", "GetUsage")[0].keys(), usage.keys())
        self.assertEqual([row[:2] for row in self.manager("ListUsage")[0]],
                         [("cat", "cat-0"), ("cat", "cat-1"), ("off", "off"), ("web", "web")])
        self.assertEqual([row[:3] for row in self.manager("ListGroupUsage")[0]],
                         [("cat", 2, 2), ("off", 1, 0), ("web", 1, 1)])
        self.assertIn("running since", self.process("web", "Why")[0])
        self.assertEqual(self.manager("Why", "s", "web")[0][0][:2], ("web", "web"))
        self.assertEqual(len(self.manager("WhyAll")[0]), 4)
        self.manager("StopProcess", "s", "web")
        (group, name, reason, counts, ends), = self.manager("ListDeaths", "s", "web")[0]
        self.assertEqual((group, name, counts), ("web", "web", {"stopped": 1}))
        self.assertIn("stopped", reason)
        self.assertEqual((ends[0]["Kind"], ends[0]["Signal"]), ("stopped", "SIGTERM"))
        self.assertEqual(len(self.manager("ListAllDeaths")[0]), 4)
        self.assertEqual(self.process("web", "ListDeaths")[0][0][4], ends)


class Acting(DbusCase):
    def setUp(self):
        super().setUp()
        self.serve(PROGRAMS)

    def test_start_stop_restart_of_one(self):
        self.assertEqual(self.manager("StopProcess", "s", "web"), [[("web", "web", *OK)]])
        self.assertEqual(self.state("web"), "STOPPED")
        self.assertEqual(self.manager("StartProcess", "s", "web"), [[("web", "web", *OK)]])
        pid = self.info("web")["pid"]
        self.assertEqual(self.manager("RestartProcess", "s", "web:web"), [[("web", "web", *OK)]])
        self.assertNotEqual(self.info("web")["pid"], pid)
        for verb in ("Stop", "Start", "Restart"):
            self.assertEqual(self.process("web", verb), [])
            self.assertEqual(self.state("web"), "STOPPED" if verb == "Stop" else "RUNNING")

    def test_no_block_answers_at_once(self):
        self.manager("StopProcessNoBlock", "s", "web")
        self.wait("stopped", lambda: self.state("web") == "STOPPED")
        self.manager("StartProcessNoBlock", "s", "web")
        self.wait("started", lambda: self.state("web") == "RUNNING")
        pid = self.info("web")["pid"]
        self.manager("RestartProcessNoBlock", "s", "web")
        self.wait("restarted", lambda: self.info("web")["pid"] not in (0, pid))
        for verb, state in (("StopNoBlock", "STOPPED"), ("StartNoBlock", "RUNNING"),
                            ("RestartNoBlock", "RUNNING")):
            self.process("web", verb)
            self.wait(verb, lambda: self.state("web") == state)

    def test_groups_and_all(self):
        both = [("cat", "cat-0", *OK), ("cat", "cat-1", *OK)]
        cat = lambda verb: self.bus.call(ROOT + "/group/cat", GROUP, verb)
        self.assertEqual(sorted(self.manager("StopGroup", "s", "cat")[0]), both)
        self.assertEqual(self.bus.get(ROOT + "/group/cat", GROUP, "NRunning"), 0)
        self.assertEqual(sorted(cat("Start")[0]), both)
        self.assertEqual(sorted(self.manager("RestartGroup", "s", "cat")[0]), both)
        self.assertEqual(sorted(cat("Restart")[0]), both)
        self.assertEqual(sorted(self.manager("StopProcess", "s", "cat:*")[0]), both)
        self.assertEqual(sorted(self.manager("StartGroup", "s", "cat")[0]), both)
        self.assertEqual(len(self.manager("StopAll")[0]), 3)
        self.assertEqual(len(self.manager("StartAll")[0]), 4)
        self.assertEqual(len(self.manager("RestartAll")[0]), 4)
        for verb in ("StopGroupNoBlock", "StartGroupNoBlock", "RestartGroupNoBlock"):
            self.manager(verb, "s", "cat")
            self.wait(verb, lambda: self.bus.get(ROOT + "/group/cat", GROUP, "NRunning") ==
                      (0 if verb.startswith("Stop") else 2))
        for verb in ("StopNoBlock", "StartNoBlock", "RestartNoBlock"):
            cat(verb)
            self.wait(verb, lambda: self.bus.get(ROOT + "/group/cat", GROUP, "NRunning") ==
                      (0 if verb.startswith("Stop") else 2))
        for verb in ("StopAllNoBlock", "StartAllNoBlock", "RestartAllNoBlock"):
            self.manager(verb)
            self.wait(verb, lambda: self.bus.get(ROOT, MANAGER, "NRunning") ==
                      (0 if verb.startswith("Stop") else 4))
        self.assertEqual(self.bus.call(ROOT + "/group/cat", GROUP, "Stop")[0][0][2:], OK)

    def test_a_member_that_fails_is_a_row_with_its_error(self):
        with open(self.path("svd.conf"), "a", encoding="utf-8") as file:
            file.write("[program:bad]\ncommand=/no/such/program\nautostart=false\n")
        self.manager("Update")
        rows = {row[1]: row for row in self.manager("StartAll")[0]}
        self.assertEqual(rows["off"], ("off", "off", *OK))
        self.assertEqual(rows["bad"][2], "org.svd1.Error.NoFile")

    def test_faults_have_names_and_say_what_to_do(self):
        for call, error, text in (
                (("StartProcess", "s", "web"), "AlreadyStarted", "RestartProcess"),
                (("StopProcess", "s", "off"), "NotRunning", "start it first"),
                (("StartProcess", "s", "none"), "BadName", "ListProcesses"),
                (("StartGroup", "s", "none"), "BadName", "none"),
                (("RestartGroup", "s", "none"), "BadName", "none"),
                (("SignalProcess", "ss", "web", "NONE"), "BadSignal", "HUP"),
                (("SignalProcess", "ss", "off", "HUP"), "NotRunning", "off"),
                (("SendStdin", "ss", "off", "x"), "NotRunning", "off"),
                (("AddGroup", "s", "web"), "AlreadyAdded", "web"),
                (("RemoveGroup", "s", "web"), "StillRunning", "stop the group"),
                (("ReadProcessLog", "ssxx", "web", "stdin", 0, 0), "BadArguments", "stdout"),
                (("ReadLog", "xx", -1, 1), "BadArguments", "negative")):
            name, message = self.refused(self.manager, *call)
            self.assertEqual(name, "org.svd1.Error." + error)
            self.assertIn(text, message)
        self.assertEqual(self.refused(self.process, "off", "Stop")[0], "org.svd1.Error.NotRunning")

    def test_signals_and_stdin(self):
        pid = self.info("web")["pid"]
        self.assertEqual(self.manager("SignalProcess", "ss", "web", "STOP"), [[("web", "web", *OK)]])
        self.assertEqual(self.process("web", "Signal", "s", "CONT"), [])
        self.assertEqual(len(self.manager("SignalGroup", "ss", "cat", "CONT")[0]), 2)
        self.assertEqual(len(self.bus.call(ROOT + "/group/cat", GROUP, "Signal", "s", "CONT")[0]), 2)
        self.assertEqual(len(self.manager("SignalAll", "s", "CONT")[0]), 3)
        self.assertEqual(self.info("web")["pid"], pid)
        self.manager("SendStdin", "ss", "cat:cat-0", "one\n")
        self.process("cat:cat_2d0", "SendStdin", "s", "two\n")
        self.wait("both are in the log", lambda: self.process(
            "cat:cat_2d0", "ReadLog", "sxx", "stdout", 0, 0)[0] == "one\ntwo\n")
        self.assertEqual(self.manager("TailProcessLog", "ssxx", "cat:cat-0", "stdout", 0, 4),
                         ["two\n", 8, True])
        self.assertEqual(self.process("cat:cat_2d0", "TailLog", "sxx", "stdout", 0, 100),
                         ["one\ntwo\n", 8, False])
        self.assertEqual(self.manager("ReadProcessLog", "ssxx", "cat:cat-0", "stdout", -4, 0), ["two\n"])
        self.process("cat:cat_2d0", "ClearLogs")
        self.assertEqual(self.process("cat:cat_2d0", "ReadLog", "sxx", "stdout", 0, 0), [""])

    def test_logs(self):
        self.assertIn("supervisord started", self.manager("ReadLog", "xx", 0, 0)[0])
        for verb in ("RotateLogs", "ReopenLogs", "ClearLogs"):
            self.assertEqual(self.process("web", verb), [])
        for verb in ("RotateProcessLogs", "ReopenProcessLogs"):
            self.assertEqual(self.manager(verb, "s", "web"), [[("web", "web", *OK)]])
        self.assertEqual(self.manager("ClearProcessLogs", "s", "web"), [])
        for verb in ("RotateAllProcessLogs", "ReopenAllProcessLogs", "ClearAllProcessLogs"):
            self.assertEqual(len(self.manager(verb)[0]), 4)
        self.manager("RotateLog")
        self.manager("ClearLog")
        self.assertNotIn("supervisord started", self.manager("ReadLog", "xx", 0, 0)[0])

    def test_pause(self):
        if not self.info_ex_says_cgroup():
            self.skipTest("pausing needs a cgroup")
        self.bus.call(ROOT, MANAGER, "Subscribe")
        changes = self.bus.collect(f"type='signal',path='{self.path_of('web')}'")
        self.assertEqual(self.manager("PauseProcess", "s", "web"), [[("web", "web", *OK)]])
        self.assertTrue(self.bus.get(self.path_of("web"), PROCESS, "Paused"))
        self.wait_with(self.bus, "told", lambda: changes and changes[-1].values[1]["Paused"])
        self.process("web", "Resume")
        self.wait_with(self.bus, "told", lambda: not changes[-1].values[1]["Paused"])
        self.assertEqual(len(self.manager("PauseGroup", "s", "cat")[0]), 2)
        self.assertEqual(len(self.manager("ResumeGroup", "s", "cat")[0]), 2)
        self.assertEqual(len(self.bus.call(ROOT + "/group/cat", GROUP, "Pause")[0]), 2)
        self.assertEqual(len(self.bus.call(ROOT + "/group/cat", GROUP, "Resume")[0]), 2)
        self.assertEqual(len(self.manager("PauseAll")[0]), 3)
        self.assertEqual(len(self.manager("ResumeAll")[0]), 3)

    def info_ex_says_cgroup(self):
        return "cgroup" in self.rpc.svd.getProcessInfoEx("web")["usage_source"]

    def test_configuration(self):
        self.write("svd.conf", self.text("svd.conf").replace("[program:off]", "[program:new]")
                   .replace("[program:web]\ncommand=/bin/sleep 1000", "[program:web]\ncommand=/bin/sleep 999"))
        self.assertEqual(self.manager("Reread"), [["new"], ["web"], ["off"]])
        self.manager("RemoveGroup", "s", "off")
        self.assertEqual(self.manager("Update"), [["new"], ["web"], []])
        self.assertEqual(self.bus.get(self.path_of("web"), PROCESS, "Command"), "/bin/sleep 999")
        self.assertEqual([row[0] for row in self.manager("ListGroups")[0]], ["cat", "new", "web"])
        self.assertEqual(self.manager("Reload"), [])
        self.write("svd.conf", self.text("svd.conf") + "[program:broken]\n")
        for verb in ("Reread", "Update", "Reload", "Restart"):
            name, text = self.refused(self.manager, verb)
            self.assertEqual(name, "org.svd1.Error.CantReread")
            self.assertIn("broken", text)
        self.assertEqual(self.state("web"), "RUNNING")

    def test_a_call_that_waits_keeps_nobody_else_waiting(self):
        self.write("slow.conf", "")
        with open(self.path("svd.conf"), "a", encoding="utf-8") as file:
            file.write("[program:slow]\ncommand=/bin/sleep 1000\nstartsecs=1000\n")
        self.manager("Update")
        self.wait("started by itself", lambda: self.state("slow") == "STARTING")
        other = self.connect()
        waiting = other.begin(ROOT, MANAGER, "StopProcess", "s", "slow")
        self.wait_with(other, "stopped", lambda: waiting)
        self.assertNotIsInstance(waiting[0], Exception)
        waiting = other.begin(ROOT, MANAGER, "StartProcess", "s", "slow")
        other.run(0.05)
        self.wait("begun", lambda: self.state("slow") == "STARTING")
        self.assertEqual(waiting, [])
        self.manager("StopProcess", "s", "slow")
        self.wait_with(other, "answered", lambda: waiting)
        self.assertEqual(waiting[0].name, "org.svd1.Error.AbnormalTermination")

    def test_shutdown_answers_first(self):
        self.assertEqual(self.manager("Shutdown"), [])
        self.assertEqual(self.daemon.wait(BOUND), 0)


if __name__ == "__main__":
    unittest.main()
