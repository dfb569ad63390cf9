#!/usr/bin/python3
"""svctl against servers that answer oddly, over IPv4 and IPv6.

Usage: odd_server_test.py path/to/svctl"""

import os
import socket
import subprocess
import sys
import threading
import unittest

from harness import BOUND

SVCTL = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else "svctl"


def xml(value):
    return ("<?xml version='1.0'?><methodResponse><params><param><value>%s</value></param></params>"
            "</methodResponse>" % value).encode()


def with_length(body, status="200 OK"):
    return b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status.encode(), len(body), body)


def chunked(body):
    middle = len(body) // 2
    parts = b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in (body[:middle], body[middle:]))
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + parts + b"0\r\n\r\n"


class OddServer:
    """Answers the n-th request with the n-th answer; None closes the connection instead."""

    def __init__(self, answers, family=socket.AF_INET):
        self.answers = list(answers)
        self.requests = []
        self.connections = 0
        self.listener = socket.socket(family, socket.SOCK_STREAM)
        self.listener.settimeout(BOUND)
        self.listener.bind(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0))
        self.listener.listen()
        host = "[::1]" if family == socket.AF_INET6 else "127.0.0.1"
        self.url = "http://%s:%d" % (host, self.listener.getsockname()[1])
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while self.answers:
            connection, _ = self.listener.accept()
            self.connections += 1
            connection.settimeout(BOUND)
            with connection:
                while self.answers and self.read_request(connection):
                    answer = self.answers.pop(0)
                    if answer is None:
                        break
                    connection.sendall(answer)
                    if b"HTTP/1.0" in answer:
                        break

    def read_request(self, connection):
        data = b""
        while True:
            head, gap, body = data.partition(b"\r\n\r\n")
            if gap:
                length = [int(line.split(b":")[1]) for line in head.split(b"\r\n")
                          if line.lower().startswith(b"content-length:")]
                if len(body) >= (length or [0])[0]:
                    self.requests.append(data)
                    return True
            got = connection.recv(65536)
            if not got:
                return False
            data += got

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.answers = []
        self.listener.close()


class Odd(unittest.TestCase):
    def check(self, answers, code, out, words=("version",), options=(), family=socket.AF_INET):
        with OddServer(answers, family) as server:
            done = subprocess.run([SVCTL, "-c", "/dev/stdin", "-s", server.url, *options, *words],
                                  input=b"[supervisorctl]\n", capture_output=True, timeout=BOUND)
            text = done.stdout.decode().replace(server.url, "URL")
            self.assertEqual((done.returncode, text, done.stderr.decode()), (code, out, ""))
            return server

    def test_lengths_chunks_and_closed_connections_are_answers(self):
        good = [xml("3.0"), xml("9.9.9")]
        for make in (with_length, chunked, lambda body: b"HTTP/1.0 200 OK\r\n\r\n" + body):
            self.check([make(body) for body in good], 0, "9.9.9\n")

    def test_one_connection_serves_a_command(self):
        server = self.check([with_length(xml("3.0")), with_length(xml("1.2"))], 0, "1.2\n")
        self.assertEqual(server.connections, 1)

    @unittest.skipUnless(socket.has_ipv6 and os.path.exists("/proc/net/if_inet6"), "no IPv6 here")
    def test_ipv6_addresses_are_hosts(self):
        try:
            with socket.socket(socket.AF_INET6) as probe:
                probe.bind(("::1", 0))
        except OSError:
            self.skipTest("no IPv6 loopback here")
        server = self.check([with_length(xml("3.0")), with_length(xml("1.2"))], 0, "1.2\n",
                            family=socket.AF_INET6)
        self.assertIn(b"Host: [::1]:", server.requests[0])

    def test_credentials_are_sent_only_as_a_pair(self):
        good = [with_length(xml("3.0")), with_length(xml("1.2"))]
        server = self.check(good, 0, "1.2\n", options=("-u", "me", "-p", "se:cret"))
        self.assertIn(b"Authorization: Basic bWU6c2U6Y3JldA==\r\n", server.requests[0])
        server = self.check(good, 0, "1.2\n", options=("-u", "me"))
        self.assertNotIn(b"Authorization", server.requests[0])

    def test_another_api_is_code_5(self):
        text = ("Sorry, this version of supervisorctl expects to talk to a server with API version "
                "3.0, but the remote version is 4.0.\n")
        self.check([with_length(xml("4.0"))], 5, text)
        self.check([with_length(xml("4.0"))], 4, text, words=("status",))

    def test_errors_are_one_line_each(self):
        self.check([with_length(b"oops", "500 Internal Server Error")], 1,
                   "error: URL answered 500 Internal Server Error\n")
        self.check([with_length(b"<html/>")], 1, "error: URL: no methodResponse\n")
        self.check([None], 1, "error: URL: the server closed the connection\n")
        self.check([b"SSH-2.0-x\r\n\r\n"], 1, "error: URL: not an HTTP answer\n")
        self.check([with_length(xml("3.0")), None], 1,
                   "error: URL: the server closed the connection\n", words=("start", "x", "y"))

    def test_a_failed_start_is_not_repeated(self):
        server = self.check([with_length(xml("3.0")), None, with_length(xml("1"))], 1,
                            "error: URL: the server closed the connection\n", words=("start", "x"))
        self.assertEqual(len(server.requests), 2)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:], verbosity=1)
