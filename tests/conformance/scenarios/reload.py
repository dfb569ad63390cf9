"""reloadConfig option by option, and what update does with groups."""

from scenario import scenario

BASE = """
[program:p]
command=/bin/cat
autostart=false
startsecs=0
[program:q]
command=/bin/cat
autostart=false
[eventlistener:l]
command=/bin/cat
autostart=false
events=TICK_5
[fcgi-program:f]
command=/bin/cat
autostart=false
socket=unix://@dir@/f.sock
[program:ga]
command=/bin/cat
autostart=false
[program:gb]
command=/bin/cat
autostart=false
[program:gc]
command=/bin/cat
autostart=false
[group:g]
programs=ga,gb
[group:h]
programs=gc
"""

# One line added to one section at a time.
OPTIONS = [
    ("p", line) for line in (
        "command=/bin/cat -u", "priority=3", "autostart=true", "startsecs=3", "startretries=7", "autorestart=true",
        "autorestart=false", "autorestart=unexpected", "exitcodes=0,1", "exitcodes=", "stopsignal=INT", "stopsignal=TERM",
        "stopwaitsecs=2", "stopasgroup=true", "killasgroup=true", "user=root", "redirect_stderr=true",
        "stdout_logfile=NONE", "stdout_logfile=@dir@/p.out", "stdout_logfile=AUTO", "stdout_logfile_maxbytes=1KB",
        "stdout_logfile_backups=1", "stdout_capture_maxbytes=1KB", "stdout_events_enabled=true", "stdout_syslog=true",
        "stderr_logfile=NONE", "stderr_logfile=@dir@/p.err", "stderr_logfile_maxbytes=1KB", "stderr_logfile_backups=1",
        "stderr_capture_maxbytes=1KB", "stderr_events_enabled=true", "stderr_syslog=true", "environment=A=1",
        "directory=/tmp", "umask=027", "serverurl=http://x:1", "serverurl=AUTO", "process_name=other",
        "numprocs=2\nprocess_name=%(process_num)d", "numprocs=0", "numprocs_start=4", "nosuchoption=1")
] + [
    ("l", "buffer_size=3"), ("l", "events=TICK_60"), ("l", "events=TICK_5,TICK_60"), ("l", "priority=2"),
    ("l", "startsecs=4"), ("f", "socket=unix://@dir@/f2.sock"), ("f", "socket_mode=0770"),
    ("f", "socket_backlog=7"), ("f", "startsecs=4"), ("g", "programs=ga"), ("g", "programs=gb,ga"),
    ("g", "programs=ga,gb,gc"), ("g", "programs=ga,gb,q"), ("g", "priority=4"), ("g", "programs="),
    ("h", "priority=5"), ("ga", "startsecs=6"), ("gb", "priority=1"),
]


def with_option(name, line):
    """BASE with the line as the last one of the section, so that it wins."""
    out, inside = [], False
    for text in BASE.splitlines():
        if text.startswith("["):
            if inside:
                out.append(line)
            inside = text.split(":")[1] == name + "]"
        out.append(text)
    if inside:
        out.append(line)
    return "\n".join(out) + "\n"


@scenario("reload options")
def reload_options(s):
    s.start(BASE)
    yield "nothing", s.rpc.reloadConfig()
    for name, line in OPTIONS:
        s.config(with_option(name, line))
        yield f"{name}: {line}".replace("\n", ", "), s.rpc.reloadConfig()
    for section in ("p", "q", "l", "f", "g", "ga"):
        kept, skip = [], False
        for text in BASE.splitlines():
            if text.startswith("["):
                skip = text.split(":")[1] == section + "]"
            if not skip:
                kept.append(text)
        s.config("\n".join(kept) + "\n")
        yield f"{section}: gone", s.rpc.reloadConfig()
    s.config(BASE + "[program:new]\ncommand=x\n[group:n2]\nprograms=new\n")
    yield "a new group", s.rpc.reloadConfig()
    s.config(BASE + "[program:b]\ncommand=x\n[program:a]\ncommand=x\n")
    yield "two new programs", s.rpc.reloadConfig()
    s.config("")
    yield "everything gone", s.rpc.reloadConfig()
    s.config(BASE)
    yield "everything back", s.rpc.reloadConfig()
    s.config(BASE, supervisord="environment=Z=1")
    yield "daemon environment", s.rpc.reloadConfig()
    s.config(BASE, supervisord="identifier=other")
    yield "identifier", [s.rpc.reloadConfig(), s.rpc.getIdentification()]
    s.config(BASE, supervisord="loglevel=debug")
    yield "loglevel", s.rpc.reloadConfig()


@scenario("reload file to AUTO")
def reload_file_to_auto(s):
    s.start("[program:p]\ncommand=/bin/cat\nautostart=false\nstdout_logfile=@dir@/p.out\n")
    s.config("[program:p]\ncommand=/bin/cat\nautostart=false\n")
    yield "file to AUTO", s.rpc.reloadConfig()
    s.config("[program:p]\ncommand=/bin/cat\nautostart=false\nstdout_logfile=NONE\n")
    yield "file to NONE", s.rpc.reloadConfig()


RUNNING = """
[program:keep]
command=@child@ order @dir@/order keep
startsecs=0
[program:change]
command=@child@ order @dir@/order change
startsecs=0
[program:drop]
command=@child@ order @dir@/order drop
startsecs=0
[program:many]
command=@child@ order @dir@/order many_%(process_num)d
process_name=%(program_name)s_%(process_num)d
numprocs=2
startsecs=0
"""


def starts(s):
    return (s.read("order") or "").count("start ")


@scenario("reload and update", client=True)
def reload_and_update(s):
    s.start(RUNNING)
    for name in ("keep", "change", "drop", "many:many_0", "many:many_1"):
        s.wait_state(name, "RUNNING")
    s.wait(lambda: starts(s) == 5, 5, "all five children have begun")
    pids = {n: s.info(n)["pid"] for n in ("keep", "change", "many:many_0")}
    changed = RUNNING.replace("order change", "order changed").replace("[program:drop]", "[program:fresh]")
    changed = changed.replace("order drop", "order fresh").replace("numprocs=2", "numprocs=3")
    s.config(changed)
    yield "reread", s.ctl("reread")
    yield "reread alone changes nothing", [s.state("drop"), s.state("fresh"), s.info("change")["pid"] == pids["change"]]
    yield "update", s.ctl("update")
    for name in ("fresh", "change", "many:many_2"):
        s.wait_state(name, "RUNNING")
    yield "the unchanged one kept its pid", s.info("keep")["pid"] == pids["keep"]
    yield "a changed one has a new pid", s.info("change")["pid"] != pids["change"]
    yield "numprocs restarts the group", s.info("many:many_0")["pid"] != pids["many:many_0"]
    yield "names", [(i["group"], i["name"]) for i in s.rpc.getAllProcessInfo()]
    s.wait(lambda: starts(s) == 10, 5, "the five new children have begun")
    yield "what the children saw", sorted((s.read("order") or "").splitlines())
    s.config(changed + "[program:gone]\ncommand=/nonexistent/x\nstartretries=0\n")
    yield "update with a failing program", s.ctl("update")
    yield "its state", s.wait_state("gone", "FATAL")
    s.config("")
    yield "update to nothing", {**(out := s.ctl("update")), "out": sorted(out["out"].splitlines())}
    yield "nothing is left", s.rpc.getAllProcessInfo()


@scenario("include")
def include(s):
    s.write("inc/b.conf", "[program:b]\ncommand=/bin/b %(here)s\nautostart=false\n")
    s.write("inc/a.conf", "[program:a]\ncommand=/bin/a %(here)s\nautostart=false\n[include]\nfiles=@dir@/sub/*.conf\n")
    s.write("inc/.hidden.conf", "[program:hidden]\ncommand=x\nautostart=false\n")
    s.write("sub/deep.conf", "[program:deep]\ncommand=/bin/deep\nautostart=false\n")
    s.write("single.ini", "[program:main]\ncommand=/bin/second\n[supervisord]\nidentifier=included\n")
    s.start("[program:main]\ncommand=/bin/first\nautostart=false\npriority=4\n"
            "[include]\nfiles = inc/*.conf single.ini\n  nosuch.conf nothing/*.conf\n")
    yield "programs", [(r["name"], r["command"], r["process_prio"]) for r in s.rpc.getAllConfigInfo()]
    yield "supervisord section in an included file", s.rpc.getIdentification()
    yield "log", s.log("Included", "No file matches")
    s.write("inc/c.conf", "[program:c]\ncommand=/bin/c\nautostart=false\n")
    yield "reread finds a new file", s.rpc.reloadConfig()
    s.write("inc/c.conf", "[program:c]\n")
    yield "error in an included file", s.rpc.reloadConfig()
