"""When agents are told that somebody waits too long, and who is: by examples."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from app.chat import alerts
from app.chat.agent_email import Mailbox
from app.chat.conversation import State
from app.chat.hours import Hours

MINUTES = [60, 5, 15]
BERLIN = Hours("Europe/Berlin", {"mon": (("09:00", "12:00"), ("13:00", "17:00")), "tue": (("22:00", "02:00"),)})


def at(day: int, time: str) -> int:
    """Unix ms of a wall time in Berlin; day 2 of November 2026 is a Monday."""
    hour, minute = map(int, time.split(":"))
    return (
        int(datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC).timestamp()) * 1000
    )


@pytest.mark.parametrize(
    ("day", "time", "over"),
    [
        (2, "08:59", []),
        (2, "09:04", []),
        (2, "09:05", [5]),
        (2, "09:59", [5, 15]),
        (2, "11:59", [5, 15, 60]),
        (2, "12:00", []),
        (2, "13:04", []),
        (2, "13:15", [5, 15]),
        (2, "17:00", []),
        (3, "12:00", []),
        (4, "00:30", [5, 15, 60]),
        (4, "02:00", []),
    ],
)
def test_who_waits_begins_to_when_the_shop_opens(day: int, time: str, over: list[int]) -> None:
    assert alerts.over(MINUTES, BERLIN, at(day, time)) == over


def test_one_waits_who_is_unanswered_whoever_holds_them() -> None:
    now = at(2, "10:00")
    assert alerts.over(MINUTES, None, now) == [5, 15, 60]

    def due(status: str, minutes: float) -> int:
        waiting = State(status, now - int(minutes * 60_000) if minutes else 0)  # type: ignore[arg-type]
        return alerts.due(waiting, [5, 15, 60], now)

    assert [due("waiting", minutes) for minutes in (4.9, 5, 14, 15, 60, 10_000)] == [0, 1, 1, 2, 3, 3]
    assert [due(status, 20) for status in ("held", "here", "snoozed", "resolved", "blocked")] == [2, 0, 0, 0, 0]
    assert due("held", 0) == 0


@dataclass(frozen=True)
class Colleague:
    name: str
    role: str = "agent"
    disabled: bool = False
    away: bool = False
    mail: Mailbox = field(default_factory=Mailbox)


def test_told_are_those_on_duty_who_can_be_reached_each_mailbox_once() -> None:
    anna = Colleague("Anna", mail=Mailbox("shop@example.com"))
    ben = Colleague("Ben", mail=Mailbox("SHOP@example.com"))
    zoe = Colleague("Zoe", mail=Mailbox("zoe@example.com"))
    asked = Colleague("Otto", mail=Mailbox(asked="otto@example.com"))
    out = Colleague("Mia", disabled=True, mail=Mailbox("mia@example.com"))
    away = Colleague("Lin", away=True, mail=Mailbox("lin@example.com"))
    boss = Colleague("Olga", role="admin", away=True, mail=Mailbox("olga@example.com"))
    everybody = [boss, away, anna, asked, ben, out, zoe]
    assert alerts.on_duty(everybody) == [anna, zoe]
    assert alerts.on_duty([boss, away, asked, out]) == [boss]
    assert alerts.on_duty([away, asked, out, Colleague("Rosa", role="admin")]) == []
