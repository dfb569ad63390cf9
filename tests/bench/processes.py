"""What /proc tells about processes, and how the bench waits for them and ends them, by pid only."""
import ctypes
import os
import select
import signal
import subprocess
import time

PR_SET_CHILD_SUBREAPER = 36


def become_subreaper():
    """Whatever daemonises under a manager comes back to this process, so that it can be ended."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def descendants(root):
    """Pids of the living descendants of `root`, without itself and without zombies."""
    children, zombies = {}, set()
    for name in os.listdir("/proc"):
        stat = read(f"/proc/{name}/stat") if name.isdigit() else b""
        if stat:
            state, parent = stat[stat.rindex(b")") + 2:].split()[:2]
            children.setdefault(int(parent), []).append(int(name))
            if state == b"Z":
                zombies.add(int(name))
    found, todo = [], list(children.get(root, []))
    while todo:
        pid = todo.pop()
        found.append(pid)
        todo += children.get(pid, [])
    return [pid for pid in found if pid not in zombies]


def executable(pid):
    try:
        return os.readlink(f"/proc/{pid}/exe")
    except OSError:
        return ""


def cpu_ns(pid):
    """Time on a CPU so far, of the main thread (svd has no other)."""
    return int((read(f"/proc/{pid}/schedstat").split() or [0])[0])


def wake_ups(pid):
    """Voluntary context switches of every thread so far."""
    total = 0
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return 0
    for thread in threads:
        for line in read(f"/proc/{pid}/task/{thread}/status").splitlines():
            if line.startswith(b"voluntary_ctxt_switches"):
                total += int(line.split()[1])
    return total


def pss_bytes(pid):
    for line in read(f"/proc/{pid}/smaps_rollup").splitlines():
        if line.startswith(b"Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def _reap():
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def kill_descendants():
    """Ends every process that was started from here; how many there were to end."""
    seen = set()
    for _ in range(200):
        alive = descendants(os.getpid())
        if not alive:
            break
        for pid in alive:
            seen.add(pid)
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        time.sleep(0.02)
        _reap()
    _reap()
    return len(seen)


def _cgroup_mounts():
    for line in read("/proc/self/mountinfo").decode().splitlines():
        fields, rest = line.split(" - ")
        if rest.startswith("cgroup2 "):
            yield fields.split()[4]


def remove_cgroups(pid):
    """What a killed svd leaves in the cgroup file system. The next one would remove it in its boot."""
    for mount in _cgroup_mounts():
        for folder, _, _ in os.walk(mount, topdown=False):
            if f"/svd-{pid}/" in folder + "/":
                _remove_when_empty(folder)


def _remove_when_empty(cgroup, seconds=5):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            return os.rmdir(cgroup)
        except FileNotFoundError:
            return None
        except OSError:  # its last process is going, and nothing tells when it has gone
            time.sleep(0.001)
    return None


class Deaths:
    """Waits for processes to end, through pidfds taken while they live."""

    def __init__(self, pids):
        self._epoll, self._fds = select.epoll(), set()
        for pid in pids:
            try:
                fd = os.pidfd_open(pid)
            except ProcessLookupError:
                continue
            self._fds.add(fd)
            self._epoll.register(fd, select.EPOLLIN)

    def wait(self, seconds):
        """(time.monotonic() of the last death, how many are still alive)."""
        end, last = time.monotonic() + seconds, time.monotonic()
        while self._fds and time.monotonic() < end:
            for fd, _ in self._epoll.poll(max(0.0, end - time.monotonic()), 1024):
                last = time.monotonic()
                self._epoll.unregister(fd)
                os.close(fd)
                self._fds.discard(fd)
        alive = len(self._fds)
        for fd in self._fds:
            os.close(fd)
        self._epoll.close()
        return last, alive


def run(command, seconds=180):
    """(wall seconds, exit code or -1, output) of a command."""
    start = time.monotonic()
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=seconds, check=False)
        return time.monotonic() - start, done.returncode, done.stdout.decode("utf-8", "replace")
    except subprocess.TimeoutExpired:
        return time.monotonic() - start, -1, ""
