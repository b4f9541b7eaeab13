"""Sites in the store: where the chat was shown last, and who was refused lately."""

import asyncio
from typing import Literal, NamedTuple

from app.store.keys import Keys
from app.store.pipeline import Pipeline

Fate = Literal["seen", "refused"]

# How many are kept of each. Of names under a `*` there may be any number, and of those that were refused, too.
_KEPT: dict[Fate, int] = {"seen": 100, "refused": 20}


class Site(NamedTuple):
    """A site, by its origin, and when that was, unix ms."""

    origin: str
    at: int


class Sites:
    """Those that were seen and those that were refused, each with when it was last."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    async def note(self, fate: Fate, site: Site) -> None:
        """It was, just now; the one of which that is longest ago is forgotten."""
        key = Keys.sites(fate)
        await asyncio.gather(
            self._pipeline.call("ZADD", key, "GT", site.at, site.origin),
            self._pipeline.call("ZREMRANGEBYRANK", key, 0, -_KEPT[fate] - 1),
        )

    async def all(self, fate: Fate) -> list[Site]:
        """All that are kept, newest first."""
        found = await self._pipeline.call("ZRANGE", Keys.sites(fate), 0, -1, "REV", "WITHSCORES")
        return [Site(found[at].decode(), int(found[at + 1])) for at in range(0, len(found), 2)]
