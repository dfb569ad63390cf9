#!/usr/bin/env python3
"""What --check prints of a configuration, and its exit codes.   check_test.py SVD SVCTL"""

import os
import subprocess
import sys
import tempfile
import unittest

BOUND = 30  # seconds
SVD = sys.argv[1]
del sys.argv[1:3]

GOOD = "[supervisord]\nlogfile={dir}/svd.log\npidfile={dir}/svd.pid\n"
PROGRAM = "[program:a]\ncommand=/bin/cat\n"
WARNED = PROGRAM + "autostrat=true\n"
BROKEN = ("[program:b]\ncommand=/bin/cat\nstartsecs=soon\nstopsignal=NOPE\n"
          "[program:c]\ncommand=/bin/cat\nnumprocs=3\n")


class Check(unittest.TestCase):
    def check(self, text, *options):
        """(exit code, lines), and the file alone is there afterwards."""
        with tempfile.TemporaryDirectory(prefix="svd-check-") as scratch:
            path = os.path.join(scratch, "svd.conf")
            with open(path, "w") as file:
                file.write(text.format(dir=scratch))
            done = subprocess.run([SVD, "--check", "-c", path, *options], capture_output=True, text=True,
                                  timeout=BOUND)
            self.assertEqual((os.listdir(scratch), done.stderr), (["svd.conf"], ""))
            return done.returncode, done.stdout.replace(path, "FILE").splitlines()

    def test_Good_Is0(self):
        self.assertEqual(self.check(GOOD + PROGRAM), (0, ["FILE: no problems found"]))

    def test_Warnings_Are0_AndWithStrict1(self):
        line = ("FILE:6: warning: [program:a] autostrat = true: unknown option autostrat is ignored "
                "(did you mean autostart?)")
        self.assertEqual(self.check(GOOD + WARNED), (0, [line]))
        self.assertEqual(self.check(GOOD + WARNED, "--strict"), (1, [line]))

    def test_Errors_Are2_AndAllArePrintedWithTheirPlace(self):
        for options in ([], ["--strict"]):
            code, lines = self.check(GOOD + WARNED + BROKEN, *options)
            self.assertEqual(code, 2)
            places = [line.split(": ")[:2] + line.split(": ")[2].split(" ", 2)[1:2] for line in lines]
            self.assertEqual(sorted(places), [["FILE:10", "error", "stopsignal"], ["FILE:11", "error", "process_name"],
                                              ["FILE:6", "warning", "autostrat"], ["FILE:9", "error", "startsecs"]])
            said = "\n".join(lines)
            for words in ("startsecs = soon", "a whole number", "stopsignal = NOPE", "a signal name such as TERM"):
                self.assertIn(words, said)

    def test_MissingSection_HidesNothingElse(self):
        code, lines = self.check("[supervisrod]\n" + BROKEN)
        self.assertEqual(code, 2)
        self.assertEqual(lines[0], "FILE: error: .ini file does not include supervisord section")
        said = "\n".join(lines)
        for words in ("supervisrod", "did you mean [supervisord]?", "startsecs = soon", "stopsignal = NOPE"):
            self.assertIn(words, said)

    def test_MissingFile_Is2(self):
        done = subprocess.run([SVD, "--check", "-c", "/nonexistent/svd.conf"], capture_output=True, text=True,
                              timeout=BOUND)
        self.assertEqual(done.returncode, 2)
        self.assertIn("/nonexistent/svd.conf", done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=0)
