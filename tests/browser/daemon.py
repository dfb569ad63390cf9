"""svd on a scratch configuration, for the browser to look at."""

import pathlib
import shutil
import socket
import subprocess
import tempfile
import xmlrpc.client

from webdriver import until

# A name that would break a page which does not escape it.
ODD = "a<b>&\"c'"

PROGRAMS = f"""
[program:cat]
command=/bin/cat
startsecs=0
stdout_logfile=%(here)s/cat.out
stderr_logfile=%(here)s/cat.err

[program:broken]
command=/nonexistent/program
autostart=false

[program:failing]
command=/bin/false
startretries=0

[program:{ODD}]
command=/bin/cat
startsecs=0
autostart=false

[program:web]
command=/bin/cat
process_name=%(program_name)s_%(process_num)02d
numprocs=3
startsecs=0
"""


def many(count):
    """More programs than a screen holds. They stay stopped."""
    return "".join(f"[program:job{n:03}]\ncommand=/bin/cat\nstartsecs=0\nautostart=false\n" for n in range(count))


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Daemon:
    def __init__(self, svd, extra=""):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="svd-pages-"))
        self.port = free_port()
        self.site = f"http://127.0.0.1:{self.port}"
        config = self.directory / "supervisord.conf"
        config.write_text(f"[supervisord]\nnodaemon=true\nlogfile={self.directory}/svd.log\n"
                          f"pidfile={self.directory}/svd.pid\nchildlogdir={self.directory}\n"
                          f"identifier=scratch\n[inet_http_server]\nport=127.0.0.1:{self.port}\n"
                          "[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory ="
                          " supervisor.rpcinterface:make_main_rpcinterface\n" + PROGRAMS + extra,
                          encoding="utf-8")
        with open(self.directory / "said", "w", encoding="utf-8") as said:
            self.process = subprocess.Popen([svd, "-n", "-c", str(config)], stdin=subprocess.DEVNULL,
                                            stdout=said, stderr=said)
        self.rpc = xmlrpc.client.ServerProxy(f"{self.site}/RPC2").supervisor
        try:
            until(self._answers, "svd's answer")
            until(lambda: self.state("cat") == "RUNNING" and self.state("failing") == "FATAL",
                  "the programs' states")
        except BaseException:
            print((self.directory / "said").read_text(encoding="utf-8"))
            self.close()
            raise

    def _answers(self):
        if self.process.poll() is not None:
            raise AssertionError("svd ended at once")
        try:
            return self.rpc.getState()
        except OSError:
            return None

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)
        shutil.rmtree(self.directory, ignore_errors=True)

    def state(self, name):
        return self.rpc.getProcessInfo(name)["statename"]

    def pid(self, name):
        return self.rpc.getProcessInfo(name)["pid"]

    def states(self, group):
        return [info["statename"] for info in self.rpc.getAllProcessInfo() if info["group"] == group]
