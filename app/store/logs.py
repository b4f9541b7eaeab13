"""Where the logs of a shard end, for what reads them behind the messages."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from app.store.keys import Keys
from app.store.pipelines import Pipelines
from app.store.resp import texts


class LogEnd(NamedTuple):
    """A conversation's epoch, and the last seq in it; 0 where nothing was written yet."""

    epoch: int
    seq: int


class Logs:
    """All conversations of a shard, by their last activity."""

    def __init__(self, pipelines: Pipelines, keys: Keys) -> None:
        self._pipelines, self._keys = pipelines, keys

    async def page(self, shard: str, since: str, skip: int, count: int) -> list[tuple[str, str]]:
        """A page of the conversations last active at `since` or later: uid and activity of each, the oldest first.

        `since` is "-inf" or an activity that was told here; of those that share it, `skip` are left out.
        """
        raw = await self._pipelines.at(shard).call(
            "ZRANGE", Keys.all(shard), since, "+inf", "BYSCORE", "LIMIT", skip, count, "WITHSCORES"
        )
        found = texts(raw)
        return list(zip(found[::2], found[1::2], strict=True))

    async def after(self, shard: str, since: str) -> int:
        """How many conversations were last active at `since` or later."""
        return int(await self._pipelines.at(shard).call("ZCOUNT", Keys.all(shard), since, "+inf"))

    async def ends(self, shard: str, uids: Sequence[str]) -> dict[str, LogEnd]:
        """Where these conversations of one shard end; those that the store does not know are left out."""
        pipeline = self._pipelines.at(shard)
        metas = await asyncio.gather(
            *(pipeline.call("HMGET", self._keys.conversation(uid).meta, "epoch", "seq") for uid in uids)
        )
        found = zip(uids, metas, strict=True)
        return {uid: LogEnd(int(epoch), int(seq or 0)) for uid, (epoch, seq) in found if epoch is not None}
