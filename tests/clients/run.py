#!/usr/bin/python3
"""Runs clients of Supervisor, as Debian ships them, against svd. See README.md."""

import argparse
import concurrent.futures
import fnmatch
import os
import sys
import time
import traceback

import registry
from harness import Subject

SKIPPED = 77


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--svd")
    parser.add_argument("--svctl")
    parser.add_argument("--pidproxy", help="svd-pidproxy")
    parser.add_argument("--only", action="append", metavar="PATTERN", help="cases to run; repeatable")
    parser.add_argument("--list", action="store_true", help="name the cases and what they need")
    parser.add_argument("--keep", action="store_true", help="leave the scratch directories")
    parser.add_argument("--workers", type=int, default=3, help="cases that run at once")
    options = parser.parse_args()
    if not options.list and not (options.svd and options.svctl and options.pidproxy):
        parser.error("--svd, --svctl and --pidproxy are needed")
    return options


def run_case(case, options):
    """How it went, and how long it took."""
    begin = time.monotonic()
    said = None
    with Subject(options, options.keep) as subject:
        try:
            case.run(subject)
        except Exception:  # whatever a client does is a result
            said = traceback.format_exc() + "--- svd's log\n" + subject.read("svd.log")[-4000:]
    return said, time.monotonic() - begin


def main():
    options = parse()
    cases = registry.load()
    if options.only:
        cases = [c for c in cases if any(fnmatch.fnmatch(c.name, p) for p in options.only)]
    if options.list:
        for case in cases:
            print(f"{case.name}  [{', '.join(case.needs)}]")
        return 0
    if not cases:
        print("no such case")
        return 2
    for name in ("svd", "svctl", "pidproxy"):
        setattr(options, name, os.path.abspath(getattr(options, name)))
    absent = [c for c in cases if c.missing()]
    present = [c for c in cases if not c.missing()]
    failed = []
    with concurrent.futures.ThreadPoolExecutor(options.workers) as pool:
        running = {pool.submit(run_case, c, options): c for c in present}
        for done in concurrent.futures.as_completed(running):
            said, seconds = done.result()
            print(f"{'FAILED ' if said else 'ok     '} {running[done].name} ({seconds:.1f} s)", flush=True)
            if said:
                failed.append(running[done].name)
                print(said, flush=True)
    for case in absent:
        print(f"skipped {case.name} (needs {', '.join(case.missing())})")
    print(f"{len(present) - len(failed)} passed, {len(failed)} failed, {len(absent)} skipped")
    if failed or (absent and os.environ.get("CI") == "true"):
        return 1
    return SKIPPED if not present else 0


if __name__ == "__main__":
    sys.exit(main())
