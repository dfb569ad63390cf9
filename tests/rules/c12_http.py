"""XML-RPC is POST /RPC2 over TCP and unix sockets with Basic passwords, and log streams are chunked GETs."""

import rpc
from rpc import Answer, basic, connect, exchange, post

CALL = b"<methodCall><methodName>supervisor.getAPIVersion</methodName></methodCall>"
SYSTEM = ("system.listMethods", "system.methodHelp", "system.methodSignature", "system.multicall")


def get(path, headers=b"", host=b"localhost"):
    return b"GET " + path + b" HTTP/1.1\r\nHost: " + host + b"\r\n" + headers + b"\r\n"


def status(address, request, method="POST"):
    answer = exchange(address, request, 5.0, method)
    return answer.status if isinstance(answer, Answer) else answer


def rule(s):
    s.start("[program:say]\ncommand=/bin/sh -c 'echo out; echo err >&2; exec cat'\nstartsecs=0\n"
            "stdout_logfile=@dir@/say.out\nstderr_logfile=@dir@/say.err\n", unix="username=u\npassword=p", ready=False,
            inet="[inet_http_server]\nport=127.0.0.1:@port@\nusername=u\npassword=p\n")
    s.rpc = rpc.Rpc(s.sock, "u:p")
    s.wait_ready()
    s.wait_text("say.out", "out")
    s.wait_text("say.err", "err")
    good = basic("u:p")
    for kind, address in (("unix", s.sock), ("tcp", ("127.0.0.1", s.port))):
        with connect(address, 5.0) as sock:
            for turn in ("first", "second"):
                sock.sendall(post(CALL, headers=good))
                answer = rpc.read_answer(sock)
                s.that(f"{kind}: {turn} call without params on one connection", b"3.0" in answer.body, repr(answer.body))
        s.equal(f"{kind}: no password", status(address, post(CALL)), 401)
        s.equal(f"{kind}: wrong password", status(address, post(CALL, headers=basic("u:x"))), 401)
        s.equal(f"{kind}: not XML", status(address, post(b"junk", headers=good)), 400)
        s.equal(f"{kind}: unknown page", status(address, get(b"/nosuch", good), "GET"), 404)
        s.equal(f"{kind}: log of nobody", status(address, get(b"/logtail/nosuch", good), "GET"), 404)
        for host in (b"localhost", b"/var/run/supervisor.sock", b"", b"127.0.0.1:9001", b"%2Frun%2Fs.sock"):
            request = post(CALL, headers=good).replace(b"Host: localhost", b"Host: " + host)
            s.equal(f"{kind}: host {host!r}", status(address, request), 200)
        for path, text in ((b"/logtail/say", b"out\n"), (b"/logtail/say/stdout", b"out\n"), (b"/logtail/say/stderr", b"err\n"),
                           (b"/mainlogtail", b"spawned")):
            head, body = begin_of_stream(address, get(path, good), text)
            s.that(f"{kind}: {path.decode()} is chunked", b"\r\ntransfer-encoding: chunked" in head.lower(), repr(head))
            s.that(f"{kind}: {path.decode()} begins with what is there", text in body, repr(body))
    methods = s.rpc.call("system.listMethods")
    s.that("system methods", set(SYSTEM) <= set(methods), repr(methods))
    s.that("every method has help", all(s.rpc.call("system.methodHelp", name) for name in methods))
    s.equal("a signature", s.rpc.call("system.methodSignature", "supervisor.getProcessInfo"), ["struct", "string"])
    answers = s.rpc.call("system.multicall", [{"methodName": "supervisor.getAPIVersion", "params": []},
                                              {"methodName": "no.such", "params": []}])
    s.equal("multicall", [answers[0], answers[1]["faultCode"]], ["3.0", 1])


def begin_of_stream(address, request, until):
    with connect(address, 5.0) as sock:
        sock.sendall(request)
        data = b""
        while b"\r\n\r\n" not in data or until not in data.partition(b"\r\n\r\n")[2]:
            part = sock.recv(65536)
            if not part:
                break
            data += part
    head, _, body = data.partition(b"\r\n\r\n")
    return head, body
