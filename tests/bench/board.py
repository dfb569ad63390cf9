"""The board that children report themselves on; its layout is in board.h."""
import mmap
import os
import struct
import time

UP, WRITE_START, WRITE_END, DESCENDANT = 1, 2, 3, 4
_RECORD = struct.Struct("<IIiIQQ")
_HEADER = 4096
_RECORDS = 1 << 17


class Record:
    """One report: kind, id, pid, value, and when (CLOCK_MONOTONIC, ns)."""

    def __init__(self, fields):
        self.kind, self.id, self.pid, _, self.value, self.at_ns = fields


class Board:
    def __init__(self, path):
        self.path = path
        fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        size = _HEADER + _RECORD.size * _RECORDS
        os.ftruncate(fd, size)
        self._map = mmap.mmap(fd, size)
        os.close(fd)
        self._next = 0
        os.environ["SVD_BENCH_BOARD"] = path

    def reset(self):
        used = min(self._count() + 64, _RECORDS)
        self._map[0:_HEADER] = bytes(_HEADER)
        self._map[_HEADER:_HEADER + _RECORD.size * used] = bytes(_RECORD.size * used)
        self._next = 0

    def go(self):
        """Lets the writers start."""
        struct.pack_into("<I", self._map, 8, 1)

    def _count(self):
        return min(struct.unpack_from("<Q", self._map, 0)[0], _RECORDS)

    def begun(self):
        """How many reports were begun, also when the board has no room for them."""
        return struct.unpack_from("<Q", self._map, 0)[0]

    def tally(self):
        """What the event listener has read: (events, out of order, missing, last_ns)."""
        return struct.unpack_from("<QQQQ", self._map, 16)

    def take(self):
        """The reports that were finished since the last call."""
        found, end = [], self._count()
        while self._next < end:
            fields = _RECORD.unpack_from(self._map, _HEADER + _RECORD.size * self._next)
            if not fields[-1]:
                break
            found.append(Record(fields))
            self._next += 1
        return found

    def wait(self, kind, ids, seconds, accept=lambda record: True, pause=0.001):
        """{id: latest record} once every id reported `kind`, or what there is after `seconds`."""
        missing, latest, end = set(ids), {}, time.monotonic() + seconds
        while missing and time.monotonic() < end:
            for record in self.take():
                if record.kind == kind and accept(record):
                    latest[record.id] = record
                    missing.discard(record.id)
            if missing:
                time.sleep(pause)
        return latest
