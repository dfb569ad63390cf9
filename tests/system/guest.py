"""What both kinds of guest share: the layer that is put over the root, and the line from the agent.

The agent (guest/agent.sh) writes the test's output; a line that begins with \\036 is an event:
`ready STATE`, `journal` (what follows is the journal), `status NUMBER` (of the test).
"""
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
MARK = b"\036"


def make_layer(folder, options):
    """svd as `cmake --install` puts it, or packages of it; the tests, and the agent that runs one of them."""
    ours = folder / "system-test"
    if options.packages:
        shutil.copytree(options.packages, ours / "packages",
                        ignore=lambda where, names: [n for n in names if not (
                            n.endswith(".deb") or (pathlib.Path(where) / n).is_dir())])
        shutil.copytree(HERE.parents[1] / "packaging/debian/tests", ours / "autopkgtest")
    else:
        subprocess.run(["cmake", "--install", str(options.build), "--strip"], check=True,
                       stdout=subprocess.DEVNULL, env=dict(os.environ, DESTDIR=str(folder)))
    shutil.copytree(HERE, ours / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    words = [str(options.seconds), f"./{options.test}", *options.arguments]
    (ours / "command").write_text("set -- " + " ".join(map(shlex.quote, words)) + "\n")
    units = folder / "etc/systemd/system"
    (units / "multi-user.target.wants").mkdir(parents=True)
    shutil.copy(HERE / "guest/system-test.service", units)
    (units / "multi-user.target.wants/system-test.service").symlink_to("../system-test.service")


class Line:
    """Reads what the agent writes to a file, as it grows: the test's output goes to our own."""

    def __init__(self, path):
        path.touch()
        self._file = open(path, "rb", buffering=0)
        self._rest = b""
        self.ready = False
        self.status = None
        self.journal = None

    def read(self):
        *lines, self._rest = (self._rest + self._file.read()).split(b"\n")
        for line in lines:
            if line.startswith(MARK):
                self._event(line[1:].decode("ascii", "replace").strip().partition(" "))
            elif self.journal is not None:
                self.journal.append(line.decode("utf-8", "replace").rstrip("\r"))
            elif self.ready and line:
                print(line.decode("utf-8", "replace").rstrip("\r"), flush=True)

    def _event(self, event):
        word, _, rest = event
        if word == "ready":
            self.ready = True
            if rest != "running":
                print(f"the guest is {rest} after its boot", flush=True)
        elif word == "journal":
            self.journal = []
        elif word == "status":
            self.status = int(rest)


def follow(line, process, boot_seconds, seconds, stop_seconds=60):
    """Until the guest has ended, or its time is over; each of its three parts has its own bound."""
    begin = time.monotonic()
    end, laps = begin + boot_seconds, []
    was = (False, None)
    while True:
        ended = process.poll() is not None
        line.read()
        now = time.monotonic()
        if (line.ready, line.status) != was:
            was = (line.ready, line.status)
            laps.append(now - begin)
            end = now + (seconds if line.status is None else stop_seconds)
        if ended or now > end:
            return ended, laps
        time.sleep(0.02)


def end(process):
    process.kill()
    process.wait()


def say(text):
    print(f"system: {text}", file=sys.stderr, flush=True)
