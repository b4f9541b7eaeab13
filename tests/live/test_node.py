"""A node's own tasks, over a real store."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from app import config
from app.chat import protocol
from app.live.claims import event
from app.live.clock import now_ms
from app.live.node import Node
from app.live.timings import Timings
from app.store.sessions import Session
from app.store.store import Store


@asynccontextmanager
async def started(store_url: str, timings: Timings | None = None) -> AsyncIterator[Node]:
    store = Store(store_url, 1, 30, 30, 168)
    await store.open()
    node = Node(store, config.load({}, {}, None).settings, timings or Timings())
    try:
        await node.start()
        async with asyncio.timeout(60):
            yield node
    finally:
        await node.stop()
        await store.close()


async def until(true: Callable[[], Any]) -> None:
    """Wait until the feed has told."""
    while not true():  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def say(node: Node, uid: str, n: int) -> None:
    """A visitor's message, by a node on which nobody has their conversation open."""
    stored = asyncio.Event()
    body = protocol.encode({"user": protocol.user(uid, "Lily", "visitor", now_ms()), "content": f"word {n}"})
    writer = node.store.messages.writer(uid, uid, "v")
    writer.append("message", 0, "t", n, f"word {n}", body, "", lambda _: stored.set())
    await stored.wait()


async def test_what_nobody_has_open_is_on_the_list_as_it_was_said_and_done(store_url: str) -> None:
    async with started(store_url) as node:
        uid = (await node.people.login_visitor("Lily", None)).uid

        def row() -> dict[str, Any]:
            return next((row for row in node.dashboard.users() if row["uid"] == uid), {})

        await say(node, uid, 1)
        await until(row)
        await say(node, uid, 2)
        await node.store.changes.claim(uid, "a" * 26, take_over=False, claimed=event({}), released=event({}))
        await until(lambda: row()["status"] == "held")
        assert (row()["seq"], row()["last"]["seq"]) == (3, 2)
        assert not len(node.store.feed.skimmed)


async def test_where_a_message_cannot_be_read_the_list_is_asked_for(store_url: str) -> None:
    async with started(store_url) as node:
        uid = (await node.people.login_visitor("Lily", None)).uid
        await say(node, uid, 1)
        await until(node.dashboard.users)
        keys, pipeline = node.store.keys, node.store.pipelines.of(uid)
        await pipeline.call("HSET", keys.conversation(uid).meta, "state", f"held|0|{'a' * 26}|1|0")
        head = f"{uid}|one|1|message|{uid}|v|t.2|1|held|0|{'a' * 26}|1|0"
        await pipeline.call("XADD", keys.feed(keys.shard_of(uid)), "0-*", head, "{}")
        await until(lambda: node.dashboard.figures().held)


async def test_where_somebody_looks_they_are_told_within_the_window(store_url: str) -> None:
    async with started(store_url, Timings(tick=3600)) as node:  # which would have it told
        uid = (await node.people.login_visitor("Lily", None)).uid
        await say(node, uid, 1)
        await until(node.dashboard.users)
        session = Session("hash", "a" * 26, "agent", "Anna", "admin", now_ms(), now_ms() + 60_000)
        stream = node.dashboard.subscribe(session, delta=True, last="", cut=lambda: None)
        events = stream.events()
        assert b'"word 1"' in await anext(events)
        while node.dashboard._flush is not None:
            await anext(events)
        await say(node, uid, 2)
        while b'"word 2"' not in await anext(events):
            pass


async def test_a_task_that_lost_its_cancellation_is_ended_all_the_same(store_url: str) -> None:
    store = Store(store_url, 1, 30, 30, 168)
    await store.open()
    node = Node(store, config.load({}, {}, None).settings, Timings())
    await node.start()
    lost, ended = asyncio.Event(), asyncio.Event()

    async def deaf() -> None:
        with suppress(asyncio.CancelledError):  # as `wait_for` of Python 3.11 does now and then
            await asyncio.Event().wait()
        lost.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    node.spawn(deaf())
    await asyncio.sleep(0)
    try:
        async with asyncio.timeout(60):
            await node.stop()
    finally:
        await store.close()
    assert lost.is_set()
    assert ended.is_set()
