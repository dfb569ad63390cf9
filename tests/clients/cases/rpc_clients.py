"""XML-RPC libraries of three languages, over TCP with a password, and Python over the unix socket too."""

import json
import urllib.parse
import xmlrpc.client

from harness import PASSWORD, PROGRAMS, USER, check, contains, equal
from registry import case

CONFIG = ("[program:cat]\ncommand=/bin/cat\nstartsecs=0\nstdout_logfile={dir}/cat.out\n"
          "[program:said]\ncommand=/usr/bin/printf 'one\\ntwo\\n'\nstartsecs=0\nautorestart=false\n"
          "stdout_logfile={dir}/said.out\n")

# The same questions in every language have the same answers.
ANSWERS = {
    "state": {"statecode": 1, "statename": "RUNNING"},
    "before": ["cat:cat RUNNING", "said:said EXITED"],
    "stop": True,
    "again": {"fault": 70, "text": "NOT_RUNNING: cat"},
    "stopped": ["cat:cat STOPPED", "said:said EXITED"],
    "start": True,
    "stdin": True,
    "unknown": {"fault": 10, "text": "BAD_NAME: nobody"},
    "method": {"fault": 1, "text": "UNKNOWN_METHOD"},
    "methods": 1,
    "log": "one\ntwo\n",
    "tail": ["e\ntwo\n", 8, True],
    # As Supervisor has it: values as they are, not each in an array of its own.
    "multi": ["supervisor", {"faultCode": 10, "faultString": "BAD_NAME: nobody"},
              {"statecode": 1, "statename": "RUNNING"}],
}


def begin(s):
    s.start(CONFIG)
    s.wait_state("cat", "RUNNING")
    s.wait_state("said", "EXITED")
    s.wait_in_file("said.out", "two\n")
    user, password = (urllib.parse.quote(word, safe="") for word in (USER, PASSWORD))
    return f"http://{user}:{password}@127.0.0.1:{s.port}/RPC2"


def compare(s, seen):
    for name, expected in ANSWERS.items():
        equal(seen[name], expected, name)
    s.wait_in_file("cat.out", "a < b & c\n")


def refused(url, s):
    return url.replace(f"@127.0.0.1:{s.port}", f"-wrong@127.0.0.1:{s.port}")


@case("xmlrpc.client of Python over TCP with a password")
def python_tcp(s):
    url = begin(s)
    with xmlrpc.client.ServerProxy(url) as server:
        compare(s, session(server))
    with xmlrpc.client.ServerProxy(refused(url, s)) as server:
        try:
            server.supervisor.getState()
            check(False, "a wrong password must be refused")
        except xmlrpc.client.ProtocolError as error:
            equal(error.errcode, 401, "the status for a wrong password")


@case("xmlrpc.client of Python with SupervisorTransport over the unix socket", "supervisor")
def python_unix(s):
    from supervisor.xmlrpc import SupervisorTransport
    begin(s)
    transport = SupervisorTransport("", "", "unix://" + s.socket)
    with xmlrpc.client.ServerProxy("http://127.0.0.1", transport) as server:
        compare(s, session(server))


def session(server):
    def call(method, *words):
        try:
            return getattr(server, method)(*words)
        except xmlrpc.client.Fault as fault:
            return {"fault": fault.faultCode, "text": fault.faultString}

    def states():
        return [f"{i['group']}:{i['name']} {i['statename']}" for i in server.supervisor.getAllProcessInfo()]

    seen = {"state": call("supervisor.getState"), "before": states()}
    seen["stop"] = call("supervisor.stopProcess", "cat")
    seen["again"] = call("supervisor.stopProcess", "cat")
    seen["stopped"] = states()
    seen["start"] = call("supervisor.startProcess", "cat")
    seen["stdin"] = call("supervisor.sendProcessStdin", "cat", "a < b & c\n")
    seen["unknown"] = call("supervisor.startProcess", "nobody")
    seen["method"] = call("supervisor.noSuchMethod")
    seen["methods"] = call("system.listMethods").count("supervisor.getState")
    seen["log"] = call("supervisor.readProcessStdoutLog", "said", 0, 0)
    seen["tail"] = call("supervisor.tailProcessStdoutLog", "said", 0, 6)
    questions = (("getIdentification", []), ("getProcessInfo", ["nobody"]), ("getState", []))
    seen["multi"] = call("system.multicall", [{"methodName": "supervisor." + method, "params": words}
                                              for method, words in questions])
    return seen


def perl(s, library):
    url = begin(s)
    seen = json.loads(s.run(["/usr/bin/perl", PROGRAMS / "session.pl", library, url]).succeeded().out)
    # Perl has no booleans of its own.
    seen.update({name: bool(int(seen[name])) for name in ("stop", "start", "stdin")})
    seen["tail"] = [seen["tail"][0], int(seen["tail"][1]), bool(int(seen["tail"][2]))]
    seen["state"]["statecode"] = int(seen["state"]["statecode"])
    seen["multi"][2]["statecode"] = int(seen["multi"][2]["statecode"])
    for fault in (seen["again"], seen["unknown"], seen["method"]):
        fault["fault"] = int(fault["fault"])
    seen["multi"][1]["faultCode"] = int(seen["multi"][1]["faultCode"])
    compare(s, seen)
    check(s.run(["/usr/bin/perl", PROGRAMS / "session.pl", library, refused(url, s)]).code != 0,
          "a wrong password must be refused")


@case("XMLRPC::Lite of Perl over TCP with a password", "libxmlrpc-lite-perl")
def perl_lite(s):
    perl(s, "XMLRPC::Lite")


@case("RPC::XML of Perl over TCP with a password", "librpc-xml-perl")
def perl_rpc_xml(s):
    perl(s, "RPC::XML")


@case("xmlrpc/client of Ruby over TCP with a password", "ruby", "ruby-xmlrpc")
def ruby(s):
    url = begin(s)
    done = s.run(["/usr/bin/ruby", PROGRAMS / "session.rb", url]).succeeded()
    compare(s, json.loads(done.out))
    wrong = s.run(["/usr/bin/ruby", PROGRAMS / "session.rb", refused(url, s)])
    contains(wrong.err, "Authorization failed", "a wrong password")
