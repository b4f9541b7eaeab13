"""A store into which a backup is being restored, or was when that broke off: nobody serves from it until it is whole.

The store says so itself, beside what else was decided of it, and its format is missing meanwhile: so versions that know
nothing of this refuse it, as one that is none of theirs.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

import msgspec

from app.store.errors import NotNow, RestoreIncomplete
from app.store.keys import Keys
from app.store.pipelines import Pipelines
from app.store.resp import pairs

log = logging.getLogger("chatadmin.store")

# Seconds between two looks at whether it is whole now, while somebody waits to serve from it.
LOOK_INTERVAL = 1.0


class Unfinished(msgspec.Struct, frozen=True):
    """What the store says of a restore that has not ended. `at`: since when, unix ms. `shards`: the most of them that
    what lies there may be spread over. `replaced`: where what was there before was backed up, "" where nothing was."""

    at: int
    shards: int
    replaced: str = ""


class Restoring:
    """Whether a store is being filled. `where`: its name, for a sentence."""

    def __init__(self, pipelines: Pipelines, keys: Keys, where: str) -> None:
        self._pipelines, self._keys, self._where = pipelines, keys, where
        self.unfinished = False
        """Whether it was found so, by who waits for its end."""
        self.told: Callable[[str], None] = log.error
        """Told once when it is found so, in a sentence for the operator."""

    async def look(self) -> Unfinished | None:
        """What the store says of a restore that has not ended."""
        pipeline = self._pipelines.at(self._keys.shard(0))
        raw = await pipeline.call("HGET", self._keys.store(), "restoring")
        return msgspec.json.decode(raw, type=Unfinished) if raw else None

    async def refuse(self) -> None:
        """Raises RestoreIncomplete where the store is not whole."""
        if found := await self.look():
            before = f"; what was there before is in {found.replaced}" if found.replaced else ""
            raise RestoreIncomplete(
                f"the store at {self._where} is not whole (restore_incomplete): restoring a backup into it has not "
                f"ended, or broke off; run `chatadmin restore` again, which starts anew{before}"
            )

    async def over(self) -> None:
        """Wait until the store is whole."""
        while True:
            with suppress(NotNow):
                try:
                    await self.refuse()
                    self.unfinished = False
                    return
                except RestoreIncomplete as error:
                    if not self.unfinished:
                        self.told(str(error))
                    self.unfinished = True
            await asyncio.sleep(LOOK_INTERVAL)

    # -- for who restores -------------------------------------------------------------------------------------------

    async def said(self) -> dict[str, str]:
        """What the store says of itself: empty where nobody has used it yet."""
        return pairs(await self._pipelines.at(self._keys.shard(0)).call("HGETALL", self._keys.store()))

    async def begin(self, unfinished: Unfinished) -> None:
        """From now on the store is not whole, whoever is killed."""
        key, pipeline = self._keys.store(), self._pipelines.at(self._keys.shard(0))
        words = ("restoring", msgspec.json.encode(unfinished), "shards", self._keys.count)
        await pipeline.call("HSET", key, *words)
        await pipeline.call("HDEL", key, "format")

    async def end(self, format: int | str) -> None:
        """It is whole, and written in that format."""
        key, pipeline = self._keys.store(), self._pipelines.at(self._keys.shard(0))
        await pipeline.call("HSET", key, "format", format, "shards", self._keys.count)
        await pipeline.call("HDEL", key, "restoring", "all_newer")

    async def give_up(self, said: dict[str, str]) -> None:
        """Nothing was changed since it said this, and nothing will be."""
        key, pipeline = self._keys.store(), self._pipelines.at(self._keys.shard(0))
        if said:
            await pipeline.call("HSET", key, *(word for pair in said.items() for word in pair))
            await pipeline.call("HDEL", key, "restoring")
        else:
            await pipeline.call("DEL", key)
