#!/usr/bin/env python3
"""Programs that are given listening sockets: [socket:x], sockets=, start_on_connect=.
sockets_test.py SVD SVCTL"""

import os
import shutil
import signal
import socket
import stat
import unittest

from daemon_case import BOUND, DaemonCase

SPEAKER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "speaker.py")

# Answers everybody who comes to descriptor 3 with its pid.
SERVE = "threading.Thread(daemon=True, target=serve).start()"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Sockets(DaemonCase):
    def serve(self, sections, options="", first=(SERVE,), sockets="web", **how):
        """Starts svd with a program p and these further sections."""
        os.chmod(self.dir, 0o755)
        shutil.copy(SPEAKER, self.dir)
        self.start(sections + self.program(options, first, sockets=sockets), **how)

    @staticmethod
    def program(options="", first=(SERVE,), name="p", sockets="web"):
        words = " ".join(f'"{word}"' for word in first)
        return (f"[program:{name}]\ncommand=/usr/bin/python3 {{dir}}/speaker.py {words}\n"
                f"stdout_logfile={{dir}}/{name}.log\nredirect_stderr=true\nstartsecs=0\n"
                f"sockets={sockets}\n{options}\n")

    WEB = "[socket:web]\nlisten={dir}/web.sock\n"

    def connect(self, address=None):
        """A connection that has asked already."""
        address = address or self.path("web.sock")
        client = socket.socket(socket.AF_UNIX if isinstance(address, str) else socket.AF_INET)
        self.addCleanup(client.close)
        client.settimeout(BOUND)
        client.connect(address)
        client.sendall(b"who?\n")
        return client

    def answer(self, client):
        text = client.makefile().readline()
        client.close()
        return int(text)

    def ask(self, address=None):
        return self.answer(self.connect(address))

    def pid(self, name="p"):
        return self.info(name)["pid"]

    def inode(self):
        return os.stat(self.path("web.sock")).st_ino

    def settled(self):
        self.wait("all is kept", lambda: self.rpc.svd.getDaemonInfo()["outlives_crash"])

    def upgrade(self):
        code, out = self.ctl("upgrade")
        self.assertEqual(code, 0, out)

    def crash(self):
        self.settled()
        self.daemon.kill()
        self.daemon.wait(BOUND)
        self.launch(self.daemon.args, self.path("s.sock"))

    def said(self, text, name="p"):
        self.wait(f"{name} says {text}", lambda: text in (self.text(f"{name}.log") or ""))

    # --- what a run is given

    def test_Run_IsGivenAllInOrder(self):
        port = free_port()
        first = ("say(os.environ['LISTEN_FDS'], os.environ['LISTEN_FDNAMES'])",
                 "say(given())",
                 "say([socket.socket(fileno=os.dup(n)).getsockname() for n in range(3, 7)])",
                 "say([os.get_inheritable(n) and os.get_blocking(n) for n in range(3, 7)])")
        self.serve(f"[socket:web]\nlisten=127.0.0.1:{port}, {{dir}}/web.sock, @{{dir}}/web\n"
                   "[socket:log]\nlisten={dir}/log.sock\ntype=datagram\nfd_name=syslog\n",
                   "environment=LISTEN_FDS=9", first, sockets="log,web")
        self.said("4 syslog:web:web:web\n")
        self.said("{'syslog': 3, 'web': 6}\n")
        self.said(f"['{self.dir}/log.sock', ('127.0.0.1', {port}), '{self.dir}/web.sock', "
                  f"b'\\x00{self.dir}/web']\n")
        self.said("[True, True, True, True]\n")

    def test_OwnerAndMode_AreThoseOfTheFile(self):
        self.serve(self.WEB + "mode=0620\n")
        self.assertEqual(stat.S_IMODE(os.stat(self.path("web.sock")).st_mode), 0o620)
        self.assertEqual(self.ask(), self.pid())

    def test_StoredDescriptors_ComeBehindTheSockets(self):
        self.serve(self.WEB, "fdstore_max=1\nautorestart=true", first=(SERVE, "say(given())"))
        self.said("{'web': 3}\n")
        self.rpc.supervisor.sendProcessStdin(
            "p", "send('FDSTORE=1\\nFDNAME=mine', os.open('/dev/null', os.O_RDONLY)); os._exit(0)\n")
        self.said("{'web': 3, 'mine': 4}\n")

    def test_Seqpacket_IsAKindToo(self):
        self.serve(self.WEB + "type=seqpacket\n")
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as client:
            client.connect(self.path("web.sock"))
            client.sendall(b"who?\n")
            self.assertEqual(int(client.recv(99)), self.pid())

    def test_SocketThatCannotBeOpened_FailsTheStart(self):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            self.serve(f"[socket:web]\nlisten=127.0.0.1:{port}\n[program:q]\ncommand=/bin/cat\n",
                       "startretries=0", all_run=False)
            self.wait_state("p", "FATAL")
            self.wait_state("q", "RUNNING")
            self.assertIn(f"cannot open socket web: listen on 127.0.0.1:{port}: bind",
                          self.info("p")["spawnerr"])
            self.assertIn("Address already in use", self.ctl("why", "p")[1])
        self.assertEqual(self.ctl("start", "p")[0], 0)
        self.assertEqual(self.ask(("127.0.0.1", port)), self.pid())

    def test_ServerThatLives_IsNotRobbed(self):
        with socket.socket(socket.AF_UNIX) as other:
            other.bind(self.path("web.sock"))
            other.listen()
            self.serve(self.WEB, "startretries=0", all_run=False)
            self.wait_state("p", "FATAL")
        self.assertEqual(self.ctl("start", "p")[0], 0)
        self.assertEqual(self.ask(), self.pid())

    # --- how long they stay

    def test_Restart_KeepsWhoeverWaits(self):
        self.serve(self.WEB)
        first, inode = self.pid(), self.inode()
        self.assertEqual(self.ask(), first)
        self.assertEqual(self.ctl("stop", "p")[0], 0)
        waiting = [self.connect() for _ in range(10)]
        self.assertEqual(self.ctl("start", "p")[0], 0)
        self.assertEqual({self.answer(client) for client in waiting}, {self.pid()})
        last = self.pid()
        os.kill(last, signal.SIGKILL)
        self.wait("another runs", lambda: self.pid() not in (0, last))
        self.assertNotIn(self.ask(), (first, last))
        self.assertEqual(self.inode(), inode)

    def test_Programs_ShareOne(self):
        self.serve(self.WEB, "numprocs=3\nprocess_name=p%(process_num)d")
        pids = {self.pid(f"p:p{i}") for i in range(3)}
        seen = set()
        self.wait("each has answered", lambda: seen.add(self.ask()) or seen == pids)

    def test_UpgradeAndCrash_KeepThemAndWhoeverWaits(self):
        self.serve(self.WEB + "[socket:log]\nlisten={dir}/log.sock\ntype=datagram\n",
                   sockets="web,log")
        inode = self.inode()
        self.assertEqual(self.ctl("stop", "p")[0], 0)
        for change in (self.upgrade, self.crash):
            waiting = self.connect()
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
                sender.connect(self.path("log.sock"))
                sender.send(b"kept\n")
                change()
                sender.send(b"too\n")
            self.assertEqual(self.ctl("start", "p")[0], 0)
            self.assertEqual(self.answer(waiting), self.pid())
            self.rpc.supervisor.sendProcessStdin("p", "say(os.read(4, 9), os.read(4, 9))\n")
            self.said("b'kept\\n' b'too\\n'\n" * (1 if change == self.upgrade else 2))
            self.assertEqual(self.ctl("stop", "p")[0], 0)
        self.assertEqual(self.inode(), inode)

    def test_Update_KeepsWhatIsTheSame(self):
        self.serve(self.WEB)
        first, inode = self.pid(), self.inode()
        self.configure(self.WEB + self.program("environment=A=1"))
        self.assertEqual(self.ctl("update")[0], 0)
        self.wait_state("p", "RUNNING")
        self.assertNotEqual(self.pid(), first)
        self.assertEqual(self.inode(), inode)
        self.assertEqual(self.ask(), self.pid())
        self.configure(self.WEB + "backlog=5\n" + self.program("environment=A=1"))
        self.assertEqual(self.ctl("update")[0], 0)
        self.wait_state("p", "RUNNING")
        self.assertEqual(self.ask(), self.pid())
        self.assertEqual(self.text("main.log").count("opened socket web"), 2)

    def test_RemovedProgram_TakesItsSocketAlong(self):
        self.serve(self.WEB)
        self.configure("")
        self.assertEqual(self.ctl("update")[0], 0)
        self.assertFalse(os.path.exists(self.path("web.sock")))

    def test_End_RemovesTheFile(self):
        self.serve(self.WEB)
        self.end()
        self.assertFalse(os.path.exists(self.path("web.sock")))

    # --- programs that start when somebody comes

    def test_FirstConnection_StartsTheProgram(self):
        self.serve(self.WEB, "autostart=false\nstart_on_connect=true", all_run=False)
        self.assertEqual(self.info("p")["statename"], "STOPPED")
        self.assertEqual(self.ask(), self.pid())
        for change in (lambda: None, self.upgrade, self.crash):
            self.assertEqual(self.ctl("stop", "p")[0], 0)
            change()
            self.assertEqual(self.info("p")["statename"], "STOPPED")
            self.assertEqual(self.ask(), self.pid())

    def test_ProgramThatTakesNobody_IsNotStartedForEver(self):
        self.serve(self.WEB, "autostart=false\nautorestart=false\nstart_on_connect=true",
                   first=("os._exit(0)",), all_run=False)
        self.connect()
        begin = self.info("p")["now"]
        self.wait("three seconds", lambda: self.info("p")["now"] > begin + 3)
        self.assertLess(self.text("main.log").count("for who has come to socket web"), 6)

    # --- beside it

    def test_FastCgiSockets_BlockAfterAnUpgradeToo(self):
        self.start("[fcgi-program:f]\ncommand=/bin/sleep 1000\nsocket=unix://{dir}/f.sock\n")
        self.upgrade()
        with open(f"/proc/{self.info('f')['pid']}/fdinfo/0", encoding="ascii") as file:
            flags = int(dict(line.split(":", 1) for line in file)["flags"], 8)
        self.assertEqual(flags & os.O_NONBLOCK, 0)


if __name__ == "__main__":
    unittest.main()
