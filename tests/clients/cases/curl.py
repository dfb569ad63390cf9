"""curl, as scripts use it: XML-RPC by hand, logs as streams, pages and their actions."""

from harness import PASSWORD, USER, check, contains, equal
from registry import case

CURL = ["/usr/bin/curl", "--silent", "--show-error", "--max-time", "30"]
LOGIN = ["--user", f"{USER}:{PASSWORD}"]
CONFIG = ("[program:cat]\ncommand=/bin/cat\nstartsecs=0\nstdout_logfile={dir}/cat.out\n"
          "[program:said]\ncommand=/bin/sh -c 'echo hello; echo oh >&2; exec sleep 600'\nstartsecs=0\n"
          "stdout_logfile={dir}/said.out\nstderr_logfile={dir}/said.err\n")


def begin(s):
    s.start(CONFIG)
    s.wait_state("cat", "RUNNING")
    s.wait_in_file("said.err", "oh\n")


def call(method, *words):
    params = "".join(f"<param><value><string>{word}</string></value></param>" for word in words)
    return (f"<?xml version='1.0'?><methodCall><methodName>supervisor.{method}</methodName>"
            f"<params>{params}</params></methodCall>")


def code(s, *words):
    return s.run([*CURL, "-o", "/dev/null", "-w", "%{http_code}", *words]).succeeded().out


@case("curl: XML-RPC by hand over TCP and over the unix socket", "curl")
def by_hand(s):
    begin(s)
    xml = ["-H", "Content-Type: text/xml"]
    for way in (["--unix-socket", s.socket, "http://localhost/RPC2"], [*LOGIN, s.url + "/RPC2"],
                ["--http1.0", *LOGIN, s.url + "/RPC2"]):
        body = s.run([*CURL, *xml, "-d", call("getState"), *way]).succeeded().out
        contains(body, "<name>statename</name>\n<value><string>RUNNING</string></value>", str(way))
        body = s.run([*CURL, "-d", call("stopProcess", "nobody"), *way]).succeeded().out  # curl's own type
        contains(body, "<string>BAD_NAME: nobody</string>", str(way))
        for method in ("stopProcess", "startProcess"):
            body = s.run([*CURL, *xml, "-d", call(method, "cat"), *way]).succeeded().out
            contains(body, "<value><boolean>1</boolean></value>", method)
    # From a file, and two requests on one connection.
    s.write("request.xml", call("getPID"))
    body = s.run([*CURL, *LOGIN, "--data-binary", f"@{s.dir}/request.xml", s.url + "/RPC2",
                  s.url + "/RPC2"]).succeeded().out
    equal(body.count(f"<int>{s.daemon.pid}</int>"), 2, "two answers")


@case("curl: a large request, which curl announces with Expect: 100-continue", "curl")
def large(s):
    begin(s)
    text = "0123456789abcde\n" * 70000  # over curl's 1 MiB limit for sending without asking
    s.write("request.xml", call("sendProcessStdin", "cat", text))
    done = s.run([*CURL, "-v", *LOGIN, "-H", "Expect: 100-continue",
                  "--data-binary", f"@{s.dir}/request.xml", s.url + "/RPC2"]).succeeded()
    contains(done.err, "HTTP/1.1 100 Continue", "the invitation")
    contains(done.out, "<boolean>1</boolean>", "the answer")
    s.wait(lambda: (s.path / "cat.out").stat().st_size >= len(text), "all of it")
    equal(s.read("cat.out"), text, "what the program got")


@case("curl: who may not come in", "curl")
def passwords(s):
    begin(s)
    for path in ("/", "/RPC2", "/logtail/said", "/mainlogtail", "/index.html?action=stopall"):
        equal(code(s, s.url + path), "401", path + " without a password")
        equal(code(s, "--user", f"{USER}:wrong", s.url + path), "401", path + " with a wrong password")
        contains(s.run([*CURL, "--head", s.url + path]).succeeded().out.lower(),
                 'www-authenticate: basic realm="default"', path)
    equal(code(s, "--anyauth", *LOGIN, s.url + "/"), "200", "curl chooses the way itself")
    equal(code(s, "--unix-socket", s.socket, "http://localhost/"), "200", "no password on the socket")
    equal(s.rpc.getProcessInfo("cat")["statename"], "RUNNING", "cat")


@case("curl: logs as streams", "curl")
def streams(s):
    begin(s)
    for path, text in (("/logtail/said", "hello\n"), ("/logtail/said/stdout", "hello\n"),
                       ("/logtail/said/stderr", "oh\n"), ("/logtail/said:said", "hello\n"),
                       ("/mainlogtail", "INFO spawned: 'said' with pid")):
        s.follow([*CURL, "--no-buffer", *LOGIN, s.url + path]).wait_text(text)
    follower = s.follow([*CURL, "--no-buffer", "--unix-socket", s.socket, "http://localhost/logtail/cat"])
    for number in range(3):
        equal(s.rpc.sendProcessStdin("cat", f"line {number}\n"), True, "stdin")
        follower.wait_text(f"line {number}\n")
    equal(follower.text, "line 0\nline 1\nline 2\n", "the stream")
    equal(code(s, *LOGIN, s.url + "/logtail/nobody"), "404", "an unknown program")


@case("curl: pages and actions", "curl")
def pages(s):
    begin(s)

    def get(path, *words):
        return s.run([*CURL, *LOGIN, *words, s.url + path]).succeeded().out

    for path in ("/", "/index.html"):
        contains(get(path), "said", path)
    contains(get("/tail.html?processname=said&limit=100"), "hello", "the page of a log")
    equal(get("/ok.html").strip(), "OK", "the health check")
    equal(code(s, *LOGIN, s.url + "/nothing.html"), "404", "no such page")
    before = s.pid("cat")
    for action, state in (("stop", "STOPPED"), ("start", "RUNNING"), ("restart", "RUNNING")):
        page = get(f"/index.html?action={action}&processname=cat", "--location")
        contains(page, "cat", action)
        equal(s.rpc.getProcessInfo("cat")["statename"], state, action)
    check(s.pid("cat") != before, "another process")
    get("/index.html", "--location", "-d", "action=stop", "-d", "processname=cat")
    equal(s.rpc.getProcessInfo("cat")["statename"], "STOPPED", "the action as a form")
    get("/index.html?action=clearlog&processname=said", "--location")
    equal(s.read("said.out"), "", "clearlog")
    for action, state in (("stopall", "STOPPED"), ("restartall", "RUNNING")):
        get(f"/index.html?action={action}", "--location")
        s.wait_state("cat", state)
        s.wait_state("said", state)
    # Another site's page sends the browser here: nothing happens.
    equal(code(s, *LOGIN, "-H", "Sec-Fetch-Site: cross-site", s.url + "/index.html?action=stopall"), "403",
          "a stranger's request")
    equal(s.rpc.getProcessInfo("cat")["statename"], "RUNNING", "cat")
