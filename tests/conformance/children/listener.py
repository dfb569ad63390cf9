#!/usr/bin/python3
"""A text-mode event listener: writes every header and payload to the file named on its line.

With the answer "raw" it says OK to whatever one read gives, and so does not depend on `len`.
"""

import os
import sys


def raw(path):
    while True:
        os.write(1, b"READY\n")
        text = os.read(0, 65536)
        if not text:
            return
        header, _, payload = text.decode().partition("\n")
        with open(path, "a", encoding="utf-8") as out:
            out.write(header + "|" + payload.replace("\n", "\\n") + "\n")
        os.write(1, b"RESULT 2\nOK")


def main():
    path = sys.argv[1]
    answer = sys.argv[2] if len(sys.argv) > 2 else "OK"
    if answer == "raw":
        raw(path)
        return
    while True:
        sys.stdout.write("READY\n")
        sys.stdout.flush()
        header = sys.stdin.readline()
        if not header:
            return
        fields = dict(pair.split(":", 1) for pair in header.split())
        payload = sys.stdin.read(int(fields["len"]))
        with open(path, "a", encoding="utf-8") as out:
            out.write(header.rstrip("\n") + "|" + payload.replace("\n", "\\n") + "\n")
        sys.stdout.write(f"RESULT {len(answer)}\n{answer}")
        sys.stdout.flush()


main()
