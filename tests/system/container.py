"""systemd in a container: about a second from nothing to a running system. No cgroup controllers in it
where this machine has them in v1; everything else of cgroup v2 is there."""
import os
import pathlib
import subprocess
import time

import guest

NEEDS = ("mmdebstrap", "systemd-nspawn", "unshare", "setpriv")
BOOT_SECONDS = 120
PREFIX = "svd-test-"


def _cgroup_roots():
    """Where systemd-nspawn puts the container: v2, and systemd's own hierarchy in v1 beside it."""
    for line in pathlib.Path("/proc/mounts").read_text(encoding="utf-8").splitlines():
        _, where, kind, options = line.split()[:4]
        if kind == "cgroup2" or kind == "cgroup" and "name=systemd" in options.split(","):
            yield pathlib.Path(where)


def unusable():
    """Why no container can run here, in one line; empty when nothing is known against it."""
    if not list(_cgroup_roots()):
        return "no cgroup v2 is mounted"
    probe = subprocess.run(["unshare", "-m", "-p", "-f", "--mount-proc", "true"], capture_output=True,
                           text=True)
    return "" if probe.returncode == 0 else "no namespaces: " + probe.stderr.strip()


def _remove(cgroup):
    """Ends what is in it, then removes it with all below it."""
    if (cgroup / "cgroup.kill").exists():
        (cgroup / "cgroup.kill").write_text("1")
    end = time.monotonic() + 10
    while cgroup.exists() and time.monotonic() < end:
        for folder, _, _ in os.walk(cgroup, topdown=False):
            try:
                os.rmdir(folder)
            except OSError:
                pass  # busy until its processes are gone
        time.sleep(0.02)


class Container:
    """One cgroup per run: two containers that are started in one would share what is below it."""

    def __init__(self, scratch, layer, root):
        self._cgroups = []
        for where in _cgroup_roots():
            for old in where.glob(PREFIX + "*"):
                if not os.path.exists("/proc/" + old.name[len(PREFIX):]):
                    _remove(old)
            self._cgroups.append(where / f"{PREFIX}{os.getpid()}")
            self._cgroups[-1].mkdir(exist_ok=True)
        self.line = guest.Line(scratch / "line")
        self.console = scratch / "console"
        with open(self.console, "wb") as console:
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", "unshare", "-m", "-p", "-f", "--kill-child=KILL",
                 "--mount-proc", "--propagation", "private", guest.HERE / "container.sh",
                 scratch, layer, root, *self._cgroups],
                stdin=subprocess.DEVNULL, stdout=console, stderr=console)

    def end(self):
        guest.end(self.process)
        for cgroup in self._cgroups:
            _remove(cgroup)
