"""The figures of a report: counts put together by local hours, by days and by agents. No clock, no store."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from math import ceil
from typing import NamedTuple, TypeVar

import msgspec

from app.chat.episodes import ANSWERED, BAD, CLASS_COUNT, EPISODES_BEGUN, GOOD, MESSAGES_IN, MESSAGES_OUT, SHOWN

# Days a report may reach over: a quarter of a year.
MAX_DAYS = 92
# Counts are kept for halves of an hour: whole local hours can be put together from them in nearly all time zones
# (in the three that are a quarter of an hour off, they are told under the hour in which they began).
HALF_HOUR_MS = 1_800_000
HALF_HOURS_PER_DAY = 48

K = TypeVar("K", date, datetime)


class Cell(NamedTuple):
    """A sum of counts: of which half hour since 1970, whose (uid of an agent or ""), what, how much."""

    half_hour: int
    agent: str
    metric: str
    amount: int


class Lengths(msgspec.Struct):
    """Lengths of time: how many, how long in all (ms), and how many of each class (see episodes.LIMITS)."""

    count: int = 0
    ms: int = 0
    classes: list[int] = msgspec.field(default_factory=lambda: [0] * CLASS_COUNT)

    def add(self, what: str, amount: int) -> None:
        """Add what a metric says beyond the name of the measure: "", "ms" or the number of a class."""
        if what == "":
            self.count += amount
        elif what == "_ms":
            self.ms += amount
        else:
            self.classes[int(what)] += amount

    def merge(self, other: "Lengths") -> None:
        """Add another's."""
        self.count += other.count
        self.ms += other.ms
        self.classes = [one + more for one, more in zip(self.classes, other.classes, strict=True)]

    @property
    def average_s(self) -> int | None:
        """The average in seconds, None where there were none."""
        return round(self.ms / self.count / 1000) if self.count else None


class Figures(msgspec.Struct):
    """What is told of an hour, a day, an agent or all together."""

    conversations: int = 0
    from_visitors: int = 0
    from_team: int = 0
    first: Lengths = msgspec.field(default_factory=Lengths)
    resolved: Lengths = msgspec.field(default_factory=Lengths)
    good: int = 0
    bad: int = 0

    def add(self, cell: Cell) -> None:
        """Add a sum of counts; what another version counted is left out."""
        metric, amount = cell.metric, cell.amount
        if metric == EPISODES_BEGUN:
            self.conversations += amount
        elif metric == MESSAGES_IN:
            self.from_visitors += amount
        elif metric == MESSAGES_OUT:
            self.from_team += amount
        elif metric == GOOD:
            self.good += amount
        elif metric == BAD:
            self.bad += amount
        elif metric.startswith("first"):
            self.first.add(metric.removeprefix("first"), amount)
        elif metric.startswith("resolved"):
            self.resolved.add(metric.removeprefix("resolved"), amount)

    def merge(self, other: "Figures") -> None:
        """Add another's."""
        self.conversations += other.conversations
        self.from_visitors += other.from_visitors
        self.from_team += other.from_team
        self.first.merge(other.first)
        self.resolved.merge(other.resolved)
        self.good += other.good
        self.bad += other.bad


class Span(msgspec.Struct, frozen=True):
    """The days a report is about, both included, as `zone` has them."""

    first: date
    last: date
    zone: tzinfo

    @property
    def half_hours(self) -> range:
        """The half hours since 1970 that begin in it."""
        begin = datetime.combine(self.first, time(), self.zone).timestamp()
        end = datetime.combine(self.last + timedelta(days=1), time(), self.zone).timestamp()
        # Where midnight is a quarter past a half hour, a half hour belongs to the day in which it begins.
        return range(ceil(begin * 1000 / HALF_HOUR_MS), ceil(end * 1000 / HALF_HOUR_MS))

    @property
    def days(self) -> range:
        """The days since 1970, by UTC, that it touches."""
        half_hours = self.half_hours
        return range(half_hours.start // HALF_HOURS_PER_DAY, (half_hours.stop - 1) // HALF_HOURS_PER_DAY + 1)

    def hour(self, half_hour: int) -> datetime:
        """The local hour that a half hour belongs to, with its offset alone: so the one that comes twice is two."""
        begins = datetime.fromtimestamp(half_hour * HALF_HOUR_MS / 1000, UTC).astimezone(self.zone)
        return begins.replace(minute=0, second=0, tzinfo=timezone(begins.utcoffset() or timedelta()))


class Table:
    """The figures of a span, put together as the counts come in."""

    def __init__(self, span: Span) -> None:
        self.total = Figures()
        self.agents: dict[str, Figures] = {}
        self.triggers: dict[str, dict[str, int]] = {}  # by id, how often each was SHOWN and ANSWERED
        self._span, self._within = span, span.half_hours
        self._half_hours: dict[int, Figures] = {}

    def add(self, cells: Iterable[Cell]) -> None:
        """Count in what is of the span."""
        for cell in cells:
            if cell.half_hour not in self._within or self._of_trigger(cell):
                continue
            self.total.add(cell)
            self._half_hours.setdefault(cell.half_hour, Figures()).add(cell)
            if cell.agent:
                self.agents.setdefault(cell.agent, Figures()).add(cell)

    def _of_trigger(self, cell: Cell) -> bool:
        """Count it in where it says something of a trigger."""
        kind, _, id = cell.metric.partition(":")
        if kind not in (SHOWN, ANSWERED):
            return False
        self.triggers.setdefault(id, {SHOWN: 0, ANSWERED: 0})[kind] += cell.amount
        return True

    def hours(self) -> list[tuple[datetime, Figures]]:
        """The local hours in which something was counted, in order."""
        return self._rows(self._span.hour)

    def days(self) -> list[tuple[date, Figures]]:
        """The local days in which something was counted, in order."""
        return self._rows(lambda half_hour: self._span.hour(half_hour).date())

    def _rows(self, of: Callable[[int], K]) -> list[tuple[K, Figures]]:
        rows: dict[K, Figures] = {}
        for half_hour in sorted(self._half_hours):
            rows.setdefault(of(half_hour), Figures()).merge(self._half_hours[half_hour])
        return list(rows.items())
