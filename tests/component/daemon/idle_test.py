#!/usr/bin/env python3
"""While nothing happens svd sleeps, however many programs there are. idle_test.py SVD SVCTL"""

import re
import time
import unittest

from daemon_case import DaemonCase

SECONDS = 20


class Idle(DaemonCase):
    def wake_ups(self):
        """Each is a switch of context, to svd and away again."""
        with open(f"/proc/{self.daemon.pid}/status", encoding="ascii") as status:
            return sum(map(int, re.findall(r"^\w*ctxt_switches:\s*(\d+)", status.read(), re.MULTILINE)))

    def quiet(self):
        """Whether what was begun has come to rest."""
        before = self.wake_ups()
        time.sleep(1)  # what is asked is whether nothing happens in it
        return self.wake_ups() == before

    def test_TwentySecondsOfNothing_AreSleptThrough(self):
        self.start("[program:cat]\ncommand=/bin/cat\nnumprocs=100\nprocess_name=c%(process_num)d\n"
                   "stdout_logfile_maxage=7d\nrestart_limit=5/60s\nnice=1\n"
                   "[eventlistener:deaf]\ncommand=/bin/cat\nevents=PROCESS_STATE\n"
                   "[program:never]\ncommand=/bin/cat\nautostart=false\n", all_run=False)
        for i in range(100):
            self.wait_state(f"cat:c{i}", "RUNNING")
        self.wait("svd comes to rest", self.quiet)
        before = self.wake_ups()
        time.sleep(SECONDS)  # the measurement itself
        self.assertEqual(self.wake_ups() - before, 0)
        # An upgrade leaves nothing behind that would wake it.
        self.assertEqual(self.ctl("upgrade")[0], 0)
        self.wait("svd comes to rest", self.quiet)


if __name__ == "__main__":
    unittest.main()
