#!/usr/bin/python3
"""Runs the examples of a manual page: examples_test.py BIN PAGE. Each page has an svd of its own, in
a scratch directory that stands for the root of a machine: /etc/svd, /run/svd and /var/log/svd are
below it, and so are the programs. In it runs a program `web`. See examples.py for the marks."""

import configparser
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time

import examples
from examples import PageError

BOUND = 30  # seconds; every wait ends by then
SKIP = 77
PROGRAMS = ("svd", "svctl", "svd-pidproxy", "echo_svd_conf")
HEAD = """[unix_http_server]
file=/run/svd/svd.sock
[supervisord]
logfile=/var/log/svd/svd.log
pidfile=/run/svd/svd.pid
childlogdir=/var/log/svd
dbus={dbus}
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix:///run/svd/svd.sock
[include]
files=conf.d/*.conf
"""
WEB = "[program:web]\ncommand=/bin/cat\nstartsecs=0\n"
# svctl finds this machine's configuration unless it is told another.
SVCTL = """#!/bin/sh
for word in "$@"; do
    case $word in -c* | -s* | -h | --version) exec {program} "$@" ;; esac
done
exec {program} -c {root}/etc/svd/svd.conf "$@"
"""


class Machine:
    """The scratch directory, its svd and, when somebody wants one, its bus."""

    def __init__(self, programs):
        self.root = tempfile.mkdtemp(prefix="svd-man-")
        os.chmod(self.root, 0o755)
        self.bin = os.path.join(self.root, "usr/bin")
        for path in ("etc/svd/conf.d", "run/svd", "var/log/svd", "work", "usr/bin"):
            os.makedirs(os.path.join(self.root, path))
        for name in PROGRAMS:
            os.symlink(os.path.join(programs, name), os.path.join(self.bin, name))
        os.unlink(os.path.join(self.bin, "svctl"))
        self.write("/usr/bin/svctl", SVCTL.format(program=os.path.join(programs, "svctl"), root=self.root))
        self.environment = dict(os.environ, LC_ALL="C.UTF-8", PATH=self.bin + ":/usr/bin:/bin:/usr/sbin:/sbin")
        for bus in ("SYSTEM", "SESSION"):
            self.environment[f"DBUS_{bus}_BUS_ADDRESS"] = "unix:path=/nonexistent/bus"
        self.daemon = None
        self.bus = None

    def mapped(self, text):
        """Paths of a machine become those below the scratch directory."""
        text = re.sub(r"(?<![\w.])/(etc/svd|run/svd|var/log/svd)\b", self.root + r"/\1", text)
        return re.sub(r"(?<![\w.])/usr/bin/(%s)\b(?!-)" % "|".join(PROGRAMS), self.bin + r"/\1", text)

    def write(self, path, text):
        where = self.root + path if path.startswith("/") else os.path.join(self.root, "work", path)
        with open(where, "w", encoding="utf-8") as file:
            file.write(self.mapped(text))
        os.chmod(where, stat.S_IMODE(os.stat(where).st_mode) | 0o111)
        return where

    def open_bus(self):
        """A bus for everybody who runs from here on; False when this machine has none."""
        if not shutil.which("dbus-daemon"):
            return False
        sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../component/daemon"))
        import sd_bus
        self.bus = sd_bus.Daemon(self.root, "")
        self.environment["DBUS_SYSTEM_BUS_ADDRESS"] = self.bus.address
        return True

    def run(self, command, **how):
        """The exit status and all that the command prints. A file takes it: whoever is left in the
        background keeps a pipe open."""
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(command, cwd=os.path.join(self.root, "work"), env=self.environment,
                                  stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                                  timeout=BOUND, check=False, **how)
            output.seek(0)
            return done.returncode, output.read().decode("utf-8", "replace").replace(self.root, "")

    def start(self):
        self.write("/etc/svd/svd.conf", HEAD.format(dbus="system" if self.bus else "off"))
        self.write("/etc/svd/conf.d/web.conf", WEB)
        self.daemon = subprocess.Popen([os.path.join(self.bin, "svd"), "-n", "-s", "-c",
                                        self.root + "/etc/svd/svd.conf"], env=self.environment)
        self.wait("all programs run", lambda: self.run(["svctl", "status", "web"])[0] == 0)
        if self.bus:
            self.wait("org.svd1 is there", lambda: "true" in self.run(
                ["dbus-send", "--system", "--print-reply", "--dest=org.freedesktop.DBus", "/",
                 "org.freedesktop.DBus.NameHasOwner", "string:org.svd1"])[1])

    def wait(self, what, condition):
        deadline = time.monotonic() + BOUND
        while not condition():
            if time.monotonic() > deadline or self.daemon.poll() is not None:
                raise PageError("in vain: " + what)
            time.sleep(0.02)  # between two looks; BOUND ends it

    def pids(self):
        for folder, _, names in os.walk(self.root):
            for name in names:
                if name.endswith(".pid"):
                    with open(os.path.join(folder, name), encoding="ascii") as file:
                        yield int(file.read() or 0)

    def close(self):
        if self.daemon and self.daemon.poll() is None:
            self.daemon.terminate()
            self.daemon.wait(BOUND)
        if self.bus:
            self.bus.stop()
        for pid in self.pids():  # an example has failed half way
            if pid > 1:
                os.kill(pid, signal.SIGTERM)
        shutil.rmtree(self.root)


def run_session(machine, example):
    """What differs between the page and what the commands print; empty when nothing does."""
    steps = examples.steps_of(example)
    script = "".join(f"printf '\\0'\n{machine.mapped(step.command)}\n" for step in steps)
    _, printed = machine.run(["bash", "-c", script])
    for step, text in zip(steps, printed.split("\0")[1:], strict=True):
        shown, real = examples.masked(step.shown), examples.masked(text.splitlines())
        if not alike(shown, real):
            return f"{step.command}\n--- the page\n" + "\n".join(shown) + "\n--- svd\n" + text
    return ""


def alike(shown, real):
    """A line "..." of the page stands for any number of lines."""
    if not shown or not real:
        return shown in ([], ["..."]) and not real
    if shown[0] == "...":
        return any(alike(shown[1:], real[at:]) for at in range(len(real) + 1))
    return shown[0] == real[0] and alike(shown[1:], real[1:])


def try_session(machine, example):
    for step in examples.steps_of(example):
        status, text = machine.run(["bash", "-n", "-c", step.command])
        if status:
            raise PageError("no shell reads it: " + text)
    if example.not_run:
        return "read, not run: " + example.not_run
    needs = re.search(r"needs (\S+)", example.words)
    programs = [needs[1]] if needs else []
    if example.kind == "bus":
        programs += [step.command.split()[0] for step in examples.steps_of(example)]
        if not machine.bus:
            return "skipped: dbus-daemon is not installed"
    for program in programs:
        if not shutil.which(program, path=machine.environment["PATH"]):
            return f"skipped: {program} is not installed"
    differs = run_session(machine, example)
    deadline = time.monotonic() + BOUND
    while differs and "soon" in example.words and time.monotonic() < deadline:
        time.sleep(0.05)  # between two tries; BOUND ends it
        differs = run_session(machine, example)
    if differs:
        raise PageError(differs)
    return "ran"


def try_conf(machine, example):
    """Nothing may be wrong but controllers that this machine has not."""
    whole = "[supervisord]" in example.text
    path = machine.write("try.conf", ("" if whole else HEAD.format(dbus="off")) + example.text)
    status, text = machine.run(["svd", "-t", "-c", path])
    wrong = [line for line in text.splitlines() if " warning: " in line and "controller" not in line
             and "[include]" not in line]
    if status or wrong:
        raise PageError(text)
    if example.words != "run":
        return "checked"
    machine.write(f"/etc/svd/conf.d/{example.name}.conf", example.text)
    status, text = machine.run(["svctl", "update"])
    if status:
        raise PageError(text)
    return "checked and run"


def try_file(machine, example):
    if example.words.endswith(".py"):
        compile(example.text, example.words, "exec")
    machine.write(example.words, example.text)
    return "written"


def try_unit(_, example):
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str
    unit.read_string(example.text)
    names = [name for section in unit.sections() for name in unit[section]]
    if not names or not all(re.fullmatch(r"[A-Z]\w+", name) for name in names):
        raise PageError(f"no unit: {names}")
    return "read"


def try_javascript(_, example):
    left = re.sub(r'"[^"\n]*"|[^][(){}]', "", example.text)
    while left != (left := re.sub(r"\(\)|\[\]|\{\}", "", left)):
        pass
    if left:
        raise PageError(f"brackets do not match: {left}")
    return "read"


TRY = {"session": try_session, "bus": try_session, "conf": try_conf, "file": try_file, "unit": try_unit,
       "javascript": try_javascript}


def main(programs, page):
    with open(page, encoding="utf-8") as file:
        found = examples.examples_of(file.read())
    machine = Machine(programs)
    failed = 0
    try:
        if any(one.kind == "bus" for one in found):
            machine.open_bus()
        machine.start()
        for example in found:
            try:
                said = TRY[example.kind](machine, example)
                why = said.removeprefix("skipped: ")
                print(f"{example.name}: {said}" if why == said else f"skipped: {example.name}: {why}")
            except (PageError, SyntaxError, configparser.Error, subprocess.TimeoutExpired) as error:
                print(f"{example.name}: FAILED: {error}")
                failed += 1
    finally:
        machine.close()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(os.path.abspath(sys.argv[1]), sys.argv[2]))
