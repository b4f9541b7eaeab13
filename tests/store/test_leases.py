"""A lease is one's at a time, and passes on: given up, or run out."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.store import topology
from app.store.keys import Keys
from app.store.leases import Leases
from app.store.pipelines import Pipelines

SHARD = Keys.shard(0)


@pytest.fixture
async def pipelines(store_url: str) -> AsyncIterator[Pipelines]:
    opened = Pipelines(topology.of(store_url), Keys())
    opened.start()
    await opened.ready()
    yield opened
    await opened.close()


async def test_a_lease_is_ones_until_it_is_given_up(pipelines: Pipelines) -> None:
    leases = Leases(pipelines)
    assert await leases.take(SHARD, "work", "one", 60)
    assert await leases.take(SHARD, "work", "one", 60)
    assert not await leases.take(SHARD, "work", "two", 60)
    await leases.give_up(SHARD, "work", "two")
    assert not await leases.take(SHARD, "work", "two", 60)
    await leases.give_up(SHARD, "work", "one")
    assert await leases.take(SHARD, "work", "two", 60)
    assert await leases.take(SHARD, "other work", "one", 60)


async def test_of_many_who_ask_at_once_one_has_it(pipelines: Pipelines) -> None:
    taken = await asyncio.gather(*(Leases(pipelines).take(SHARD, "work", f"{n}", 60) for n in range(20)))
    assert taken.count(True) == 1


async def test_who_renews_it_keeps_it_and_who_does_not_loses_it(pipelines: Pipelines) -> None:
    leases, pipeline, key = Leases(pipelines), pipelines.at(SHARD), Keys.lease(SHARD, "work")
    assert await leases.take(SHARD, "work", "one", 600)
    assert 0 < int(await pipeline.call("PTTL", key)) <= 600_000
    assert await leases.take(SHARD, "work", "one", 6000)
    assert int(await pipeline.call("PTTL", key)) > 600_000
    await pipeline.call("PEXPIRE", key, 1)
    async with asyncio.timeout(60):
        while not await leases.take(SHARD, "work", "two", 60):
            pass
