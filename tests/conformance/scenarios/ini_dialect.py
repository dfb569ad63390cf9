"""The INI dialect, expansion and value grammar, seen through getAllConfigInfo.

Every case is read on its own by reloadConfig, so a case that one daemon refuses shows as its
fault and the others still compare.
"""

from scenario import scenario

# (check, section header, body): the outcome is the command the daemon read.
DIALECT = [
    ("value is trimmed", "t1", "command=   /bin/a   "),
    ("colon is a delimiter", "t2", "command: /bin/a"),
    ("first delimiter wins, colon", "t3", "command:1=2"),
    ("first delimiter wins, equals", "t4", "command = a:b=c"),
    ("option names ignore case", "t5", "COMMAND=/bin/a"),
    ("last of two options wins", "t6", "command=/bin/a\ncommand=/bin/b"),
    ("semicolon after blank is a comment", "t7", "command=/bin/a ;c"),
    ("semicolon after tab is a comment", "t8", "command=/bin/a\t;c"),
    ("glued semicolon is kept", "t9", "command=/bin/a;c"),
    ("hash after blank is a comment", "t10", "command=/bin/a #c"),
    ("glued hash is kept", "t11", "command=/bin/a#c"),
    ("quotes do not protect a semicolon", "t12", 'command="q ; r"'),
    ("the earliest comment cuts", "t13", "command=a # b ; c"),
    ("value that starts with a glued semicolon", "t14", "command=;c"),
    ("value that is only a comment is empty", "t15", "command= ;c"),
    ("continuation lines join", "t16", "command=/bin/a\n  b\n    c  "),
    ("comment line inside a value is skipped", "t17", "command=/bin/a\n; no\n  b"),
    ("indented comment inside a value is skipped", "t18", "command=/bin/a\n  # no\n  b"),
    ("continuation lines lose their comments", "t19", "command=/bin/a ; x\n  b ; y"),
    ("blank line inside a value is kept", "t20", "command=/bin/a\n\n  b"),
    ("trailing blank lines go", "t21", "command=/bin/a\n\n\n"),
    ("indented first option", "t22", "  command=/bin/a"),
    ("equal indent starts a new option", "t23", "  command=/bin/a\n  priority=7"),
    ("deeper indent continues", "t24", "  command=/bin/a\n   priority=7"),
    ("carriage returns", "t25", "command=/bin/a\r\npriority=7\r"),
    ("words beyond ASCII", "t26", "command=/bin/é 日本"),
    ("tabs inside a value", "t27", "command=/bin/a\tb"),
    ("doubled percent", "t28", "command=/bin/a 100%%"),
    ("unknown options are ignored", "t29", "command=/bin/a\nnosuch=%(bad)s\nmy opt=1\nrem=x"),
    ("quotes are kept", "t30", "command='/bin/a' \"b\""),
    ("spaces before the delimiter", "t31", "command   =   /bin/a"),
]

HEADERS = [
    ("text after the header is ignored", "[program:h1]junk", "h1"),
    ("blanks before a header", "   [program:h2]", "h2"),
    ("a bracket inside a header", "[program:h3]]", "h3]"),
    ("blanks around the program name", "[program: h4 ]", "h4"),
    ("dots and dashes in a name", "[program:h-5.x_y]", "h-5.x_y"),
    ("section names know case", "[Program:h6]", "h6"),
]

EXPANSION = [
    ("program_name", "%(program_name)s"), ("group_name", "%(group_name)s"),
    ("process_num padded", "%(process_num)03d"), ("numprocs", "%(numprocs)d"),
    ("here", "%(here)s/x"), ("environment of the starter", "%(ENV_CONF_X)s"),
    ("environment of the daemon section", "%(ENV_DAEMON_Y)s"),
    ("own environment", "%(ENV_OWN_Z)s"), ("width", "%(process_num)5d|"),
    ("left", "%(process_num)-5d|"), ("plus", "%(process_num)+d"), ("space flag", "%(numprocs) d"),
    ("hexadecimal", "%(numprocs)x"), ("octal", "%(numprocs)o"), ("repr", "%(program_name)r"),
    ("string width", "%(program_name)10s|"), ("string precision", "%(program_name).3s|"),
    ("string left", "%(program_name)-10s|"), ("number as string", "%(process_num)s"),
    ("i and u", "%(numprocs)i %(numprocs)u"), ("escaped name", "%%(program_name)s"),
]

# (check, option, value, field of getAllConfigInfo)
VALUES = [
    ("integer with sign", "startsecs", "+5", "startsecs"),
    ("integer with underscore", "startsecs", "1_0", "startsecs"),
    ("integer with leading zeros", "startsecs", "007", "startsecs"),
    ("negative integer", "startsecs", "-3", "startsecs"),
    ("kilobytes", "stdout_logfile_maxbytes", "1KB", "stdout_logfile_maxbytes"),
    ("megabytes, blank, small letters", "stdout_logfile_maxbytes", "2 mb", "stdout_logfile_maxbytes"),
    ("gigabytes", "stderr_logfile_maxbytes", "1gB", "stderr_logfile_maxbytes"),
    ("negative size", "stdout_capture_maxbytes", "-1", "stdout_capture_maxbytes"),
    ("boolean YES", "killasgroup", "YES", "killasgroup"),
    ("boolean On", "killasgroup", "On", "killasgroup"),
    ("boolean 0", "redirect_stderr", "0", "redirect_stderr"),
    ("boolean oFf", "autostart", "oFf", "autostart"),
    ("signal by small name", "stopsignal", "hup", "stopsignal"),
    ("signal with SIG", "stopsignal", "SIGUSR1", "stopsignal"),
    ("signal by number", "stopsignal", "9", "stopsignal"),
    ("signal RTMIN", "stopsignal", "RTMIN", "stopsignal"),
    ("exit codes with blanks", "exitcodes", "0, 2 ,3", "exitcodes"),
    ("exit codes empty", "exitcodes", "", "exitcodes"),
    ("stopasgroup makes killasgroup", "stopasgroup", "true", "killasgroup"),
    ("logfile NONE", "stdout_logfile", "none", "stdout_logfile"),
    ("logfile OFF", "stdout_logfile", "Off", "stdout_logfile"),
    ("logfile empty", "stdout_logfile", "", "stdout_logfile"),
    ("logfile syslog", "stdout_logfile", "syslog", "stdout_syslog"),
    ("logfile AUTO", "stdout_logfile", "auto", "stdout_logfile"),
    ("user by uid", "user", "0", "uid"),
    ("serverurl AUTO", "serverurl", " auto ", "serverurl"),
    ("serverurl given", "serverurl", "http://x:1", "serverurl"),
    ("umask with prefix", "umask", "0o22", "inuse"),
    ("numprocs zero", "numprocs", "0", "name"),
]


class Reader:
    """Puts one text after the fixed sections, rereads, and answers what the daemon understood."""

    def __init__(self, s):
        self.s = s

    def rows(self, text):
        self.s.config(text + "\n", supervisord="environment=DAEMON_Y=\"from daemon\"")
        answer = self.s.rpc.reloadConfig()
        return self.s.rpc.getAllConfigInfo() if isinstance(answer, list) else answer

    def field(self, text, name, field="command"):
        """The field of the process called name, or of any process when name is None."""
        rows = self.rows(text)
        if not isinstance(rows, list):
            return rows
        found = [row for row in rows if row["name"] == name or name is None]
        return found[0][field] if found else "absent"


@scenario("ini")
def ini(s):
    s.start()
    read = Reader(s)
    for check, name, body in DIALECT:
        yield check, read.field(f"[program:{name}]\n{body}", name)
    yield "options after an equal indent", read.field("[program:a]\n  command=a\n  priority=7", "a", "process_prio")
    yield "options after a deeper indent", read.field("[program:a]\n  command=a\n   priority=7", "a", "process_prio")
    for check, header, name in HEADERS:
        rows = read.rows(f"[nothing]\n{header}\ncommand=/bin/a")
        yield check, [row["name"] for row in rows] if isinstance(rows, list) else rows
    yield "sections of one name merge", read.field(
        "[program:a]\ncommand=/bin/first\npriority=4\n[program:a]\ncommand=/bin/second", "a")
    yield "an unknown section is not expanded", read.field(
        "[nosuch:x]\nkey=%(bad)s\n[program:a]\ncommand=a", "a")


@scenario("expansion")
def expansion(s):
    s.start(supervisord="environment=DAEMON_Y=\"from daemon\"")
    read = Reader(s)
    for check, text in EXPANSION:
        yield check, read.field(f"[program:prog]\nenvironment=OWN_Z=own\ncommand=c {text}", "prog")
    for check, option in [("in directory", "directory"), ("in stdout_logfile", "stdout_logfile"),
                          ("in serverurl", "serverurl")]:
        yield check, read.field(f"[program:prog]\ncommand=c\n{option}=/tmp/%(program_name)s", "prog", option)
    yield "number in an integer option", read.field(
        "[program:prog]\ncommand=c\nstartsecs=%(ENV_CONF_X)s", "prog", "startsecs")
    many = ("[program:many]\ncommand=c %(process_num)d of %(numprocs)d\n"
            "process_name=%(program_name)s_%(process_num)02d\nnumprocs=3\nnumprocs_start=8\n")
    yield "several processes", [(row["name"], row["command"]) for row in read.rows(many)]
    twelve = "[program:m]\ncommand=c\nprocess_name=%(process_num)d\nnumprocs=12\n"
    yield "processes sort by name", [row["name"] for row in read.rows(twelve)]
    group = ("[program:g1]\ncommand=c %(group_name)s\npriority=3\n"
             "[program:g2]\ncommand=c %(group_name)s %(program_name)s\n"
             "[group:gg]\nprograms= g2 , g1 \npriority=5\n")
    yield "group members", [(row["name"], row["group"], row["group_prio"], row["process_prio"], row["command"])
                            for row in read.rows(group)]
    yield "one program in two groups", [(row["group"], row["name"]) for row in read.rows(
        "[program:p]\ncommand=c\n[group:a]\nprograms=p\n[group:b]\nprograms=p\n")]


@scenario("values")
def values(s):
    s.start()
    read = Reader(s)
    for check, option, value, field in VALUES:
        yield check, read.field(f"[program:prog]\ncommand=c\n{option}={value}", "prog", field)


ACCEPTED = [
    ("empty command", "[program:a]\ncommand=\n"), ("empty program name", "[program:]\ncommand=c\n"),
    ("negative numprocs", "[program:a]\ncommand=c\nnumprocs=-1\n"),
    ("missing directory", "[program:a]\ncommand=c\ndirectory=/nonexistent\n"),
    ("group without programs", "[group:g]\n"), ("group with empty programs", "[group:g]\nprograms=\n"),
    ("empty include", "[include]\nfiles=\n"), ("capture on a listener",
     "[eventlistener:a]\ncommand=c\nevents=EVENT\nstderr_capture_maxbytes=10\n"),
    ("event names ignore case", "[eventlistener:a]\ncommand=c\nevents=event, tick_5\n"),
    ("fcgi program", "[fcgi-program:a]\ncommand=c\nsocket=tcp://127.0.0.1:1234\n"),
    ("name with a dot at the end", "[program:a.]\ncommand=c\n"),
    ("signal zero", "[program:a]\ncommand=c\nstopsignal=0\n"),
    ("two options that only differ in case", "[program:a]\ncommand=c\nPriority=3\npriority=4\n"),
    ("capture larger than zero", "[program:a]\ncommand=c\nstdout_capture_maxbytes=1KB\n"),
    ("expanded process name with a colon", "[program:a]\ncommand=c\nprocess_name=%(ENV_COLON)s\n"),
    ("two programs of one name in a group", "[program:a]\ncommand=c\nprocess_name=p\n"
     "[program:b]\ncommand=c\nprocess_name=p\n[group:g]\nprograms=a,b\n"),
    ("group and program of one name", "[program:a]\ncommand=c\n[program:b]\ncommand=c\n[group:b]\nprograms=a\n"),
    ("DEFAULT section", "[DEFAULT]\nstartsecs=4\n[program:a]\ncommand=c\n"),
]


@scenario("accepted")
def accepted(s):
    """Odd configurations that are taken without complaint."""
    s.start(env={"COLON": "x:y"})
    read = Reader(s)
    for check, text in ACCEPTED:
        rows = read.rows(text)
        yield check, ([(row["group"], row["name"], row["command"], row["startsecs"]) for row in rows]
                      if isinstance(rows, list) else rows)
