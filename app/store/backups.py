"""What is known of the shop's backups: the last one, what the last attempt failed of, and whether one is asked for.

Where they are and what is in them is told by the place they are in; here stands what people and figures are shown
without looking there, on every node.
"""

import asyncio
from collections.abc import Mapping
from typing import NamedTuple

from app.store import scripts
from app.store.keys import Keys
from app.store.pipeline import Pipeline
from app.store.resp import pairs

_LEASE, _NOTE = map(scripts.load, ("lease_backup", "note_backup"))
# Seconds after which whoever makes one, and was not heard of since, counts as gone.
LEASE_DURATION = 60.0
# Milliseconds after which a daily one should have been made, and the next looked through: a day, and two hours.
OVERDUE_MS = 26 * 3_600_000
# Characters of a reason, or of a place, that are kept.
_LONGEST = 300


class Made(NamedTuple):
    """A backup. `at_ms`: when it was begun, so what it has is as of then (unix ms); `name`, `place`: its file and where
    that is, without a password; `bytes`: its size; `verified`: whether it was looked through after it was written;
    `encrypted`: to somebody's key."""

    at_ms: int
    name: str
    place: str
    bytes: int
    verified: bool
    encrypted: bool


class Failure(NamedTuple):
    """An attempt that came to nothing. `at_ms`: when it was begun, unix ms; `reason`: a sentence for the operator."""

    at_ms: int
    reason: str


class Known(NamedTuple):
    """`last`: the newest backup; `failure`: of the last attempt, where it failed; `begun_ms`: when that was begun,
    whatever came of it; `open`: whether it is not known yet what; `busy`: whether somebody is at it; `asked_ms`: since
    when one is asked for that was not begun yet. Times unix ms, 0 where there is no such thing."""

    last: Made | None
    failure: Failure | None
    begun_ms: int
    open: bool
    busy: bool
    asked_ms: int

    def overdue(self, now_ms: int) -> bool:
        """Whether the last one is older than one of each day should be; where there is one."""
        return self.last is not None and now_ms - self.last.at_ms > OVERDUE_MS


class Backups:
    """One shop's. Whoever makes a backup has to `take` that upon them, says `begun`, and then `made` or `failed`."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    async def read(self) -> Known:
        """As it stands."""
        raw, busy = await asyncio.gather(
            self._pipeline.call("HGETALL", Keys.backups()), self._pipeline.call("EXISTS", _lease())
        )
        found = pairs(raw)
        last = Made(
            int(found.get("at", 0)),
            found.get("name", ""),
            found.get("place", ""),
            int(found.get("bytes", 0)),
            found.get("verified") == "1",
            found.get("encrypted") == "1",
        )
        failure = Failure(int(found.get("failed", 0)), found.get("reason", ""))
        return Known(
            last if last.at_ms else None,
            failure if failure.at_ms else None,
            int(found.get("begun", 0)),
            "open" in found,
            bool(busy),
            int(found.get("asked", 0)),
        )

    async def take(self, who: str) -> bool:
        """Be the one who makes backups, or go on to be; False where another is."""
        return bool(await self._pipeline.eval(_LEASE, (_lease(),), (who, round(LEASE_DURATION * 1000))))

    async def give_up(self, who: str) -> None:
        """Let another make the next."""
        await self._pipeline.eval(_LEASE, (_lease(),), (who, 0))

    async def begun(self, at_ms: int) -> None:
        """One is being made, also for whoever asked for one."""
        await self._note({"begun": at_ms, "open": 1}, "asked")

    async def made(self, made: Made) -> None:
        """It is there, under its name."""
        facts: dict[str, str | int] = {
            "at": made.at_ms,
            "name": made.name,
            "place": made.place[:_LONGEST],
            "bytes": made.bytes,
            "verified": int(made.verified),
            "encrypted": int(made.encrypted),
        }
        await self._note(facts, "open", "failed", "reason")

    async def failed(self, failure: Failure) -> None:
        """It came to nothing; the last one stays the last."""
        await self._note({"failed": failure.at_ms, "reason": failure.reason[:_LONGEST]}, "open")

    async def ask(self, now_ms: int) -> None:
        """Somebody wants one now."""
        await self._note({"asked": now_ms})

    async def _note(self, facts: Mapping[str, str | int], *gone: str) -> None:
        """Also where the store is full."""
        words = [word for pair in facts.items() for word in pair]
        await self._pipeline.eval(_NOTE, (Keys.backups(),), (len(gone), *gone, *words))


def _lease() -> str:
    return Keys.lease(Keys.people(), "backup")
