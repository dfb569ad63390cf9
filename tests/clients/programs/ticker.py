"""Writes numbered lines until it is told to end: how much was lost and doubled can be counted."""

import itertools
import time

for number in itertools.count(1):
    print(f"line {number} {'x' * 60}", flush=True)
    time.sleep(0.0005)
