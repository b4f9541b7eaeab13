"""What is known of the shop's backups: the last one, what the last attempt failed of, and whether one is asked for.

Where they are and what is in them is told by the place they are in; here stands what people and figures are shown
without looking there, on every node.
"""

from typing import NamedTuple

from app.store.keys import Keys
from app.store.pipeline import Pipeline
from app.store.resp import pairs

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
    """`last`: the newest backup; `failure`: of the last attempt, where it failed; `since_ms`: since when one is being
    made; `asked_ms`: since when one is asked for that was not begun yet; `begun_ms`: when an attempt was begun last,
    whatever came of it. Times unix ms, 0 where there is no such thing."""

    last: Made | None
    failure: Failure | None
    since_ms: int
    asked_ms: int
    begun_ms: int


class Backups:
    """One shop's. Whoever makes a backup says `begun`, and then `made` or `failed`."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    async def read(self) -> Known:
        """As it stands."""
        found = pairs(await self._pipeline.call("HGETALL", Keys.backups()))
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
            int(found.get("since", 0)),
            int(found.get("asked", 0)),
            int(found.get("begun", 0)),
        )

    async def begun(self, at_ms: int) -> None:
        """One is being made, also for whoever asked for one."""
        await self._pipeline.call("HSET", Keys.backups(), "begun", at_ms, "since", at_ms)
        await self._pipeline.call("HDEL", Keys.backups(), "asked")

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
        await self._pipeline.call("HSET", Keys.backups(), *(part for pair in facts.items() for part in pair))
        await self._pipeline.call("HDEL", Keys.backups(), "since", "failed", "reason")

    async def failed(self, failure: Failure) -> None:
        """It came to nothing; the last one stays the last."""
        told = ("failed", failure.at_ms, "reason", failure.reason[:_LONGEST])
        await self._pipeline.call("HSET", Keys.backups(), *told)
        await self._pipeline.call("HDEL", Keys.backups(), "since")

    async def ask(self, now_ms: int) -> None:
        """Somebody wants one now."""
        await self._pipeline.call("HSET", Keys.backups(), "asked", now_ms)
