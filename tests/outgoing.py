"""What goes out of a running shop, in a test's hands: lanes are taken and settled as the courier does it."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from app.chat import deliveries
from app.store.embedded import attached
from app.store.outbox import Lane
from app.store.store import Store
from tests.running import PATIENCE, Chatadmin

T = TypeVar("T")

# A shop that sends mail, by a server that is never asked: the courier waits for two minutes of absence.
BY_MAIL = {"url": "https://tea.example", "mail": {"smtp": "smtp://localhost:1", "from": "chat@tea.example"}}
_HOUR_MS = 3_600_000


def with_store(shop: Chatadmin, work: Callable[[Store], Awaitable[T]]) -> T:
    """What `work` makes of the store of a shop that runs; in a thread, for a browser's tests have a loop in theirs."""

    async def opened(url: str) -> T:
        store = Store(url, "auto", nickname_days=30, visitor_days=30, agent_hours=12)
        try:
            async with asyncio.timeout(PATIENCE):
                await store.open()
                return await work(store)
        finally:
            await store.close()

    with attached(str(shop.data_dir)) as url, ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, opened(url)).result()


async def taken(store: Store, name: str, jobs: int) -> Lane:
    """This lane, once so many jobs wait in it: from under the courier, which puts it off as long as nothing is due."""
    shard = store.keys.shard_of(name.partition(":")[2])
    while True:
        await store.outbox.retry(name)
        lane = await store.outbox.take(shard)
        if lane is None:
            continue
        if lane.name == name and len(lane.jobs) == jobs:
            return lane
        await store.outbox.later(lane, lane.now_ms)


async def put_off(store: Store, lane: Lane, reason: str) -> None:
    """All of it could not be sent, and is tried again in an hour; agents are told."""
    ids, seqs = [job.id for job in lane.jobs], [job.seq for job in lane.jobs]
    entry = deliveries.delayed(seqs, lane.jobs[0].at_ms)
    assert await store.outbox.failed(lane, ids, reason=reason, at_ms=lane.now_ms + _HOUR_MS, entry=entry)
