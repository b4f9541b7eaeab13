"""The follower of the log, with a consumer that is made up: it copies what was written, and must copy it once."""

import asyncio
import multiprocessing
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from hashlib import sha1
from multiprocessing.context import SpawnProcess
from typing import NamedTuple

import pytest

from app.chat.conversation import Entry
from app.live.duties import shard as shard_module
from app.live.duties.consumer import Consumer, Overtaken, Stretch, Taken
from app.live.duties.follower import Follower
from app.store.errors import StoreError
from app.store.logs import LogEnd
from app.store.scripts import Script
from app.store.store import Store
from tests.store.scribe import Scribe, uid_of

_COPY = """
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
for at = 4, #ARGV do redis.call('RPUSH', KEYS[2], ARGV[1] .. ':' .. ARGV[at]) end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
"""
COPY = Script("copy", _COPY, sha1(_COPY.encode()).hexdigest())


class Copied(NamedTuple):
    """A mark, and how it stands in the store."""

    seq: int
    raw: bytes


class Copying(Consumer[Copied]):
    """Copies uid and seq of each entry into a list, at most `most` of a conversation at a time."""

    def __init__(self, store: Store, name: str = "copies", most: int = 1000) -> None:
        self._store, self.name, self._most = store, name, most  # type: ignore[misc]
        self.offered: list[list[int]] = []
        self.tries = 0
        self.trouble: Exception | None = None

    def keys(self, shard: str) -> tuple[str, str]:
        return f"{shard}:{self.name}:marks", f"{shard}:{self.name}"

    async def marks(self, shard: str, ends: Mapping[str, LogEnd]) -> dict[str, Copied]:
        found = await self._store.pipelines.at(shard).call("HMGET", self.keys(shard)[0], *ends)
        return {uid: Copied(int(raw or 0), raw or b"") for uid, raw in zip(ends, found, strict=True)}

    async def take(self, shard: str, stretches: Sequence[Stretch[Copied]]) -> Taken:
        self.tries += 1
        if self.trouble:
            raise self.trouble
        left = []
        for uid, _, mark, entries, until in stretches:
            self.offered.append([entry.seq for entry in entries])
            some = [entry.seq for entry in entries][: self._most]
            now = some[-1] if len(some) < len(entries) else until
            if not await self._store.pipelines.at(shard).eval(COPY, self.keys(shard), (uid, mark.raw, now, *some)):
                raise Overtaken
            if now < until:
                left.append(uid)
        return Taken(left)

    async def count(self) -> int:
        """How many copies there are."""
        return sum([await self._store.pipelines.at(t).call("LLEN", self.keys(t)[1]) for t in self._store.keys.shards()])

    async def copies(self) -> list[tuple[str, int]]:
        """What was copied, of each shard in the order in which it was."""
        found = [
            item.decode().split(":")
            for shard in self._store.keys.shards()
            for item in await self._store.pipelines.at(shard).call("LRANGE", self.keys(shard)[1], 0, -1)
        ]
        return [(uid, int(seq)) for uid, seq in found]


class Slow(Copying):
    """Lets some time pass between reading and copying, in which another comes to the same place."""

    async def take(self, shard: str, stretches: Sequence[Stretch[Copied]]) -> Taken:
        await asyncio.sleep(0.01)
        return await super().take(shard, stretches)


async def open_store(url: str) -> Store:
    store = Store(url, 2, nickname_days=1, visitor_days=1, agent_hours=1)
    await store.open()
    for pipeline in store.pipelines.each():
        await pipeline.call("SCRIPT", "LOAD", COPY.source)
    return store


@pytest.fixture
async def scribe(store_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scribe]:
    monkeypatch.setattr(shard_module, "COMPARE_PAUSE", 0.0)
    store = await open_store(store_url)
    yield Scribe(store)
    await store.close()


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Ask the store until it is so."""
    async with asyncio.timeout(90):
        while not await condition():
            pass


async def follow(store: Store, *consumers: Consumer[Copied], name: str = "views") -> None:
    """Compare everything, hand on what is due, and stop."""
    follower = Follower(store, name, consumers)
    try:
        for shard in follower._shards.values():
            await shard.work()
    finally:
        await follower.stop()


async def test_each_entry_is_handed_on_once_and_in_order(scribe: Scribe) -> None:
    copying = Copying(scribe.store, most=7)
    for _ in range(2):
        for who in ("lily", "mona", "nora"):
            for _ in range(130):
                await scribe.say(who, "hello")
        await follow(scribe.store, copying)
    copies = await copying.copies()
    assert Counter(copies) == Counter(scribe.places)
    for uid in {uid for uid, _ in copies}:
        assert [seq for who, seq in copies if who == uid] == list(range(1, 261))


async def test_what_the_store_knows_no_more_is_let_be(scribe: Scribe) -> None:
    copying = Copying(scribe.store)
    follower = Follower(scribe.store, "views", [copying])
    shard = follower._shards[scribe.store.keys.shard_of(uid_of("lily"))]
    shard.todo[uid_of("lily")] = None
    await shard.work()
    assert not shard.todo
    await scribe.say("lily", "hello")
    shard.todo[uid_of("lily")] = None
    await shard.work()
    assert await copying.copies() == scribe.places
    await follower.stop()


async def test_consumers_at_one_place_share_what_is_read(scribe: Scribe, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        await scribe.say("lily", "hello")
    one, other, late = (Copying(scribe.store, name) for name in ("one", "other", "late"))
    read: list[tuple[int, int]] = []
    between = scribe.store.conversations.between

    async def counted(uid: str, first: int, last: int, count: int) -> list[Entry]:
        read.append((first, last))
        return await between(uid, first, last, count)

    monkeypatch.setattr(scribe.store.conversations, "between", counted)
    await follow(scribe.store, one, other)
    assert read == [(1, 3)]
    await scribe.say("lily", "hello")
    await follow(scribe.store, one, late, other)
    assert read[1:] == [(1, 4)]
    assert one.offered == other.offered == [[1, 2, 3], [4]]
    assert late.offered == [[1, 2, 3, 4]]
    assert await one.copies() == await other.copies() == await late.copies() == scribe.places


async def test_what_hinders_one_is_no_matter_of_anothers(scribe: Scribe) -> None:
    await scribe.say("lily", "hello")
    hindered, other = Copying(scribe.store, "hindered"), Copying(scribe.store, "other")
    hindered.trouble = StoreError("it cannot be written")
    with pytest.raises(StoreError):
        await follow(scribe.store, hindered, other)
    assert (await hindered.copies(), await other.copies()) == ([], scribe.places)
    hindered.trouble = None
    await follow(scribe.store, hindered, other)
    assert await hindered.copies() == await other.copies() == scribe.places


async def test_a_trouble_is_said_once_and_so_is_its_end(
    scribe: Scribe, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shard_module, "LOOK_INTERVAL", 0.01)
    monkeypatch.setattr(shard_module, "RETRY_DELAY", 0.01)
    await scribe.say("lily", "hello")
    copying = Copying(scribe.store)
    copying.trouble = StoreError("it cannot be written")
    follower = Follower(scribe.store, "views", [copying])

    async def tried(times: int) -> bool:
        return not await copying.copies() and copying.tries >= times

    async def said(lines: int) -> bool:
        await copying.copies()
        return len(caplog.records) >= lines

    running = asyncio.create_task(follower.run())
    try:
        await until(lambda: said(1))
        await until(lambda: tried(3))
        copying.trouble = None
        await until(lambda: said(2))
    finally:
        running.cancel()
        await asyncio.wait([running])
        await follower.stop()
    assert [record.getMessage() for record in caplog.records] == [
        "copies cannot keep up with what is said: it cannot be written",
        "copies cannot keep up with what is said: no more, it is made good",
    ]
    assert await copying.copies() == scribe.places


async def test_who_does_not_follow_a_shard_notes_nothing_and_misses_nothing_once_it_does(scribe: Scribe) -> None:
    copying = Copying(scribe.store)
    one, other = (Follower(scribe.store, "views", [copying]) for _ in range(2))

    async def work(follower: Follower) -> None:
        for shard in follower._shards.values():
            shard._renew_at = 0.0
            await shard.work()

    await scribe.say("lily", "hello")
    await work(other)
    await other.stop()
    await work(one)
    await work(other)  # which learns that it follows none any more
    await scribe.say("lily", "are you there?")
    await scribe.say("mona", "hello")
    for follower in (one, other):
        follower._note(uid_of(who) for who in ("lily", "mona"))
    noted = [sorted(uid for shard in follower._shards.values() for uid in shard.todo) for follower in (one, other)]
    assert noted == [sorted([uid_of("lily"), uid_of("mona")]), []]
    await one.stop()  # before it has taken any of it
    await work(other)
    await other.stop()
    assert Counter(await copying.copies()) == Counter(scribe.places)


async def test_followers_of_other_names_work_beside_each_other(scribe: Scribe) -> None:
    await scribe.say("lily", "hello")
    views, mail = Copying(scribe.store, "views"), Copying(scribe.store, "mail")
    shard = scribe.store.keys.shard_of(scribe.places[0][0])
    assert await scribe.store.leases.take(shard, "views", "another worker", 60)
    await follow(scribe.store, views, name="views")
    await follow(scribe.store, mail, name="mail")
    assert (await views.copies(), await mail.copies()) == ([], scribe.places)


async def test_processes_without_a_node_that_are_killed_hand_on_everything_once(scribe: Scribe, store_url: str) -> None:
    """Two at a time, whose leases run out before they look again: so both are at it, and one is killed now and then."""
    copying = Copying(scribe.store)

    async def copied(many: int) -> bool:
        return await copying.count() >= many

    async def talk() -> None:
        for n in range(240):
            await scribe.say(f"guest{n % 7}", "hello")

    children = [start(store_url) for _ in range(2)]
    talking = asyncio.create_task(talk())
    try:
        for many in (40, 120):
            await until(lambda many=many: copied(many))  # type: ignore[misc]
            struck = children.pop(0)
            assert struck.pid
            os.kill(struck.pid, signal.SIGKILL)
            struck.join()
            assert struck.exitcode == -signal.SIGKILL, "it was still at it"
            children.append(start(store_url))
        await talking
        await until(lambda: copied(len(scribe.places)))
    finally:
        talking.cancel()
        for child in children:
            child.kill()
            child.join()
    assert Counter(await copying.copies()) == Counter(scribe.places)


def start(url: str) -> SpawnProcess:
    """A process that follows, and reads the feed to hear what changed."""
    child = multiprocessing.get_context("spawn").Process(target=_process, args=(url,))
    child.start()
    return child


def _process(url: str) -> None:
    (
        shard_module.LOOK_INTERVAL,
        shard_module.LEASE_DURATION,
        shard_module.RENEW_INTERVAL,
        shard_module.ENTRIES_PER_STEP,
    ) = 0.005, 0.05, 0.5, 4

    async def run() -> None:
        store = await open_store(url)
        follower = Follower(store, "elsewhere", [Slow(store)])

        async def missed(shard: str) -> None:
            follower.missed(shard)

        store.feed.on_entry, store.feed.on_gap = follower.hear, missed
        await store.feed.start()
        await follower.run()

    asyncio.run(run())
