"""Configurations that must be refused: exit code and text to the letter."""

import os

from scenario import scenario

OK = "[supervisord]\nlogfile=@dir@/main.log\npidfile=@dir@/d.pid\nchildlogdir=@dir@/auto\n"
X = "[program:x]\ncommand=/bin/true\nautostart=false\n"
INET = "[inet_http_server]\n"
UNIX = "[unix_http_server]\n"
LISTENER = "[eventlistener:x]\ncommand=/bin/true\nautostart=false\n"
FCGI = "[fcgi-program:x]\ncommand=/bin/true\nautostart=false\n"

# (check, text after the [supervisord] section with logfile and pidfile)
PROGRAM = [
    ("integer with a point", X + "startsecs=1.5\n"),
    ("startretries text", X + "startretries=x\n"),
    ("stopwaitsecs empty", X + "stopwaitsecs=\n"),
    ("priority text", X + "priority=abc\n"),
    ("numprocs text", X + "numprocs=two\n"),
    ("boolean maybe", X + "autostart=maybe\n"),
    ("boolean empty", X + "redirect_stderr=\n"),
    ("size with bad suffix", X + "stdout_logfile_maxbytes=10XB\n"),
    ("size with a point", X + "stdout_logfile_maxbytes=1.5MB\n"),
    ("size with only K", X + "stderr_logfile_maxbytes=10K\n"),
    ("backups text", X + "stdout_logfile_backups=many\n"),
    ("umask 9", X + "umask=9\n"),
    ("signal name", X + "stopsignal=FOO\n"),
    ("signal number", X + "stopsignal=999\n"),
    ("signal RTMIN+1", X + "stopsignal=RTMIN+1\n"),
    ("exit codes too large", X + "exitcodes=0,256\n"),
    ("exit codes trailing comma", X + "exitcodes=0,\n"),
    ("exit codes text", X + "exitcodes=zero\n"),
    ("autorestart word", X + "autorestart=Sometimes\n"),
    ("environment without value", X + "environment=A\n"),
    ("environment empty value", X + "environment=A=,B=1\n"),
    ("environment open quote", X + "environment=A=\"1\n"),
    ("environment at sign", X + "environment=A=a@b\n"),
    ("environment blank separator", X + "environment=A=1 B=2\n"),
    ("unknown name in logfile", X + "stdout_logfile=@dir@/%(nosuch)s\n"),
    ("unsupported format character", X + "directory=date +%Y\n"),
    ("incomplete format", X + "directory=100%\n"),
    ("incomplete format key", X + "directory=%(here\n"),
    ("number format of a string", X + "directory=%(program_name)d\n"),
    ("logfile in a missing directory", X + "stdout_logfile=/nonexist/f\n"),
    ("unknown user", X + "user=nosuch\n"),
    ("unknown uid", X + "user=54321\n"),
    ("numprocs without process_num", X + "numprocs=2\n"),
    ("process_name with a colon", X + "process_name=a:b\n"),
    ("process_name with a slash", X + "process_name=a/b\n"),
    ("killasgroup false with stopasgroup", X + "stopasgroup=true\nkillasgroup=false\n"),
    ("no command", "[program:x]\nautostart=false\n"),
    ("program name with a blank", "[program:a b]\ncommand=/bin/true\n"),
    ("program name with a slash", "[program:a/b]\ncommand=/bin/true\n"),
    ("program name with a colon", "[program:a:b]\ncommand=/bin/true\n"),
]

OTHERS = [
    ("group of unknown programs", X + "[group:g]\nprograms=a,b\n"),
    ("group priority", X + "[group:g]\nprograms=x\npriority=high\n"),
    ("group name", X + "[group:a b]\nprograms=x\n"),
    ("listener without events", LISTENER),
    ("listener unknown event", LISTENER + "events=FOO\n"),
    ("listener buffer_size", LISTENER + "events=EVENT\nbuffer_size=0\n"),
    ("listener redirect_stderr", LISTENER + "events=EVENT\nredirect_stderr=true\n"),
    ("listener result_handler", LISTENER + "events=EVENT\nresult_handler=no.such:thing\n"),
    ("fcgi without socket", FCGI),
    ("fcgi bad socket", FCGI + "socket=foo\n"),
    ("fcgi relative socket", FCGI + "socket=unix://foo/bar\n"),
    ("fcgi socket_mode", FCGI + "socket=unix:///tmp/x\nsocket_mode=9\n"),
    ("fcgi socket_owner with tcp", FCGI + "socket=tcp://127.0.0.1:1234\nsocket_owner=root\n"),
    ("fcgi socket_backlog", FCGI + "socket=tcp://127.0.0.1:1234\nsocket_backlog=0\n"),
    ("inet without port", INET), ("inet port text", INET + "port=abc\n"),
    ("inet port empty", INET + "port=127.0.0.1:\n"), ("inet port above", INET + "port=127.0.0.1:70000\n"),
    ("inet port letters", INET + "port=127.0.0.1:xx\n"), ("inet port zero", INET + "port=0\n"),
    ("inet user without password", INET + "port=127.0.0.1:1\nusername=u\n"),
    ("unix without file", UNIX), ("unix chmod", UNIX + "file=@dir@/s\nchmod=rwx\n"),
    ("unix chown", UNIX + "file=@dir@/s\nchown=nosuch:nosuch\n"),
    ("unix password without user", UNIX + "file=@dir@/s\npassword=x\n"),
    ("unix file in a missing directory", UNIX + "file=/nonexist/s\n"),
    ("rpcinterface without factory", "[rpcinterface:foo]\n"),
    ("rpcinterface unknown factory", "[rpcinterface:foo]\nsupervisor.rpcinterface_factory=no.such:thing\n"),
    ("rpcinterface key it does not know", UNIX + "file=@dir@/s\n[rpcinterface:foo]\nbogus=1\n"
     "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n"),
    ("include without files", "[include]\n"),
]

DAEMON = [
    ("nodaemon 2", "nodaemon=2"), ("loglevel", "loglevel=warning"), ("minfds", "minfds=lots"),
    ("umask of the daemon", "umask=8"), ("backups of the daemon", "logfile_backups=x"),
    ("size of the daemon", "logfile_maxbytes=5 TB"), ("childlogdir", "childlogdir=/nonexistent"),
    ("directory", "directory=/nonexistent"), ("user of the daemon", "user=nosuch"),
    ("uid of the daemon", "user=54321"), ("environment of the daemon", "environment=A=a@b"),
    ("logfile of the daemon", "logfile=/nonexistent/x.log"), ("pidfile of the daemon", "pidfile=/nonexistent/x"),
    ("unknown name in the daemon section", "identifier=%(nosuch_zzz)s"),
    ("format in the daemon section", "identifier=%Y"),
]

SYNTAX = [
    ("no supervisord section", "[other]\na=1\n"), ("empty file", ""),
    ("text before any section", "command=1\n[supervisord]\n"),
    ("option without delimiter", "[supervisord]\nnodaemon\nlogfile=x\nloglevel\n"),
    ("header without end", "[supervisord\nx=1\n"),
    ("byte order mark", b"\xef\xbb\xbf[supervisord]\n"),
    ("bytes that are not UTF-8", b"[supervisord]\nidentifier=\xff\xfe\n"),
    ("empty option name", "[supervisord]\n=x\n"),
]


def refused(s, text):
    s.write("bad.conf", text)
    outcome = s.run_daemon("-n", "-c", "@dir@/bad.conf", bound=5)
    # Names of the environment differ from machine to machine.
    if "Available names" in outcome.get("err", ""):
        first, _, rest = outcome["err"].partition("Available names: ")
        outcome["err"] = first + "Available names: <names>\n" + rest.partition("\n")[2]
        if " in section " in rest:
            outcome["err"] = first + "Available names: <names> in section" + rest.partition(" in section")[2]
    outcome.pop("out")
    return outcome


@scenario("bad program", slow=True)
def bad_program(s):
    for check, text in PROGRAM:
        yield check, refused(s, OK + text)


@scenario("bad sections", slow=True)
def bad_sections(s):
    for check, text in OTHERS:
        yield check, refused(s, OK + text)


@scenario("bad daemon section")
def bad_daemon_section(s):
    for check, line in DAEMON:
        yield check, refused(s, OK + line + "\n" + X)


@scenario("bad syntax")
def bad_syntax(s):
    for check, text in SYNTAX:
        yield check, refused(s, text)
    s.write("inc/bad.conf", "junk\n")
    yield "bad included file", refused(s, OK + "[include]\nfiles=inc/*.conf\n")
    s.write("inc/bad.conf", X + "startsecs=x\n")
    yield "bad program in an included file", refused(s, OK + "[include]\nfiles=inc/*.conf\n")
    yield "missing file", s.run_daemon("-n", "-c", "@dir@/nosuch.conf")
    yield "a directory as file", s.run_daemon("-n", "-c", "@dir@")
    yield "logfile is a directory", refused(s, OK + "logfile=/tmp\n")["code"]


@scenario("bad reread")
def bad_reread(s):
    """The same texts reach clients as faults, and nothing of the running state changes."""
    s.start("[program:keep]\ncommand=/bin/cat\nstartsecs=0\n")
    s.wait_state("keep", "RUNNING")
    bodies = [("syntax", "junk\n"), ("value", X + "startsecs=1.5\n"), ("group", X + "[group:g]\nprograms=zz\n"),
              ("quote", X + "environment=A=\"1\n"), ("listener", LISTENER), ("name", "[program:a b]\ncommand=x\n"),
              ("user", X + "user=nosuch\n"), ("format", X + "command=100%\n")]
    for check, text in bodies:
        s.config("[program:keep]\ncommand=/bin/cat\nstartsecs=0\n" + text)
        yield "fault: " + check, s.rpc.reloadConfig()
    s.write("c.conf", "[other]\n")
    yield "fault: no supervisord section", s.rpc.reloadConfig()
    os.unlink(s.config_path)
    yield "fault: file gone", s.rpc.reloadConfig()
    yield "the program goes on", s.state("keep")
