"""When a backup is wanted: by the clock of a zone, by a button, and again where one came to nothing."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.backup.schedule import RETRY_MS, last_time, wanted_since
from app.config import BackupSettings, S3Settings
from app.store.backups import Failure, Known, Made

NOTHING = Known(None, None, 0, open=False, busy=False, asked_ms=0)
HOUR_MS = 3_600_000


def settings(at: str) -> BackupSettings:
    return BackupSettings(at, "/backups", 14, "", S3Settings("", "", "", ""))


def ms(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def made(at_ms: int) -> Known:
    return NOTHING._replace(last=Made(at_ms, "name", "/backups", 1, verified=True, encrypted=False), begun_ms=at_ms)


BERLIN = "03:30 Europe/Berlin"


@pytest.mark.parametrize(
    ("now", "last", "after"),
    [
        ("2026-11-29T02:29:59+00:00", "2026-11-28T02:30:00+00:00", "2026-11-29T02:30:00+00:00"),
        ("2026-11-29T02:30:00+00:00", "2026-11-29T02:30:00+00:00", "2026-11-30T02:30:00+00:00"),
        ("2026-07-01T12:00:00+00:00", "2026-07-01T01:30:00+00:00", "2026-07-02T01:30:00+00:00"),
    ],
)
def test_the_clock_is_that_of_the_zone_in_summer_and_in_winter(now: str, last: str, after: str) -> None:
    assert last_time(BERLIN, ms(now)) == ms(last)
    assert last_time(BERLIN, ms(after) - 1) == ms(last)
    assert last_time(BERLIN, ms(after)) == ms(after)


@given(
    now=st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)),
    minutes=st.integers(0, 1439),
    zone=st.sampled_from(
        ["Europe/Berlin", "America/Santiago", "Australia/Lord_Howe", "Asia/Shanghai", "Asia/Kathmandu"]
    ),
)
def test_there_is_one_on_each_day_also_where_clocks_change(now: datetime, minutes: int, zone: str) -> None:
    at, now_ms = f"{minutes // 60:02}:{minutes % 60:02} {zone}", round(now.replace(tzinfo=UTC).timestamp() * 1000)
    last = last_time(at, now_ms)
    after = last_time(at, last + 26 * HOUR_MS)
    assert last <= now_ms < after
    assert 22 * HOUR_MS <= after - last <= 26 * HOUR_MS
    days = [datetime.fromtimestamp(one / 1000, ZoneInfo(zone)).date() for one in (last, after)]
    assert days[1] - days[0] == timedelta(days=1)
    assert last_time(at, after) == after


def test_the_first_one_is_made_at_once_and_the_next_at_its_time() -> None:
    now_ms = ms("2026-11-29T12:00:00+00:00")
    assert wanted_since(settings(BERLIN), NOTHING, now_ms) == ms("2026-11-29T02:30:00+00:00")
    assert wanted_since(settings(BERLIN), made(now_ms), now_ms) == 0
    assert wanted_since(settings(BERLIN), made(now_ms), ms("2026-11-30T02:29:59+00:00")) == 0
    assert wanted_since(settings(BERLIN), made(now_ms), ms("2026-11-30T02:30:00+00:00")) > now_ms


def test_one_that_was_missed_while_nobody_ran_is_made_up_for_once() -> None:
    three_days_ago, now_ms = ms("2026-11-26T02:30:05+00:00"), ms("2026-11-29T12:00:00+00:00")
    assert wanted_since(settings(BERLIN), made(three_days_ago), now_ms) == ms("2026-11-29T02:30:00+00:00")
    assert wanted_since(settings(BERLIN), made(now_ms + 1), now_ms + 2) == 0


def test_one_that_failed_is_tried_again_after_a_while() -> None:
    at_ms = ms("2026-11-29T02:30:00+00:00")
    failed = made(at_ms)._replace(failure=Failure(at_ms, "no room"))
    assert wanted_since(settings(BERLIN), failed, at_ms + RETRY_MS - 1) == 0
    assert wanted_since(settings(BERLIN), failed, at_ms + RETRY_MS) > at_ms


def test_one_whose_maker_was_killed_is_tried_again_and_one_that_is_being_made_is_not() -> None:
    at_ms = ms("2026-11-29T02:30:00+00:00")
    killed = made(at_ms)._replace(open=True)
    assert wanted_since(settings(BERLIN), killed, at_ms + RETRY_MS) > at_ms
    assert wanted_since(settings(BERLIN), killed._replace(busy=True), at_ms + RETRY_MS) == 0


def test_whoever_asks_has_one_begun_also_where_none_is_made_by_itself() -> None:
    known = made(1000)._replace(asked_ms=2000)
    assert wanted_since(settings(""), known, 3000) == 2000
    assert wanted_since(settings(""), known._replace(begun_ms=2000), 3000) == 0
    assert wanted_since(settings(""), NOTHING, 3000) == 0
