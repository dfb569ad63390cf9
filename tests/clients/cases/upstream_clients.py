"""What Supervisor's published end-to-end tests ask of supervisorctl and of RPC clients, asked of svd.

The numbers are those of Supervisor's issues. Wherever it is about supervisorctl, svctl must do the same.
"""

import xmlrpc.client

from harness import contains, equal
from registry import case

SUPERVISORCTL = "/usr/bin/supervisorctl"
HELLO = "[program:hello]\ncommand={python} -u {programs}/hello.py\n"
CAT = "[program:cat]\ncommand=/bin/cat\nstartsecs=0\n"
GREETING = "Ærø – Łódź… "


def clients(s):
    return SUPERVISORCTL, s.tools.svctl


def proxy(s):
    from supervisor.xmlrpc import SupervisorTransport  # only where the package is
    transport = SupervisorTransport("", "", "unix://" + s.socket)
    return xmlrpc.client.ServerProxy("http://anything/RPC2", transport)


@case("issue 550: [supervisord] environment reaches a program, tail shows it", "supervisor")
def environment_in_tail(s):
    s.start("[program:env]\ncommand=/usr/bin/env\nstartsecs=0\nautorestart=false\n",
            "environment=THIS_ONE=reaches_the_child")
    s.wait_said("success: env entered RUNNING state")
    s.wait_said("exited: env (exit status 0; expected)")
    for client in clients(s):  # two words in one argument, as the published test has it
        out = s.ctl(client, "tail -100000", "env").succeeded().out
        contains(out, "THIS_ONE=reaches_the_child\n", client)


@case("issue 565: tail -f of letters beyond ASCII, while a listener gets the same output", "supervisor")
def follow_unicode(s):
    s.start(HELLO + "stdout_events_enabled=true\n"
            "[eventlistener:listener]\ncommand={python} {programs}/echo_listener.py\nevents=PROCESS_LOG\n"
            "stderr_logfile={dir}/heard.log\n")
    s.wait_said("success: hello entered RUNNING state")
    followers = [s.follow([client, "-c", s.conf, "tail", "-f", "hello"]) for client in clients(s)]
    for follower in followers:
        for number in (12, 13, 14):
            follower.wait_text(f"{GREETING}{number}\n")
    s.wait_in_file("heard.log", f"{GREETING}14\n")
    contains(s.read("heard.log"), "eventname:PROCESS_LOG_STDOUT", "the listener's headers")


@case("issue 664: a program's name beyond ASCII", "supervisor")
def unicode_name(s):
    s.start("[program:prøve_åäö]\ncommand=/bin/cat\nstartsecs=0\n")
    s.wait_said("prøve_åäö entered RUNNING state")
    for client in clients(s):
        words = s.ctl(client, "status").succeeded().out.split()
        equal(words[:2], ["prøve_åäö", "RUNNING"], client)
        equal(s.ctl(client, "restart", "prøve_åäö").succeeded().out,
              "prøve_åäö: stopped\nprøve_åäö: started\n", client)


@case("issue 835: sendProcessStdin with letters beyond ASCII", "supervisor")
def send_unicode(s):
    s.start(CAT + "stdout_logfile={dir}/cat.out\n")
    s.wait_state("cat", "RUNNING")
    with proxy(s) as server:
        for text in ("Smørrebrød på Ærø\n", "plain\n"):
            equal(server.supervisor.sendProcessStdin("cat", text), True, "the answer")
            s.wait_in_file("cat.out", text)
    equal(s.read("cat.out"), "Smørrebrød på Ærø\nplain\n", "what the program got")


@case("issue 836: fg on a terminal", "supervisor")
def foreground(s):
    s.start(CAT + "stdout_logfile={dir}/cat.out\n")
    s.wait_state("cat", "RUNNING")
    for client in clients(s):
        follower = s.follow([client, "-c", s.conf, "fg", "cat"], terminal=True)
        for text in ("Hi", "Hello", "Smørrebrød på Ærø"):
            text += " from " + client.rsplit("/", 1)[1]
            follower.type(text + "\n")
            s.wait_in_file("cat.out", text + "\n")
            follower.wait_text(text)


@case("issue 1054: avail", "supervisor")
def avail(s):
    s.start(CAT)
    for client in clients(s):
        equal(s.ctl(client, "avail").succeeded().out.split()[:4], ["cat", "in", "use", "auto"], client)


@case("issue 1231 a, b, c: tail of letters beyond ASCII in a locale that does not exist", "supervisor")
def tail_odd_locale(s):
    s.start(HELLO)
    s.wait_said("success: hello entered RUNNING state")
    for environment in (None, {"LANG": "oops", "LC_ALL": "oops"}):
        followers = [s.follow([client, "-c", s.conf, "tail", "-f", "hello"], environment)
                     for client in clients(s)]
        for follower in followers:
            follower.wait_text(f"{GREETING}15\n")
        for client in clients(s):
            contains(s.ctl(client, "tail", "hello", env=environment).succeeded().out, GREETING, client)


@case("issue 1251: -? shows the help")
def question_mark(s):
    daemon, client = s.run([s.tools.svd, "-?"]).succeeded(), s.run([s.tools.svctl, "-?"]).succeeded()
    equal(daemon.out, s.run([s.tools.svd, "-h"]).succeeded().out, "svd -? and -h")
    equal(client.out, s.run([s.tools.svctl, "-h"]).succeeded().out, "svctl -? and -h")
    contains(daemon.out, "--logfile", "svd's help")
    contains(client.out, "--interactive", "svctl's help")


@case("issue 1298: tail -f into a pipe", "supervisor")
def piped_tail(s):
    s.start(HELLO)
    s.wait_said("success: hello entered RUNNING state")
    for client in clients(s):
        follower = s.follow(["/bin/sh", "-c", f"'{client}' -c '{s.conf}' tail -f hello | /bin/cat -u"])
        follower.wait_text(f"{GREETING}14\n")


@case("issue 1418: pidproxy with and without arguments of the command")
def pidproxy(s):
    equal(s.run([s.tools.pidproxy, "no-such-pidfile", "/bin/echo"]).succeeded().out, "\n", "no arguments")
    equal(s.run([s.tools.pidproxy, "no-such-pidfile", "/bin/echo", "1", "2"]).succeeded().out, "1 2\n",
          "two arguments")


def identification(s):
    with proxy(s) as server:
        return server.supervisor.getIdentification()


@case("issue 1483 a: the default identifier", "supervisor")
def identifier_default(s):
    s.start("")
    equal(identification(s), "supervisor", "getIdentification")


@case("issue 1483 b: the identifier of the file", "supervisor")
def identifier_file(s):
    s.start("", "identifier=from_the_file")
    equal(identification(s), "from_the_file", "getIdentification")


@case("issue 1483 c: the identifier of the command line goes before the file's", "supervisor")
def identifier_command_line(s):
    s.start("", "identifier=from_the_file", words=["-i", "from_the_command_line"])
    equal(identification(s), "from_the_command_line", "getIdentification")


@case("issue 1596: connections that come and go leave nothing behind and nothing busy", "supervisor")
def closed_connections(s):
    s.start("")
    before = s.descriptors()
    for _ in range(300):
        equal(identification(s), "supervisor", "getIdentification")
    s.wait(lambda: s.descriptors() <= before, "the descriptors of closed connections are closed")
    s.wait(s.stands_still, "a moment without work")
