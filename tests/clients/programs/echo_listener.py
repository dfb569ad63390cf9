"""The event listener protocol by hand, in text mode; headers and payloads go to standard error."""

import sys

while True:
    print("READY", flush=True)
    line = sys.stdin.readline()
    if not line:
        sys.exit(0)
    size = dict(pair.split(":", 1) for pair in line.split())["len"]
    sys.stderr.write(line + sys.stdin.read(int(size)))
    sys.stderr.flush()
    sys.stdout.write("RESULT 2\nOK")
    sys.stdout.flush()
