"""Runs scenarios on the subjects side by side and compares them check by check."""

import concurrent.futures
import contextlib
import ctypes
import json
import os
import subprocess
import tempfile
import time
import traceback

import daemon
import preload
import scenario

PR_SET_CHILD_SUBREAPER = 36


class Result:
    """The checks of one scenario on one subject, in order."""

    def __init__(self):
        self.checks = {}
        self.seconds = 0.0


def build_child(folder):
    """Compiles the helper program once per run."""
    path = os.path.join(folder, "child")
    source = os.path.join(scenario.CHILDREN, "child.c")
    subprocess.run([os.environ.get("CC") or "cc", "-O1", "-o", path, source], check=True, timeout=60)
    os.chmod(folder, 0o755)
    return path


def run_scenario(item, programs, child, keep=False):
    result = Result()
    begun = time.monotonic()
    subject = scenario.Subject(programs, child)
    last = "start"
    try:
        for name, outcome in item.function(subject):
            if name in result.checks:
                raise AssertionError(f"check {name!r} appears twice")
            result.checks[name] = normal(subject.mask(outcome() if callable(outcome) else outcome))
            last = name
    except Exception as error:  # a scenario that cannot go on is an outcome, never a crash of the run
        where = traceback.extract_tb(error.__traceback__)
        lines = [frame.lineno for frame in where if "scenarios" in frame.filename]
        result.checks["(aborted)"] = subject.mask(
            f"after {last!r}, line {lines[-1] if lines else '?'}: {type(error).__name__}: {error}")
    finally:
        subject.close(keep)
    result.seconds = time.monotonic() - begun
    return result


def normal(value):
    """The value as it survives JSON, so that tuples and lists compare."""
    return json.loads(json.dumps(value, default=str))


class Runner:
    def __init__(self, reference, others, table, workers=4, keep=False):
        self.reference, self.others = reference, others
        self.table, self.workers, self.keep = table, workers, keep
        # Orphans of a daemon come to this process instead of init, where they can be ended by pid.
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)

    def run(self, items, report, workers=None):
        """Calls report(item, {label: Result}) for every scenario as it is complete."""
        with tempfile.TemporaryDirectory(prefix="svdc-child-") as folder:
            child = build_child(folder)
            preloaded = preload.Preloaded(folder, daemon.clean_environment())
            for programs in [self.reference, *self.others]:
                programs.preloaded = preloaded
            with contextlib.closing(preloaded), concurrent.futures.ThreadPoolExecutor(workers or self.workers) as pool:
                waiting, results = {}, {item.name: {} for item in items}
                for item in sorted(items, key=lambda entry: not entry.slow):
                    for programs in self.subjects_of(item):
                        future = pool.submit(run_scenario, item, programs, child, self.keep)
                        waiting[future] = (item, programs.label)
                for future in concurrent.futures.as_completed(waiting):
                    item, label = waiting[future]
                    results[item.name][label] = future.result()
                    if len(results[item.name]) == len(self.subjects_of(item)):
                        report(item, results[item.name])

    def subjects_of(self, item):
        extra = [p for p in self.others if item.client or not p.label.endswith("svctl")]
        return [self.reference, *extra]

    def compare(self, item, results):
        """[(check, label, reason, oracle outcome, other outcome)] for what is wrong, and a count."""
        expected = results[self.reference.label].checks
        wrong, count = [], 0
        for programs in self.subjects_of(item)[1:]:
            found = results[programs.label].checks
            for check in [*expected, *[name for name in found if name not in expected]]:
                count += 1
                pair = (expected.get(check, "(not reached)"), found.get(check, "(not reached)"))
                reason = self.table.judge(f"{item.name}/{check}", programs.label, *pair)
                if reason:
                    wrong.append((check, programs.label, reason, *pair))
        return wrong, count
