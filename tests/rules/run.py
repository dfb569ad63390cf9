#!/usr/bin/python3
"""Runs the rules that clients of Supervisor rely on against a real svd; see README.md."""

import argparse
import concurrent.futures
import fnmatch
import importlib
import os
import sys
import tempfile
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "conformance")]

import runner  # noqa: E402
import scenario  # noqa: E402


class Case(scenario.Subject):
    """A conformance Subject (scratch directory, daemon, client) that judges by itself."""

    def __init__(self, programs, child):
        super().__init__(programs, child)
        self.checks = 0
        self.wrong = []

    def equal(self, what, found, wanted):
        self.that(what, found == wanted, f"found {found!r}, wanted {wanted!r}")

    def that(self, what, holds, why=""):
        self.checks += 1
        if not holds:
            self.wrong.append(f"{what}: {self.mask(why) if why else 'does not hold'}")


def run_rule(name, programs, child, keep):
    """(seconds, checks, what is wrong) of one file."""
    begun = time.monotonic()
    case = Case(programs, child)
    try:
        importlib.import_module(name).rule(case)
    except Exception:  # a rule that cannot go on is broken, the others still run
        case.wrong.append(traceback.format_exc())
    finally:
        case.close(keep)
    return time.monotonic() - begun, case.checks, case.wrong


def rule_text(name):
    """The first line of the file: the rule in a sentence."""
    with open(os.path.join(HERE, name + ".py"), encoding="utf-8") as stream:
        return stream.readline().strip().strip('"')


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--svd", required=True)
    parser.add_argument("--svctl", required=True)
    parser.add_argument("--only", action="append", metavar="PATTERN", help="files to run, such as 'c04*'")
    parser.add_argument("--keep", action="store_true", help="leave the scratch directories")
    parser.add_argument("--workers", type=int, default=4)
    opts = parser.parse_args()
    names = sorted(name[:-3] for name in os.listdir(HERE) if fnmatch.fnmatch(name, "c[0-9][0-9]_*.py"))
    names = [name for name in names if not opts.only or any(fnmatch.fnmatch(name, p) for p in opts.only)]
    if not names:
        sys.exit("run.py: no rule has such a name")
    programs = scenario.Programs("svd", os.path.abspath(opts.svd), os.path.abspath(opts.svctl))
    failed = 0
    with tempfile.TemporaryDirectory(prefix="svd-rules-") as folder:
        child = runner.build_child(folder)
        with concurrent.futures.ThreadPoolExecutor(opts.workers) as pool:
            runs = {name: pool.submit(run_rule, name, programs, child, opts.keep) for name in names}
            for name, future in runs.items():
                seconds, checks, wrong = future.result()
                failed += bool(wrong)
                print(f"{'FAIL' if wrong else 'ok  '} {name}: {checks} checks, {seconds:.1f} s: {rule_text(name)}")
                for line in wrong:
                    print("  " + line.replace("\n", "\n  "))
                sys.stdout.flush()
    print(f"{len(names) - failed} rules hold, {failed} do not")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
