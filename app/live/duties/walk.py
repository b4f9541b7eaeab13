"""A walk over all conversations of a shard, from the one silent longest on, a page at a time."""

from collections.abc import Sequence
from typing import NamedTuple

from app.store.logs import Logs


class _Place(NamedTuple):
    """Where a walk has come to: from which activity on, how many that share it are passed, in which walk."""

    since: str
    skip: int
    walk: int


class Page(NamedTuple):
    """Some conversations, where they were found, and where to go on; None where they are the last."""

    uids: Sequence[str]
    place: _Place
    after: _Place | None


class Walk:
    """A walk is `over` once all are passed. A conversation that is active meanwhile moves ahead, and so is met."""

    def __init__(self, logs: Logs, shard: str) -> None:
        self._logs, self._shard = logs, shard
        self._place: _Place | None = _Place("-inf", 0, 0)
        self._walks = 0

    def begin(self) -> None:
        """Pass all of them once more."""
        self._walks += 1
        self._place = _Place("-inf", 0, self._walks)

    @property
    def over(self) -> bool:
        """Whether all are passed."""
        return self._place is None

    async def page(self, most: int) -> Page:
        """The next of them; they are met again until they are `passed`."""
        place = self._place
        assert place is not None
        found = await self._logs.page(self._shard, place.since, place.skip, most)
        after = None
        if len(found) == most:
            last = found[-1][1]  # who shares it comes twice, rather than not at all
            after = place._replace(since=last, skip=place.skip + most if last == place.since else 0)
        return Page([uid for uid, _ in found], place, after)

    def passed(self, page: Page) -> None:
        """Go on behind this page; unless the walk was begun anew meanwhile."""
        if self._place == page.place:
            self._place = page.after

    async def left(self) -> int:
        """How many are not passed yet."""
        return await self._logs.after(self._shard, self._place.since) if self._place else 0
