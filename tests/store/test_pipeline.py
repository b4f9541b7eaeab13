"""The connection that commands are given on, kept for ever: but for one thing it is tested through all that uses it."""

import asyncio
from collections.abc import Callable

import pytest

from app.store.address import Address, parse
from app.store.errors import StoreAway
from app.store.pipeline import Pipeline
from app.store.topology import Single
from app.store.troubles import Troubles
from tests.running import Valkey


class Forgetful(Single):
    """Loses one cancellation, as the client library does now and then under Python 3.11."""

    asked = 0

    async def where(self, hash_tag: str) -> Address:
        self.asked += 1
        if self.asked == 1:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                return self.login
        return await super().where(hash_tag)


async def test_a_pipeline_that_misses_being_cancelled_ends_all_the_same(store_url: str) -> None:
    topology = Forgetful(parse(store_url))
    pipeline = Pipeline(topology, "{s00}", Troubles())
    pipeline.start()
    await asyncio.sleep(0)
    done, _ = await asyncio.wait([asyncio.create_task(pipeline.close())], timeout=60)
    assert done
    assert topology.asked == 1


async def test_who_is_told_that_the_store_is_away_may_ask_again_at_once(start_store: Callable[..., Valkey]) -> None:
    store = start_store("valkey")
    pipeline = Pipeline(Single(parse(store.url)), "{s00}", Troubles(), silence=60, patience=0.2)
    pipeline.start()
    await pipeline.ready()
    store.pause()
    refused: list[object] = []
    twice = asyncio.Event()

    def again(reply: object) -> None:
        refused.append(reply)
        if len(refused) == 4:
            twice.set()
        elif len(refused) <= 2:
            pipeline.ask(again, "PING")
            pipeline.flush()

    for _ in range(2):
        pipeline.ask(again, "PING")
    await asyncio.wait_for(twice.wait(), 60)
    assert [type(reply) for reply in refused] == [StoreAway] * 4
    store.resume()
    await pipeline.close()


async def test_a_connection_that_breaks_while_scripts_are_sent_anew_shifts_no_reply(store_url: str) -> None:
    pipeline = Pipeline(Single(parse(store_url)), "{s00}", Troubles())
    pipeline.start()
    await pipeline.ready()
    pipeline._reloading = True
    pipeline._reload()
    asked = [pipeline.call("ECHO", number) for number in range(3)]
    pipeline._connection.leave("the test says so")
    assert await asyncio.wait_for(asyncio.gather(*asked), 60) == [b"0", b"1", b"2"]
    await pipeline.close()


async def _opened(store: Valkey, **options: float) -> Pipeline:
    pipeline = Pipeline(Single(parse(store.url)), "{s00}", Troubles(), **options)
    pipeline.start()
    await pipeline.ready()
    return pipeline


async def test_what_breaks_off_is_given_again_unless_it_must_not_be_repeated(store: Valkey) -> None:
    pipeline = await _opened(store)
    store.pause()
    asked = [pipeline.call("INCR", name, repeat=name != "once") for name in ("once", "twice", "once")]
    pipeline.flush()
    late = pipeline.call("INCR", "late", repeat=False)  # this one has not left: it is done, and once
    pipeline._connection.leave("the test says so")
    store.resume()
    replies = await asyncio.wait_for(asyncio.gather(*asked, late, return_exceptions=True), 60)
    assert [type(reply) for reply in replies] == [StoreAway, int, StoreAway, int]
    assert [await pipeline.call("GET", name) for name in ("once", "twice", "late")] == [b"2", b"2", b"1"]
    await pipeline.close()


async def test_what_a_server_refused_to_do_is_given_to_the_next_in_any_case(
    store: Valkey,
) -> None:
    pipeline = await _opened(store)
    store.command("REPLICAOF", "127.0.0.1", "1")
    asked = pipeline.call("INCR", "once", repeat=False)
    lost = asyncio.Event()
    pipeline.on_change.append(lambda up: None if up else lost.set())
    await asyncio.wait_for(lost.wait(), 60)
    assert not asked.done()
    store.command("REPLICAOF", "NO", "ONE")
    assert await asyncio.wait_for(asked, 60) == 1
    await pipeline.close()


async def test_who_asks_a_store_that_is_away_may_wait_shorter_than_for_one_that_is_slow(
    start_store: Callable[..., Valkey],
) -> None:
    store = start_store("valkey")
    pipeline = await _opened(store, silence=60, patience=60, away_patience=0.1)
    store.pause()
    slow = pipeline.call("PING")
    pipeline.flush()
    pipeline._connection.leave("the test says so")
    with pytest.raises(StoreAway):
        await asyncio.wait_for(pipeline.call("PING"), 60)
    with pytest.raises(StoreAway):  # which has become one that is away
        await asyncio.wait_for(slow, 60)
    store.resume()
    await pipeline.close()
