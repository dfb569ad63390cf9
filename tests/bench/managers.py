"""The managers under measurement, behind one set of verbs."""
import http.client
import os
import resource
import shutil
import signal
import socket
import subprocess
import time
import xmlrpc.client

from processes import Deaths, descendants, executable, kill_descendants, remove_cgroups, run


class Program:
    """One program to manage: `argv` is what runs, `log` a file for its output or None."""

    def __init__(self, number, argv, log=None):
        self.number, self.argv, self.log = number, argv, log
        self.name = f"p{number:05d}"


class Listener(Program):
    """An event listener, for the managers that have them."""

    def __init__(self, number, argv, events, buffer_size):
        super().__init__(number, argv)
        self.events, self.buffer_size = events, buffer_size


class Manager:
    """The daemon runs from start() to end(); programs are those given to configure()."""
    name = "?"

    def __init__(self, scratch, helpers):
        self.folder, self.helpers = os.path.join(scratch, self.name), helpers
        self.programs, self.process = [], None

    # Each manager says how.
    def write_config(self): raise NotImplementedError
    def command(self): raise NotImplementedError
    def status(self): raise NotImplementedError      # (wall seconds, programs shown as running)
    def stop_all(self): raise NotImplementedError
    def stop(self, program): raise NotImplementedError
    def apply_change(self, program): raise NotImplementedError  # after argv of `program` changed
    stop_signal = signal.SIGTERM

    def configure(self, programs):
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)
        self.programs = programs
        self.write_config()

    def start(self):
        """time.monotonic_ns() just before the exec of the daemon."""
        with open(self.folder + "/daemon.out", "ab") as out:
            command, start = self.command(), time.monotonic_ns()
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out,
                                            stderr=subprocess.STDOUT, cwd=self.folder)
        return start

    def wait_ready(self):
        pass

    def own_pids(self):
        """The daemon and its helper processes, not the programs it manages."""
        daemon = self.process.pid
        return [daemon] + [pid for pid in descendants(daemon)
                           if not executable(pid).startswith(self.helpers)]

    def shutdown(self, seconds=90):
        """Tells the daemon to end; the seconds until it and its helpers had, or None."""
        start, pids = time.monotonic(), self.own_pids()
        deaths = Deaths(pids)
        os.kill(self.process.pid, self.stop_signal)
        last, alive = deaths.wait(seconds)
        return last - start if alive == 0 else None

    def end(self):
        """Ends everything the hard way; nothing of it is measured."""
        kill_descendants()
        if self.process:
            self.process.wait(10)
            remove_cgroups(self.process.pid)
        self.process = None


class Supervisor(Manager):
    """supervisord, or svd, which takes the same file."""

    def __init__(self, name, daemon, client, scratch, helpers):
        self.name, self.daemon, self.client = name, daemon, client
        super().__init__(scratch, helpers)
        self.config, self.socket = self.folder + "/supervisord.conf", self.folder + "/rpc.sock"

    def command(self):
        return [self.daemon, "-n", "-c", self.config]

    def _section(self, program):
        if isinstance(program, Listener):
            return (f"[eventlistener:{program.name}]\ncommand={' '.join(program.argv)}\n"
                    f"events={program.events}\nbuffer_size={program.buffer_size}\nstartsecs=0\n"
                    "stdout_logfile=NONE\nstderr_logfile=NONE\n\n")
        lines = [f"[program:{program.name}]", "command=" + " ".join(program.argv),
                 "startsecs=0", "startretries=1000000", "redirect_stderr=true"]
        if program.log:
            lines += [f"stdout_logfile={program.log}", "stdout_logfile_maxbytes=50MB"]
        else:
            lines += ["stdout_logfile=NONE"]
        return "\n".join(lines) + "\n\n"

    def write_config(self):
        # Every program needs a few descriptors of the daemon's; never ask for more than there are.
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        wanted = max(1024, 4 * len(self.programs) + 200)
        head = (f"[unix_http_server]\nfile={self.socket}\n\n"
                f"[supervisord]\nlogfile={self.folder}/daemon.log\npidfile={self.folder}/pid\n"
                f"childlogdir={self.folder}\nminfds={min(wanted, hard)}\nuser=root\n\n"
                "[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory = "
                "supervisor.rpcinterface:make_main_rpcinterface\n\n"
                f"[supervisorctl]\nserverurl=unix://{self.socket}\n\n")
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(head + "".join(self._section(program) for program in self.programs))

    def wait_ready(self):
        """The control socket answers; the programs may have been up long before."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            with socket.socket(socket.AF_UNIX) as connection:
                try:
                    connection.connect(self.socket)
                    return
                except OSError:
                    time.sleep(0.01)

    def control(self, *words):
        return run([self.client, "-c", self.config, *words])

    def call(self, method):
        """The answer of an XML-RPC method without arguments."""
        connection = http.client.HTTPConnection("localhost")
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(self.socket)
        connection.request("POST", "/RPC2", xmlrpc.client.dumps((), method),
                           {"Content-Type": "text/xml"})
        answer = xmlrpc.client.loads(connection.getresponse().read())[0][0]
        connection.close()
        return answer

    def upgrades(self):
        """How often svd has become another program, from its log."""
        with open(self.folder + "/daemon.log", encoding="utf-8", errors="replace") as log:
            return sum("has taken over from svd" in line for line in log)

    def overflows(self):
        """Events that the main log says were dropped."""
        with open(self.folder + "/daemon.log", encoding="utf-8", errors="replace") as log:
            return sum("event buffer overflowed, discarding" in line for line in log)

    def status(self):
        seconds, _, output = self.control("status")
        return seconds, sum(" RUNNING " in line for line in output.splitlines())

    def stop_all(self):
        return self.control("stop", "all")[0]

    def stop(self, program):
        return self.control("stop", program.name)[0]

    def apply_change(self, program):
        self.write_config()
        return self.control("update")[0]


class Runit(Manager):
    """runsvdir on a folder of services; `run` is the program itself, its best case."""
    name = "runit"
    stop_signal = signal.SIGHUP

    def _folder_of(self, program):
        return f"{self.folder}/services/{program.name}"

    def _write_run(self, program):
        run_file = self._folder_of(program) + "/run"
        with open(run_file + ".new", "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\nexec 2>&1\nexec " + " ".join(program.argv) + "\n")
        os.chmod(run_file + ".new", 0o755)
        os.rename(run_file + ".new", run_file)

    def write_config(self):
        for program in self.programs:
            os.makedirs(self._folder_of(program))
            self._write_run(program)

    def command(self):
        return ["runsvdir", self.folder + "/services"]

    def _sv(self, *words):
        return run(["sv", "-w", "60", *words])

    def _folders(self):
        return [self._folder_of(program) for program in self.programs]

    def status(self):
        seconds, _, output = self._sv("status", *self._folders())
        return seconds, sum(line.startswith("run:") for line in output.splitlines())

    def stop_all(self):
        return self._sv("stop", *self._folders())[0]

    def stop(self, program):
        return self._sv("stop", self._folder_of(program))[0]

    def apply_change(self, program):
        self._write_run(program)
        return self._sv("restart", self._folder_of(program))[0]
