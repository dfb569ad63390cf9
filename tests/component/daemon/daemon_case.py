"""What the tests of a running daemon share: an svd of its own in a scratch directory, its XML-RPC
server and svctl. The scripts are called with SVD SVCTL."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import xmlrpc.client

# No svd of a test is seen on this machine's buses.
for bus in ("SYSTEM", "SESSION"):
    os.environ[f"DBUS_{bus}_BUS_ADDRESS"] = "unix:path=/nonexistent/bus"

BOUND = 30  # seconds; every wait ends by then
SVCTL, SVD = sys.argv.pop(), sys.argv.pop()

# A program that writes 0, 1, ... until it is told to stop; {pause} is a statement.
COUNTER = """
import signal, sys, time
running = True
def stop(*_):
    global running
    running = False
signal.signal(signal.SIGTERM, stop)
i = 0
while running:
    sys.stdout.write("%d\\n" % i)
    sys.stdout.flush()
    i += 1
    {pause}
"""

HEAD = """
[supervisord]
logfile={dir}/main.log
pidfile={dir}/d.pid
childlogdir={dir}
{daemon}
[unix_http_server]
file={dir}/s.sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://{dir}/s.sock
"""


class UnixTransport(xmlrpc.client.Transport):
    def __init__(self, path):
        super().__init__()
        self.path = path
        self.connection = None

    def make_connection(self, host):
        self.connection = http.client.HTTPConnection("localhost", timeout=BOUND)
        self.connection.sock = socket.socket(socket.AF_UNIX)
        self.connection.sock.settimeout(BOUND)
        self.connection.sock.connect(self.path)
        return self.connection

    def single_request(self, *args, **kwargs):
        try:
            return super().single_request(*args, **kwargs)
        finally:
            self.connection.close()


class DaemonCase(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="svd-daemon-")
        self.addCleanup(shutil.rmtree, self.dir)

    def configure(self, programs, daemon=""):
        """`daemon`: more lines of [supervisord]. {dir} in both texts is the scratch directory."""
        self.write("svd.conf", (HEAD.replace("{daemon}", daemon) + programs).replace("{dir}", self.dir))

    def start(self, programs, daemon="", all_run=True, svd=SVD, prefix=()):
        """Until all programs run. `prefix`: words in front of the command line."""
        self.configure(programs, daemon)
        self.launch([*prefix, svd, "-n", "-s", "-c", self.path("svd.conf")], self.path("s.sock"))
        self.wait("all run", lambda: not all_run or all(
            one["statename"] == "RUNNING" for one in self.rpc.supervisor.getAllProcessInfo()))

    def launch(self, command, socket_path, **how):
        """Starts a daemon that serves on this socket, until it answers."""
        self.daemon = subprocess.Popen(command, **how)
        self.addCleanup(self.end)
        self.rpc = self.client(socket_path)
        self.wait("answers", self.answers)

    def client(self, socket_path=None):
        """For one thread; each call has a connection of its own."""
        return xmlrpc.client.ServerProxy("http://localhost/RPC2",
                                         UnixTransport(socket_path or self.path("s.sock")))

    def answers(self):
        self.assertIsNone(self.daemon.poll(), "svd has ended")
        try:
            return self.rpc.supervisor.getState()["statename"] == "RUNNING"
        except (OSError, xmlrpc.client.Fault):  # a fault: it is restarting
            return False

    def end(self):
        if self.daemon.poll() is None:
            self.daemon.send_signal(signal.SIGTERM)
        try:
            self.daemon.wait(BOUND)
        except subprocess.TimeoutExpired:
            self.daemon.kill()
            raise

    def path(self, name):
        return os.path.join(self.dir, name)

    def wait(self, what, condition):
        end = time.monotonic() + BOUND
        while not condition():
            self.assertLess(time.monotonic(), end, what)
            time.sleep(0.01)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def info(self, name):
        return self.rpc.supervisor.getProcessInfo(name)

    def kill_all_in(self, name):
        """The processes whose pids are the lines of this file."""
        for line in self.text(name).splitlines():
            os.kill(int(line), signal.SIGKILL)

    def wait_state(self, name, state):
        self.wait(f"{name} is {state}", lambda: self.info(name)["statename"] == state)

    def text(self, name):
        """Of a file, as far as it is there; None when it is not."""
        try:
            with open(self.path(name), encoding="utf-8") as file:
                return file.read()
        except FileNotFoundError:
            return None

    def ctl(self, *words):
        done = subprocess.run([SVCTL, "-c", self.path("svd.conf"), *words], text=True,
                              capture_output=True, timeout=BOUND, check=False)
        self.assertEqual(done.stderr, "")
        return done.returncode, done.stdout

    def fault(self, call, *args):
        with self.assertRaises(xmlrpc.client.Fault) as caught:
            call(*args)
        return caught.exception.faultCode, caught.exception.faultString
