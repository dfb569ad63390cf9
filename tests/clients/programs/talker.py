"""Speaks to listeners as a program does with supervisor.childutils, then lives on."""

import signal
import sys

from supervisor import childutils

# Bytes: with text, childutils of 4.2.5 fails under Python 3.
print("before", flush=True)
childutils.pcomm.send(b"how are you", sys.stdout.buffer)
print("after", flush=True)
childutils.pcomm.send(b"not too well", sys.stderr.buffer)
signal.pause()
