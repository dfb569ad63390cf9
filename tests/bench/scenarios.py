"""What is measured. A scenario takes a Bench and returns rows; the first paragraph says what it is."""
# long-file: one scenario after the other, which share nothing but the Bench.
import http.client
import json
import os
import random
import resource
import signal
import socket
import subprocess
import sys
import time
import xmlrpc.client

import board as kinds
from managers import Listener, Program
from processes import Deaths, cpu_ns, pss_bytes, run, wake_ups
from table import Row, Target

PEERS = ("svd", "supervisord", "runit")
SUPERVISORS = ("svd", "supervisord")


class Bench:
    """What scenarios share: the managers, the board, the helper programs and the options."""

    def __init__(self, managers, board, helpers, scratch, runs, programs):
        self.managers, self.board, self.helpers = managers, board, helpers
        self.scratch, self.runs, self.programs = scratch, runs, programs

    def helper(self, name, *arguments):
        return [f"{self.helpers}/{name}", *map(str, arguments)]

    def idle(self, count):
        return [Program(i, self.helper("idle", i)) for i in range(1, count + 1)]

    def up(self, name, programs, seconds=240):
        """Starts a manager on programs and waits for all; (manager, seconds, {id: record})."""
        manager = self.managers[name]
        self.board.reset()
        manager.configure(programs)
        start = manager.start()
        seen = self.board.wait(kinds.UP, [p.number for p in programs], seconds)
        if len(seen) < len(programs):
            with open(manager.folder + "/daemon.out", encoding="utf-8", errors="replace") as out:
                tail = out.read()[-800:]
            manager.end()
            raise RuntimeError(f"{name}: {len(seen)} of {len(programs)} programs came up\n{tail}")
        manager.wait_ready()
        return manager, (max(r.at_ns for r in seen.values()) - start) / 1e9, seen

    def each_run(self, names):
        """The managers in turn, again for every run: noise of the machine meets all alike."""
        for _ in range(self.runs):
            for name in names:
                if name in self.managers:
                    yield name

    def bare_loop(self, count):
        self.board.reset()
        _, code, output = run(self.helper("spawn_loop", count, f"{self.helpers}/idle"))
        if code != 0:
            raise RuntimeError(f"spawn_loop failed: {code} {output}")
        return json.loads(output)


def _boot_rows(bench, count, names, target):
    """Exec of the daemon until every program runs, beside a bare vfork and exec loop with pipes."""
    times = {"bare loop": []}
    for name in bench.each_run(names):
        if name == "svd" or "svd" not in bench.managers:
            times["bare loop"].append(bench.bare_loop(count)["up_s"])
        manager, seconds, _ = bench.up(name, bench.idle(count))
        times.setdefault(name, []).append(seconds)
        manager.end()
    rows = [Row(f"boot of {count} programs", "s", times, target)]
    if count >= 1000:
        bare = Target("<= 1.3x the bare loop", factor=1 / 1.3, peer="bare loop")
        rows.append(Row(f"boot of {count} against the bare loop", "s", times, bare))
    return rows


def boot(bench):
    """From the daemon's exec until all of 10, 100 and 1000 programs run."""
    target = Target(">= 15x supervisord", factor=15, peer="supervisord")
    return [row for count in (10, 100, bench.programs)
            for row in _boot_rows(bench, count, PEERS, target if count >= 1000 else None)]


def many(bench):
    """10,000 programs, or as many as the descriptor limit allows: boot, answers and stop of all."""
    # Two descriptors for each, whose output goes nowhere: its standard input and its pidfd.
    hard_limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    count = min(10 * bench.programs, (hard_limit - 200) // 2)
    rows = _boot_rows(bench, count, ("svd",), None)
    manager, _, seen = bench.up("svd", bench.idle(count))
    answer = _call(bench, manager, "supervisor.getAllProcessInfo", 1, 10)
    status_seconds, shown = manager.status()
    deaths = Deaths(record.pid for record in seen.values())
    start = time.monotonic()
    manager.stop_all()
    last, alive = deaths.wait(60)
    manager.end()
    return rows + [
        Row(f"getAllProcessInfo of {count}", "ms", {"svd": answer["p50_ms"]}),
        Row(f"status of {count} ({shown} running)", "s", {"svd": status_seconds}),
        Row(f"stop all {count} ({alive} left)", "s", {"svd": last - start}),
    ]


def restart(bench):
    """kill -9 of one of 1000 until its new process runs."""
    p50, p99 = {}, {}
    for name in [one for one in PEERS if one in bench.managers]:
        manager, _, seen = bench.up(name, bench.idle(bench.programs))
        time.sleep(2)  # past the first second, in which some managers hold a restart back
        choose, times, limit = random.Random(7), [], time.monotonic() + 30
        pids = {number: record.pid for number, record in seen.items()}
        # 100 kills; a manager that takes seconds for each gets as many as 30 seconds allow.
        while len(times) < 100 and (len(times) < 20 or time.monotonic() < limit):
            number = choose.choice(sorted(pids))
            start = time.monotonic_ns()
            os.kill(pids[number], 9)
            back = bench.board.wait(kinds.UP, [number], 15)
            if number not in back:
                raise RuntimeError(f"{name}: program {number} did not come back within 15 s")
            pids[number] = back[number].pid
            times.append((back[number].at_ns - start) / 1e6)
            time.sleep(0.02)
        times.sort()
        p50[name], p99[name] = times[len(times) // 2], times[int((len(times) - 1) * 0.99)]
        manager.end()
    target = Target(">= 500x supervisord", factor=500, peer="supervisord")
    return [Row("restart after a crash, p50", "ms", p50, target),
            Row("restart after a crash, p99", "ms", p99)]


def _call(bench, manager, method, clients, requests):
    _, code, output = run(bench.helper("rpc_load", manager.socket, method, clients, requests))
    if code != 0:
        raise RuntimeError(f"{manager.name}: {method} failed: {output}")
    return json.loads(output)


def control(bench):
    """Answers with 1000 programs: XML-RPC alone and with 50 clients at once, and `status`."""
    info, state, crowd, status = {}, {}, {}, {}
    for name in [one for one in PEERS if one in bench.managers]:
        manager, _, _ = bench.up(name, bench.idle(bench.programs))
        status[name] = []
        for _ in range(max(3, bench.runs)):
            seconds, shown = manager.status()
            if shown != bench.programs:
                raise RuntimeError(f"{name}: status shows {shown} running")
            status[name].append(seconds)
        if name in SUPERVISORS:
            many_calls = 1 if name == "supervisord" else 20
            method = "supervisor.getAllProcessInfo"
            info[name] = _call(bench, manager, method, 1, 5 * many_calls)["p50_ms"]
            state[name] = _call(bench, manager, "supervisor.getState", 1, 50 * many_calls)["p50_ms"]
            crowd[name] = _call(bench, manager, method, 50, 50 * many_calls)["per_s"]
        manager.end()
    faster = Target(">= 250x supervisord", factor=250, peer="supervisord")
    return [Row("getAllProcessInfo, one client, p50", "ms", info, faster),
            Row("getState, one client, p50", "ms", state),
            Row("getAllProcessInfo, 50 clients", "calls/s", crowd, more=True),
            Row("status of all", "s", status,
                Target(">= 80x supervisord", factor=80, peer="supervisord"))]


def idle(bench):
    """Wake-ups and memory of the manager (its helpers too) while 1000 programs rest."""
    woken, memory = {}, {}
    for name in [one for one in PEERS if one in bench.managers]:
        manager, _, _ = bench.up(name, bench.idle(bench.programs))
        time.sleep(3)  # what starting left to do is done
        pids, seconds = manager.own_pids(), 20
        before = sum(map(wake_ups, pids))
        time.sleep(seconds)  # the measurement
        woken[name] = (sum(map(wake_ups, pids)) - before) / seconds
        memory[name] = sum(map(pss_bytes, pids)) / 1e6
        manager.end()
    return [Row("idle wake-ups", "1/s", woken, Target("0", at_most=0)),
            Row("idle memory (PSS)", "MB", memory, Target("<= 6 MB", at_most=6))]


def accounting(bench):
    """What 1000 programs use, asked for once a second: the daemon's share of a CPU, and an answer."""
    manager, _, _ = bench.up("svd", bench.idle(bench.programs))
    time.sleep(2)  # what starting left to do is done
    pids, seconds = manager.own_pids(), 10
    rows = {}
    for method in ("svd.getUsage", "svd.getAllProcessInfoEx"):
        before, start = sum(map(cpu_ns, pids)), time.monotonic()
        answers = []
        for _ in range(seconds):
            answers.append(_call(bench, manager, method, 1, 1)["p50_ms"])
            # Once a second, whatever an answer took.
            time.sleep(max(0, start + len(answers) - time.monotonic()))
        used = (sum(map(cpu_ns, pids)) - before) / 1e9 / (time.monotonic() - start)
        rows[method] = sorted(answers)[seconds // 2], used * 100
    before, woken = sum(map(cpu_ns, pids)), sum(map(wake_ups, pids))
    time.sleep(seconds)  # the measurement
    rest = (sum(map(cpu_ns, pids)) - before) / 1e9 / seconds * 100
    woken = (sum(map(wake_ups, pids)) - woken) / seconds
    manager.end()
    return [row for method, (answer, used) in rows.items()
            for row in (Row(f"{method}, p50", "ms", {"svd": answer}),
                        Row(f"{method} each second", "% CPU", {"svd": used},
                            Target("<= 5 %", at_most=5)))] + [
        Row("accounting when nobody asks", "% CPU", {"svd": rest}, Target("0", at_most=0)),
        Row("wake-ups when nobody asks", "1/s", {"svd": woken}, Target("0", at_most=0))]


def _written(bench, count, seconds):
    """Lets `count` writers run; ([bytes of each], MB/s altogether until the last one was done)."""
    numbers = range(1, count + 1)
    start = time.monotonic_ns()
    bench.board.go()
    ends = bench.board.wait(kinds.WRITE_END, numbers, seconds + 60, pause=0.01)
    if len(ends) < count:
        raise RuntimeError(f"{len(ends)} of {count} writers ended")
    each, last = [record.value for record in ends.values()], max(one.at_ns for one in ends.values())
    return each, sum(each) / (last - start) * 1e3


def _writers(bench, count, total, seconds):
    return [Program(i, bench.helper("spew", i, total, seconds, 100), f"{bench.scratch}/w{i}.log")
            for i in range(1, count + 1)]


def _remove_logs(bench):
    """So that everybody's log gets the same memory, the peers' too."""
    for name in os.listdir(bench.scratch):
        if ".log" in name:
            os.unlink(f"{bench.scratch}/{name}")


def _cat_rate(bench, total, seconds):
    bench.board.reset()
    with open(bench.scratch + "/cat.log", "wb") as log:
        writer = subprocess.Popen(bench.helper("spew", 1, total, seconds, 100),
                                  stdout=subprocess.PIPE)
        reader = subprocess.Popen(["cat"], stdin=writer.stdout, stdout=log)
        writer.stdout.close()
        bench.board.wait(kinds.UP, [1], 10)
        rate = _written(bench, 1, seconds)[1]
        writer.kill()
        writer.wait()
        reader.wait(60)
    os.unlink(log.name)
    return rate


def _settled(bench, expected, seconds):
    """Waits until the listener has read `expected` events, or as many as come in `seconds`."""
    end = time.monotonic() + seconds
    while bench.board.tally()[0] < expected and time.monotonic() < end:
        time.sleep(0.05)
    return bench.board.tally()


def _flapping(bench, name, count, seconds):
    """{quantity: value} of `count` programs that flap for `seconds` before one listener."""
    listener = Listener(count + 1, bench.helper("listen", count + 1), "PROCESS_STATE", 1_000_000)
    flapping = [Program(i, bench.helper("flap", i)) for i in range(1, count + 1)]
    manager, _, _ = bench.up(name, [listener] + flapping)
    time.sleep(1)  # they flap evenly by now
    started, (delivered, *_) = bench.board.begun(), bench.board.tally()
    time.sleep(seconds)  # the measurement
    started_then, (delivered_then, *_) = bench.board.begun(), bench.board.tally()
    bench.board.go()
    time.sleep(2)  # every program has met its last start
    # STARTING, RUNNING and EXITED of each start, but no EXITED of the last one of each.
    produced = 3 * (bench.board.begun() - 1) - count + 2
    total, out_of_order, missing, _ = _settled(bench, produced, 10)
    found = {"produced": 3 * (started_then - started) / seconds,
             "delivered": (delivered_then - delivered) / seconds,
             "left": produced - total, "disorder": out_of_order + missing,
             "lost": manager.overflows()}
    manager.end()
    return found


def _batches(bench, name, count):
    """The same for `count` remote events, sent a hundred in each system.multicall."""
    listener = Listener(1, bench.helper("listen", 1), "REMOTE_COMMUNICATION", 1_000_000)
    manager, _, _ = bench.up(name, [listener])
    call = {"methodName": "supervisor.sendRemoteCommEvent", "params": ["bench", "x" * 100]}
    body = xmlrpc.client.dumps(([call] * 100,), "system.multicall")
    start = time.monotonic_ns()
    for _ in range(count // 100):
        connection = http.client.HTTPConnection("localhost", timeout=60)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(manager.socket)
        connection.request("POST", "/RPC2", body, {"Content-Type": "text/xml"})
        connection.getresponse().read()
        connection.close()
    total, out_of_order, missing, last_ns = _settled(bench, count, 30)
    found = {"delivered": total / (last_ns - start) * 1e9, "left": count - total,
             "disorder": out_of_order + missing, "lost": manager.overflows()}
    manager.end()
    return found


def events(bench):
    """200 programs that exit at once and start again, or remote events, before one listener."""
    flapping, batches = {}, {}
    for name in bench.each_run(SUPERVISORS):
        flapping.setdefault(name, []).append(_flapping(bench, name, 200, 5))
        batches.setdefault(name, []).append(_batches(bench, name, 20_000))

    def row(title, unit, all_found, key, target=None):
        values = {name: [one[key] for one in found] for name, found in all_found.items()}
        return Row(title, unit, values, target, more=unit == "1/s")

    none, many = Target("0", at_most=0), Target(">= 5000/s", at_least=5000)
    return [row("flapping: state events produced", "1/s", flapping, "produced"),
            row("flapping: state events delivered", "1/s", flapping, "delivered", many),
            row("flapping: never delivered", "", flapping, "left", none),
            row("flapping: out of order or missing", "", flapping, "disorder", none),
            row("flapping: dropped by a full buffer", "", flapping, "lost", none),
            row("remote events delivered", "1/s", batches, "delivered", many),
            row("remote events never delivered", "", batches, "left", none),
            row("remote events out of order or missing", "", batches, "disorder", none)]


def logs(bench):
    """Lines of 100 bytes, one write() each, into rotated logs: one child, and 100 at once."""
    rate, share, total, seconds = {"cat > file": []}, {}, 300_000_000, 5
    for name in bench.each_run(SUPERVISORS):
        if name == "svd" or "svd" not in bench.managers:
            rate["cat > file"].append(_cat_rate(bench, total, seconds))
        manager, _, _ = bench.up(name, _writers(bench, 1, total, seconds))
        rate.setdefault(name, []).append(_written(bench, 1, seconds)[1])
        manager.end()
        _remove_logs(bench)
    for name in [one for one in SUPERVISORS if one in bench.managers]:
        manager, _, _ = bench.up(name, _writers(bench, 100, total, seconds))
        each = sorted(_written(bench, 100, seconds)[0])
        share[name] = each[0] / each[len(each) // 2]
        manager.end()
        _remove_logs(bench)
    calm = {}
    for name in bench.each_run(SUPERVISORS):
        writer = Program(1, bench.helper("spew", 1, total, 4, 100, 10_000), bench.scratch + "/w1.log")
        manager, _, _ = bench.up(name, [writer])
        time.sleep(1)  # what starting left to do is done
        bench.board.go()
        time.sleep(1)  # it writes evenly by now
        before, seconds = cpu_ns(manager.process.pid), 2
        time.sleep(seconds)  # the measurement
        calm.setdefault(name, []).append(
            (cpu_ns(manager.process.pid) - before) / 1e9 / seconds * 100)
        manager.end()
        _remove_logs(bench)
    return [Row("log of one child", "MB/s", rate,
                Target(">= 0.9 of cat", factor=0.9, peer="cat > file"), more=True),
            Row("10,000 lines a second of one child", "% CPU", calm),
            Row("100 children: least share / median share", "", share, more=True)]


def stop(bench):
    """`stop all` of 1000, and the daemon's own end with 1000 running."""
    dead, down = {}, {}
    for name in bench.each_run(PEERS):
        manager, _, seen = bench.up(name, bench.idle(bench.programs))
        deaths = Deaths(record.pid for record in seen.values())
        start = time.monotonic()
        manager.stop_all()
        last, alive = deaths.wait(30)
        if alive:
            raise RuntimeError(f"{name}: {alive} programs outlived stop all")
        dead.setdefault(name, []).append(last - start)
        manager.end()
    for name in [one for one in PEERS if one in bench.managers]:
        manager, _, _ = bench.up(name, bench.idle(bench.programs))
        down[name] = manager.shutdown()
        manager.end()
    return [Row("stop all", "s", dead, Target("<= runit", factor=1, peer="runit")),
            Row("shutdown with all running", "s", down)]


def reading(bench):
    """svd reads 10,000 programs, each in a file of its own in one included directory."""
    count, folder, times = 10 * bench.programs, bench.scratch + "/included", []
    os.makedirs(folder)
    for i in range(count):
        with open(f"{folder}/p{i:05}.conf", "w", encoding="utf-8") as file:
            file.write(f"[program:p{i:05}]\ncommand=/bin/sleep {i}\nautorestart=true\n"
                       f"stdout_logfile={bench.scratch}/p{i}.log\n")
    root = bench.scratch + "/root.conf"
    with open(root, "w", encoding="utf-8") as file:
        file.write("[supervisord]\n[include]\nfiles=included/*.conf\n")
    for _ in range(bench.runs):
        seconds, code, output = run([bench.managers["svd"].daemon, "--check", "-c", root], 60)
        if code != 0:
            raise RuntimeError(output)
        times.append(seconds)
    return [Row(f"reading {count} included programs", "s", {"svd": times},
                Target("<= 1 s", at_most=1))]


def update(bench):
    """One of 1000 programs gets a new command: until that runs, and how many others restarted."""
    times, others = {}, {}
    for name in bench.each_run(PEERS):
        manager, _, _ = bench.up(name, bench.idle(bench.programs))
        time.sleep(1)  # what starting left to do is done
        changed = manager.programs[bench.programs // 2]
        changed.argv = changed.argv + ["1"]
        bench.board.take()
        start = time.monotonic_ns()
        manager.apply_change(changed)
        fresh = bench.board.wait(kinds.UP, [changed.number], 30, lambda record: record.value == 1)
        if not fresh:
            raise RuntimeError(f"{name}: the new version did not come up")
        times.setdefault(name, []).append((fresh[changed.number].at_ns - start) / 1e6)
        others[name] = sum(record.kind == kinds.UP for record in bench.board.take())
        manager.end()
    return [Row("update of one program", "ms", times, Target("<= 50 ms", at_most=50)),
            Row("others restarted by it", "", others, Target("0", at_most=0))]


def _longest_silence(manager, begin, until):
    """Asks on new connections without a pause; the longest time from one answer to the next, in ms."""
    request = b"GET /ok.html HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    longest, last, begun = 0, time.monotonic(), False
    end = last + 30
    while time.monotonic() < end:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(30)
            connection.connect(manager.socket)
            connection.sendall(request)
            if not connection.recv(4096).startswith(b"HTTP/1.1 "):
                raise RuntimeError("no answer")
        now = time.monotonic()
        if begun:
            longest = max(longest, now - last)
            if until():
                return longest * 1000
        last = now
        if not begun:
            begin()
            begun, last = True, time.monotonic()
    raise RuntimeError("the upgrade has not ended")


def _up_with_a_writer(bench):
    """svd with the idle programs and one more that writes for five seconds once the board says go."""
    log = bench.scratch + "/numbers.log"
    writer = Program(bench.programs + 1,
                     bench.helper("spew", bench.programs + 1, 50_000_000, 5, 100), log)
    manager, _, seen = bench.up("svd", bench.idle(bench.programs) + [writer])
    return manager, seen, log


def upgrade(bench):
    """svd becomes the program on disk with 1000 running: how long nobody is answered, what is lost."""
    silence, lost, restarted = [], 0, 0
    for _ in bench.each_run(("svd",)):
        manager, seen, log = _up_with_a_writer(bench)
        started = time.monotonic()
        bench.board.go()
        time.sleep(1)  # it writes, and nobody is behind
        silence.append(_longest_silence(
            manager, lambda: os.kill(manager.process.pid, signal.SIGUSR1),
            lambda: manager.upgrades() == 1))
        ends = bench.board.wait(kinds.WRITE_END, [bench.programs + 1], 60)
        # It has written for five seconds, as it was told, and its end is read.
        time.sleep(max(0, started + 7 - time.monotonic()))
        lost += ends[bench.programs + 1].value - os.path.getsize(log)
        restarted += sum(not os.path.exists(f"/proc/{record.pid}") for number, record in seen.items()
                         if number <= bench.programs)
        manager.end()
        os.unlink(log)
    return [Row("upgrade: nobody is answered for", "ms", {"svd": silence},
                Target("<= 100 ms", at_most=100)),
            Row("upgrade: bytes lost", "", {"svd": lost}, Target("0", at_most=0)),
            Row("upgrade: programs that ended", "", {"svd": restarted}, Target("0", at_most=0))]


def takeover(bench):
    """kill -9 of svd with 1000 running, one of them writing: from the start of the next svd until it
    answers with all of them, what is lost."""
    taken, lost, restarted = [], 0, 0
    for _ in bench.each_run(("svd",)):
        manager, seen, log = _up_with_a_writer(bench)
        pids = sorted(record.pid for record in seen.values())
        time.sleep(1)  # in which svd has written down what it keeps for a successor
        bench.board.go()
        time.sleep(1)  # of writing before the crash
        manager.process.kill()
        manager.process.wait()
        start = manager.start()
        manager.wait_ready()
        answered = sorted(one["pid"] for one in manager.call("supervisor.getAllProcessInfo"))
        taken.append((time.monotonic_ns() - start) / 1e6)
        restarted += len(set(pids) - set(answered))
        ends = bench.board.wait(kinds.WRITE_END, [bench.programs + 1], 60)
        written, end = ends[bench.programs + 1].value, time.monotonic() + 10
        while os.path.getsize(log) < written and time.monotonic() < end:
            time.sleep(0.05)
        lost += abs(written - os.path.getsize(log))
        manager.end()
        os.unlink(log)
    return [Row("take-over after kill -9", "ms", {"svd": taken}, Target("<= 300 ms", at_most=300)),
            Row("take-over: bytes lost or twice", "", {"svd": lost}, Target("0", at_most=0)),
            Row("take-over: programs that ended", "", {"svd": restarted}, Target("0", at_most=0))]


def _beside_systemd(bench, count):
    """{manager: seconds of each stop}, from the test that boots systemd; empty where it cannot."""
    here, build = os.path.dirname(os.path.abspath(__file__)), os.path.dirname(bench.helpers)
    _, code, output = run([sys.executable, here + "/../system/run.py", "nspawn", "--build", build,
                           "--seconds", "240", "tree.sh", str(count), str(bench.runs)], 900)
    times = {}
    for line in output.splitlines():
        if line.startswith("seconds "):
            _, name, seconds = line.split()
            times.setdefault(name, []).append(float(seconds))
    if code != 0 or not times:
        print(f"tree: not beside systemd: {(output.splitlines() or ['no output'])[-1]}", file=sys.stderr)
        return {}
    return times


def tree(bench):
    """`stop` of a program whose 1000 descendants each left for a session of its own."""
    times, left, count = {}, {}, bench.programs
    for name in [one for one in PEERS if one in bench.managers]:
        program = Program(1, bench.helper("tree", 1, count))
        manager = bench.managers[name]
        bench.board.reset()
        manager.configure([program])
        manager.start()
        seen = bench.board.wait(kinds.DESCENDANT, range(count), 60)
        manager.wait_ready()
        time.sleep(1.5)  # past startsecs and what follows it
        deaths = Deaths(record.pid for record in seen.values())
        start = time.monotonic()
        manager.stop(program)
        last, left[name] = deaths.wait(5)
        times[name] = None if left[name] else last - start
        manager.end()
    rows = [Row(f"descendants of {count} that outlive a stop", "", left, Target("0", at_most=0)),
            Row("until the last descendant is gone", "s", times)]
    beside = _beside_systemd(bench, count)
    return rows + ([Row("the same beside systemd, in a container", "s", beside)] if beside else [])


SCENARIOS = {one.__name__: one
             for one in (boot, restart, control, idle, accounting, events, logs, stop, reading, update,
                         upgrade, takeover, tree, many)}
