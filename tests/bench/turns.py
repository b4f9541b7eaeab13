"""Sides of a comparison in turn, in short slices: whoever is not asked stands still and disturbs nobody.

A busy machine has quick and slow seconds, and a figure of one is not to be compared with a figure of another. The two
of a pair are half a second apart, and of many pairs the ratio's median and quartiles are told.
"""

import os
import signal
import statistics
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from tests.bench.sides import Refused, Side

Figure = dict[str, Any]


@dataclass(frozen=True)
class Ratio:
    """Of so many pairs: the median of what was divided by what it is compared with, and the quartiles."""

    median: float
    low: float
    high: float
    pairs: int

    @classmethod
    def of(cls, ours: Sequence[float], theirs: Sequence[float]) -> "Ratio":
        """Pair by pair."""
        found = [mine / other for mine, other in zip(ours, theirs, strict=True) if other]
        low, middle, high = statistics.quantiles(found * 2 if len(found) == 1 else found, n=4, method="inclusive")
        return cls(middle, low, high, len(found))

    def __str__(self) -> str:
        return f"{self.median:.3f}x ({self.low:.3f} to {self.high:.3f})"


def in_turn(asks: Mapping[str, Callable[[], Figure]], pairs: int, refused: list[str]) -> dict[str, list[Figure]]:
    """What each answered, asked so often: A B C, C B A, so that a machine that grows slower favours nobody. Who has no
    answer is asked no more, and is in none; why is `refused`.
    """
    found: dict[str, list[Figure]] = {name: [] for name in asks}
    for number in range(pairs):
        for name in list(found)[:: -1 if number % 2 else 1]:
            try:
                found[name].append(asks[name]())
            except Refused as error:
                refused.append(str(error))
                del found[name]
    return found


def values(figures: Iterable[Figure], *path: str) -> list[float]:
    """One number of each figure, by the way to it."""
    found = []
    for figure in figures:
        value: Any = figure
        for step in path:
            value = value[step]
        found.append(float(value))
    return found


@contextmanager
def _at_work(side: Side) -> Iterator[None]:
    """Let a side that stands still go on for a while. Whoever is told by others is woken first, and stopped last."""
    pids = side.pids
    _signal(reversed(pids), signal.SIGCONT)
    try:
        yield
    finally:
        _signal(pids, signal.SIGSTOP)


def _signal(pids: Iterable[int], number: int) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def slices(
    sides: Sequence[Side], conversations: int, pairs: int, *, seconds: float, warm: float, rate: float = 0
) -> tuple[dict[str, list[Figure]], list[str]]:
    """Every side's figures of each turn, with so many conversations (prepared before): as fast as each end is answered,
    or at that many messages a second; and why a side has none, of which a message was lost, doubled or out of order.
    """
    refused: list[str] = []
    taking = [side for side in sides if _asked(side, refused, "open", conversations=conversations)]
    order = {"seconds": seconds, "warm": warm, "rate": rate}

    def ask(side: Side) -> Figure:
        with _at_work(side):
            return side.ask("slice", watch=side.watch, **order)

    asks = {side.name: partial(ask, side) for side in taking}
    for side in taking:
        _signal(side.pids, signal.SIGSTOP)
    try:
        found = in_turn(asks, pairs, refused)
    finally:
        for side in taking:
            _signal(side.pids, signal.SIGCONT)
    for side in taking:
        if side.name in found and not _asked(side, refused, "shut"):
            del found[side.name]
    return found, refused


def _asked(side: Side, refused: list[str], what: str, **order: int) -> bool:
    try:
        side.ask(what, **order)
    except Refused as error:
        refused.append(str(error))
        return False
    return True
