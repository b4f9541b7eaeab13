"""The desk: whether the shop is open, and who of the team is there. None of it follows from another."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from app.chat import protocol
from app.chat.hours import Hours, Standing, standing
from app.live.dashboard import Dashboard

# For how long a standing without an end is believed: a change further off than a year comes nearer.
BELIEVED = timedelta(days=1)


class Desk:
    """`hours()` are the shop's; `now()` is the time, unix milliseconds."""

    def __init__(self, hours: Callable[[], Hours | None], dashboard: Dashboard, now: Callable[[], int]) -> None:
        self._hours, self._dashboard, self._now = hours, dashboard, now
        self._of: Hours | None = None
        self._standing = Standing(True)
        self._since = self._until = datetime.min.replace(tzinfo=UTC)

    def standing(self) -> Standing:
        """How the shop stands by its hours."""
        hours, instant = self._hours(), datetime.fromtimestamp(self._now() / 1000, UTC)
        if hours != self._of or not self._since <= instant < self._until:  # a clock may be set back, too
            self._of, self._since, self._standing = hours, instant, standing(hours, instant)
            self._until = self._standing.until or instant + BELIEVED
        return self._standing

    def hours_now(self) -> dict[str, Any]:
        """The same as it is told."""
        found = self.standing()
        return {"open": found.open, "until": _told(found.until), "next": _told(found.next)}

    def now(self) -> dict[str, Any]:
        """All that is told of it. `agents_online` is what `accepting` was called at first."""
        accepting = self._dashboard.accepting()
        connected = self._dashboard.agents_connected()
        return {"agents_online": accepting, **self.hours_now(), "agents_connected": connected, "accepting": accepting}


def _told(instant: datetime | None) -> str | None:
    return None if instant is None else protocol.timestamp(int(instant.timestamp()) * 1000)
