"""A lane after another is handed to a driver, and what comes of it is as it should be, whatever the driver does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from app.chat import deliveries
from app.courier import lanes
from app.courier.breaker import LANES, REST, Breaker
from app.courier.drivers import Done, Failed, Later, Outcome
from app.courier.lanes import DELAYS, GIVEN_UP_AFTER, SHUT_DELAY, SOONEST, Lanes
from app.store.errors import NotNow
from app.store.outbox import Lane
from app.store.outbox_keys import OutboxKeys
from tests.courier.desk import FAR, Desk, open_store
from tests.running import Valkey


def ids(lane: Lane) -> list[str]:
    return [job.id for job in lane.jobs]


def away(lane: Lane) -> Failed:
    return Failed(lane.shut or "421 away", True, ids(lane)[:1])


def sent(lane: Lane) -> Done:
    return Done(ids(lane), deliveries.sent([job.seq for job in lane.jobs]))


class Postman:
    """A driver that does as it is told."""

    name = "mail"

    def __init__(self) -> None:
        self.does: Callable[[Lane], Outcome | Awaitable[Outcome]] = sent
        self.asked: list[Lane] = []

    async def deliver(self, lane: Lane) -> Outcome:
        self.asked.append(lane)
        outcome = self.does(lane)
        return await outcome if isinstance(outcome, Awaitable) else outcome


class Round:
    """A courier's round at one endpoint, by a clock that is set by hand."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.outbox, self.postman, self.now = desk, desk.outbox, Postman(), 0.0
        self.lanes = Lanes(desk.store, self.postman, Breaker(lambda: self.now, 60.0))

    async def go(self) -> None:
        """Until nothing is due."""
        while await self.lanes._round():
            pass

    async def due(self, *uids: str) -> None:
        """As if the time of these lanes had come."""
        for uid in uids:
            own = OutboxKeys(self.desk.store.keys.shard_of(uid))
            await self.desk.store.pipelines.of(uid).call("ZADD", own.due("mail"), 1, f"mail:{uid}")

    async def next_ms(self, uid: str) -> int:
        """When a lane is tried next."""
        own = OutboxKeys(self.desk.store.keys.shard_of(uid))
        return int(await self.desk.store.pipelines.of(uid).call("ZSCORE", own.due("mail"), f"mail:{uid}"))

    async def kinds(self, uid: str) -> list[str]:
        """What is told of mail in a conversation."""
        entries = await self.desk.store.conversations.before(uid, 0, 100)
        return [entry.kind for entry in entries if entry.kind.startswith("mail.")]

    async def written(self, count: int) -> list[str]:
        """Visitors who are to be told something."""
        uids = [await self.desk.visitor(f"lily{n}@shop.example") for n in range(count)]
        for uid in uids:
            await self.desk.say(uid)
        await self.desk.plan()
        return uids


@pytest.fixture
async def round(store_url: str) -> AsyncIterator[Round]:
    store = await open_store(store_url)
    desk = Desk(store)
    await desk.plan()
    yield Round(desk)
    await store.close()


async def test_a_lane_is_told_in_order_and_what_is_not_due_waits(round: Round) -> None:
    (lily,) = await round.written(1)
    for _ in range(2):
        await round.desk.say(lily)
    await round.desk.plan()
    round.postman.does = lambda lane: Later(0)
    await round.go()
    assert await round.next_ms(lily) == round.postman.asked.pop().now_ms + SOONEST
    round.postman.does = lambda lane: Later(FAR)
    await round.due(lily)
    await round.go()
    assert (len(round.postman.asked), await round.next_ms(lily)) == (1, FAR)
    round.postman.does = lambda lane: Done(ids(lane)[:1], deliveries.sent([lane.jobs[0].seq]))
    await round.due(lily)
    await round.go()
    told = [lane.jobs[0].seq for lane in round.postman.asked[1:]]
    assert told == sorted(told)
    assert await round.kinds(lily) == ["mail.sent"] * 3
    assert (await round.outbox.figures()).waiting == 0


async def test_what_fails_is_tried_ever_more_seldom_and_given_up_after_three_days(round: Round) -> None:
    (lily,) = await round.written(1)
    round.postman.does = away
    for delay in (*DELAYS, DELAYS[-1]):
        await round.due(lily)
        await round.go()
        assert await round.next_ms(lily) - round.postman.asked[-1].now_ms == delay
    assert round.postman.asked[-1].tries == len(DELAYS)
    lane = round.postman.asked[-1]
    own, pipeline = OutboxKeys(lane.shard), round.desk.store.pipelines.of(lily)
    await pipeline.call("HINCRBY", own.job(lane.jobs[0].id), "since", -GIVEN_UP_AFTER)
    late = await round.desk.say(lily)  # which has not been tried as long
    await round.desk.plan()
    await round.due(lily)
    await round.go()
    assert await round.kinds(lily) == ["mail.failed"]
    (dead,) = (await round.outbox.overview()).dead
    assert (dead.jobs, dead.reason) == (1, "421 away")
    assert [job.seq for job in round.postman.asked[-1].jobs] == [late]
    round.postman.does = lambda lane: Failed("550 no", False, ids(lane), deliveries.failed([late], "refused", "550"))
    await round.due(lily)
    await round.go()
    assert await round.kinds(lily) == ["mail.failed"] * 2
    assert (await round.outbox.figures())[::2] == (0, 1)


async def test_three_lanes_that_fail_shut_the_endpoint_but_for_a_probe_until_one_passes(
    round: Round, caplog: pytest.LogCaptureFixture
) -> None:
    uids = await round.written(LANES + 2)
    round.postman.does = away
    await round.go()
    asked = round.postman.asked
    assert [bool(lane.shut) for lane in asked] == [False] * LANES + [True] * 2
    shut = asked[-1]
    assert (shut.shut, await round.next_ms(shut.subject) - shut.now_ms) == ("421 away", SHUT_DELAY)
    (breaker,) = (await round.outbox.overview()).breakers
    assert (breaker.endpoint, breaker.reason) == ("mail", "421 away")
    asked.clear()
    assert await round.outbox.retry(shut.name)  # a person does not want to wait
    await round.go()
    assert [(lane.subject, lane.shut) for lane in asked] == [(shut.subject, "")]
    asked.clear()
    round.now += 61
    await round.due(*uids)
    await round.go()
    assert [bool(lane.shut) for lane in asked] == [False] + [True] * (len(uids) - 1)  # one probe
    tries = {standing.subject: standing.tries for standing in (await round.outbox.overview()).lanes}
    assert sorted(tries.values()) == [0, 0, 1, 1, 1]  # that nobody could be told is no lane's own fault
    asked.clear()
    round.postman.does = lambda lane: away(lane) if lane.shut else sent(lane)
    round.now += 61
    await round.due(shut.subject)
    await round.go()  # it passes, and all go at once
    assert ({lane.subject for lane in asked}, [lane.shut for lane in asked]) == (set(uids), [""] * len(uids))
    assert (await round.outbox.overview()).breakers == []
    assert (await round.outbox.figures())[:2] == (0, 0)
    said = [record.levelname for record in caplog.records if record.name == "chatadmin.courier"]
    assert said == ["WARNING", "ERROR", "WARNING"]  # that it fails, that it is left alone, that it goes out again


async def test_who_begins_tries_at_once_what_failed_before(round: Round) -> None:
    """As after a restart by which an operator has it use what they put right."""
    (lily,) = await round.written(1)
    round.postman.does = away
    await round.go()
    other = Round(round.desk)
    running = asyncio.create_task(other.lanes.run())
    async with asyncio.timeout(60):
        while not await round.kinds(lily):
            pass
    other.lanes.stop()
    await running
    assert await round.kinds(lily) == ["mail.sent"]


async def test_one_that_always_fails_shuts_nothing_and_is_not_tried_with_each_that_passes(round: Round) -> None:
    await round.written(LANES + 1)
    round.postman.does = lambda lane: Failed("450 mailbox busy", True, ids(lane), whose="address")
    await round.go()
    assert [lane.shut for lane in round.postman.asked] == [""] * (LANES + 1)
    lily, mona = await round.written(2)
    round.postman.does = lambda lane: away(lane) if lane.subject == lily else sent(lane)
    await round.go()
    asked = round.postman.asked
    asked.clear()
    for rests in (REST - 1, 1):
        round.now += rests
        await round.desk.say(mona)
        await round.desk.plan()
        await round.go()
    assert [lane.subject for lane in asked] == [mona, mona, lily]


async def test_a_driver_that_breaks_or_hangs_holds_up_no_other_lane(
    round: Round, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(lanes, "DELIVERY_TIMEOUT", 0.05)
    lily, mona, nora, olga = await round.written(4)

    def strange(lane: Lane) -> Outcome | Awaitable[Outcome]:
        if lane.subject == lily:
            raise RuntimeError("text that nobody should see")
        if lane.subject == olga:
            return Done([])  # which would be asked for again at once, for ever
        return asyncio.Future() if lane.subject == mona else sent(lane)

    round.postman.does = strange
    await round.go()
    reasons = {standing.subject: standing.reason for standing in (await round.outbox.overview()).lanes}
    assert reasons == {
        lily: "internal: RuntimeError",
        mona: "no answer within 0.05 s",
        olga: "internal: ValueError",
    }
    assert await round.kinds(nora) == ["mail.sent"]
    await round.due(lily, mona)
    await round.go()
    assert [await round.kinds(uid) for uid in (lily, mona)] == [["mail.delayed"]] * 2  # agents are told, once


async def test_whoever_was_paused_for_too_long_changes_nothing_any_more(round: Round) -> None:
    (lily,) = await round.written(1)
    other = Round(round.desk)

    async def overtaken(lane: Lane) -> Outcome:
        await round.due(lily)
        await other.go()
        return Failed("late", False, ids(lane))

    round.postman.does = overtaken
    await round.go()
    assert (len(other.postman.asked), await round.kinds(lily)) == (1, ["mail.sent"])
    assert (await round.outbox.figures())[::2] == (0, 0)


async def test_what_is_being_delivered_is_finished_and_no_more_is_taken(round: Round) -> None:
    await round.written(2)
    going, go_on = asyncio.Event(), asyncio.Event()

    async def slow(lane: Lane) -> Outcome:
        going.set()
        await go_on.wait()
        return sent(lane)

    round.postman.does = slow
    running = asyncio.create_task(round.lanes.run())
    await going.wait()
    round.lanes.stop()
    go_on.set()
    await running
    assert len(round.postman.asked) == 1
    assert (await round.outbox.figures()).waiting == 1


async def test_what_was_told_is_written_down_as_soon_as_the_store_is_back(
    start_store: Callable[..., Valkey], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "RETRY_DELAY", 0.05)
    engine, refused = start_store("valkey", fsync=True), asyncio.Event()
    store = await open_store(engine.url)
    round = Round(Desk(store))
    await round.desk.plan()
    (lily,) = await round.written(1)
    monkeypatch.setattr(store.pipelines.of(lily), "_patience", 0.1)
    done = store.outbox.done

    async def killed(lane: Lane) -> Outcome:
        await asyncio.to_thread(engine.kill)
        return sent(lane)

    async def watched(*outcome: Any) -> bool:
        try:
            return await done(*outcome)
        except NotNow:
            refused.set()
            raise

    round.postman.does = killed
    monkeypatch.setattr(store.outbox, "done", watched)
    going = asyncio.create_task(round.go())
    async with asyncio.timeout(60):
        await refused.wait()
        await asyncio.to_thread(engine.restart)
        await going
    assert (await round.kinds(lily), len(round.postman.asked)) == (["mail.sent"], 1)
    await store.close()
