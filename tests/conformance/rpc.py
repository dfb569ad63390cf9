"""XML-RPC and raw HTTP over a unix socket or TCP; failures are outcomes, not exceptions."""

import base64
import http.client
import socket
import xmlrpc.client


def connect(address, timeout=20.0):
    """address is a socket path or a (host, port) pair."""
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.settimeout(timeout)
    sock.connect(address)
    return sock


class _Connection(http.client.HTTPConnection):
    def __init__(self, address, timeout):
        super().__init__("localhost", timeout=timeout)
        self.address = address

    def connect(self):
        self.sock = connect(self.address, self.timeout)


class _Transport(xmlrpc.client.Transport):
    def __init__(self, address, timeout, auth):
        headers = []
        if auth:
            headers.append(("Authorization", "Basic " + base64.b64encode(auth.encode()).decode()))
        super().__init__(headers=headers)
        self.address = address
        self.timeout = timeout

    def make_connection(self, host):
        return _Connection(self.address, self.timeout)


class Rpc:
    """call() answers the value, or text that names the fault or the HTTP status."""

    def __init__(self, address, auth=None, timeout=20.0):
        self.address = address
        self.auth = auth
        self.timeout = timeout

    def raw(self, method, *args):
        proxy = xmlrpc.client.ServerProxy(
            "http://localhost", transport=_Transport(self.address, self.timeout, self.auth))
        with proxy:
            return getattr(proxy, method)(*args)

    def call(self, method, *args):
        try:
            return self.raw(method, *args)
        except xmlrpc.client.Fault as fault:
            return f"fault {fault.faultCode} {fault.faultString}"
        except xmlrpc.client.ProtocolError as error:
            return f"http {error.errcode}"
        except (OSError, http.client.HTTPException) as error:
            return f"no connection ({type(error).__name__})"

    def __getattr__(self, name):
        return lambda *args: self.call("supervisor." + name, *args)


class Answer:
    """One HTTP answer: status, reason, headers (lower-case names) and body."""

    def __init__(self, status, reason="", headers=None, body=b""):
        self.status, self.reason = status, reason
        self.headers, self.body = headers or [], body

    def header(self, name):
        return ", ".join(value for key, value in self.headers if key.lower() == name)


def exchange(address, request, timeout=4.0, method="GET"):
    """Sends bytes and reads one answer. A closed or silent connection is an Answer with words."""
    with connect(address, timeout) as sock:
        sock.sendall(request)
        return read_answer(sock, method)


def read_answer(sock, method="GET"):
    response = http.client.HTTPResponse(sock, method=method)
    try:
        response.begin()
        body = response.read()
    except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
        return Answer("closed without an answer")
    except TimeoutError:
        return Answer("no answer")
    except http.client.HTTPException as error:
        return Answer(f"broken answer ({type(error).__name__})")
    return Answer(response.status, response.reason, response.getheaders(), body)


def basic(user_password):
    return b"Authorization: Basic " + base64.b64encode(user_password.encode()) + b"\r\n"


def post(body, path=b"/RPC2", headers=b"", version=b"1.1"):
    """The bytes of an XML-RPC POST."""
    return (b"POST " + path + b" HTTP/" + version + b"\r\nHost: x\r\nContent-Type: text/xml\r\n"
            + headers + b"Content-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body)
