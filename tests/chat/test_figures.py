"""Counts put together by the hours and days of a place on earth."""

from datetime import date, timedelta, timezone
from zoneinfo import ZoneInfo

from app.chat.figures import HALF_HOUR_MS, HALF_HOURS_PER_DAY, Cell, Figures, Span, Table

BERLIN = ZoneInfo("Europe/Berlin")
NOON = date(2026, 3, 1).toordinal() - date(1970, 1, 1).toordinal()  # days since 1970


def table(zone: str | timezone, first: date, last: date, *cells: tuple[int, str, str, int]) -> Table:
    made = Table(Span(first, last, ZoneInfo(zone) if isinstance(zone, str) else zone))
    made.add(Cell(*cell) for cell in cells)
    return made


def test_a_day_is_the_reader_s_day() -> None:
    day = date(2026, 3, 1)
    begins = NOON * HALF_HOURS_PER_DAY  # midnight by UTC
    cells = [(begins + at, "", "begun", 1) for at in range(-24, 72)]
    for zone, offset in (("UTC", 0), ("Europe/Berlin", 1), ("America/New_York", -5), ("Asia/Shanghai", 8)):
        found = table(zone, day, day, *cells)
        assert found.total.conversations == HALF_HOURS_PER_DAY, zone
        assert [at.hour for at, _ in found.hours()] == list(range(24)), zone
        assert found.hours()[0][0].utcoffset() == timedelta(hours=offset)
        assert [at for at, _ in found.days()] == [day]


def test_zones_of_half_an_hour_have_whole_hours_too() -> None:
    day = date(2026, 3, 1)
    cells = [(NOON * HALF_HOURS_PER_DAY + at, "", "in", 1) for at in range(-24, 72)]
    found = table("Asia/Kolkata", day, day, *cells)
    assert [figures.from_visitors for _, figures in found.hours()] == [2] * 24
    quarter = table("Asia/Kathmandu", day, day, *cells)  # 5:45: what begins at a quarter past belongs to that hour
    assert [figures.from_visitors for _, figures in quarter.hours()] == [2] * 24


def test_the_days_of_a_change_of_clocks_have_23_and_25_hours() -> None:
    for day, hours in ((date(2026, 3, 29), 23), (date(2026, 10, 25), 25)):
        span = Span(day, day, BERLIN)
        assert len(span.half_hours) == 2 * hours
        found = Table(span)
        found.add(Cell(half_hour, "", "in", 1) for half_hour in span.half_hours)
        assert len(found.hours()) == hours, "the hour that comes twice is two rows"
        assert [(at, figures.from_visitors) for at, figures in found.days()] == [(day, 2 * hours)]


def test_only_days_that_are_touched_are_asked_for() -> None:
    day = date(1970, 1, 3)
    assert Span(day, day, ZoneInfo("UTC")).days == range(2, 3)
    assert Span(day, day, ZoneInfo("Asia/Shanghai")).days == range(1, 3)
    assert Span(day, day, timezone(timedelta(hours=-5))).days == range(2, 4)


def test_agents_and_lengths_are_summed() -> None:
    at, day = NOON * HALF_HOURS_PER_DAY + 20, date(2026, 3, 1)
    found = table(
        "UTC",
        day,
        day,
        (at, "a1", "out", 3),
        (at, "a1", "first", 2),
        (at, "a1", "first_ms", 90_000),
        (at, "a1", "first0", 1),
        (at + 1, "a2", "first", 1),
        (at + 1, "a2", "first_ms", 240_000),
        (at + 1, "a2", "first2", 1),
        (at + 1, "a2", "resolved4", 1),
        (at, "a1", "good", 2),
        (at + 1, "a2", "bad", 1),
        (at, "", "shown:t", 7),
        (at + 1, "", "answered:t", 2),
        (at, "", "of another version", 9),
        (at + 2 * HALF_HOURS_PER_DAY, "a1", "out", 100),
    )
    assert found.agents["a1"].from_team == found.total.from_team == 3
    assert (found.agents["a1"].first.average_s, found.agents["a2"].first.average_s) == (45, 240)
    assert found.total.first.classes == [1, 0, 1, 0, 0]
    assert found.total.resolved.classes == [0, 0, 0, 0, 1]
    assert [(figures.first.count, figures.good, figures.bad) for _, figures in found.hours()] == [(3, 2, 1)]
    assert (found.agents["a1"].good, found.agents["a2"].bad, found.triggers) == (
        2,
        1,
        {"t": {"shown": 7, "answered": 2}},
    )
    assert Figures().first.average_s is None
    assert HALF_HOUR_MS * HALF_HOURS_PER_DAY == 86_400_000
