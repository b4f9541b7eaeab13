"""When agents are told by mail that somebody waits too long, and which of them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar

from app.chat.agent_email import Mailbox
from app.chat.conversation import State
from app.chat.hours import Hours, standing


class Colleague(Protocol):
    """Who may be told."""

    @property
    def role(self) -> str: ...
    @property
    def disabled(self) -> bool: ...
    @property
    def away(self) -> bool: ...
    @property
    def mail(self) -> Mailbox: ...


C = TypeVar("C", bound=Colleague)


def over(minutes: Iterable[int], hours: Hours | None, now_ms: int) -> list[int]:
    """Those of so many minutes during which the shop was open until now, unix ms, without a break: who waits while it
    is closed begins to wait when it opens."""
    return [many for many in sorted(minutes) if _open_since(hours, now_ms, many)]


def _open_since(hours: Hours | None, now_ms: int, minutes: int) -> bool:
    now = datetime.fromtimestamp(now_ms / 1000, UTC)
    found = standing(hours, now - timedelta(minutes=minutes))
    return found.open and (found.until is None or found.until > now)


def due(state: State, minutes: Sequence[int], now_ms: int) -> int:
    """How many times somebody should have been told by now, unix ms, that this visitor waits: once after each of
    `minutes` (`over`), which ascend."""
    if not is_waiting(state):
        return 0
    return sum(state.waiting_since <= now_ms - many * 60_000 for many in minutes)


def is_waiting(state: State) -> bool:
    """Whether their visitor waits for an answer: for anybody's, or for the holder's."""
    return state.status in ("waiting", "held") and state.waiting_since > 0


def administrators(team: Iterable[C]) -> list[C]:
    """Those who are told what only they can put right. Of several who read one mailbox the first."""
    return _by_mailbox(one for one in team if one.mail.email and not one.disabled and one.role == "admin")


def on_duty(team: Iterable[C]) -> list[C]:
    """Those who are told: who can be reached and takes conversations, connected or not; where there is nobody, every
    administrator who can be reached. Of several who read one mailbox the first."""
    able = [one for one in team if one.mail.email and not one.disabled]
    return _by_mailbox(one for one in able if not one.away) or administrators(able)


def _by_mailbox(team: Iterable[C]) -> list[C]:
    return list({one.mail.email.casefold(): one for one in reversed([*team])}.values())[::-1]
