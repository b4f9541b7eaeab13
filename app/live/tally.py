"""What every process of this server counts, in memory that all of them share: whichever worker is asked tells of all.

The main process maps it before it forks. Each process has a row, kept for whoever comes after it: a worker writes its
own once a tick, so that no message pays for it, and one that is started again counts on from where the last one came
to. The main process notes who runs and, once somebody ended, takes out what is true of the living alone. A number is
eight aligned bytes, written at once; nothing is locked.
"""

import mmap
import os
import time
from collections.abc import Iterator
from dataclasses import astuple, fields
from pathlib import Path
from typing import Literal

from app.live.metrics import Metrics

Kind = Literal["main", "worker", "courier", "store"]

COUNTERS = tuple(field.name for field in fields(Metrics))
# What is so now, of a worker that lives: 1 or 0 for `ready` and `up` (the store is within reach), else how many.
GAUGES = ("ready", "up", "sockets", "streams", "conversations")
# `beat_us`: when its worker last wrote the row, by the clock that all processes share and nobody sets. `cpu_us`: of
# those that ended; `cpu_told_us`: what was last told. `expected`: whether there is to be such a process.
_OTHERS = ("expected", "pid", "starts", "beat_us", "cpu_us", "cpu_told_us", "errors", "warnings")
_PLACES = {name: place for place, name in enumerate((*COUNTERS, *GAUGES, *_OTHERS))}
_NUMBER_BYTES = 8
# In which a worker notes what it has open (neighbours.py), two bytes each.
SLOTS = 16384
_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


class Row:
    """One process's place, whoever has it."""

    def __init__(self, kind: Kind, numbers: memoryview) -> None:
        self.kind, self._numbers = kind, numbers
        self._before: tuple[int, ...] = ()

    def __getitem__(self, name: str) -> int:
        return int(self._numbers[_PLACES[name]])

    def __setitem__(self, name: str, number: int) -> None:
        self._numbers[_PLACES[name]] = number

    def count(self, name: str) -> None:
        """One more. Of what is rare alone; only the row's own process may."""
        self[name] += 1

    def begin(self) -> None:
        """Its new process counts on from here."""
        self._before = tuple(self[name] for name in COUNTERS)

    def write(self, counted: Metrics, *now: int) -> None:
        """What its process counted since it began, and, in the order of GAUGES, what is so now."""
        for name, before, since in zip(COUNTERS, self._before, astuple(counted), strict=True):
            self[name] = before + since
        for name, number in zip(GAUGES, now, strict=True):
            self[name] = number
        self["beat_us"] = _now_us()

    # -- by the main process ----------------------------------------------------------------------------------------

    def started(self, pid: int) -> None:
        """It has a process."""
        self["starts"] += 1
        self["beat_us"], self["pid"] = _now_us(), pid

    def ended(self, cpu_seconds: float) -> None:
        """Its process was reaped, and had used so much processor time."""
        self["cpu_us"] += round(cpu_seconds * 1e6)
        for name in ("pid", *GAUGES):
            self[name] = 0

    # -- for whoever asks -------------------------------------------------------------------------------------------

    @property
    def silent(self) -> float:
        """Seconds since its process last wrote here."""
        return max(0, _now_us() - self["beat_us"]) / 1e6

    def cpu(self) -> float:
        """Seconds of processor time that its processes used; what was told once is never taken back, though one that
        has just ended is for a moment in neither count. Only of those that ended where /proc tells of no other's."""
        used = self["cpu_us"] + round(_cpu(self["pid"]) * 1e6)
        self["cpu_told_us"] = used = max(used, self["cpu_told_us"])
        return used / 1e6

    def resident(self) -> int:
        """Bytes of memory that its process has, those included that it shares; 0 where that cannot be seen."""
        try:
            return int(Path(f"/proc/{self['pid']}/statm").read_text().split()[1]) * mmap.PAGESIZE
        except OSError:
            return 0


class Tally:
    """The rows: `workers`, `courier`, `main`, and `store`, the embedded one. `mine` is this process's. `open_here`: by
    worker, how many of the conversations of each slot it has open."""

    def __init__(self, workers: int) -> None:
        kinds: list[Kind] = ["main", "courier", "store", *(["worker"] * workers)]  # type: ignore[list-item]
        row_bytes = len(_PLACES) * _NUMBER_BYTES
        shared = memoryview(mmap.mmap(-1, len(kinds) * row_bytes))
        rows = [shared[at * row_bytes : (at + 1) * row_bytes].cast("q") for at in range(len(kinds))]
        self.rows = [Row(kind, numbers) for kind, numbers in zip(kinds, rows, strict=True)]
        self.main, self.courier, self.store, *self.workers = self.rows
        self.mine = self.main
        self.since = time.time()  # when the main process began, unix seconds
        noted = memoryview(mmap.mmap(-1, workers * SLOTS * 2)).cast("H")
        self.open_here = [noted[at * SLOTS : (at + 1) * SLOTS] for at in range(workers)]

    def become(self, row: Row) -> None:
        """This process was forked to be that one."""
        self.mine = row
        row.begin()
        for worker, noted in zip(self.workers, self.open_here, strict=True):
            if worker is row:
                noted.cast("B")[:] = bytes(noted.nbytes)  # of whoever was this worker before

    def alive(self, kind: Kind) -> Iterator[Row]:
        """The rows of that kind which have a process."""
        return (row for row in self.rows if row.kind == kind and row["pid"])

    def total(self, name: str) -> int:
        """Of all rows."""
        return sum(row[name] for row in self.rows)


def alone() -> Tally:
    """Of a program that is its only worker."""
    made = Tally(1)
    (worker,) = made.workers
    worker.started(os.getpid())
    made.become(worker)
    return made


def _now_us() -> int:
    return time.monotonic_ns() // 1000


def _cpu(pid: int) -> float:
    """Seconds of processor time of a process that lives, and of its children that ended, as its parent is told once it
    has; 0 where that cannot be seen (proc(5))."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0.0
    # After the name, which may hold anything: utime, stime, cutime, cstime are fields 14 to 17 of all.
    return sum(map(int, stat.rpartition(")")[2].split()[11:15])) / _TICKS_PER_SECOND
