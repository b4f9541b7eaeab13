"""When a shop is open: what it says of its week and of single dates, and how it stands at a moment.

All is told in wall times of one place: that is what a shop means by nine o'clock, in summer and in winter.
"""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from app.chat.errors import Refusal

# Ranges of one day, and dates: beyond, nobody oversees them any more.
MOST_RANGES, MOST_DATES = 6, 100
# How far ahead a change of standing is looked for: whatever a year says is said again in the next.
AHEAD = timedelta(days=366)

_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)
_Wall = Annotated[str, msgspec.Meta(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)\Z")]
# From the first moment to the second, which is on the next day where it is not later, and is not part of it.
Range = tuple[_Wall, _Wall]
Ranges = tuple[Range, ...]
DAYS: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = (
    "mon", "tue", "wed", "thu", "fri", "sat", "sun",
)  # fmt: skip


def _refused(field: str) -> Refusal:
    return Refusal("bad_hours", field=field, ranges=MOST_RANGES, dates=MOST_DATES)


class Dates(msgspec.Struct, frozen=True, omit_defaults=True, rename={"first": "from", "last": "to"}):
    """When it is open `on` one date, or on each from the `first` to the `last`; with no `ranges` it is closed.

    `yearly`: on the same days of every year; those may go beyond New Year.
    """

    ranges: Ranges
    on: date | None = None
    first: date | None = None
    last: date | None = None
    yearly: bool = False

    @property
    def _ends(self) -> tuple[date, date]:
        """Its first and its last date. Raises Refusal bad_hours where it does not name both."""
        match self:
            case Dates(on=date() as on, first=None, last=None):
                return on, on
            case Dates(on=None, first=date() as first, last=date() as last):
                return first, last
        raise _refused("dates")

    @property
    def days(self) -> int:
        """How many they are. Raises Refusal bad_hours where that cannot be."""
        first, last = self._ends
        if self.yearly and last - first >= AHEAD - _DAY:
            raise _refused("dates")
        return (last - first).days + 1

    def name(self, day: date) -> bool:
        """Whether this date is one of them."""
        first, last = self._ends
        if not self.yearly:
            return first <= day <= last
        begin, end, here = ((one.month, one.day) for one in (first, last, day))
        return begin <= here <= end if begin <= end else not end < here < begin


class Hours(msgspec.Struct, frozen=True):
    """A shop's hours. `zone`: the IANA's name of its clock's.

    A day without ranges is closed. Where `dates` name it, those hold instead of its weekday: one year's rather than
    every year's, of these the fewer days, of equals the last. A range belongs to the day on which it begins, so a
    holiday does not cut the night of its eve.
    """

    zone: str
    week: dict[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], Ranges] = {}
    dates: tuple[Dates, ...] = ()

    def checked(self) -> "Hours":
        """The same. Raises Refusal bad_hours with the field."""
        if len(self.dates) > MOST_DATES or any(one.days < 1 for one in self.dates):
            raise _refused("dates")
        for field, all_ranges in (("week", self.week.values()), ("dates", [one.ranges for one in self.dates])):
            if any(len(ranges) > MOST_RANGES for ranges in all_ranges):
                raise _refused(field)
        return self

    def ranges(self, day: date) -> Ranges:
        """Those that begin on this date."""
        named = [one for one in reversed(self.dates) if one.name(day)]
        if named:
            return min(named, key=lambda one: (one.yearly, one.days)).ranges
        return self.week.get(DAYS[day.weekday()], ())


class Standing(NamedTuple):
    """`until`: when this ends, None where it does not within a year; `next`: when it opens, None while it is open."""

    open: bool
    until: datetime | None = None
    next: datetime | None = None


def standing(hours: Hours | None, instant: datetime) -> Standing:
    """How a shop stands at a moment (UTC). One that has set no hours is open; so is one whose zone nobody here knows,
    as an older node may not know that which a newer one has taken."""
    if hours is None:
        return Standing(True)
    try:
        zone = ZoneInfo(hours.zone)
    except ZoneInfoNotFoundError:
        return Standing(True)
    until, coming = instant, None
    for begin, end in _spans(hours, zone, instant):
        if begin > until:
            coming = begin
            break
        until = max(until, end)
    if until == instant:
        return Standing(False, coming, coming)
    return Standing(True, until if until - instant < AHEAD else None)


def _spans(hours: Hours, zone: ZoneInfo, instant: datetime) -> Iterator[tuple[datetime, datetime]]:
    """From when to when it is open (UTC), in the order of their beginnings: all that touch the year to come."""
    today = instant.astimezone(zone).date()
    for ahead in range(-2, AHEAD.days + 2):  # a night may reach into today, and a zone may have skipped a day
        day = today + ahead * _DAY
        for opens, closes in sorted(hours.ranges(day)):
            night = _DAY if closes <= opens else timedelta()
            begin, end = _moment(day, opens, zone, fold=0), _moment(day + night, closes, zone, fold=1)
            if begin < end:
                yield begin, end


def _moment(day: date, clock: str, zone: ZoneInfo, *, fold: int) -> datetime:
    """When (UTC) clocks there show it: of an hour that comes twice the first time, or with `fold` the second; in one
    that is left out, when that is over."""
    hour, minute = int(clock[:2]), int(clock[3:])
    wall = datetime.combine(day, time()) + timedelta(hours=hour, minutes=minute)
    found = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    if _wall(found, zone) == wall:
        return found
    early, late = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (1, 0))
    minutes = range((late - early) // _MINUTE)
    return early + _MINUTE * bisect_right(minutes, wall, key=lambda ahead: _wall(early + _MINUTE * ahead, zone))


def _wall(instant: datetime, zone: ZoneInfo) -> datetime:
    """What clocks there show."""
    return instant.astimezone(zone).replace(tzinfo=None)
