#!/usr/bin/env python3
"""What a program at rest costs svd in memory. memory_test.py SVD SVCTL"""

import os
import re
import subprocess
import sys
import unittest

from daemon_case import DaemonCase, SVD

PROGRAMS = 300
# Bytes for each program; 1740, and 5080 with two logs, when this was written.
SILENT, TWO_LOGS = 2100, 5800
# Bytes of the code of libraries that stay mapped; 550,000, and 1,700,000 if all did.
LIBRARIES = 1_000_000


def bytes_of_mappings(pid, wanted, figure):
    """The sum of a figure of smaps over mappings of which wanted(permissions, name)."""
    total, counts = 0, False
    with open(f"/proc/{pid}/smaps", encoding="utf-8", errors="replace") as maps:
        for line in maps:
            head = re.match(r"[0-9a-f]+-[0-9a-f]+ (\S+) \S+ \S+ \S+ *(.*)", line)
            if head:
                counts = wanted(head[1], head[2])
            elif counts and line.startswith(figure + ":"):
                total += int(line.split()[1]) * 1024
    return total


def own_memory(pid):
    """The heap and other memory that belongs to no file."""
    return bytes_of_mappings(pid, lambda _, name: name in ("", "[heap]"), "Anonymous")


def library_code(pid):
    """What is mapped of the code of libraries, but for the C library, which is in use."""
    return bytes_of_mappings(pid, lambda permissions, name: "x" in permissions and ".so" in name and
                             "/libc.so" not in name and "/ld-linux" not in name, "Rss")


def allocator_is_plain():
    """Sanitizers keep far more than what was asked for."""
    with open(SVD, "rb") as program:
        return b"__asan_init" not in program.read()


class Memory(DaemonCase):
    def at_rest(self, options):
        """Of an svd whose programs all run."""
        self.start("".join(f"[program:p{i}]\ncommand=/bin/sleep 1000\nstartsecs=0\n{options}\n"
                           for i in range(PROGRAMS if options else 0)))
        # What the start needed is given back when the last program has been started.
        sizes = [0]

        def settled():
            sizes.append(own_memory(self.daemon.pid))
            return sizes[-1] == sizes[-2]
        self.wait("memory has settled", settled)
        self.end()
        return sizes[-1]

    def test_CodeOfTheStart_IsLetGo(self):
        self.configure("".join(f"[program:p{i}]\ncommand=/bin/sleep 1000\nstartsecs=0\n"
                               for i in range(PROGRAMS)))
        self.daemon = subprocess.Popen([SVD, "-n", "-s", "-c", self.path("svd.conf")])
        self.addCleanup(self.end)

        def all_run():  # without asking, which would need the code again
            with open(self.path("main.log"), encoding="utf-8") as log:
                return log.read().count("entered RUNNING") == PROGRAMS
        self.wait("a log", lambda: os.path.exists(self.path("main.log")))
        self.wait("all run", all_run)
        self.wait("code is let go", lambda: library_code(self.daemon.pid) < LIBRARIES)

    def test_Program_CostsLittle(self):
        nothing = self.at_rest("")
        silent = (self.at_rest("stdout_logfile=NONE\nstderr_logfile=NONE") - nothing) / PROGRAMS
        logging = (self.at_rest("stdout_logfile={dir}/%(program_name)s.out\n"
                                "stderr_logfile={dir}/%(program_name)s.err") - nothing) / PROGRAMS
        print(f"bytes per program: {silent:.0f} silent, {logging:.0f} with two logs")
        self.assertGreater(silent, 0)
        self.assertLess(silent, SILENT)
        self.assertLess(logging, TWO_LOGS)


if __name__ == "__main__":
    if not allocator_is_plain():
        print("skipped: built with a sanitizer")
        sys.exit(77)
    unittest.main()
