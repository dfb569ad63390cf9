"""What Supervisor's published end-to-end tests ask of the daemon alone, asked of svd."""

from harness import equal
from registry import case

ONCE = "startsecs=0\nstartretries=0\nautorestart=false\n"


@case("issue 291: percent signs of the environment reach a program as they are")
def percent_in_environment(s):
    value = "a_%s_%_%%_%%%_%7_z"
    s.start("[program:env]\ncommand=/usr/bin/env\nstdout_logfile={dir}/env.out\n" + ONCE, "loglevel=debug",
            env={"PERCENT_SIGNS": value})
    s.wait_said(f"PERCENT_SIGNS={value}\n")
    s.wait_in_file("env.out", f"PERCENT_SIGNS={value}\n")


@case("issue 638: output that is no UTF-8 is logged and harms nobody")
def undecodable(s):
    s.start("[program:odd]\ncommand=/usr/bin/printf '\\210\\n'\nstartretries=0\nautorestart=false\n"
            "stdout_logfile={dir}/odd.out\n", "loglevel=debug")
    s.wait_said("Undecodable: b'\\x88\\n'")
    s.wait_said("received SIGCHLD indicating a child quit")
    s.wait_said("gave up: odd entered FATAL state, too many start retries too quickly")
    equal((s.path / "odd.out").read_bytes(), b"\x88\n", "the log")
    equal(s.rpc.getState()["statename"], "RUNNING", "svd afterwards")


@case("issue 663: the listener protocol, two events in a row")
def listener_protocol(s):
    s.start("[eventlistener:listener]\ncommand={python} {programs}/echo_listener.py\nevents=TICK_5\n",
            "loglevel=trace")
    s.wait(lambda: s.read("svd.log").count("listener: BUSY -> ACKNOWLEDGED") >= 2, "two events answered")
    s.wait_said("'listener' stdout output:\nb'RESULT 2\\nOK")


@case("issue 733: a shell one-liner as listener ends svd when a program is FATAL")
def one_line_listener(s):
    s.start_on("[supervisord]\nnodaemon=true\nlogfile={dir}/svd.log\npidfile={dir}/svd.pid\n"
               "[program:nonexistent]\ncommand={dir}/nonexistent\n" + ONCE +
               "[eventlistener:ender]\nevents=PROCESS_STATE_FATAL\nstartsecs=0\nstartretries=0\n"
               "command=sh -c 'while :; do printf \"READY\\n\"; read line; kill -TERM $PPID;"
               " printf \"RESULT 2\\nOK\"; done'\n")
    s.wait_said("gave up: nonexistent entered FATAL state")
    s.wait_said("received SIGTERM indicating exit request")
    equal(s.daemon.wait_exit(), 0, "svd's exit code")


@case("issue 986: %% in a command is one percent sign")
def double_percent(s):
    line = "relay -q -a %h:%p %P -i Vlan7 192.0.2.1"
    s.start(f"[program:echo]\ncommand=/bin/echo '{line.replace('%', '%%')}'\n"
            "stdout_logfile={dir}/echo.out\n" + ONCE, "loglevel=debug")
    s.wait_said(line + "\n")
    s.wait_in_file("echo.out", line + "\n")


@case("issue 1170 a, b, c: ENV_ expansion sees [supervisord] environment, the section's own goes before")
def environment_expansion(s):
    command = 'command=/bin/sh -c "echo \'%(ENV_FOO)s\' $FOO >&2"\n'
    s.start("[program:a]\n" + command + "stderr_logfile={dir}/a.err\n" + ONCE +
            "[program:b]\n" + command + 'environment=FOO="of the program"\n'
            "stderr_logfile={dir}/b.err\n" + ONCE +
            "[eventlistener:c]\n" + command + 'environment=FOO="of the listener"\n'
            "events=PROCESS_STATE_FATAL\nstderr_logfile={dir}/c.err\n" + ONCE,
            'environment=FOO="of svd"')
    for name, text in (("a", "of svd"), ("b", "of the program"), ("c", "of the listener")):
        s.wait_in_file(f"{name}.err", f"{text} {text}\n")


@case("issue 1224: a main log on /dev/stdout that does not rotate")
def log_on_stdout(s):
    s.start_on("[supervisord]\nnodaemon=true\nlogfile=/dev/stdout\nlogfile_maxbytes=0\n"
               "pidfile={dir}/svd.pid\n[program:cat]\ncommand=/bin/cat\nstartsecs=0\n")
    s.wait_said("cat entered RUNNING state")
