"""What lies in a store that a backup is to be restored into: whether it is anybody's, whether a node lives there, and
how it goes. On whatever servers, and over however many shards: it may be another shop's that was here before.
"""

import asyncio
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from app.store.keys import Keys
from app.store.pipeline import Pipeline
from app.store.pipelines import Pipelines
from app.store.resp import pairs

# Keys looked at, and removed, in one call.
_PER_CALL = 1000
# Seconds between two looks at heartbeats.
_LOOK_INTERVAL = 0.25
# By its first part a key is ours: other programs may have theirs beside them.
_OURS = re.compile(rb"(\{(?:people|s\d{2,5})\}):")
# What somebody would miss: the team, visitors, conversations. A store on which a server was started has none of these
# as long as nobody has used it.
_OF_WORTH = re.compile(rb"\{people\}:(?:agents$|v:)|\{s\d+\}:c:")
# What stands in place of a heartbeat counter while a node is being buried (bury.lua).
_DEAD = "dead"


class Emptying:
    """One store."""

    def __init__(self, pipelines: Pipelines, keys: Keys) -> None:
        self._pipelines, self._keys = pipelines, keys
        self._kept = {Keys.store().encode(), Keys.erased().encode()}

    async def in_use(self, shards: int) -> bool:
        """Whether there is anything that somebody would miss. `shards`: the most it may be spread over."""
        async with self._servers(shards) as servers:
            for server in servers:
                async for found in _scan(server):
                    if any(map(_OF_WORTH.match, found)):
                        return True
        return False

    async def empty(self, shards: int) -> None:
        """Remove all of ours, but who was erased, and what the store says of itself."""
        async with self._servers(shards) as servers:
            for server in servers:
                async for found in _scan(server):
                    await _unlink(server, [key for key in found if key not in self._kept])

    async def living(self, still: float) -> str:
        """The boot id of a node whose heart beats, "" where there is none: none does for `still` seconds."""
        clock = asyncio.get_running_loop().time
        before, began = await self.counters(), clock()
        while before and clock() - began < still:
            await asyncio.sleep(_LOOK_INTERVAL)
            now = await self.counters()
            if moved := next((boot for boot, counter in now.items() if before.get(boot) != counter), ""):
                return moved
        return ""

    async def counters(self) -> dict[str, str]:
        """The heartbeat counter of each node, the dead among them that nobody has buried yet."""
        shard = self._keys.shard(0)
        found = pairs(await self._pipelines.at(shard).call("HGETALL", Keys.nodes(shard)))
        return {boot: counter for boot, counter in found.items() if counter != _DEAD}

    async def written(self, shards: int) -> list[bytes]:
        """Where the feeds of all shards end: who has written anything since has moved one of them."""
        keys = Keys(shards)
        async with self._all(shards) as pipelines:
            ends = (
                pipelines.at(shard).call("XREVRANGE", keys.feed(shard), "+", "-", "COUNT", 1) for shard in keys.shards()
            )
            return [end[0][0] if end else b"" for end in await asyncio.gather(*ends)]

    @asynccontextmanager
    async def _all(self, shards: int) -> AsyncIterator[Pipelines]:
        """Pipelines to so many shards."""
        if shards == self._keys.count:
            yield self._pipelines
            return
        others = Pipelines(self._pipelines.topology, Keys(shards))
        others.start()
        try:
            await others.ready()
            yield others
        finally:
            await others.close()

    @asynccontextmanager
    async def _servers(self, shards: int) -> AsyncIterator[Sequence[Pipeline]]:
        """A pipeline to each server that may hold something of ours."""
        async with self._all(max(shards, self._keys.count)) as pipelines:
            yield pipelines.servers()


async def _scan(server: Pipeline) -> AsyncIterator[list[bytes]]:
    """The keys of ours on a server, a part at a time."""
    cursor = b"0"
    while True:
        cursor, found = await server.call("SCAN", cursor, "MATCH", "{*}:*", "COUNT", _PER_CALL)
        yield [key for key in found if _OURS.match(key)]
        if cursor == b"0":
            return


async def _unlink(server: Pipeline, keys: Sequence[bytes]) -> None:
    """Remove keys: in a cluster those of one tag alone may go in one command."""
    by_tag: dict[bytes, list[bytes]] = defaultdict(list)
    for key in keys:
        by_tag[key[: key.index(b"}")]].append(key)
    await asyncio.gather(*(server.call("UNLINK", *some) for some in by_tag.values()))
