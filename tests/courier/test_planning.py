"""What follows from the logs for people who are away: each job once, and none that nobody asked for."""

from collections.abc import AsyncIterator

import pytest

from app.chat import deliveries
from app.courier import planning
from app.live.duties import shard as shard_module
from tests.courier.desk import FAR, Desk, open_store


@pytest.fixture
async def desk(store_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    monkeypatch.setattr(shard_module, "COMPARE_PAUSE", 0.0)
    store = await open_store(store_url)
    yield Desk(store)
    await store.close()


async def test_each_message_of_an_agent_is_told_to_who_has_an_address_from_the_first_day_of_mail_on(
    desk: Desk,
) -> None:
    lily, mona = await desk.visitor("lily@shop.example"), await desk.visitor()
    await desk.say(lily)
    await desk.say(mona)
    await desk.plan()  # from now on there is mail
    assert await desk.waiting(lily) == []
    told = [await desk.say(lily), await desk.say(lily)]
    await desk.say(lily, kind="note")
    await desk.say(lily, lily)
    told.append(await desk.say(lily))
    to_mona = await desk.say(mona)
    nora = await desk.visitor("nora@shop.example")  # who came later, and so has no mark
    to_nora = await desk.say(nora)
    for _ in range(2):
        await desk.plan()
        assert await desk.waiting(lily) == told
        assert await desk.waiting(nora) == [to_nora]
    assert (await desk.outbox.figures()).waiting == 4
    await desk.agree(mona, "mona@shop.example")
    await desk.tell_form(mona, email="mona@shop.example")
    await desk.plan()
    assert await desk.waiting(mona) == [to_mona]


async def test_an_address_that_comes_late_brings_what_was_neither_read_nor_sent(desk: Desk) -> None:
    await desk.plan()
    lily = await desk.visitor()
    read, sent = await desk.say(lily), await desk.say(lily)
    untold = [await desk.say(lily), await desk.say(lily)]
    await desk.plan()
    assert await desk.waiting(lily) == []
    desk.store.conversations.read(lily, lily, "v", read, b"{}")
    await desk.agree(lily, "lily@shop.example")
    await desk.tell_form(lily, name="Lily")  # which brings none
    await desk.plan()
    assert await desk.waiting(lily) == []
    await desk.tell_form(lily, email="lily@shop.example")
    later = await desk.say(lily)
    await desk.plan()
    assert await desk.waiting(lily) == [sent, *untold, later]
    lane = await desk.take(lily)
    assert lane
    await desk.outbox.done(lane, [lane.jobs[0].id], deliveries.sent([sent]))
    lane = await desk.take(lily)
    assert lane
    await desk.outbox.failed(lane, [lane.jobs[0].id], reason="550 no", dead=True)
    lane = await desk.take(lily)
    assert lane
    await desk.outbox.failed(lane, [lane.jobs[0].id], reason="451 no", at_ms=FAR)
    await desk.agree(lily, "lily@home.example")
    await desk.tell_form(lily, email="lily@home.example")  # and so what failed, and what was given up, is tried there
    await desk.plan()
    assert await desk.waiting(lily) == [*untold, later]


async def test_of_another_log_only_what_was_written_in_it_is_told(desk: Desk) -> None:
    await desk.plan()
    lily = await desk.visitor("lily@shop.example")
    await desk.say(lily)
    await desk.plan()
    meta, pipeline = desk.store.keys.conversation(lily).meta, desk.store.pipelines.of(lily)
    await pipeline.call("HDEL", meta, "floor")
    await pipeline.call("HINCRBY", meta, "seq", 1)  # the store forgot what was written last
    await desk.store.changes.claim(lily, "b" + "n" * 25, take_over=True, claimed=desk.event(), released=desk.event())
    assert await desk.take(lily) is None
    told = await desk.say(lily, "b" + "n" * 25)
    await desk.plan()
    await desk.plan()
    assert await desk.waiting(lily) == [told]


async def test_who_leaves_is_looked_at_again_and_what_is_too_old_is_not_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.plan()
    lily = await desk.visitor("lily@shop.example")
    told = await desk.say(lily)
    await desk.plan()
    lane = await desk.take(lily)
    assert lane
    await desk.outbox.later(lane, FAR)  # since she is here
    await desk.store.presence.arrive("boot", lily, desk.event())
    await desk.plan()
    assert await desk.waiting(lily) == []
    await desk.store.presence.depart("boot", lily, desk.event())
    await desk.plan()
    assert await desk.waiting(lily) == [told]
    await desk.say(lily)
    monkeypatch.setattr(planning, "TOO_LATE", 0)
    await desk.plan()
    assert await desk.waiting(lily) == [told]
