"""How far a long command is: a bar on a terminal, a line each minute elsewhere. On stderr: stdout may be a backup."""

import sys
import time
from collections.abc import Callable
from typing import TextIO

# Seconds between two drawings of the bar, and between two lines.
DRAWN_EVERY, TOLD_EVERY = 0.2, 60.0
_WIDTH = 24  # characters of the bar


class Progress:
    """Told how far it is, as often as there is something to tell; says so now and then. Use as a context manager.

    `what`: what is being done, `unit`: in what it is counted, as in "backing up" and "entries". `total` may be set
    whenever it is known, and grow; 0 while it is not.
    """

    def __init__(
        self,
        what: str,
        unit: str,
        *,
        total: int = 0,
        out: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.total = total
        self._what, self._unit, self._clock = what, unit, clock
        self._out = sys.stderr if out is None else out
        self._draws = self._out is not None and self._out.isatty()
        self._began = self._said = clock()
        self._drawn = 0  # characters that stand there now

    def at(self, done: int) -> None:
        """It is so far."""
        now = self._clock()
        if self._out is None or now - self._said < (DRAWN_EVERY if self._draws else TOLD_EVERY):
            return
        self._said = now
        if self._draws:
            line = self._line(done, now)
            self._out.write("\r" + line.ljust(self._drawn))
            self._drawn = len(line)
        else:
            self._out.write(self._line(done, now) + "\n")
        self._out.flush()

    def of(self, done: int, total: int) -> None:
        """It is so far, of as much as is known by now."""
        self.total = total
        self.at(done)

    def _line(self, done: int, now: float) -> str:
        took = now - self._began
        if self.total <= 0:
            return f"{self._what}: {done:,} {self._unit}, {_span(took)}"
        part = min(1.0, done / self.total)
        bar = f"[{'#' * int(part * _WIDTH):.<{_WIDTH}}] " if self._draws else ""
        left = f", {_span(took / part * (1 - part))} left" if 0.01 <= part < 1 else ""
        return f"{self._what}: {bar}{int(part * 100)} %, {done:,} of {self.total:,} {self._unit}{left}"

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *exc: object) -> None:
        """The bar goes: what comes next says what became of it."""
        if self._drawn and self._out is not None:
            self._out.write("\r" + " " * self._drawn + "\r")
            self._out.flush()


def _span(seconds: float) -> str:
    whole = int(seconds)
    return (
        f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}" if whole >= 3600 else f"{whole // 60}:{whole % 60:02}"
    )
