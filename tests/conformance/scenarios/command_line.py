"""Every option of both command lines, in each way it can be written."""

import os
import signal

import daemon
from scenario import scenario

# (short, long, a good value or None for a flag, a value that is refused)
DAEMON = [
    ("n", "nodaemon", None, None), ("s", "silent", None, None), ("k", "nocleanup", None, None), ("t", "strip_ansi", None, None),
    ("u", "user", "nobody", None), ("m", "umask", "027", "99"), ("d", "directory", "/tmp", "/nonexistent"),
    ("l", "logfile", "/tmp/x.log", "/nonexistent/x.log"), ("y", "logfile_maxbytes", "5KB", "5 TB"),
    ("z", "logfile_backups", "3", "3.5"), ("e", "loglevel", "TRACE", "warning"), ("j", "pidfile", "/tmp/x.pid", "/nonexistent/x"),
    ("i", "identifier", "it self", None), ("q", "childlogdir", "/tmp", "/nonexistent"), ("a", "minfds", "100", "many"),
    (None, "minprocs", "10", "few"), (None, "profile_options", "cumulative,calls", None),
]
CLIENT = [("i", "interactive", None), ("s", "serverurl", "http://localhost:1"), ("u", "username", "u"),
          ("p", "password", "p"), ("r", "history_file", "/tmp/h")]


def spellings(short, name, value):
    if value is None:
        return [words for words in ([f"-{short}"] if short else None, [f"--{name}"]) if words]
    short_forms = [[f"-{short}", value], [f"-{short}{value}"]] if short else []
    return [*short_forms, [f"--{name}", value], [f"--{name}={value}"]]


def shown(words):
    return " ".join(words)


@scenario("daemon command line", slow=True)
def daemon_command_line(s):
    """With a file that does not exist: an accepted line ends with that error, and no daemon is needed."""
    s.config()
    end = ["-c", "/nonexistent/c.conf"]
    for short, name, good, bad in DAEMON:
        for words in spellings(short, name, good):
            yield shown(words), s.run_daemon(*words, *end)
        yield f"--{name} shortened", s.run_daemon(f"--{name[:-1]}" + (f"={good}" if good else ""), *end)
        yield f"--{name} twice", s.run_daemon(*spellings(short, name, good)[0], *spellings(short, name, good)[-1], *end)
        if bad:
            for words in spellings(short, name, bad):
                yield f"{shown(words)} is refused", s.run_daemon(*words, "-c", "@dir@/c.conf")
        elif good is None:
            yield f"--{name} with a value", s.run_daemon(f"--{name}=1", *end)
        if good:
            yield f"--{name} without a value", s.run_daemon(f"--{name}")
    for words in spellings("c", "configuration", "/nonexistent/c.conf"):
        yield shown(words), s.run_daemon(*words)
    for word in ("-h", "-?", "--help", "-v", "--version"):
        outcome = s.run_daemon(word)
        yield word, [outcome["code"], outcome["out"] != "", outcome.get("err", "")]
        outcome = s.run_daemon(word, *end)
        yield f"{word} before a missing file", [outcome["code"], outcome["out"] != "", outcome.get("err", "")]
    yield "many flags in one word", s.run_daemon("-nskc/nonexistent/c.conf")
    yield "two dashes end the options", s.run_daemon("--", "-n")
    yield "one dash is a word", s.run_daemon("-")
    yield "an empty word", s.run_daemon("")


@scenario("client command line", client=True, slow=True)
def client_command_line(s):
    end = ["-c", "/nonexistent/c.conf", "version"]
    for short, name, good in CLIENT:
        for words in spellings(short, name, good):
            yield shown(words), s.ctl(*words, *end, config=False)
        yield f"--{name} shortened", s.ctl(f"--{name[:-1]}" + (f"={good}" if good else ""), *end, config=False)
        yield f"--{name} twice", s.ctl(*spellings(short, name, good)[0], *spellings(short, name, good)[-1], *end, config=False)
        if good:
            yield f"--{name} without a value", s.ctl(f"--{name}", config=False)
        else:
            yield f"--{name} with a value", s.ctl(f"--{name}=1", *end, config=False)
    for words in spellings("c", "configuration", "/nonexistent/c.conf"):
        yield shown(words), s.ctl(*words, "version", config=False)
    for word in ("-h", "-?", "--help"):
        outcome = s.ctl(word, config=False)
        yield word, [outcome["code"], outcome["out"] != "", outcome.get("err", "")]
    for url in ("localhost:9001", "x:y", "unix:///tmp/x", "http://", "", "/tmp/x.sock"):
        yield f"-s {url!r}", s.ctl("-s", url, *end, config=False)
    yield "many flags in one word", s.ctl("-iu", "u", "-c/nonexistent/c.conf", "version", config=False)
    yield "options behind the action are words of it", s.ctl("-c", "/nonexistent/c.conf", "version", "-Z", config=False)


@scenario("client options that act", client=True)
def client_options(s):
    s.start("[program:cat]\ncommand=/bin/cat\nstartsecs=0\n")
    s.wait_state("cat", "RUNNING")
    yield "-i with an action", s.ctl("-i", "version")["code"]
    yield "-i shutdown, answered with no", [s.ctl("-i", "shutdown", stdin="n\n")["code"], s.state("cat")]
    yield "-i reload, answered with nothing", [s.ctl("-i", "reload", stdin="\n")["code"], s.state("cat")]
    yield "-r is taken", s.ctl("-r", "@dir@/history", "version")["code"]
    yield "-i shutdown, answered with yes", [s.ctl("-i", "shutdown", stdin="y\n")["code"], s.daemon.wait_exit()]


@scenario("daemon options that act", root=True)
def daemon_options_that_act(s):
    """On a daemon in the background, where supervisord obeys all of them."""
    os.chmod(s.dir, 0o777)
    os.chmod(s.path("auto"), 0o777)
    os.mkdir(s.path("place"))
    s.write("auto/old-stdout---me-abcdefgh.log", "x")
    s.config("[program:red]\ncommand=/bin/sh -c 'printf \"\\\\033[31mred\\\\033[0m\\\\n\"; exec cat'\nstartsecs=0\n"
             "stdout_logfile=@dir@/red\n", supervisord="identifier=other\numask=022\nuser=root\nloglevel=critical")
    s.launch(["-c", s.config_path, "-u", "nobody", "-m", "027", "-d", "@dir@/place", "-l", "@dir@/my.log", "-y", "400", "-z", "1",
              "-e", "debug", "-j", "@dir@/my.pid", "-i", "me", "-q", "@dir@/auto", "-k", "--strip_ansi", "-a", "300",
              "--minprocs=20", "--profile_options=calls"][:-1], ready=False)
    yield "exit code", [s.daemon.wait_exit(), s.daemon.stderr()]
    s.wait(lambda: (s.read("my.pid") or "").endswith("\n"), 10, "pidfile")
    pid = int(s.read("my.pid"))
    s.wait_state("red", "RUNNING")
    status = daemon.process_status(pid)
    yield "-u", [status["Uid"].split(), status["Gid"].split()]
    yield "-m", status["Umask"]
    yield "-d", s.mask(os.readlink(f"/proc/{pid}/cwd"))
    yield "-i", s.rpc.getIdentification()
    yield "-k", len(s.names("auto/old-*"))
    yield "--strip_ansi", s.wait_text("red", "red")
    for _ in range(12):
        s.rpc.stopProcess("red")
        s.rpc.startProcess("red")
        s.wait_exec("red")
    yield "-l, -y and -z", [name for name in s.names("my.log*")] + s.names("main.log")
    os.kill(pid, signal.SIGTERM)
    s.wait(lambda: not daemon.alive(pid), 10, "end")
    yield "-j", s.names("*.pid")
