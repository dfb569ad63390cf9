"""The client without a server, with the wrong server, with passwords, and as a shell."""

import os
import signal

import rpc
from scenario import scenario

COMMANDS = ["status", "status x", "pid", "start x", "stop all", "restart x", "signal HUP x", "tail x", "maintail",
            "clear x", "add x", "remove x", "reread", "update", "avail", "reload", "shutdown", "version", "fg x"]


def quiet(outcome):
    """Only code and first line: what follows depends on the client's own words."""
    return [outcome["code"], outcome["out"].splitlines()[:1], outcome.get("err", "").splitlines()[:1]]


@scenario("ctl without a server", client=True, slow=True)
def ctl_without_server(s):
    s.config()
    for line in COMMANDS:
        yield f"{line}: no socket", quiet(s.ctl(*line.split()))
    s.write("tcp.conf", "[supervisorctl]\nserverurl=http://127.0.0.1:@port@\n")
    for line in ("status", "start x", "reread", "shutdown", "avail", "version"):
        yield f"{line}: refused", quiet(s.ctl("-c", "@dir@/tcp.conf", *line.split(), config=False))


@scenario("ctl options", client=True, slow=True)
def ctl_options(s):
    s.start("[program:cat]\ncommand=/bin/cat\nstartsecs=0\n")
    s.wait_state("cat", "RUNNING")

    def plain(*args):
        return s.ctl(*args, config=False)
    url = "unix://@dir@/s.sock"
    yield "-c", quiet(plain("-c", "@dir@/c.conf", "status"))
    yield "--configuration", quiet(plain("--configuration=@dir@/c.conf", "status"))
    yield "-s beats the file", quiet(s.ctl("-s", "unix:///nonexistent/x", "status"))
    yield "-s", quiet(s.ctl("-s", url, "status"))
    yield "--serverurl", quiet(s.ctl("--serverurl", url, "status"))
    yield "-s of nonsense", quiet(s.ctl("-s", "nonsense", "status"))
    yield "-s with another scheme", quiet(s.ctl("-s", "ftp://x/y", "status"))
    yield "no such file", quiet(plain("-c", "/nonexistent/c.conf", "status"))
    yield "unknown option", quiet(plain("-Z"))
    yield "unknown long option", quiet(plain("--nosuch"))
    yield "missing argument", quiet(plain("-c"))
    yield "help", [plain("-h")["code"], plain("-h")["out"] != ""]
    s.write("none.conf", "[other]\n")
    yield "no section", quiet(plain("-c", "@dir@/none.conf", "status"))
    s.write("junk.conf", "junk\n")
    yield "syntax error", plain("-c", "@dir@/junk.conf", "status")["code"]
    s.write("user.conf", "[supervisorctl]\nserverurl=%(ENV_URL)s\nprompt=mine\n")
    yield "environment in the file", quiet(s.ctl("-c", "@dir@/user.conf", "status", config=False,
                                                 env={"URL": s.fill(url)}))
    yield "file in the current directory", cwd_file(s)


def cwd_file(s):
    s.write("supervisord.conf", "[supervisorctl]\nserverurl=unix://@dir@/s.sock\n")
    return quiet(s.ctl("status", config=False))


@scenario("ctl authentication", client=True)
def ctl_authentication(s):
    s.start("[program:cat]\ncommand=/bin/cat\nstartsecs=0\n", unix="username=u\npassword=p", ready=False,
            ctl="username=u\npassword=p\n")
    s.rpc = rpc.Rpc(s.sock, "u:p")
    s.wait_ready()
    s.wait_state("cat", "RUNNING")
    yield "from the file", quiet(s.ctl("status"))
    yield "wrong on the command line", quiet(s.ctl("-p", "x", "status"))
    s.write("plain.conf", "[supervisorctl]\nserverurl=unix://@dir@/s.sock\n")

    def plain(*args):
        return quiet(s.ctl("-c", "@dir@/plain.conf", *args, config=False))
    yield "nothing", plain("status")
    yield "on the command line", plain("-u", "u", "-p", "p", "status")
    yield "only the user", plain("-u", "u", "status")
    yield "start with a wrong password", plain("-u", "u", "-p", "no", "start", "cat")


SHELL = ["status cat\n", "version\nquit\n", "help\n", "help start\nexit\n", "\n\npid cat\n", "nosuch\n!x\n", "start nosuch\nstop cat\n",
         "open unix://@dir@/s.sock\n", "open ftp://x\n", "help help\nhelp nosuch\nEOF\n", "avail\nreread\nupdate\n"]


@scenario("ctl shell", client=True)
def ctl_shell(s):
    s.start("[program:cat]\ncommand=/bin/cat\nstartsecs=0\n[program:dog]\ncommand=/bin/cat\nautostart=false\n",
            ctl="prompt=mine")
    s.wait_state("cat", "RUNNING")
    s.ctl("start", "cat")
    for text in SHELL:
        outcome = s.ctl(stdin=s.fill(text))
        for pid in {str(s.info("cat").get("pid"))} - {"0"}:
            outcome["out"] = outcome["out"].replace(pid, "<pid>")
        if "help start" in text:
            outcome["out"] = outcome["out"].splitlines()[:1]
        yield f"input {text!r}", outcome


@scenario("ctl shutdown", client=True)
def ctl_shutdown(s):
    s.start("[program:cat]\ncommand=/bin/cat\nstartsecs=0\n")
    s.wait_state("cat", "RUNNING")
    yield "reload", s.ctl("reload")
    s.wait_log("supervisord started with pid", 2)
    s.wait_ready()
    s.wait_state("cat", "RUNNING")
    yield "shutdown", s.ctl("shutdown")
    yield "exit code", s.daemon.wait_exit()
    yield "shutdown again", s.ctl("shutdown")
    s.start("[program:deaf]\ncommand=@child@ tell\nstartsecs=0\nstopwaitsecs=30\nstdout_logfile=@dir@/deaf.log\n")
    s.wait_text("deaf.log", "ready")
    pid = s.info("deaf")["pid"]
    s.rpc.shutdown()
    s.wait_log("waiting for deaf to die")
    for line in ("shutdown", "reload", "status", "start deaf"):
        yield f"{line} while shutting down", quiet(s.ctl(*line.split()))
    os.kill(pid, signal.SIGKILL)
