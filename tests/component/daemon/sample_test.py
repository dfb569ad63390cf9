#!/usr/bin/env python3
"""The sample configuration, read by svd itself.   sample_test.py SVD ECHO_SVD_CONF"""

import os
import subprocess
import sys
import tempfile
import unittest

BOUND = 30  # seconds
ECHO, SVD = sys.argv.pop(), sys.argv.pop()


def run(*words, **options):
    return subprocess.run(words, capture_output=True, text=True, timeout=BOUND, **options)


class Sample(unittest.TestCase):
    def check(self, text):
        with tempfile.TemporaryDirectory(prefix="svd-sample-") as scratch:
            os.mkdir(os.path.join(scratch, "conf.d"))  # what [include] asks for
            for name, content in (("svd.conf", text), ("conf.d/empty.conf", ""),
                                  ("example.env", "")):
                with open(os.path.join(scratch, name), "w") as file:
                    file.write(content)
            return run(SVD, "--check", "--strict", "-c", os.path.join(scratch, "svd.conf"))

    def test_AsPrinted_HasNoProblem(self):
        printed = run(ECHO, "arguments", "--are=ignored")
        self.assertEqual((printed.returncode, printed.stderr), (0, ""))
        checked = self.check(printed.stdout)
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)

    def test_AllOfItUncommented_HasNoProblem(self):
        lines = run(ECHO).stdout.splitlines()
        commented = [line for line in lines if line[:1] == ";" and line[1:2] not in ("", " ")]
        self.assertGreater(len(commented), 130)
        checked = self.check("\n".join(line[1:] if line in commented else line for line in lines))
        # Which controllers this machine has is no matter of the file.
        problems = [line for line in checked.stdout.splitlines()
                    if "cgroup controller" not in line and "no problems" not in line]
        self.assertEqual((problems, checked.stderr), ([], ""))

    def test_OutputThatCannotBeWritten_IsAnError(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([ECHO], stdout=full, stderr=subprocess.PIPE, timeout=BOUND)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"No space left", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=0)
