#!/usr/bin/python3
"""A text-mode event listener: writes every header and payload to the file named on its line."""

import sys


def main():
    path = sys.argv[1]
    answer = sys.argv[2] if len(sys.argv) > 2 else "OK"
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
