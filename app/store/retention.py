"""Forgetting what is older than the shop keeps: a few entries of a few conversations at a time."""

import asyncio
from collections.abc import AsyncIterator

from app.store import entries, index, scripts
from app.store.index import Index
from app.store.keys import IndexKeys, Keys
from app.store.mail_tokens import Mail
from app.store.pipelines import Pipelines
from app.store.resp import texts

# Entries of one conversation that go in one call: a millisecond of the store's time.
TRIM_BATCH = 500
# Conversations looked at together, and the pause after them (s), in which people's messages come first.
CONVERSATIONS_PER_BATCH, BATCH_PAUSE = 50, 0.02
# Entries of a feed looked at in one call.
FEED_BATCH = 500
# Entries that an open conversation keeps, however old: a page.
ENTRIES_KEPT_OPEN = 50

_TRIM, _FORGET_ENTERED = map(scripts.load, ("trim", "forget_entered"))


class Retention:
    """The oldest entries of every conversation, and whatever else still holds them."""

    def __init__(self, pipelines: Pipelines, keys: Keys, index: Index) -> None:
        self._pipelines, self._keys, self._index = pipelines, keys, index
        self._mail = Mail(pipelines.people)

    async def forget(self, before: int) -> int:
        """Remove every entry older than `before` (unix ms); returns how many went.

        Two nodes that do so at once do no harm.
        """
        removed = 0
        for shard in self._keys.shards():
            async for uids in self._conversations(shard):
                removed += sum(await asyncio.gather(*(self.trim(uid, before) for uid in uids)))
                await asyncio.sleep(BATCH_PAUSE)
            await self._forget_feed(shard, before)
            await self._forget_index(shard, before)
        return removed

    async def trim(self, uid: str, before: int) -> int:
        """Remove a conversation's entries older than `before`, and with the last of them what its visitor entered;
        returns how many went."""
        removed, more, none = 0, b"1", b"0"
        while more == b"1":
            went, more, none = await self._pipelines.of(uid).eval(
                _TRIM, self._keys.conversation(uid), (uid, before, TRIM_BATCH, ENTRIES_KEPT_OPEN)
            )
            removed += int(went)
        if none == b"1" and await self._pipelines.people.eval(_FORGET_ENTERED, (Keys.visitor(uid),), (before,)):
            await self._pipelines.of(uid).call("UNLINK", self._keys.trail(uid))
            await self._mail.forget(uid)
        return removed

    async def _forget_feed(self, shard: str, before: int) -> None:
        """A quiet shop's feed goes back a long way. Its newest entry stays: nodes compare it with what they read."""
        pipeline, feed = self._pipelines.at(shard), self._keys.feed(shard)
        while True:
            batch = await pipeline.call("XRANGE", feed, "-", "+", "COUNT", FEED_BATCH)
            kept = next((id for id, fields in batch if entries.time_told(fields[0]) >= before), None)
            if kept or len(batch) < FEED_BATCH:
                if batch:
                    await pipeline.call("XTRIM", feed, "MINID", "=", kept or batch[-1][0])
                return
            await pipeline.call("XTRIM", feed, "MINID", "=", batch[-1][0])

    async def _forget_index(self, shard: str, before: int) -> None:
        """Of the index go the periods that are over by then; what it knows of the rest leads to nothing."""
        found = map(int, await self._pipelines.at(shard).call("SMEMBERS", IndexKeys(shard).periods))
        for period in [period for period in found if period < index.period(before)]:
            await self._index.forget(shard, period)

    async def _conversations(self, shard: str) -> AsyncIterator[list[str]]:
        """Every conversation of a shard, a few at a time; one that moves meanwhile may come twice."""
        cursor = b"0"
        while True:
            cursor, found = await self._pipelines.at(shard).call(
                "ZSCAN", self._keys.all(shard), cursor, "COUNT", CONVERSATIONS_PER_BATCH
            )
            yield texts(found[::2])
            if cursor == b"0":
                return
