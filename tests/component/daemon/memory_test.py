#!/usr/bin/env python3
"""What a program at rest costs svd in memory. memory_test.py SVD SVCTL"""

import re
import sys
import unittest

from daemon_case import DaemonCase, SVD

PROGRAMS = 300
# Bytes for each program; 2400, and 5700 with two logs, when this was written.
SILENT, TWO_LOGS = 2900, 6600


def own_memory(pid):
    """Bytes of the heap and of other memory that belongs to no file."""
    total, counts = 0, False
    with open(f"/proc/{pid}/smaps", encoding="utf-8", errors="replace") as maps:
        for line in maps:
            head = re.match(r"[0-9a-f]+-[0-9a-f]+ \S+ \S+ \S+ \S+ *(.*)", line)
            if head:
                counts = head[1] in ("", "[heap]")
            elif counts and line.startswith("Anonymous:"):
                total += int(line.split()[1]) * 1024
    return total


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
