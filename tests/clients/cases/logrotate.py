"""Debian's logrotate: renamed logs with USR2, and copied ones that are cut in place."""

import re

from harness import check, equal
from registry import case

PROGRAM = ("[program:ticker]\ncommand={python} {programs}/ticker.py\nstartsecs=0\n"
           "stdout_logfile={dir}/log/ticker.log\nstdout_logfile_maxbytes=0\n"
           "[program:mark]\ncommand=/bin/cat\nstartsecs=0\n")
RENAMING = """{dir}/log/*.log {dir}/svd.log {
    rotate 20
    nocompress
    missingok
    sharedscripts
    %s
    postrotate
        kill -USR2 `cat {dir}/svd.pid`
    endscript
}
"""
COPYING = "{dir}/log/*.log {\n    rotate 20\n    nocompress\n    copytruncate\n}\n"
ROTATIONS = 4


def rotate(s):
    s.run(["/usr/sbin/logrotate", "--force", "--state", "{dir}/state", "{dir}/rotate.conf"]).succeeded()


def pieces(s, name):
    """The log's files, oldest first."""
    old = sorted(s.path.glob(name + ".*"), key=lambda path: -int(path.suffix[1:]))
    return [path.read_text(encoding="utf-8") for path in (*old, s.path / name)]


def grown(s, name, size=4000):
    s.wait(lambda: (s.path / name).exists() and (s.path / name).stat().st_size > size, f"{name} grows")


def renamed(s, how):
    (s.path / "log").mkdir()
    s.start(PROGRAM, "logfile_maxbytes=0")
    s.write("rotate.conf", RENAMING % how)
    for number in range(1, ROTATIONS + 1):
        grown(s, "log/ticker.log")
        rotate(s)
        grown(s, "log/ticker.log")
        equal((s.rpc.stopProcess("mark"), s.rpc.startProcess("mark")), (True, True), "restart")
        equal(s.read("svd.log").count("spawned: 'mark'"), 1, "svd's new log")
        equal(len(pieces(s, "log/ticker.log")), number + 1, "files")
    equal(s.rpc.stopProcess("ticker"), True, "stop")
    said = pieces(s, "log/ticker.log")
    numbers = [int(n) for n in re.findall(r"^line (\d+) x{60}$", "".join(said), re.M)]
    check(len(numbers) > ROTATIONS * 50, "the program wrote")
    equal(numbers, list(range(1, len(numbers) + 1)), "every line once and in order")
    equal(sum(part.count("\n") for part in said), len(numbers), "whole lines only")
    check(all(said), "every file holds something")
    main = pieces(s, "svd.log")
    equal(len(main), ROTATIONS + 1, "svd's own files")
    for part in main[:-1]:  # Supervisor's last word before it opens the new file
        check(part.endswith(" INFO supervisord logreopen\n"), part[-200:])
    equal([part.count("spawned: 'mark'") for part in main], [1] * len(main), "svd's lines")
    equal("".join(main).count("spawned: 'ticker'"), 1, "svd's own lines come once")


@case("logrotate: renamed logs and kill -USR2", "logrotate")
def renaming(s):
    renamed(s, "nocreate")


@case("logrotate: renamed logs, new ones created by logrotate, and kill -USR2", "logrotate")
def creating(s):
    renamed(s, "create 0640")


@case("logrotate: copytruncate", "logrotate")
def copying(s):
    (s.path / "log").mkdir()
    s.start(PROGRAM)
    s.write("rotate.conf", COPYING)
    for _ in range(ROTATIONS):
        grown(s, "log/ticker.log")
        rotate(s)
    grown(s, "log/ticker.log")
    equal(s.rpc.stopProcess("ticker"), True, "stop")
    said = pieces(s, "log/ticker.log")
    equal(len(said), ROTATIONS + 1, "files")
    check(not any("\0" in part for part in said), "svd goes on at the start of the emptied file")
    # What is written between the copy and the cut is lost, that is copytruncate's nature.
    numbers = [int(n) for n in re.findall(r"^line (\d+) x{60}$", "".join(said), re.M)]
    check(all(a < b for a, b in zip(numbers, numbers[1:])), "nothing twice, nothing out of order")
