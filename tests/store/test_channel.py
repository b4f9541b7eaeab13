"""What nodes tell each other in passing: heard by all who listen, by nobody later, and kept nowhere."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import redis

from app.store import channel as module
from app.store import topology
from app.store.channel import Channel
from app.store.keys import Keys
from app.store.pipelines import Pipelines
from tests.replicated import Cluster

PATIENCE = 60.0


class Node:
    """One that listens, and what it heard; `gaps`: how often it may have missed something."""

    def __init__(self, url: str) -> None:
        self.pipelines = Pipelines(topology.of(url), Keys())
        self.channel = Channel(self.pipelines, "{s00}")
        self.channel.on_news = lambda boot, news: self._note(f"{boot}: {news.decode()}")
        self.channel.on_gap = lambda: self._note("gap")
        self.heard: asyncio.Queue[str] = asyncio.Queue()

    def _note(self, what: str) -> None:
        self.heard.put_nowait(what)

    async def next(self) -> str:
        async with asyncio.timeout(PATIENCE):
            return await self.heard.get()


@asynccontextmanager
async def listening(url: str) -> AsyncIterator[Node]:
    """A node that has begun to."""
    node = Node(url)
    node.pipelines.start()
    node.channel.start()
    await node.pipelines.ready()
    assert await node.next() == "gap"
    yield node
    await node.channel.close()
    await node.pipelines.close()


async def test_all_who_listen_hear_it_and_it_is_kept_nowhere(store_url: str) -> None:
    await _heard_and_kept_nowhere(store_url)


async def test_so_it_is_in_a_cluster() -> None:
    with Cluster(replicas=0) as estate:
        await _heard_and_kept_nowhere(estate.url)


async def _heard_and_kept_nowhere(url: str) -> None:
    async with listening(url) as one, listening(url) as other:
        await one.channel.tell("a", b'{"heard": []}')
        for node in (one, other):
            assert await node.next() == 'a: {"heard": []}'
        assert await one.pipelines.at("{s00}").call("EXISTS", Keys.channel("{s00}")) == 0


async def test_a_listener_that_is_cut_listens_again_and_knows_that_it_missed_something(store_url: str) -> None:
    client: Any = redis.Redis.from_url(store_url)
    async with listening(store_url) as node:
        client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
        assert await node.next() == "gap"
        await node.channel.tell("a", b"{}")
        assert await node.next() == "a: {}"


async def test_a_server_that_is_gone_without_a_word_is_left(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with listening(store_url) as node:
        monkeypatch.setattr(module, "_SILENCE", -1.0)
        node.channel.look()
        assert await node.next() == "gap"


async def test_who_may_neither_listen_nor_tell_is_told_so_once_and_all_else_goes_on(
    store_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    client: Any = redis.Redis.from_url(store_url)
    client.execute_command("ACL", "SETUSER", "default", "resetchannels")
    node = Node(store_url)
    node.pipelines.start()
    node.channel.start()
    try:
        async with asyncio.timeout(PATIENCE):
            while "lets nobody listen" not in caplog.text:  # noqa: ASYNC110  # what is logged wakes nobody
                await asyncio.sleep(0.01)
        node.channel.look()
        await node.channel.tell("a", b"{}")
        assert caplog.text.count("lets nobody listen") == 1
    finally:
        client.execute_command("ACL", "SETUSER", "default", "allchannels")
        await node.channel.close()
        await node.pipelines.close()
