#!/usr/bin/env python3
"""An event listener for events_test.py: listener.py WAY RECORD [FLAG]. Writes `serial payload` of every
event to RECORD, one JSON text a line, before it answers.

WAY: text    reads characters, as Supervisor's own helpers for Python do
     bytes   reads bytes, as programs in other languages do
     dies    the first event kills it; FLAG tells the next run that this has happened
     rubbish says what no listener may say, until FLAG exists
     flood   says it for ever, a byte at a time
     deaf    says READY and never reads
     fails   rejects every event until FLAG exists"""

import json
import os
import signal
import sys


def say(text):
    sys.stdout.write(text)
    sys.stdout.flush()


def main(way, record, flag=""):
    if way == "rubbish" and not os.path.exists(flag):
        say("what is this?\n" * 1000)
        signal.pause()
    while way == "flood":
        os.write(1, b"?")
    while True:
        say("READY\n")
        if way == "deaf":
            signal.pause()
        source = sys.stdin.buffer if way == "bytes" else sys.stdin
        line = source.readline()
        if isinstance(line, bytes):
            line = line.decode()
        if not line:
            return
        head = dict(word.split(":") for word in line.split())
        payload = source.read(int(head["len"]))
        if isinstance(payload, bytes):
            payload = payload.decode()
        with open(record, "a", encoding="ascii") as file:
            file.write(json.dumps([int(head["serial"]), payload]) + "\n")
        if way == "dies" and not os.path.exists(flag):
            with open(flag, "w", encoding="ascii"):
                os.kill(os.getpid(), signal.SIGKILL)
        if way == "fails" and not os.path.exists(flag):
            say("RESULT 4\nFAIL")
        else:
            say("RESULT 2\nOK")


main(*sys.argv[1:])
