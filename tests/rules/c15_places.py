"""Files and places of the distributions work, and other programs can read our configurations as INI files."""

import configparser
import os
import subprocess

MAIN = """\
; supervisor config file

[unix_http_server]
file=@dir@/run/supervisor.sock   ; (the path to the socket file)
chmod=0700                       ; sockef file mode (default 0700)

[supervisord]
logfile=@dir@/log/supervisord.log ; (main log file;default $CWD/supervisord.log)
pidfile=@dir@/run/supervisord.pid ; (supervisord pidfile;default supervisord.pid)
childlogdir=@dir@/log             ; ('AUTO' child log dir, default $TEMP)

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl=unix://@dir@/run/supervisor.sock ; use a unix:// URL  for a unix socket

[include]
files = @dir@/etc/supervisor/conf.d/*.conf @dir@/etc/supervisord.d/*.ini
"""
LARAVEL = """\
[program:laravel-worker]
process_name=%(program_name)s_%(process_num)02d
command=/bin/cat
autostart=true
autorestart=true
stopasgroup=true
killasgroup=true
user=@user@
numprocs=8
redirect_stderr=true
stdout_logfile=@dir@/log/worker.log
stopwaitsecs=3600
"""
SYSTEM = ("/etc/supervisord.conf", "/etc/supervisor/supervisord.conf")


def rule(s):
    import pwd
    import rpc
    for folder in ("run", "log", "bin", "empty"):
        os.mkdir(s.path(folder))
    s.write("etc/supervisord.conf", MAIN)
    s.write("etc/supervisor/conf.d/laravel.conf", LARAVEL.replace("@user@", pwd.getpwuid(os.getuid()).pw_name))
    s.write("etc/supervisord.d/extra.ini", "[program:extra]\ncommand=/bin/cat\n")
    s.write("etc/supervisor/conf.d/ignored.txt", "junk\n")
    # Found beside the program, as supervisord finds it: dirname(dirname(argv[0]))/etc/supervisord.conf
    for name, program in (("supervisord", s.programs.daemon), ("supervisorctl", s.programs.client)):
        os.symlink(program, s.path("bin", name))
    s.sock = s.path("run", "supervisor.sock")
    s.rpc = rpc.Rpc(s.sock)
    s.programs = type(s.programs)("svd", s.path("bin", "supervisord"), s.path("bin", "supervisorctl"))
    s.launch(["-n"])
    names = [f"laravel-worker:laravel-worker_{n:02}" for n in range(8)]
    for name in ["extra", *names]:
        s.wait_state(name, "RUNNING")
    s.equal("mode of the socket", oct(os.stat(s.sock).st_mode & 0o777), "0o700")
    out = s.ctl("status", config=False)
    s.equal("the client finds the same file", [out["code"], sorted(line.split()[0] for line in out["out"].splitlines())],
            [0, sorted(["extra", *names])])
    s.equal("a group by its quoted name", len(s.ctl("restart", "laravel-worker:*", config=False)["out"].splitlines()), 16)
    s.equal("end", s.stop(), 0)
    salt = configparser.RawConfigParser(inline_comment_prefixes=(";",), strict=False)
    salt.read(s.path("etc", "supervisord.conf"))
    s.equal("what Salt reads", salt.get("unix_http_server", "file"), s.sock)
    sample = os.path.join(os.path.dirname(os.path.realpath(s.path("bin", "supervisord"))), "echo_svd_conf")
    if os.path.exists(sample):
        text = subprocess.run([sample], capture_output=True, timeout=20, check=True).stdout.decode()
        salt.read_string(text)
        s.that("our sample is an INI file", salt.has_option("supervisord", "logfile"))
    system = [path for path in SYSTEM if os.path.exists(path)]
    if system:
        # --check only reads.
        done = subprocess.run([os.path.realpath(s.path("bin", "supervisord")), "--check"], cwd=s.path("empty"), capture_output=True,
                              timeout=20, check=False)
        s.that("the system's file is found", system[0] in (done.stdout + done.stderr).decode(), done.stdout.decode())
