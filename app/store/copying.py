"""What the store keeps, read out as it stands: for a copy of all of it, made while others use it.

Every call is short, and of a bounded reply: what is large is read by pages. A store that goes away is waited for.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import NamedTuple

from app.store.errors import NotNow
from app.store.keys import Keys, MailKeys
from app.store.pipeline import Pipeline
from app.store.pipelines import REFUSED_PAUSE, Pipelines
from app.store.resp import Argument, Reply, pairs, texts, unix_ms

# Keys, or fields, looked at in one call.
_KEYS_PER_CALL = 500
# Seconds that a store is waited for which goes away meanwhile: longer than a failover takes, or a start.
_AWAY_PATIENCE = 60.0
# Days of counts read together.
_DAYS_TOGETHER = 50

Item = tuple[bytes, list[bytes]]
"""Of a log: its id, and its fields and their values."""


class Standing(NamedTuple):
    """A conversation but for its log: how far reports have counted it (JSON, or ""), its meta, how long its log is."""

    counted: str
    meta: dict[str, str]
    length: int


class Beside(NamedTuple):
    """What is kept beside a log: since when it has each tag; the pages its visitor looked at, and until when they are
    kept (unix ms); its episodes; its files, by their ids; and the epoch it has now."""

    tagged: dict[str, int]
    pages: list[str]
    pages_until: int
    episodes: list[str]
    files: dict[str, bytes]
    epoch: str


class Copying:
    """Reads, of all shards and of people. Raises StoreError."""

    def __init__(self, pipelines: Pipelines, keys: Keys) -> None:
        self._pipelines, self._keys = pipelines, keys
        self.turns = 0
        """Rises whenever a server is reached or lost: what was read before may be of another one than what is read
        after, which may have lost some of it."""
        pipelines.on_change(self._turn)

    def _turn(self, _up: bool) -> None:
        self.turns += 1

    async def ask(self, pipeline: Pipeline, *commands: tuple[Argument, ...]) -> list[Reply]:
        """The replies to `commands`, which read; a store that is away meanwhile is waited for."""
        until = asyncio.get_running_loop().time() + _AWAY_PATIENCE
        while True:
            asked = (pipeline.call(*command) for command in commands)
            replies = await asyncio.gather(*asked, return_exceptions=True)
            failed = next((reply for reply in replies if isinstance(reply, BaseException)), None)
            if failed is None:
                return replies
            if not isinstance(failed, NotNow) or asyncio.get_running_loop().time() > until:
                raise failed
            await asyncio.sleep(REFUSED_PAUSE)

    async def _walk(self, pipeline: Pipeline, scan: str, key: str) -> AsyncIterator[list[str]]:
        """What `scan` tells of a key, flat as it is told, some at a time."""
        cursor = b"0"
        while True:
            ((cursor, found),) = await self.ask(pipeline, (scan, key, cursor, "COUNT", _KEYS_PER_CALL))
            yield texts(found)
            if cursor == b"0":
                return

    # -- conversations ------------------------------------------------------------------------------------------

    async def total(self, shard: str) -> int:
        """How many conversations a shard has."""
        (found,) = await self.ask(self._pipelines.at(shard), ("ZCARD", Keys.all(shard)))
        return int(found)

    async def conversations(self, shard: str) -> AsyncIterator[list[str]]:
        """The uids of a shard's conversations, some at a time. One may come twice."""
        async for found in self._walk(self._pipelines.at(shard), "ZSCAN", Keys.all(shard)):
            yield found[::2]

    async def standing(self, uid: str) -> Standing:
        """How a conversation stands. Reports have counted no more of it than it is long."""
        pipeline, keys = self._pipelines.of(uid), self._keys.conversation(uid)
        counted, meta, length = await self.ask(
            pipeline, ("GET", self._keys.report_place(uid)), ("HGETALL", keys.meta), ("XLEN", keys.log)
        )
        return Standing((counted or b"").decode(), pairs(meta), int(length))

    async def page(self, uid: str, first: int, last: int, count: int) -> list[Item]:
        """The first `count` entries of a log from seq `first` to `last`, as they lie there."""
        log = self._keys.conversation(uid).log
        command = ("XRANGE", log, f"{first}-0", f"{last}-0", "COUNT", count)
        found: list[Item]
        (found,) = await self.ask(self._pipelines.of(uid), command)
        return found

    async def beside(self, uid: str, tags: Sequence[str]) -> Beside:
        """What is kept beside the log of a conversation that has these tags."""
        pipeline, shard = self._pipelines.of(uid), self._keys.shard_of(uid)
        trail, files = self._keys.trail(uid), self._keys.files(uid)
        (pages, until, episodes, (cursor, fields), *since) = await self.ask(
            pipeline,
            ("LRANGE", trail, 0, -1),
            ("PEXPIRETIME", trail),
            ("LRANGE", self._keys.episodes(uid), 0, -1),
            ("HSCAN", files, 0, "COUNT", _KEYS_PER_CALL),
            *(("ZSCORE", Keys.tagged(shard, tag), uid) for tag in tags),
        )
        found = _fields(fields)
        while cursor != b"0":
            ((cursor, fields),) = await self.ask(pipeline, ("HSCAN", files, cursor, "COUNT", _KEYS_PER_CALL))
            found |= _fields(fields)
        (epoch,) = await self.ask(pipeline, ("HGET", self._keys.conversation(uid).meta, "epoch"))  # once all is read
        return Beside(
            {tag: int(float(at)) for tag, at in zip(tags, since, strict=True) if at is not None},
            texts(pages),
            max(0, int(until)),
            texts(episodes),
            found,
            (epoch or b"").decode(),
        )

    # -- reports ------------------------------------------------------------------------------------------------

    async def counts(self, shard: str, first: int, last: int) -> AsyncIterator[tuple[int, int, dict[str, str]]]:
        """What is counted in a shard of each of these days (since 1970): the day, until when it is kept (unix ms; -1:
        for ever), and its counts."""
        pipeline = self._pipelines.at(shard)
        for start in range(first, last + 1, _DAYS_TOGETHER):
            days = range(start, min(start + _DAYS_TOGETHER, last + 1))
            keys = [Keys.counts(shard, day) for day in days]
            found = await self._hashes(pipeline, keys)
            for day, (until, counts) in zip(days, found, strict=True):
                if counts:
                    yield day, until, counts

    async def pace(self, shard: str) -> float | None:
        """How long visitors of a shard wait for a first answer, ms."""
        (found,) = await self.ask(self._pipelines.at(shard), ("HGET", Keys.answer_time(shard), "answer_ms"))
        return float(found) if found else None

    async def clock(self, shard: str) -> int:
        """What the clock of a shard's server says, unix ms."""
        (found,) = await self.ask(self._pipelines.at(shard), ("TIME",))
        return unix_ms(found)

    # -- people -------------------------------------------------------------------------------------------------

    async def names(self) -> AsyncIterator[list[str]]:
        """The names of all keys of people, some at a time. One may come twice; none that was there is left out."""
        cursor = b"0"
        while True:
            turns = self.turns
            command = ("SCAN", cursor, "MATCH", f"{Keys.people()}:*", "COUNT", _KEYS_PER_CALL)
            ((cursor, found),) = await self.ask(self._pipelines.people, command)
            yield texts(found)
            if self.turns != turns:
                cursor = b"0"  # of another server, or of another life of it: its keys lie in another order
            elif cursor == b"0":
                return

    async def hashes(self, names: Iterable[str]) -> list[tuple[int, dict[str, str]]]:
        """These hashes of people: until when each is kept (unix ms; -1: for ever), and its fields; empty where it is
        gone."""
        return await self._hashes(self._pipelines.people, names)

    async def _hashes(self, pipeline: Pipeline, names: Iterable[str]) -> list[tuple[int, dict[str, str]]]:
        commands = [command for name in names for command in (("PEXPIRETIME", name), ("HGETALL", name))]
        found = await self.ask(pipeline, *commands)
        return [(int(until), pairs(fields)) for until, fields in zip(found[::2], found[1::2], strict=True)]

    async def texts(self, names: Iterable[str]) -> list[tuple[int, str]]:
        """These strings of people: until when each is kept, and what it is; "" where it is gone."""
        commands = [command for name in names for command in (("PEXPIRETIME", name), ("GET", name))]
        found = await self.ask(self._pipelines.people, *commands)
        return [(int(until), (text or b"").decode()) for until, text in zip(found[::2], found[1::2], strict=True)]

    async def owners(self, folds: Sequence[str]) -> list[str]:
        """The uids of who own the nicknames that fold to these, "" for nobody."""
        if not folds:
            return []
        (found,) = await self.ask(self._pipelines.people, ("HMGET", Keys.nicknames(), *folds))
        return texts(found)

    async def nicknames(self) -> AsyncIterator[list[tuple[str, str]]]:
        """Each folded nickname, and the uid of who owns it, some at a time. One may come twice."""
        async for found in self._walk(self._pipelines.people, "HSCAN", Keys.nicknames()):
            yield list(zip(found[::2], found[1::2], strict=True))

    async def table(self, key: str) -> dict[str, str]:
        """A hash of people that is never large."""
        (found,) = await self.ask(self._pipelines.people, ("HGETALL", key))
        return pairs(found)

    async def members(self, key: str) -> AsyncIterator[list[str]]:
        """The members of a set of people, some at a time. One may come twice."""
        async for found in self._walk(self._pipelines.people, "SSCAN", key):
            yield found

    async def stopped(self) -> AsyncIterator[list[str]]:
        """The addresses that no letter goes to, by their digests, some at a time. One may come twice."""
        async for found in self.members(MailKeys.stopped()):
            yield found

    async def scored(self, key: str) -> list[tuple[str, int]]:
        """A sorted set of people that is never large."""
        (found,) = await self.ask(self._pipelines.people, ("ZRANGE", key, 0, -1, "WITHSCORES"))
        return [(found[at].decode(), int(float(found[at + 1]))) for at in range(0, len(found), 2)]


def _fields(flat: list[bytes]) -> dict[str, bytes]:
    return {name.decode(): value for name, value in zip(flat[::2], flat[1::2], strict=True)}
