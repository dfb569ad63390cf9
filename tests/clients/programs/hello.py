"""Writes numbered lines with letters of more than one byte, ten a second."""

import itertools
import sys
import time

for number in itertools.count(1):
    sys.stdout.buffer.write(f"Ærø – Łódź… {number}\n".encode())
    sys.stdout.buffer.flush()
    time.sleep(0.1)
