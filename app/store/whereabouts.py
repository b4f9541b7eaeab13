"""Where visitors are: what they looked at as they wrote, and where they have been since, where that may be known."""

from collections.abc import Iterable

import msgspec

from app.chat.pages import Context, Page
from app.store import scripts
from app.store.command import ignore
from app.store.keys import Keys
from app.store.pipelines import Pipelines

# Pages of a visitor that are kept.
MOST_PAGES = 50
_DAY_MS = 24 * 3600 * 1000

_WALK, _NOTE = scripts.load("walk"), scripts.load("note_visitor")


class Whereabouts:
    """By the visitors' uids. What is known of their pages goes with their last session."""

    def __init__(self, pipelines: Pipelines, keys: Keys, *, visitor_days: int) -> None:
        self._pipelines, self._keys, self._life_ms = pipelines, keys, visitor_days * _DAY_MS

    async def keep(self, uid: str, context: Context) -> None:
        """Where they are as they write, but for the pages before."""
        args = ("context", msgspec.json.encode(context.here))
        await self._pipelines.people.eval(_NOTE, (Keys.visitor(uid),), args)

    def walk(self, uid: str, pages: Iterable[Page], *, known: bool) -> None:
        """They looked at these, which may be `known` from now on, else only if it was so before. It may be lost."""
        args: list[int | bytes] = [int(known), MOST_PAGES, self._life_ms]
        args += [msgspec.json.encode(page) for page in pages]
        self._pipelines.of(uid).run(_WALK, (self._keys.trail(uid),), args, ignore)

    async def forget(self, uid: str) -> None:
        """None of those they looked at is known any more."""
        await self._pipelines.of(uid).call("UNLINK", self._keys.trail(uid))

    async def pages(self, uid: str) -> list[Page]:
        """Those they looked at, the oldest first."""
        found = await self._pipelines.of(uid).call("LRANGE", self._keys.trail(uid), 0, -1)
        return [msgspec.json.decode(item, type=Page) for item in found]
