"""A node's own tasks, over a real store."""

import asyncio
from contextlib import suppress

from app import config
from app.live.node import Node
from app.live.timings import Timings
from app.store.store import Store


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
