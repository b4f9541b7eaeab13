"""When a shop is open: by examples of clocks that are put on and back, and against a model that looks every minute."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.chat.errors import Refusal
from app.chat.hours import DAYS, MOST_DATES, MOST_RANGES, Hours, Standing, standing

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
SEEN, AROUND = 3 * DAY, 2 * DAY
BERLIN, ALWAYS = "Europe/Berlin", ["00:00", "24:00"]


def hours(zone: str = BERLIN, dates: list[Any] | None = None, **week: Any) -> Hours:
    return msgspec.convert({"zone": zone, "week": week, "dates": dates or []}, Hours)


def every_day(*ranges: Any) -> dict[str, Any]:
    return {day: list(ranges) for day in DAYS}


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def told(found: Standing) -> tuple[bool, str | None, str | None]:
    until, coming = (f"{at:%Y-%m-%d %H:%M}" if at else None for at in (found.until, found.next))
    return found.open, until, coming


def opens(at: str) -> tuple[bool, str, str]:
    return False, at, at


def closes(at: str) -> tuple[bool, str, None]:
    return True, at, None


def only(on: str, begin: str, end: str, **more: Any) -> Hours:
    return hours(dates=[{"on": on, "ranges": [[begin, end]], **more}])


NINE_TO_FIVE = hours(**every_day(["09:00", "17:00"]))
SPLIT = hours(mon=[["09:00", "12:30"], ["20:00", "02:00"]])
NIGHT = hours(fri=[["20:00", "02:00"]], dates=[{"on": "2026-12-26", "ranges": []}])  # Saturday, Boxing Day
XMAS: dict[str, Any] = {"from": "2026-12-24", "to": "2027-01-02", "yearly": True, "ranges": []}


@pytest.mark.parametrize(
    ("its", "at", "stands"),
    [
        # to the minute, and the end is no part of it
        (NINE_TO_FIVE, "2026-11-30 07:59:59.999", opens("2026-11-30 08:00")),
        (NINE_TO_FIVE, "2026-11-30 08:00", closes("2026-11-30 16:00")),
        (NINE_TO_FIVE, "2026-11-30 16:00", opens("2026-12-01 08:00")),
        # split days, and a night that belongs to the day on which it begins
        (SPLIT, "2026-11-30 11:00", closes("2026-11-30 11:30")),
        (SPLIT, "2026-11-30 11:30", opens("2026-11-30 19:00")),
        (SPLIT, "2026-12-01 00:30", closes("2026-12-01 01:00")),
        (SPLIT, "2026-12-01 01:00", opens("2026-12-07 08:00")),
        # a holiday does not cut the night of its eve
        (NIGHT, "2026-12-26 00:30", closes("2026-12-26 01:00")),
        (NIGHT, "2026-12-25 18:00", opens("2026-12-25 19:00")),
        # spring's gap: what begins or ends in it does so when it is over (01:00 UTC), not at 03:30
        (hours(**every_day(["02:30", "05:00"])), "2027-03-28 00:59", opens("2027-03-28 01:00")),
        (hours(**every_day(["01:00", "02:30"])), "2027-03-28 00:30", closes("2027-03-28 01:00")),
        (hours(sun=[["02:10", "02:50"]]), "2027-03-27 12:00", opens("2027-04-04 00:10")),
        # autumn's repeated hour: open from the first, closed at the second
        (hours(**every_day(["02:30", "05:00"])), "2027-10-31 00:00", opens("2027-10-31 00:30")),
        (hours(**every_day(["20:00", "02:30"])), "2027-10-31 00:45", closes("2027-10-31 01:30")),
        # nine o'clock is nine o'clock before and after
        (NINE_TO_FIVE, "2027-03-27 12:00", closes("2027-03-27 16:00")),
        (NINE_TO_FIVE, "2027-03-28 12:00", closes("2027-03-28 15:00")),
        # zones of half and three quarters of an hour, and one that puts its clocks by half an hour
        (hours("Asia/Kolkata", **every_day(["09:00", "17:00"])), "2026-11-30 03:29", opens("2026-11-30 03:30")),
        (hours("Asia/Kathmandu", **every_day(["09:00", "17:00"])), "2026-11-30 03:14", opens("2026-11-30 03:15")),
        (hours("Australia/Lord_Howe", **every_day(["02:15", "09:00"])), "2027-10-02 15:00", opens("2027-10-02 15:30")),
        (hours("Australia/Lord_Howe", **every_day(["01:00", "01:45"])), "2027-04-03 14:50", closes("2027-04-03 15:15")),
        # one that puts them at midnight
        (hours("Asia/Beirut", sun=[["00:00", "08:00"]]), "2027-03-27 21:00", opens("2027-03-27 22:00")),
        # around the clock, a whole day, nothing at all
        (hours(**every_day(ALWAYS)), "2026-11-30 12:00", (True, None, None)),
        (hours(mon=[["00:00", "00:00"]]), "2026-11-30 12:00", closes("2026-11-30 23:00")),
        (hours(mon=[["18:00", "18:00"]], tue=[["17:00", "19:00"]]), "2026-11-30 17:00", closes("2026-12-01 18:00")),
        (hours(), "2026-11-30 12:00", (False, None, None)),
        (None, "2026-11-30 12:00", (True, None, None)),
        (hours("Europe/Atlantis"), "2026-11-30 12:00", (True, None, None)),
        # dates: closed, open on a closed day, once and for all, every year beyond New Year
        (only("2027-02-01", "10:00", "12:00"), "2026-11-30 12:00", opens("2027-02-01 09:00")),
        (only("2026-11-30", "10:00", "16:00"), "2026-11-30 12:00", closes("2026-11-30 15:00")),
        (hours(dates=[XMAS], **every_day(ALWAYS)), "2029-12-20 12:00", closes("2029-12-23 23:00")),
        (hours(dates=[XMAS], **every_day(ALWAYS)), "2029-12-31 12:00", opens("2030-01-02 23:00")),
        # of several that name a day: one year's, then the fewer days, then the last
        (hours(dates=[{"on": "2026-12-31", "ranges": [ALWAYS]}, XMAS]), "2026-12-30 12:00", opens("2026-12-30 23:00")),
        (
            hours(dates=[{"from": "2027-12-30", "to": "2027-12-31", "yearly": True, "ranges": [ALWAYS]}, XMAS]),
            "2026-12-28 12:00",
            opens("2026-12-29 23:00"),
        ),
        (
            hours(dates=[{**XMAS, "yearly": False}, {"on": "2026-12-31", "yearly": True, "ranges": [ALWAYS]}]),
            "2026-12-31 12:00",
            opens("2027-12-30 23:00"),
        ),
        (
            hours(dates=[{"on": "2026-12-31", "ranges": [ALWAYS]}, {"on": "2026-12-31", "ranges": []}]),
            "2026-12-28 12:00",
            (False, None, None),
        ),
        (only("2028-02-29", *ALWAYS, yearly=True), "2031-06-01 00:00", opens("2032-02-28 23:00")),
    ],
)  # fmt: skip
def test_a_shop_stands_as_its_clocks_say(its: Hours | None, at: str, stands: tuple[Any, ...]) -> None:
    assert told(standing(its, utc(at))) == stands


# -- against a model ------------------------------------------------------------------------------------------------

# Around days on which clocks are put, in the zone's own summers and winters, and some on which they are not.
PLACES = [
    (BERLIN, "2027-03-28"),
    (BERLIN, "2027-10-31"),
    ("Europe/London", "2027-10-31"),
    ("America/New_York", "2027-03-14"),
    ("America/St_Johns", "2027-11-07"),
    ("America/Havana", "2027-11-07"),
    ("Asia/Beirut", "2027-03-28"),
    ("Asia/Kathmandu", "2027-03-28"),
    ("Asia/Kolkata", "2027-01-01"),
    ("Australia/Lord_Howe", "2027-04-04"),
    ("Australia/Lord_Howe", "2027-10-03"),
    ("Pacific/Chatham", "2027-04-04"),
    ("Pacific/Chatham", "2027-09-26"),
    ("UTC", "2028-02-29"),
]
CLOCKS = st.builds(
    "{:02}:{:02}".format, st.sampled_from([0, 1, 2, 3, 4, 9, 17, 22, 23]), st.sampled_from([0, 1, 15, 30, 45, 59])
)
RANGES = st.lists(st.tuples(CLOCKS, CLOCKS | st.just("24:00")), max_size=3)


def the_dates(day: date) -> st.SearchStrategy[Any]:
    near = st.integers(-2, 3).map(lambda ahead: day + ahead * DAY)

    def shaped(first: date, days: int, yearly: bool, one: bool, ranges: Any) -> dict[str, Any]:
        first = first.replace(year=first.year - yearly) if (first.month, first.day) != (2, 29) else first
        ends = {"on": first} if one else {"from": first, "to": first + days * DAY}
        return {**ends, "yearly": yearly, "ranges": ranges}

    return st.lists(st.builds(shaped, near, st.integers(0, 3), st.booleans(), st.booleans(), RANGES), max_size=3)


def model(its: Hours, start: datetime) -> list[bool]:
    """Whether it is open at each minute of `SEEN`, by looking at the clock on the wall at every one, from days before.

    It opens at the first minute at which the clock shows the beginning, and closes at the last at which it shows the
    end; a clock that never shows it is past it at some minute.
    """
    walls, first, last = on_the_wall(its.zone, start - AROUND)
    found = [False] * len(walls)
    for day in sorted({wall.date() for wall in first}):
        for begin, end in its.ranges(day):
            opened = _found(first, walls, _clock(day, begin))
            closed = _found(last, walls, _clock(day + DAY if end <= begin else day, end))
            found[opened:closed] = [True] * max(0, closed - opened)
    before = AROUND // MINUTE
    return found[before : before + SEEN // MINUTE]


@cache
def on_the_wall(zone: str, start: datetime) -> tuple[list[datetime], dict[datetime, int], dict[datetime, int]]:
    """What the clock shows at every minute, and at which of them it shows that first and last."""
    there = ZoneInfo(zone)
    instants = (start + ahead * MINUTE for ahead in range((AROUND + SEEN + AROUND) // MINUTE))
    walls = [at.astimezone(there).replace(tzinfo=None) for at in instants]
    last = {wall: index for index, wall in enumerate(walls)}
    first = {wall: len(walls) - 1 - index for index, wall in enumerate(reversed(walls))}
    return walls, first, last


def _found(shown: dict[datetime, int], walls: list[datetime], wall: datetime) -> int:
    return shown[wall] if wall in shown else next((i for i, one in enumerate(walls) if one > wall), len(walls))


def _clock(day: date, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T00:00") + timedelta(hours=int(clock[:2]), minutes=int(clock[3:]))


@st.composite
def weeks(draw: Callable[..., Any]) -> tuple[Hours, datetime]:
    zone, day = draw(st.sampled_from(PLACES))
    on = date.fromisoformat(day)
    week = draw(st.dictionaries(st.sampled_from(DAYS), RANGES))
    return hours(zone, draw(the_dates(on)), **week), datetime(on.year, on.month, on.day, tzinfo=UTC) - DAY


@settings(max_examples=60, deadline=None)
@example((hours(sat=[["20:00", "02:00"]]), utc("2027-10-30 00:00")))
@given(weeks())
def test_it_stands_as_somebody_would_find_who_looks_at_the_clock_every_minute(found: tuple[Hours, datetime]) -> None:
    its, start = found
    minutes = SEEN // MINUTE
    expected = model(its, start)
    at = 0
    while at < minutes:  # from turn to turn: between two of them nothing else may be
        now = standing(its, start + at * MINUTE)
        turn = minutes if now.until is None else min(minutes, (now.until - start) // MINUTE)
        assert turn > at
        assert expected[at:turn] == [now.open] * (turn - at)
        assert now.next == (None if now.open else now.until)
        late = standing(its, start + (turn - 1) * MINUTE)
        assert late == now or (now.until is None and late.open == now.open)  # what is a year ahead came into sight
        at = turn


@pytest.mark.parametrize(
    ("its", "field"),
    [
        ({"week": {"mon": [["09:00", "10:00"]] * (MOST_RANGES + 1)}}, "week"),
        ({"dates": [{"on": "2026-12-24", "ranges": []}] * (MOST_DATES + 1)}, "dates"),
        ({"dates": [{"ranges": []}]}, "dates"),
        ({"dates": [{"on": "2026-12-24", "to": "2026-12-26", "ranges": []}]}, "dates"),
        ({"dates": [{"from": "2026-12-24", "ranges": []}]}, "dates"),
        ({"dates": [{"from": "2026-12-24", "to": "2026-12-23", "ranges": []}]}, "dates"),
        ({"dates": [{"from": "2026-12-24", "to": "2027-12-24", "yearly": True, "ranges": []}]}, "dates"),
        ({"dates": [{"on": "2026-12-24", "ranges": [["10:00", "11:00"]] * (MOST_RANGES + 1)}]}, "dates"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(its: dict[str, Any], field: str) -> None:
    with pytest.raises(Refusal) as refused:
        msgspec.convert({"zone": BERLIN, **its}, Hours).checked()
    assert (refused.value.code, refused.value.detail["field"]) == ("bad_hours", field)


@pytest.mark.parametrize("clock", ["9:00", "24:01", "25:00", "09:60", "0900", "09:00\n", "", 9])
def test_a_time_is_written_by_four_figures(clock: Any) -> None:
    with pytest.raises(msgspec.ValidationError):
        hours(mon=[[clock, "17:00"]])


def test_it_is_told_as_it_was_written() -> None:
    # as JSON brings it and takes it: a date is text there
    week = {"mon": [["09:00", "12:30"], ["20:00", "02:00"]]}
    dates = [{"ranges": [], "on": "2026-12-24"}, {**XMAS, "ranges": [["10:00", "24:00"]]}]
    its = {"zone": BERLIN, "week": week, "dates": dates}
    kept = msgspec.json.encode(msgspec.json.decode(msgspec.json.encode(its), type=Hours).checked())
    assert msgspec.json.decode(kept) == its
