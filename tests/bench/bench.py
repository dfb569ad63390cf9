#!/usr/bin/env python3
"""Measures svd beside Debian's supervisord and runit on this machine, in one run, and prints a table.

The bench judges nothing by exit code: it shows values, ratios and whether a target was met. What
moves between machines cancels out in the ratios, since everybody is measured in the same minutes.
"""
import argparse
import os
import shutil
import signal
import sys
import tempfile
import time

from board import Board
from managers import Runit, Supervisor
from processes import become_subreaper, kill_descendants
from scenarios import SCENARIOS, Bench
from table import render


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("scenario", nargs="*", help="default: all of them")
    parser.add_argument("--list", action="store_true", help="name the scenarios and end")
    parser.add_argument("--bin", default="build-release/bin", help="folder of svd and svctl")
    parser.add_argument("--svd", help="another program in svd's place")
    parser.add_argument("--svctl", help="another program in svctl's place")
    parser.add_argument("--runs", type=int, default=3, help="runs a value is the median of")
    parser.add_argument("--programs", type=int, default=1000, help="what 1000 is in the scenarios")
    parser.add_argument("--only-svd", action="store_true", help="leave the peers out")
    return parser.parse_args()


def make_managers(arguments, scratch, helpers):
    svd = arguments.svd or os.path.abspath(arguments.bin + "/svd")
    svctl = arguments.svctl or os.path.abspath(arguments.bin + "/svctl")
    managers = {"svd": Supervisor("svd", svd, svctl, scratch, helpers)}
    if not arguments.only_svd:
        if os.path.exists("/usr/bin/supervisord"):
            managers["supervisord"] = Supervisor(
                "supervisord", "/usr/bin/supervisord", "/usr/bin/supervisorctl", scratch, helpers)
        if shutil.which("runsvdir"):
            managers["runit"] = Runit(scratch, helpers)
    return managers


def say(text):
    print(text, file=sys.stderr, flush=True)


def run_scenarios(names, bench, rows):
    for name in names:
        say(f"{time.strftime('%H:%M:%S')} {name}: {SCENARIOS[name].__doc__.splitlines()[0]}")
        try:
            rows += SCENARIOS[name](bench)
        except (RuntimeError, OSError) as error:
            say(f"{name}: not measured: {error}")
        finally:
            kill_descendants()


def show(rows, runs):
    columns = list(dict.fromkeys(name for row in rows for name in row.values))
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, median of {runs} runs; "
          "(Nx): svd is N times better")
    print(render(rows, columns))


def main():
    arguments = parse_arguments()
    if arguments.list:
        for name, scenario in SCENARIOS.items():
            print(f"{name:10} {scenario.__doc__.splitlines()[0]}")
        return 0
    names = arguments.scenario or list(SCENARIOS)
    unknown = [name for name in names if name not in SCENARIOS]
    if unknown:
        sys.exit(f"no such scenario: {' '.join(unknown)} (--list names them)")

    helpers = os.path.realpath(os.path.join(arguments.bin, "..", "bench"))
    become_subreaper()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    # Configurations and service folders live in memory, as they would in /run; so does the board.
    scratch = tempfile.mkdtemp(prefix="svd-bench-", dir="/dev/shm")
    os.chmod(scratch, 0o755)
    bench = Bench(make_managers(arguments, scratch, helpers), Board(scratch + "/board"), helpers,
                  scratch, arguments.runs, arguments.programs)
    rows = []
    try:
        run_scenarios(names, bench, rows)
    finally:  # also after Ctrl-C: what was measured is shown, and nothing is left behind
        kill_descendants()
        shutil.rmtree(scratch, ignore_errors=True)
        if rows:
            show(rows, arguments.runs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
