"""Runs supervisord's and supervisorctl's own code without paying for Python's start each time.

A server process imports the modules once and forks for every call; the child takes the caller's
arguments, environment, directory and descriptors and then runs the program's main(). Only
short-lived commands run this way; daemons are started as real programs.
"""

import array
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import traceback

MODULES = {"supervisorctl": "supervisor.supervisorctl", "supervisord": "supervisor.supervisord"}


class Preloaded:
    """The client side: popen-like calls to the server process."""

    def __init__(self, folder, environment):
        self.path = os.path.join(folder, "preload.sock")
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(self.path)
        listener.listen(64)
        self.process = subprocess.Popen(
            ["/usr/bin/python3", os.path.abspath(__file__), str(listener.fileno())],
            pass_fds=[listener.fileno()], env=environment, stdin=subprocess.DEVNULL)
        listener.close()

    def close(self):
        self.process.terminate()
        self.process.wait(10)

    def run(self, argv, stdin, cwd, env, timeout):
        """Exit code (or `did not end`), stdout bytes, stderr bytes."""
        with open(os.path.join(cwd, f"in.{id(argv)}"), "w+b") as source, \
                open(os.path.join(cwd, f"out.{id(argv)}"), "w+b") as out, \
                open(os.path.join(cwd, f"err.{id(argv)}"), "w+b") as err, \
                socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
            for stream in (source, out, err):
                os.unlink(stream.name)
            source.write(stdin)
            source.seek(0)
            link.settimeout(timeout)
            link.connect(self.path)
            request = json.dumps({"argv": argv, "cwd": cwd, "env": env}).encode()
            fds = array.array("i", [stream.fileno() for stream in (source, out, err)])
            link.sendmsg([struct.pack("!I", len(request)) + request],
                         [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)])
            (pid,) = struct.unpack("!I", link.recv(4, socket.MSG_WAITALL))
            try:
                (code,) = struct.unpack("!i", link.recv(4, socket.MSG_WAITALL))
            except TimeoutError:
                os.kill(pid, signal.SIGKILL)
                code = "did not end"
            out.seek(0)
            err.seek(0)
            return code, out.read(), err.read()


def serve(listener):
    for name in MODULES.values():
        __import__(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        link, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            handle(link)
        link.close()


def handle(link):
    data, fds, _, _ = socket.recv_fds(link, 65536, 3)
    (size,) = struct.unpack("!I", data[:4])
    data = data[4:]
    while len(data) < size:
        data += link.recv(65536)
    request = json.loads(data)
    pid = os.fork()
    if pid == 0:
        link.close()
        become(request, fds)
    link.sendall(struct.pack("!I", pid))
    _, status = os.waitpid(pid, 0)
    try:
        link.sendall(struct.pack("!i", os.waitstatus_to_exitcode(status)))
    except OSError:
        pass
    os._exit(0)


def become(request, fds):
    os.setsid()
    for target, fd in enumerate(fds):
        os.dup2(fd, target)
    os.closerange(3, 64)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    sys.argv = request["argv"]
    code = 0
    try:
        sys.modules[MODULES[os.path.basename(sys.argv[0])]].main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1 if end.code else 0
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
