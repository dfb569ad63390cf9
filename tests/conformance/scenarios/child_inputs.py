"""What a child gets: arguments, environment, descriptors, ids, directory, umask."""

import os

from scenario import scenario

ARGUMENTS = [
    ("plain words", "a b  c"), ("double quotes", '"a b" c'), ("single quotes", "'a b' c"),
    ("empty word", "'' \"\" x"), ("backslash blank", r"a\ b"), ("backslash in double quotes", r'"a\"b\\c\d"'),
    ("backslash in single quotes", r"'a\b'"), ("quotes inside a word", 'x"y z"w'),
    ("no variables", "$HOME ${HOME}"), ("no globs", "/*"), ("no home", "~/x"), ("no shell", "a|b > c & d"),
    ("glued hash", "a#b"), ("newline is a blank", "a\n  b"), ("words beyond ASCII", "é 日本"),
    ("nested quotes", "\"it's\" 'say \"x\"'"),
]

ENVIRONMENTS = [
    ("two keys", "A=1,B=2"), ("blanks around", "A = 1 , B = 2"), ("newline between", "A=1,\n  B=2"),
    ("trailing comma", "A=1,"), ("quotes keep commas", "A=\"x,y\",B='z w'"), ("empty value", 'A=""'),
    ("duplicate key", "A=1,A=2"), ("percent", "A=1%%2"), ("path and punctuation", "A=/usr/bin:/x-y.z+(1)"),
    ("equals inside quotes", 'A="b=c"'), ("single quotes inside double", "A=\"it's\""),
    ("backslash inside quotes", r'A="a\\b"'), ("backslash quote", r'A="a\"b"'),
    ("quoted part of a word", 'A=x"y"'), ("word after quotes", 'A="x"y'), ("quoted key", '"A"=1'),
    ("other separator", "A=1;B=2"), ("dollar", "A=$HOME"), ("home", "A=~/x"), ("beyond ASCII, quoted", 'A="日本"'),
    ("comment in quotes", 'A="#c"'), ("overrides SUPERVISOR_ENABLED", "SUPERVISOR_ENABLED=no"),
]

INHERITED = {"PATH", "HOME", "LANG", "LC_ALL", "TZ", "CONF_X", "CONFORMANCE_TAG"}


def pairs(text):
    return dict(item.split("=", 1) for item in (text or "").split("\0") if "=" in item)


def program(name, command, more=""):
    return f"[program:{name}]\ncommand={command}\nstartsecs=0\nautorestart=false\n{more}\n"


@scenario("arguments")
def arguments(s):
    s.start("".join(program(f"a{i}", f"@child@ argv @dir@/argv.{i} {text}")
                    for i, (_, text) in enumerate(ARGUMENTS)))
    for i, (check, _) in enumerate(ARGUMENTS):
        def read(i=i):
            s.wait(lambda: s.read(f"argv.{i}") is not None, 5, f"arguments {i}")
            return s.read(f"argv.{i}").split("\0")[:-1]
        yield check, guarded(read, s, f"a{i}")


def guarded(read, s, name):
    """The outcome of read, or the process's own explanation when the child never wrote."""
    try:
        return read()
    except Exception:
        info = s.info(name)
        return {"state": info.get("statename"), "spawnerr": info.get("spawnerr")}


@scenario("environment")
def environment(s):
    """Each value is reread and its group added, so that a refused one shows as its fault."""
    daemon_section = "environment=DAEMON=\"a b\",BOTH=daemon,PATH=\"/usr/bin:/bin\",CONF_X=changed"
    fixed = (program("plain", "@child@ env @dir@/env.plain", "environment=OWN=program,BOTH=program")
             + program("url", "@child@ env @dir@/env.url", "serverurl=http://elsewhere:1")
             + program("member", "@child@ env @dir@/env.member") + "[group:team]\nprograms=member\n")
    s.start(fixed, supervisord=daemon_section)

    def own(suffix):
        s.wait(lambda: s.read(f"env.{suffix}") is not None, 5, f"environment {suffix}")
        return pairs(s.read(f"env.{suffix}"))
    for i, (check, text) in enumerate(ENVIRONMENTS):
        s.config(fixed + program(f"e{i}", f"@child@ env @dir@/env.{i}", "environment=" + text),
                 supervisord=daemon_section)
        answer = s.rpc.reloadConfig()
        if isinstance(answer, list):
            s.rpc.addProcessGroup(f"e{i}")
            answer = guarded(lambda i=i: {k: v for k, v in own(i).items()
                                          if k.strip('"') in ("A", "B", "SUPERVISOR_ENABLED")}, s, f"e{i}")
        yield check, answer
    plain = own("plain")
    yield "SUPERVISOR variables", {k: v for k, v in plain.items() if k.startswith("SUPERVISOR")}
    yield "the program overrides the daemon section", [plain.get(k) for k in ("OWN", "BOTH", "DAEMON")]
    yield "the daemon section overrides the starter", [plain.get(k) for k in ("PATH", "CONF_X")]
    yield "the starter's variables pass", {k: plain.get(k) for k in ("HOME", "LANG", "TZ")}
    yield "nothing else is added", sorted(set(plain) - INHERITED)
    yield "serverurl of the program", own("url").get("SUPERVISOR_SERVER_URL")
    yield "group name of a member", own("member").get("SUPERVISOR_GROUP_NAME")


@scenario("server url")
def server_url(s):
    """Without a unix server the first inet server is the url."""
    s.write("c.conf", "[supervisord]\nlogfile=@dir@/main.log\npidfile=@dir@/d.pid\nchildlogdir=@dir@/auto\n"
            "[inet_http_server]\nport=127.0.0.1:@port@\n"
            "[rpcinterface:supervisor]\n"
            "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n"
            + program("p", "@child@ env @dir@/env"))
    s.launch(["-n", "-c", s.config_path], ready=False)
    s.wait(lambda: s.read("env") is not None, 10, "environment")
    yield "inet only", pairs(s.read("env")).get("SUPERVISOR_SERVER_URL")
    s.stop()
    s.write("c.conf", "[supervisord]\nlogfile=@dir@/main.log\npidfile=@dir@/d.pid\nchildlogdir=@dir@/auto\n"
            + program("p", "@child@ env @dir@/env2"))
    s.launch(["-n", "-c", s.config_path], ready=False)
    s.wait(lambda: s.read("env2") is not None, 10, "environment")
    yield "no server", pairs(s.read("env2")).get("SUPERVISOR_SERVER_URL")


def inherited(s, name):
    s.wait(lambda: s.read(f"print.{name}") is not None, 5, f"fingerprint {name}")
    found = {}
    for line in s.read(f"print.{name}").splitlines():
        key, _, rest = line.replace("\t", " ").partition(" ")
        if key == "fd":
            found.setdefault("fds", []).append(rest)
        else:
            found[key.rstrip(":")] = " ".join(line.split()[1:])
    return found


@scenario("fingerprint", root=True)
def fingerprint(s):
    """Descriptors, signal dispositions, ids, directory, umask."""
    s.write("work/x", "")
    s.write("open/x", "")
    os.chmod(s.path("open"), 0o777)
    s.start(program("plain", "@child@ print @dir@/print.plain")
            + program("joined", "@child@ print @dir@/print.joined", "redirect_stderr=true")
            + program("nolog", "@child@ print @dir@/print.nolog", "stdout_logfile=NONE\nstderr_logfile=NONE")
            + program("moved", "@child@ print @dir@/print.moved", "directory=@dir@/work\numask=027")
            + program("user", "@child@ print @dir@/open/print.user", "user=nobody")
            + program("uid", "@child@ print @dir@/open/print.uid", "user=33")
            + program("nodir", "@child@ print @dir@/print.nodir",
                      "directory=/nonexistent/dir\nstartretries=0\nstartsecs=1\nstderr_logfile=@dir@/nodir.err"))
    plain = inherited(s, "plain")
    yield "descriptors", plain["fds"]
    yield "ignored signals", plain["SigIgn"]
    yield "blocked signals", plain["SigBlk"]
    yield "group and session", {k: plain[k] for k in ("leads", "session", "terminal")}
    yield "umask and directory", [plain["umask"], plain["cwd"]]
    yield "ids", [plain["uid"], plain["Groups"]]
    yield "no new privileges is unset", plain.get("NoNewPrivs")
    yield "descriptors with redirect_stderr", inherited(s, "joined")["fds"]
    yield "descriptors without logs", inherited(s, "nolog")["fds"]
    moved = inherited(s, "moved")
    yield "own umask and directory", [moved["umask"], moved["cwd"]]
    s.wait(lambda: os.path.exists(s.path("open", "print.user")), 5, "child of nobody")
    s.wait(lambda: os.path.exists(s.path("open", "print.uid")), 5, "child of uid 33")
    for name in ("user", "uid"):
        os.rename(s.path("open", f"print.{name}"), s.path(f"print.{name}"))
    user = inherited(s, "user")
    yield "user by name", [user["uid"], user["Groups"]]
    yield "user by number", [inherited(s, "uid")["uid"], inherited(s, "uid")["Groups"]]
    yield "missing directory: state", s.wait_state("nodir", "FATAL")
    yield "missing directory: text in the child's log", s.read("nodir.err")
    yield "missing directory: main log", s.log("nodir")
