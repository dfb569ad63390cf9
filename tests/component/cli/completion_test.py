#!/usr/bin/python3
"""Completion in bash, zsh and fish as they are installed, with names from a running svd.

Usage: completion_test.py FOLDER [CLASS.TEST] SVD SVCTL, where FOLDER has the scripts for the shells. A
shell that is not there is skipped."""

import os
import pty
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../daemon"))
from daemon_case import BOUND, SVCTL, SVD, DaemonCase

SCRIPTS = os.path.abspath(sys.argv.pop(1))
PROGRAMS = """[program:cat]
command=/bin/cat
[program:wide]
command=/bin/cat
process_name=wide_%(process_num)d
numprocs=2
"""
# Every shell prints the words behind the mark, one a line.
MARK = "-- words"
BASH = """
. "$1"
complete -p svctl >/dev/null || exit 1
COMP_LINE=$2 COMP_POINT=${#2}
# As readline takes a line apart: at blanks, and a colon is a word of its own.
read -ra COMP_WORDS <<<"${2//:/ : }"
case $2 in *[[:blank:]:]) COMP_WORDS+=("") ;; esac
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
compopt() { :; }
_svd_tab
echo "-- words"
printf '%s\\n' "${COMPREPLY[@]}"
"""
FISH = """
source $argv[1]
echo "-- words"
complete -C $argv[2]
"""


class Case(DaemonCase):
    def setUp(self):
        super().setUp()
        os.mkdir(self.path("bin"))
        for name, program in (("svd", SVD), ("svctl", SVCTL), ("supervisorctl", SVCTL)):
            os.symlink(os.path.abspath(program), self.path("bin/" + name))
        self.configure(PROGRAMS)
        self.environment = {"PATH": self.path("bin") + ":/usr/bin:/bin", "HOME": self.dir, "LC_ALL": "C.UTF-8",
                            "TERM": "dumb"}

    def script(self, shell, name):
        """The script for the shell under the name that it is installed with."""
        path = self.path(name)
        if not os.path.exists(path):
            os.symlink(os.path.join(SCRIPTS, shell), path)
        return path

    def serve(self):
        self.start(PROGRAMS, all_run=False)

    def line(self, words, program="svctl"):
        return f"{program} -c {self.path('svd.conf')} {words}"

    def run_shell(self, command):
        done = subprocess.run(command, env=self.environment, cwd=self.dir, stdin=subprocess.DEVNULL, text=True,
                              capture_output=True, timeout=BOUND, check=False)
        self.assertIn(MARK, done.stdout, done.stderr)
        self.assertEqual(done.stderr, "")
        return done.stdout.partition(MARK + "\n")[2].splitlines()


class Terminal:
    """A program on a pseudo terminal, in the folder and environment of a case."""

    def __init__(self, case, *command):
        self.seen = ""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(case.dir)
            os.execvpe(command[0], command, case.environment)

    def type(self, text):
        os.write(self.fd, text.encode())

    def expect(self, text):
        """What came before `text`, which must come."""
        deadline = time.monotonic() + BOUND
        while text not in self.seen:
            if time.monotonic() > deadline:
                raise AssertionError(f"no {text!r} in {self.seen!r}")
            if select.select([self.fd], [], [], 1)[0]:
                data = os.read(self.fd, 65536).decode("utf-8", "replace")
                self.seen += re.sub(r"\x1b\[\?[0-9]+[hl]|[\r\x07]", "", data)
        before, _, self.seen = self.seen.partition(text)
        return before

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.fd)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


class Words(Case):
    """svctl --tab itself."""

    def tab(self, *words, program=SVCTL):
        begin = time.monotonic()
        done = subprocess.run([os.path.abspath(program), "--tab", "--", *words], capture_output=True, text=True,
                              timeout=BOUND, check=True, cwd=self.dir)
        self.assertEqual(done.stderr, "")
        self.took = time.monotonic() - begin
        return done.stdout.splitlines()

    def test_Names_AreThoseOfTheRunningSvd_WithTheirStates(self):
        self.serve()
        found = self.tab("-c", "svd.conf", "stop", "w")
        self.assertEqual([line.split("\t")[0] for line in found], ["wide:wide_0", "wide:*", "wide:wide_1"])
        self.assertIn(found[0].split("\t")[1], ("STARTING", "RUNNING"))

    def test_WithoutAServer_ActionsAreThere_AndNamesAreNot(self):
        self.assertEqual(self.tab("-c", "svd.conf", "shutd"), ["shutdown\tShut the remote supervisord down."])
        self.assertEqual(self.tab("-c", "svd.conf", "stop", ""), ["all\tStop all processes"])
        self.assertEqual(self.tab("-c", "svd.conf", "tail", ""), [])
        self.assertEqual(self.tab("-c", "nonexistent", "stop", ""), ["all\tStop all processes"])

    def test_ServerThatNeverAnswers_IsLeftAlone(self):
        listener = socket.socket(socket.AF_UNIX)
        self.addCleanup(listener.close)
        listener.bind(self.path("s.sock"))
        listener.listen(1)
        self.assertEqual(self.tab("-c", "svd.conf", "stop", ""), [])
        # A hang would be for ever; how fast the machine is decides nothing here.
        self.assertLess(self.took, BOUND / 2)

    def test_Svd_HasItsOptionsAndTheirValues(self):
        self.assertEqual(self.tab("--nod", program=SVD), ["--nodaemon\tstay in the foreground"])
        self.assertEqual(self.tab("-e", "cr", program=SVD), ["critical"])
        self.assertEqual(self.tab("-c", "", program=SVD), [":files"])
        self.assertEqual(self.tab("-d", "", program=SVD), [":directories"])


class InShell:
    """What each shell offers; words() is the shell's own."""

    def test_Actions(self):
        self.assertEqual(self.words(self.line("resta")), ["restart"])

    def test_Options(self):
        self.assertEqual(self.words("svctl --js"), ["--json"])

    def test_Names(self):
        self.serve()
        self.assertEqual(self.words(self.line("start c")), ["cat"])
        self.assertEqual(self.words(self.line("remove wi")), ["wide"])
        self.assertEqual(self.words(self.line("signal HUP al")), ["all"])
        self.assertEqual(self.words(self.line("stop cat wide:wide_0")), [self.after_colon("wide:wide_0")])
        self.assertEqual(sorted(self.words(self.line("stop wide:"))),
                         sorted(map(self.after_colon, ["wide:*", "wide:wide_0", "wide:wide_1"])))

    def test_FilesBehindC(self):
        found = self.words(f"svctl -c {self.dir}/svd.co")
        self.assertEqual(os.path.basename(found[-1]), "svd.conf")

    def test_Svd(self):
        self.assertEqual(self.words("svd --check-"), ["--check-state"])
        self.assertEqual(self.words("svd -e tr"), ["trace"])

    def test_Supervisorctl_WhenItIsSvctl(self):
        self.assertEqual(self.words(self.line("shutd", "supervisorctl")), ["shutdown"])

    def after_colon(self, word):
        return word


@unittest.skipUnless(shutil.which("bash"), "bash is not installed")
class Bash(InShell, Case):
    def words(self, line):
        name = line.split()[0]
        command = BASH.replace("complete -p svctl", "complete -p " + name)
        return self.run_shell(["bash", "--norc", "-c", command, "bash", self.script("svctl.bash", name), line])

    def test_OnATerminal_ALineIsCompletedAndRuns(self):
        self.serve()
        with Terminal(self, "bash", "--norc", "--noprofile", "-i") as terminal:
            terminal.type(f"PS1=ready'> '; . {self.script('svctl.bash', 'svctl')}\n")
            terminal.expect("ready> ")
            terminal.type("svctl -c svd.c\tstat\twide:wid\t1\n")
            terminal.expect("svctl -c svd.conf status wide:wide_1")
            terminal.expect("wide:wide_1   ")
            terminal.type("svctl -c svd.conf pid wide:\t\t")
            self.assertEqual(terminal.expect("wide_1").split()[-2:], ["*", "wide_0"])

    def after_colon(self, word):
        """readline replaces only what stands behind the last colon."""
        return word.rpartition(":")[2]


@unittest.skipUnless(shutil.which("fish"), "fish is not installed")
class Fish(InShell, Case):
    def words(self, line):
        name = line.split()[0] + ".fish"
        found = self.run_shell(["fish", "--no-config", "-c", FISH, self.script("svctl.fish", name), line])
        return [one.split("\t")[0] for one in found]


@unittest.skipUnless(shutil.which("zsh"), "zsh is not installed")
class Zsh(InShell, Case):
    """zsh completes only on a terminal. With a list after the first Tab, and nothing inserted, each
    word is shown; a single one is inserted instead, so that ^X shows the line."""

    def words(self, line):
        self.script("_svctl", "_svctl")
        with open(self.path(".zshrc"), "w", encoding="ascii") as file:
            file.write(f"fpath=({self.dir} $fpath)\nautoload -Uz compinit\ncompinit -u -D\nPS1='ready> '\n"
                       "show() { print -r -- \"<$BUFFER>\"; }\nzle -N show\nbindkey '^X' show\n"
                       "_matches() { (( compstate[nmatches] )) || return\n"
                       "  compstate[insert]=; compstate[list]=; print -r -- \"<${(pj:|:)__found}>\" }\n"
                       "compadd() { local -a got; builtin compadd -O got \"$@\"; __found+=(\"${got[@]}\")\n"
                       "  builtin compadd \"$@\" }\n"
                       "comppostfuncs=(_matches)\nbegin() { __found=(); comppostfuncs=(_matches)\n"
                       "  zle complete-word; print -r -- \"<end>\" }\n"
                       "zle -N begin\nbindkey '^I' begin\nzle -C complete-word complete-word _main_complete\n")
        return self.on_terminal(line)

    def on_terminal(self, line):
        self.environment["ZDOTDIR"] = self.dir
        with Terminal(self, "zsh", "-i", "-o", "no_global_rcs") as terminal:
            terminal.expect("ready> ")
            terminal.type(line + "\t")
            shown = terminal.expect("<end>")
        found = re.findall(r"<([^<>]*)>\s", shown)
        return [word for word in found[0].split("|") if word] if found else []


if __name__ == "__main__":
    for shell in ("bash", "zsh", "fish"):
        if not shutil.which(shell):
            print(f"skipped: {shell} is not installed")
    unittest.main()
