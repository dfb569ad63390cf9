"""A program that speaks sd_notify and does what it is told: each line of its standard input is a
Python statement. Its output is what those print."""

import array
import os
import signal  # noqa: F401, pylint: disable=unused-import  (for the statements)
import socket
import sys
import threading  # noqa: F401, pylint: disable=unused-import
import time  # noqa: F401, pylint: disable=unused-import


def send(text, *fds):
    """One message, with descriptors."""
    address = os.environ["NOTIFY_SOCKET"]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.connect("\0" + address[1:] if address.startswith("@") else address)
        control = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
        sender.sendmsg([text.encode()], control)


def say(*words):
    """To the log, at once."""
    print(*words, flush=True)


def given():
    """Descriptors by name, if they are meant for this process."""
    if os.environ.get("LISTEN_PID") != str(os.getpid()):
        return {}
    names = os.environ["LISTEN_FDNAMES"].split(":")
    assert len(names) == int(os.environ["LISTEN_FDS"])
    return {name: 3 + i for i, name in enumerate(names)}


def serve():
    """Answers everybody who comes to descriptor 3 with its pid."""
    listener = socket.socket(fileno=os.dup(3))
    while True:
        client, _ = listener.accept()
        client.recv(99)
        client.sendall(b"%d\n" % os.getpid())
        client.close()


for word in sys.argv[1:]:
    exec(word)  # pylint: disable=exec-used
for line in sys.stdin:
    exec(line)  # pylint: disable=exec-used
