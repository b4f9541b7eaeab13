"""The messages of one loop turn are stored in one call, and each has an answer of its own; on both engines."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from app.store.errors import StoreAway, StoreFull
from app.store.keys import Keys
from app.store.messages import Stored, Writer, stored
from app.store.resp import Reply
from tests.running import ENGINES, Valkey
from tests.store.test_conversations import UID, Bench, bench

__all__ = ["bench"]

# Visitors of one shard.
OTHER, BROKEN = [uid for uid in (f"v{n:025d}" for n in range(20)) if Keys(2).shard_of(uid) == Keys(2).shard_of(UID)][:2]


def offer(
    bench: Bench, uid: str, n: int, content: str = "Hello", body: bytes = b"{}"
) -> "asyncio.Future[Stored | Exception]":
    """Offer a visitor's message to the store; what became of it."""
    answer: asyncio.Future[Stored | Exception] = asyncio.get_running_loop().create_future()

    def answered(reply: Reply) -> None:
        answer.set_result(stored(reply))

    bench.messages.writer(uid, uid, "v").append("message", 0, "t", n, content, body, "", answered)
    return answer


async def told(bench: Bench, number: int) -> list[tuple[str, int]]:
    await bench.until(lambda: len(bench.told) >= number)
    return [(entry.uid, entry.seq) for entry in bench.told]


async def items(bench: Bench) -> list[Any]:
    return await bench.pipeline.call("XRANGE", bench.keys.feed(bench.keys.shard_of(UID)), "-", "+")  # type: ignore[no-any-return]


async def test_one_turn_is_one_call_and_one_item_of_the_feed(bench: Bench, store: Valkey) -> None:
    await asyncio.gather(offer(bench, UID, 1))
    store.command("CONFIG", "RESETSTAT")
    answers = await asyncio.gather(
        offer(bench, UID, 2),
        offer(bench, OTHER, 1),
        offer(bench, UID, 9),
        offer(bench, UID, 1),
        offer(bench, UID, 3),
    )
    seqs = [(answer.seq, answer.repeat) if isinstance(answer, Stored) else str(answer) for answer in answers]
    assert seqs == [(2, False), (1, False), "out_of_order", (1, True), (3, False)]
    assert await told(bench, 4) == [(UID, 1), (UID, 2), (OTHER, 1), (UID, 3)]
    assert [len(fields) for _, fields in await items(bench)] == [2, 6]
    stats = (await bench.pipeline.call("INFO", "commandstats")).decode()
    assert "cmdstat_evalsha:calls=1," in stats


async def test_what_is_asked_between_two_messages_stays_between_them(bench: Bench) -> None:
    meta = bench.keys.conversation(UID).meta
    first = offer(bench, UID, 1)
    between = bench.pipeline.call("HGET", meta, "seq")
    last = offer(bench, UID, 2)
    await asyncio.gather(first, last)
    assert await between == b"1"


async def test_a_call_that_is_large_enough_leaves_before_the_turn_ends(bench: Bench) -> None:
    body = b'{"content":"%b"}' % (b"x" * 1000)
    answers = [offer(bench, UID, n, str(n), body) for n in range(1, 101)]
    assert (len(bench.pipeline._flying), len(bench.pipeline._queue)) == (12, 1)  # calls that left, and one that waits
    await asyncio.gather(*answers)
    assert [seq for _, seq in await told(bench, 100)] == list(range(1, 101))
    assert [len(fields) // 2 for _, fields in await items(bench)] == [8] * 12 + [4]


async def test_while_the_store_is_at_work_turns_gather_in_one_call(bench: Bench, store: Valkey) -> None:
    """It reads no further until it has answered; a call for each turn would only cost it more."""
    pipeline = bench.pipeline

    async def given(*uids: str) -> list["asyncio.Future[Stored | Exception]"]:
        found = []
        for n, uid in enumerate(uids, 1):
            found.append(offer(bench, uid, n))
            await asyncio.sleep(0)  # a turn
        return found

    store.pause()
    answers = await given(UID, UID, UID)
    assert (len(pipeline._flying), len(pipeline._queue)) == (1, 1)  # one at work, two of two turns in a call that waits
    store.resume()
    assert [answer.seq for answer in await asyncio.gather(*answers) if isinstance(answer, Stored)] == [1, 2, 3]
    assert [len(fields) // 2 for _, fields in await items(bench)] == [1, 2]

    store.pause()
    answers = await given(OTHER, OTHER)
    asked = []
    for left in (3, 4):
        asked.append(asyncio.ensure_future(pipeline.call("HGET", bench.keys.conversation(OTHER).meta, "seq")))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert (len(pipeline._flying), len(pipeline._queue)) == (left, 0)  # what is no message waits for nothing
    store.resume()
    await asyncio.gather(*answers)
    assert await asyncio.gather(*asked) == [b"2", b"2"]


async def test_what_is_said_while_the_store_is_away_joins_nothing_that_waited_before(
    bench: Bench, store: Valkey
) -> None:
    """It would be told to wait no longer as soon as that is."""
    pipeline, answers = bench.pipeline, []
    store.pause()
    for n in (1, 2, 3):
        if n == 3:
            pipeline._connection.leave("the test says so")
        answers.append(offer(bench, UID, n))
        await asyncio.sleep(0)
    assert [len(getattr(call, "asked", ())) for call in pipeline._queue] == [1, 1, 1]
    store.resume()
    assert [answer.seq for answer in await asyncio.gather(*answers) if isinstance(answer, Stored)] == [1, 2, 3]


async def test_a_writer_that_has_packed_before_packs_as_one_that_has_not(bench: Bench) -> None:
    def packed(writer: Writer, kind: str, fence: int, tab: str) -> bytes:
        return writer.pack(kind, fence, tab, "1", "Hello", b"{}", "")

    def new() -> Writer:
        return bench.messages.writer(UID, "aanna", "a")

    writer = new()
    for one in (("message", 1, "t"), ("message", 2, "t"), ("note", 2, "t"), ("note", 2, "u"), ("message", 1, "t")):
        assert packed(writer, *one) == packed(new(), *one)


async def test_nothing_joins_a_call_that_was_given_up_in_the_turn_it_was_begun(bench: Bench) -> None:
    """The turn took so long that its callers were told that the store is away."""
    pipeline = bench.pipeline
    assert pipeline._clock is not None
    pipeline._clock.cancel()
    pipeline._now -= 1000
    late = offer(bench, UID, 1)
    pipeline._watch()
    async with asyncio.timeout(60):
        assert isinstance(await offer(bench, UID, 1), Stored)
    assert isinstance(late.result(), StoreAway)


async def test_a_conversation_whose_keys_are_broken_keeps_nobody_else_from_writing(bench: Bench) -> None:
    await bench.pipeline.call("SET", bench.keys.conversation(BROKEN).log, "not a stream")
    broken, other, again = await asyncio.gather(
        offer(bench, BROKEN, 1), offer(bench, OTHER, 1), offer(bench, BROKEN, 2)
    )
    assert "WRONGTYPE" in str(broken)
    assert isinstance(other, Stored)
    assert not isinstance(again, Stored)
    assert await told(bench, 1) == [(OTHER, 1)]


async def test_what_a_store_refuses_it_refuses_to_all_and_stores_nothing(bench: Bench, store: Valkey) -> None:
    store.command("CONFIG", "SET", "maxmemory", "1")
    try:
        answers = await asyncio.gather(offer(bench, UID, 1), offer(bench, OTHER, 1))
        assert [type(answer) for answer in answers] == [StoreFull] * 2
    finally:
        store.command("CONFIG", "SET", "maxmemory", "0")
    answers = await asyncio.gather(offer(bench, UID, 1), offer(bench, OTHER, 1))
    assert all(isinstance(answer, Stored) and not answer.repeat for answer in answers)


@pytest.mark.parametrize("lost", ["before", "after"])
async def test_a_call_whose_answer_is_lost_is_given_again_and_stored_once(
    bench: Bench, store: Valkey, lost: str
) -> None:
    """The connection breaks before the store has read the call, or when it has stored the messages."""
    answers = [offer(bench, uid, 1) for uid in (UID, OTHER)]
    if lost == "after":
        bench.pipeline.flush()
        await bench.until(lambda: len(bench.told) == 2)
    bench.pipeline._connection.leave("the test says so")
    found = await asyncio.gather(*answers)
    assert all(isinstance(answer, Stored) and answer.seq == 1 for answer in found)
    assert await told(bench, 2) == [(UID, 1), (OTHER, 1)]
    assert len(await items(bench)) == 1


@pytest.mark.parametrize("engine", ENGINES)
async def test_a_server_that_became_a_replica_is_left_with_the_whole_call(
    start_store: Callable[..., Valkey], engine: str
) -> None:
    store = start_store(engine)
    bench = Bench(store.url)
    bench.pipelines.start()
    await bench.pipelines.ready()
    await bench.feed.start()
    lost = asyncio.Event()
    bench.pipeline.on_change.append(lambda up: None if up else lost.set())
    try:
        assert isinstance(await offer(bench, UID, 1), Stored)
        store.command("REPLICAOF", "127.0.0.1", "1")
        answers = [offer(bench, UID, 1), offer(bench, OTHER, 1)]
        await asyncio.wait_for(lost.wait(), 60)
        store.command("REPLICAOF", "NO", "ONE")
        again, other = await asyncio.gather(*answers)
        assert isinstance(again, Stored)
        assert isinstance(other, Stored)
        assert (again.repeat, other.repeat) == (True, False)
    finally:
        await bench.feed.stop()
        await bench.pipelines.close()
