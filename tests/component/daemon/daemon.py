"""A running svd in a scratch directory, for tests of one behaviour of the whole daemon."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest
import xmlrpc.client

BOUND = 30  # seconds; every wait ends by then

HEAD = """
[supervisord]
logfile={dir}/main.log
pidfile={dir}/d.pid
childlogdir={dir}
{more}
[unix_http_server]
file={dir}/s.sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://{dir}/s.sock
"""


class UnixTransport(xmlrpc.client.Transport):
    """A new connection for each call."""

    def __init__(self, path):
        super().__init__()
        self.path = path

    def make_connection(self, host):
        connection = http.client.HTTPConnection("localhost", timeout=BOUND)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(BOUND)
        self._connection = host, connection  # what close() closes
        connection.sock.connect(self.path)
        return connection

    def single_request(self, host, handler, request_body, verbose=False):
        try:
            return super().single_request(host, handler, request_body, verbose)
        finally:
            self.close()


class DaemonTest(unittest.TestCase):
    svd = svctl = ""  # paths; set by the test's main

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="svd-test-")
        self.addCleanup(shutil.rmtree, self.dir)

    def path(self, name):
        return os.path.join(self.dir, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def configure(self, programs, more=""):
        self.write("svd.conf", HEAD.format(dir=self.dir, more=more) + programs.replace("@dir@", self.dir))

    def start(self, programs, more="", svd=None, prefix=()):
        """`prefix`: words in front of the command line."""
        self.configure(programs, more)
        self.daemon = subprocess.Popen([*prefix, svd or self.svd, "-n", "-s", "-c", self.path("svd.conf")])
        self.addCleanup(self.end)
        self.rpc = xmlrpc.client.ServerProxy("http://localhost/RPC2", UnixTransport(self.path("s.sock")))
        self.wait("svd answers", self.answers)

    def answers(self):
        if self.daemon.poll() is not None:
            self.fail("svd has ended")
        try:
            return self.rpc.supervisor.getState()["statename"] == "RUNNING"
        except OSError:
            return False

    def end(self):
        if self.daemon.poll() is None:
            self.daemon.send_signal(signal.SIGTERM)
        try:
            self.daemon.wait(BOUND)
        except subprocess.TimeoutExpired:
            self.daemon.kill()
            raise

    def wait(self, what, condition):
        end = time.monotonic() + BOUND
        while not condition():
            self.assertLess(time.monotonic(), end, what)
            time.sleep(0.01)

    def info(self, name):
        return self.rpc.supervisor.getProcessInfo(name)

    def wait_state(self, name, state):
        self.wait(f"{name} is {state}", lambda: self.info(name)["statename"] == state)

    def ctl(self, *words):
        return subprocess.run([self.svctl, "-c", self.path("svd.conf"), *words], capture_output=True,
                              text=True, timeout=BOUND, check=False)
