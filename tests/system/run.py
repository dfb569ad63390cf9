#!/usr/bin/env python3
"""Boots systemd with the svd of a build installed, and runs one test of this folder in it as root.

    run.py nspawn|vm --build DIR [--packages DIR] [--seconds N] TEST.sh [ARGUMENT...]

With --packages svd is not installed: the test does that, from the folders of packages in /system-test/packages.
The status is the test's: 0, 77 for skipped, 124 when it took too long; 125 when the guest did not do its
part. After a failure the end of the journal is shown; the whole is in DIR/log/system/. What this machine
cannot do is skipped: it says why in one line. Needs root. Nothing is left: mounts, processes and cgroups
belong to the run, also when it is interrupted.
"""
import argparse
import os
import pathlib
import re
import shutil
import signal
import sys
import tempfile

sys.dont_write_bytecode = True

import container
import guest
import root as debian
import vm

SKIPPED, BROKEN = 77, 125
KINDS = {"nspawn": (container, container.Container), "vm": (vm, vm.Machine)}
SCRATCH = "svd-system-"
JOURNAL_LINES = 60
ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


class Skip(Exception):
    """Nothing can be said about svd on this machine; the text says why."""


def on_signal(number, _):
    for other in ENDING:  # once is enough: cleaning up is not to be interrupted
        signal.signal(other, signal.SIG_IGN)
    sys.exit(128 + number)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("kind", choices=sorted(KINDS))
    parser.add_argument("--build", required=True, type=pathlib.Path, help="build folder of the project")
    parser.add_argument("--packages", type=pathlib.Path, help="folder of packages for the test to install")
    parser.add_argument("--seconds", type=int, default=120, help="for the test (%(default)s)")
    parser.add_argument("test")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    return parser.parse_args()


def check_machine(room, packages):
    if packages and not any(packages.rglob("*.deb")):
        raise Skip(f"no packages in {packages}")
    if os.geteuid() != 0:
        raise Skip("not root")
    missing = [name for name in room.NEEDS if not shutil.which(name)]
    if missing:
        raise Skip("not installed: " + ", ".join(missing))
    reason = room.unusable()
    if reason:
        raise Skip(reason)


def make_scratch():
    """Named after us; those of runs that were killed are removed."""
    base = pathlib.Path(tempfile.gettempdir())
    for old in base.glob(SCRATCH + "*"):
        pid = re.match(SCRATCH + r"(\d+)-", old.name)
        if pid and not os.path.exists(f"/proc/{pid[1]}"):
            shutil.rmtree(old, ignore_errors=True)
    scratch = pathlib.Path(tempfile.mkdtemp(prefix=f"{SCRATCH}{os.getpid()}-", dir=base))
    scratch.chmod(0o755)
    return scratch


def tell(line, laps, options, status):
    journal = options.build / "log/system" / f"{options.kind}-{pathlib.Path(options.test).stem}.journal"
    journal.parent.mkdir(parents=True, exist_ok=True)
    journal.write_text("\n".join(line.journal or []) + "\n", encoding="utf-8")
    if status not in (0, SKIPPED):
        print("\n".join((line.journal or [])[-JOURNAL_LINES:]), file=sys.stderr)
    times = ", ".join(f"{word} {now:.1f} s" for word, now in zip(("booted", "tested"), laps))
    guest.say(f"status {status}; {times}; journal: {journal}")


def run(room, guest_type, options, scratch):
    cache = options.build / "system"
    try:
        root = debian.debian_root(cache)
    except debian.CannotMake as reason:
        raise Skip(f"no Debian root: {reason}") from reason
    guest.make_layer(scratch / "layer", options)
    works = cache / f"{options.kind}-works"
    machine = None
    try:
        machine = guest_type(scratch, scratch / "layer", root)
        ended, laps = guest.follow(machine.line, machine.process, room.BOOT_SECONDS,
                                   options.seconds + 60)
        line = machine.line
        if not line.ready:
            console = machine.console.read_text(encoding="utf-8", errors="replace")[-3000:]
            print(console, file=sys.stderr)
            if not works.exists():
                raise Skip(f"systemd does not boot in {options.kind} here")
            status = BROKEN
        else:
            works.touch()
            status = BROKEN if line.status is None else line.status
            if line.status is not None and not ended:
                guest.say("the guest does not power off")
                status = status or BROKEN
        tell(line, laps, options, status)
        return status
    finally:
        if machine:
            machine.end()


def main():
    options = arguments()
    options.build = options.build.resolve()
    os.umask(0o022)
    for number in ENDING:
        signal.signal(number, on_signal)
    scratch = None
    try:
        room, guest_type = KINDS[options.kind]
        check_machine(room, options.packages)
        scratch = make_scratch()
        return run(room, guest_type, options, scratch)
    except Skip as reason:
        print(f"skipped: {reason}")
        return SKIPPED
    finally:
        if scratch:
            shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
