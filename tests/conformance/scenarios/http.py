"""HTTP as clients and browsers meet it: statuses, headers, authentication, pages, log streams."""

from urllib.parse import unquote

import rpc
from rpc import Answer, basic, connect, exchange, post
from scenario import scenario

CALL = b"<methodCall><methodName>supervisor.getAPIVersion</methodName><params/></methodCall>"


def call(name, params=""):
    return f"<methodCall><methodName>{name}</methodName>{params}</methodCall>".encode()


def get(path, headers=b"", method=b"GET", version=b"1.1"):
    return method + b" " + path + b" HTTP/" + version + b"\r\nHost: localhost\r\n" + headers + b"\r\n"


def shape(answer):
    """Status and reason, or words for a connection that brought no answer."""
    return f"{answer.status} {answer.reason}".strip() if isinstance(answer, Answer) else answer


def ask(address, request, method="GET", timeout=4.0):
    try:
        return exchange(address, request, timeout, method)
    except OSError as error:
        return Answer(f"refused ({type(error).__name__})")


REQUESTS = [
    ("rpc", post(CALL)), ("rpc below the path", post(CALL, path=b"/RPC2foo")), ("rpc with slash", post(CALL, b"/RPC2/")),
    ("rpc by GET", get(b"/RPC2")), ("rpc by HEAD", get(b"/RPC2", method=b"HEAD")),
    ("rpc by PUT", get(b"/RPC2", b"Content-Length: 0\r\n", b"PUT")),
    ("no content length", b"POST /RPC2 HTTP/1.1\r\nHost: x\r\n\r\n"),
    ("content length text", b"POST /RPC2 HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n"),
    ("chunked body", b"POST /RPC2 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ("not xml", post(b"hello")), ("xml that is no call", post(b"<a/>")), ("no method name", post(b"<methodCall></methodCall>")),
    ("empty method name", post(call(""))), ("no params", post(call("supervisor.getState"))),
    ("rpc over 1.0", post(CALL, version=b"1.0")), ("unknown page", get(b"/nosuch")),
    ("ok page", get(b"/ok.html")),  ("unknown image", get(b"/images/nosuch.png")), ("climbing out", get(b"/../../etc/passwd")),
    ("escaped climbing out", get(b"/%2e%2e/%2e%2e/etc/passwd")),
    ("logtail unknown", get(b"/logtail/nosuch")), ("logtail group", get(b"/logtail/cat:*")),
    ("logtail other channel", get(b"/logtail/cat/stdall")), ("logtail by POST", post(b"x", b"/logtail/cat")),
    ("logtail without log", get(b"/logtail/nolog")), ("logtail without name", get(b"/logtail")),
    ("mainlogtail by POST", post(b"x", b"/mainlogtail")),
    ("garbage", b"garbage\r\n\r\n"), ("two words", b"GET /ok.html\r\n\r\n"), ("version 2", get(b"/ok.html", version=b"2.0")),
    ("query after rpc", post(CALL, b"/RPC2?x=y")),
]

PAGES = [
    ("rpc on another path", post(CALL, b"/rpc2")), ("index", get(b"/")), ("index.html", get(b"/index.html")),
    ("index by POST", post(b"", b"/index.html")), ("tail page", get(b"/tail.html?processname=cat")),
    ("tail page without a name", get(b"/tail.html")), ("tail page, unknown name", get(b"/tail.html?processname=nosuch")),
    ("style sheet", get(b"/stylesheets/supervisor.css")), ("image", get(b"/images/icon.png")),
    ("head of a style sheet", get(b"/stylesheets/supervisor.css", method=b"HEAD")),
    ("delete", get(b"/stylesheets/supervisor.css", method=b"DELETE")), ("options", get(b"/", method=b"OPTIONS")),
    ("page action unknown", get(b"/index.html?action=nosuch")),
]

TYPES = [("boolean", "<boolean>0</boolean>"), ("int", "<int>0</int>"), ("i4", "<i4>0</i4>"), ("string", "<string></string>")]


@scenario("http requests")
def http_requests(s):
    s.start("[program:cat]\ncommand=/bin/cat\nstartsecs=0\n[program:nolog]\ncommand=/bin/cat\nstartsecs=0\n"
            "stdout_logfile=NONE\nautostart=false\n", inet="[inet_http_server]\nport=127.0.0.1:@port@\n")
    s.wait_state("cat", "RUNNING")
    tcp = ("127.0.0.1", s.port)
    for check, request in REQUESTS:
        yield check, shape(ask(tcp, request, request.split(b" ")[0].decode(), timeout=3.0))
    answer = ask(tcp, post(CALL))
    yield "rpc: header names", sorted(key.lower() for key, _ in answer.headers)
    yield "rpc: content type", answer.header("content-type")
    yield "rpc: body", answer.body
    yield "rpc: fault body", ask(tcp, post(call("no.such"))).body
    yield "rpc: struct body", ask(tcp, post(call("supervisor.getState"))).body
    yield "rpc: array body", ask(tcp, post(call("supervisor.reloadConfig"))).body
    yield "rpc: boolean body", ask(tcp, post(call("supervisor.sendRemoteCommEvent", "<params><param><value>a</value>"
                                            "</param><param><value>b</value></param></params>"))).body
    yield "rpc: text body", ask(tcp, post(call("supervisor.getProcessInfo", "<params><param><value><string>a&lt;&amp;&gt;'\""
                                         "</string></value></param></params>"))).body
    for check, value in TYPES:
        body = call("supervisor.startProcess", "<params><param><value>nosuch</value></param>"
                    f"<param><value>{value}</value></param></params>")
        yield f"argument of type {check}", b"BAD_NAME" in ask(tcp, post(body)).body
    for check, params in [("unknown type", "<params><param><value><i8>1</i8></value></param></params>"),
                          ("nil", "<params><param><value><nil/></value></param></params>"),
                          ("integer text", "<params><param><value><int>x</int></value></param></params>")]:
        yield f"argument: {check}", shape(ask(tcp, post(call("supervisor.getProcessInfo", params))))
    for path in ("/nosuch", "/RPC2"):
        answer = ask(tcp, get(path.encode()))
        yield f"error body of {path}", [answer.body, answer.header("content-type"), answer.header("content-length")]
    answer = ask(tcp, get(b"/ok.html"))
    yield "ok page: body and headers", [answer.body, answer.header("content-type"), answer.header("cache-control"),
                                        answer.header("pragma"), answer.header("expires")]


@scenario("http pages")
def http_pages(s):
    s.start("[program:cat]\ncommand=/bin/cat\nstartsecs=0\n", inet="[inet_http_server]\nport=127.0.0.1:@port@\n")
    s.wait_state("cat", "RUNNING")
    tcp = ("127.0.0.1", s.port)
    for check, request in PAGES:
        yield check, shape(ask(tcp, request, request.split(b" ")[0].decode(), timeout=3.0))
    answer = ask(tcp, get(b"/"))
    yield "index: headers", [answer.header(n) for n in ("content-type", "cache-control", "pragma")]
    yield "index: names the program", [word in answer.body for word in (b"<title>Supervisor Status</title>", b"cat", b"running")]
    answer = ask(tcp, get(b"/stylesheets/supervisor.css"))
    yield "style sheet: headers", [answer.header("content-type"), bool(answer.header("last-modified"))]
    since = b"If-Modified-Since: " + answer.header("last-modified").encode() + b"\r\n"
    yield "style sheet: not modified", shape(ask(tcp, get(b"/stylesheets/supervisor.css", since)))
    yield "directory without slash", shape(ask(tcp, get(b"/stylesheets")))


@scenario("http connections")
def http_connections(s):
    s.start("", inet="[inet_http_server]\nport=127.0.0.1:@port@\n")
    tcp = ("127.0.0.1", s.port)

    def two(first, second):
        with connect(tcp, 3.0) as sock:
            sock.sendall(first)
            one = rpc.read_answer(sock)
            try:
                sock.sendall(second)
                return [shape(one), shape(rpc.read_answer(sock))]
            except OSError as error:
                return [shape(one), type(error).__name__]
    yield "1.1 stays open", two(post(CALL), post(CALL))
    yield "connection close is obeyed", two(post(CALL, headers=b"Connection: close\r\n"), post(CALL))[0]
    yield "1.0 closes", two(post(CALL, version=b"1.0"), post(CALL))[1]
    yield "1.0 keep-alive", two(post(CALL, version=b"1.0", headers=b"Connection: keep-alive\r\n"), post(CALL))
    with connect(tcp, 3.0) as sock:
        request = post(CALL)
        for i in range(0, len(request), 7):
            sock.sendall(request[i:i + 7])
        yield "a request in small pieces", shape(rpc.read_answer(sock))
    with connect(tcp, 3.0) as sock:
        sock.sendall(b"POST /RPC2 HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\nabc")
        yield "others are served while one is slow", shape(ask(tcp, post(CALL)))
    yield "small letters in header names", shape(ask(tcp, post(CALL).replace(b"Content-Length", b"content-length")))
    yield "no blank after the colon", shape(ask(tcp, post(CALL).replace(b"Content-Length: ", b"Content-Length:")))
    big = post(b"<methodCall><methodName>" + b"x" * 200000 + b"</methodName></methodCall>")
    yield "a long method name", shape(ask(tcp, big))


AUTH_SHA = "{SHA}5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8"  # password


@scenario("http authentication")
def http_authentication(s):
    s.start("", unix=f"username=user\npassword={AUTH_SHA}",
            inet="[inet_http_server]\nport=127.0.0.1:@port@\nusername=tcp\npassword=sec:ret\n", ready=False)
    s.rpc = rpc.Rpc(s.sock, "user:password")
    s.wait_ready()
    tcp = ("127.0.0.1", s.port)
    for name, address, good in [("unix", s.sock, "user:password"), ("tcp", tcp, "tcp:sec:ret")]:
        yield f"{name}: nothing", shape(ask(address, post(CALL)))
        yield f"{name}: right", shape(ask(address, post(CALL, headers=basic(good))))
        yield f"{name}: wrong password", shape(ask(address, post(CALL, headers=basic(good + "x"))))
        yield f"{name}: wrong user", shape(ask(address, post(CALL, headers=basic("x" + good))))
        yield f"{name}: page", shape(ask(address, get(b"/")))
        yield f"{name}: style sheet", shape(ask(address, get(b"/stylesheets/supervisor.css")))
        yield f"{name}: log", shape(ask(address, get(b"/mainlogtail")))
    answer = ask(tcp, post(CALL))
    yield "headers of 401", [answer.header("www-authenticate"), answer.header("connection")]
    yield "body of 401", answer.body
    yield "other scheme", shape(ask(tcp, post(CALL, headers=b"Authorization: Bearer abc\r\n")))
    yield "no colon", shape(ask(tcp, post(CALL, headers=basic("nocolon"))))
    yield "bad base64", shape(ask(tcp, post(CALL, headers=b"Authorization: Basic !!!\r\n")))
    yield "small scheme", shape(ask(tcp, post(CALL, headers=basic("tcp:sec:ret").replace(b"Basic", b"basic"))))
    yield "log has no warning", s.log("without any HTTP authentication")


def receive(sock, until):
    """What came until the text `until` appeared, the connection was closed or nothing more came."""
    data = b""
    try:
        while until not in data:
            part = sock.recv(65536)
            if not part:
                return data + b"(closed)"
            data += part
    except TimeoutError:
        data += b"(silence)"
    except ConnectionError:
        data += b"(closed)"
    return data


def stream(address, path, until, timeout=4.0, version=b"1.1"):
    """Status, headers and what a log stream brought until the text `until` appeared."""
    with connect(address, timeout) as sock:
        sock.sendall(get(path, version=version))
        data = receive(sock, until)
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    chosen = [line for line in lines[1:] if not line.startswith(("Date", "Server", "Last-Modified"))]
    return {"status": lines[0], "headers": sorted(chosen), "body": body}


@scenario("http log streams")
def http_log_streams(s):
    s.start("[program:say]\ncommand=/bin/cat\nstartsecs=0\nstdout_logfile=@dir@/say.out\nstderr_logfile=@dir@/say.err\n")
    s.wait_state("say", "RUNNING")
    s.rpc.sendProcessStdin("say", "hello\n")
    s.wait_text("say.out", "hello")
    yield "logtail", stream(s.sock, b"/logtail/say", b"hello\n")
    yield "logtail stdout", stream(s.sock, b"/logtail/say/stdout", b"hello\n")
    yield "logtail by full name", stream(s.sock, b"/logtail/say%3Asay", b"hello\n")["body"]
    with connect(s.sock, 5.0) as sock:
        sock.sendall(get(b"/logtail/say"))
        first = sock.recv(65536)
        s.rpc.sendProcessStdin("say", "more\n")
        data = first
        while b"more\n" not in data:
            data += sock.recv(65536)
        yield "logtail follows", b"hello\n" in data and b"more\n" in data
        s.rpc.clearProcessLogs("say")
        s.rpc.sendProcessStdin("say", "written after clearing\n")
        yield "logtail of a cleared log", receive(sock, b"clearing\n\r\n")
        s.write("say.out", "")
        yield "logtail of a truncated log", receive(sock, b"truncated <==\n\r\n")
        s.rpc.sendProcessStdin("say", "go on\n")
        yield "logtail goes on", receive(sock, b"go on\n\r\n")
    yield "logtail over 1.0", stream(s.sock, b"/logtail/say", b"go on\n", 2.0, b"1.0")
    s.rpc.sendProcessStdin("say", "x" * 2000 + "\n")
    s.wait(lambda: s.size("say.out") > 2000, 5, "long line")
    yield "logtail starts with the last 1024 bytes", stream(s.sock, b"/logtail/say", b"x\n")["body"].count(b"x")
    main = stream(s.sock, b"/mainlogtail", b"\n\r\n")
    yield "mainlogtail", [main["status"], main["headers"]]


@scenario("http page actions")
def http_page_actions(s):
    s.start("[program:cat]\ncommand=/bin/cat\nstartsecs=0\n[program:gone]\ncommand=/nonexistent/x\nautostart=false\n"
            "[program:quick]\ncommand=@child@ exit 1\nstartsecs=3\nautostart=false\nstartretries=0\n",
            inet="[inet_http_server]\nport=127.0.0.1:@port@\n")
    tcp = ("127.0.0.1", s.port)
    s.wait_state("cat", "RUNNING")
    seen = []
    for name, action in [("cat", "stop"), ("cat", "stop"), ("cat", "start"), ("cat", "start"), ("cat", "restart"),
                         ("cat", "clearlog"), ("gone", "start"), ("quick", "start"), ("nosuch", "start"),
                         ("nosuch", "stop"), ("cat:*", "stop"), ("", "refresh"), ("", "stopall"), ("", "restartall")]:
        path = f"/index.html?processname={name}&action={action}" if name else f"/index.html?action={action}"
        answer = ask(tcp, get(path.encode()), timeout=10.0)
        count = seen.count((name, action))
        seen.append((name, action))
        message = unquote(answer.header("location").partition("message=")[2])
        check = f"{action} {name or 'all'} {count}"
        yield f"{check}: status", shape(answer)
        yield f"{check}: message", message
    for site in (b"Sec-Fetch-Site: cross-site\r\n", b"Origin: http://elsewhere.example\r\n"):
        answer = ask(tcp, get(b"/index.html?processname=cat&action=stop", site), timeout=10.0)
        yield f"stop from {site.split()[1].decode()}", shape(answer)
        s.rpc.startProcess("cat")
