"""One rule for time zones, whatever asks and whatever the machine has of its own."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from zoneinfo import reset_tzpath

import pytest

from app import zones
from app.chat.errors import Refusal
from app.chat.figures import Span
from tests.running import PATIENCE, ROOT

# As browsers, people and attackers name them. The last but two lie where some machines keep their own.
UNKNOWN_ZONES = [
    "Nowhere/Atlantis",
    "Etc/Unknown",
    "Factory",
    "GMT+8",
    "UTC+8",
    "+08:00",
    "CST",
    "1440",
    "-9999",
    "8h",
    "\u0661",
    " ",
    "Europe",
    "Europe/",
    "Europe/Berlin\n",
    "Europe/Berlin\0",
    "/etc/localtime",
    "../../etc/passwd",
    "../zoneinfo/Europe/Berlin",
    "Europe/../Europe/Berlin",
    "A/" * 2000,
    "right/Europe/Berlin",
    "posix/UTC",
    "posixrules",
    "localtime",
    "zone.tab",
]


@pytest.mark.parametrize(
    ("asked", "called", "january", "july"),
    [
        ("UTC", "UTC", 0, 0),
        ("utc", "UTC", 0, 0),
        ("Etc/UTC", "Etc/UTC", 0, 0),
        ("Europe/Berlin", "Europe/Berlin", 60, 120),
        ("EUROPE/berlin", "Europe/Berlin", 60, 120),
        ("Asia/Calcutta", "Asia/Calcutta", 330, 330),
        ("US/Pacific", "US/Pacific", -480, -420),
        ("America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires", -180, -180),
        ("Etc/GMT+8", "Etc/GMT+8", -480, -480),
        ("Asia/Kathmandu", "Asia/Kathmandu", 345, 345),
        ("60", "UTC+01:00", 60, 60),
        ("+60", "UTC+01:00", 60, 60),
        ("-210", "UTC-03:30", -210, -210),
        ("0", "UTC", 0, 0),
    ],
)
def test_a_zone_by_its_name_or_by_minutes(asked: str, called: str, january: int, july: int) -> None:
    zone = zones.zone(asked)
    assert zones.called(zone) == called
    for month, minutes in ((1, january), (7, july)):
        assert datetime(2026, month, 15, tzinfo=zone).utcoffset() == timedelta(minutes=minutes)


@pytest.mark.parametrize("asked", UNKNOWN_ZONES)
def test_what_is_not_known_is_refused(asked: str) -> None:
    with pytest.raises(Refusal) as caught:
        zones.zone(asked)
    assert (caught.value.code, caught.value.status) == ("bad_zone", 400)


def test_every_name_there_is_has_its_table_on_a_machine_without_any() -> None:
    """Those of the machine are looked for first: here there are none."""
    reset_tzpath(to=[])
    try:
        for name in zones._names().values():
            assert zones.zone(name).utcoffset(datetime(2026, 1, 1)) is not None, name
    finally:
        reset_tzpath()


def test_a_program_that_is_told_of_no_tables_knows_them_all() -> None:
    code = "from app import zones; print(zones.zone('asia/tokyo'), zones.zone('UTC'))"
    said = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONTZPATH": ""},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE,
    )
    assert said.stdout.split() == ["Asia/Tokyo", "UTC"]


@pytest.mark.parametrize(
    ("name", "day", "begins", "hours"),
    [
        ("Africa/Cairo", date(2026, 4, 24), datetime(2026, 4, 23, 22, tzinfo=UTC), 23),  # there is no midnight
        ("Africa/Cairo", date(2026, 10, 29), datetime(2026, 10, 28, 21, tzinfo=UTC), 25),  # 23 o'clock comes twice
        ("America/Havana", date(2024, 11, 3), datetime(2024, 11, 3, 4, tzinfo=UTC), 25),  # midnight comes twice
        ("Pacific/Apia", date(2011, 12, 30), datetime(2011, 12, 30, 10, tzinfo=UTC), 0),  # a day that never was
        ("Australia/Lord_Howe", date(2026, 10, 4), datetime(2026, 10, 3, 13, 30, tzinfo=UTC), 23.5),
    ],
)
def test_a_day_is_as_long_as_it_is_there(name: str, day: date, begins: datetime, hours: float) -> None:
    half_hours = Span(day, day, zones.zone(name)).half_hours
    assert half_hours.start * 1800 == begins.timestamp()
    assert len(half_hours) == hours * 2
