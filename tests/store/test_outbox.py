"""The outbox: what is to be told waits in lanes, once, in order, for whoever has the fence. On both engines."""

import asyncio
import json
from collections.abc import Sequence

import pytest

from app.chat import deliveries
from app.chat.deliveries import Told
from app.store.keys import Keys
from app.store.logs import LogEnd, Logs
from app.store.outbox import Job, Lane, Mark, Outbox, job_id
from app.store.outbox_keys import OutboxKeys
from app.store.outbox_look import Breaker
from tests.store.test_conversations import ANNA, UID, Bench, bench, event

__all__ = ["bench"]  # the fixture

SHARD = Keys(2).shard_of(UID)
OWN, LANE = OutboxKeys(SHARD), f"mail:{UID}"


class Post:
    """A conversation, and the outbox beside it."""

    def __init__(self, bench: Bench) -> None:
        self.bench, self.keys = bench, bench.keys
        self.outbox = Outbox(bench.pipelines, bench.keys)
        self.pipeline = bench.pipelines.at(SHARD)

    async def end(self) -> LogEnd:
        return (await Logs(self.bench.pipelines, self.keys).ends(SHARD, [UID]))[UID]

    async def plan(self, *seqs: int, old: Mark | None = None) -> bool:
        """Plan the messages of these seqs, and all there is as looked through."""
        epoch, seq = await self.end()
        old = old or (await self.outbox.marks(SHARD, {UID: LogEnd(epoch, seq)}))[UID]
        jobs = [Job(job_id("mail", UID, str(n)), "mail", UID, epoch, n, "message", 1000 + n) for n in seqs]
        return await self.outbox.plan(SHARD, {UID: (old, Mark(epoch, seq))}, jobs)

    async def take(self) -> Lane:
        taken = await self.outbox.take(SHARD)
        assert taken
        return taken

    async def due_now(self) -> None:
        """As if its time had come."""
        await self.pipeline.call("ZADD", OWN.due("mail"), 1, LANE)

    async def told(self) -> list[tuple[str, object]]:
        entries = (await self.bench.page()).entries
        return [(e.kind, json.loads(e.body)["through"]) for e in entries if e.kind.startswith("mail.")]


@pytest.fixture
async def post(bench: Bench) -> Post:
    await bench.say(1)
    await bench.claim(ANNA)
    for n in (1, 2, 3):
        await bench.say(n, author=ANNA, fence=1)  # seqs 3, 4 and 5
    return Post(bench)


def ids(lane: Lane) -> Sequence[str]:
    return [job.id for job in lane.jobs]


def sent(lane: Lane) -> Told:
    return deliveries.sent([job.seq for job in lane.jobs])


async def test_a_job_is_there_once_whoever_plans_and_a_mark_that_moved_stops_the_other(post: Post) -> None:
    assert (await post.outbox.marks(SHARD, {UID: await post.end()}))[UID].seq == 0
    old = (await post.outbox.marks(SHARD, {UID: await post.end()}))[UID]
    assert await post.plan(3, 4)
    assert not await post.plan(3, 4, 5, old=old)
    assert [job.seq for job in (await post.take()).jobs] == [3, 4]
    epoch, seq = await post.end()
    ahead = {UID: (Mark(epoch, seq, f"{epoch}:{seq}".encode()), Mark(epoch, seq + 1))}
    assert not await post.outbox.plan(SHARD, ahead, [])  # of a log that the store does not have
    assert await post.plan(3, 4, 5)  # as after an address that came late: only what is new joins
    await post.due_now()
    assert [job.seq for job in (await post.take()).jobs] == [3, 4, 5]
    assert (await post.outbox.figures()).waiting == 3


async def test_only_who_has_the_fence_says_what_came_of_it_and_a_repeat_says_so_again(post: Post) -> None:
    await post.plan(3, 4, 5)
    first = await post.take()
    assert await post.outbox.take(SHARD) is None  # it is leased
    await post.due_now()  # its holder was paused too long
    second = await post.take()
    assert second.fence > first.fence
    assert not await post.outbox.done(first, ids(first), sent(first))
    assert not await post.outbox.failed(first, ids(first), reason="late", dead=True)
    assert not await post.outbox.later(first, 1)
    for _ in range(2):  # the second time as where the answer was lost
        assert await post.outbox.done(second, ids(second)[:2], deliveries.sent([3, 4]))
    third = await post.take()  # at once: the next in the lane
    assert [job.seq for job in third.jobs] == [5]
    assert await post.outbox.done(third, ids(third))
    assert await post.outbox.done(third, ids(third))  # though the lane is over
    assert await post.told() == [("mail.sent", 4)]
    assert await post.outbox.told_through(UID) == 4  # nothing was told of the last
    assert await post.outbox.take(SHARD) is None
    assert (await post.outbox.overview())[:4] == (0, 0, [], 0)
    left = {key.decode() for key in await post.pipeline.call("KEYS", f"{OWN.prefix}*")}
    assert left == {OWN.marks, OWN.waiting, f"{OWN.prefix}fence", OWN.standing(LANE)}
    assert int(await post.pipeline.call("PTTL", OWN.standing(LANE))) > 0


async def test_what_was_read_or_stood_in_another_log_is_no_job_any_more(post: Post) -> None:
    await post.plan(3, 4, 5)
    post.bench.conversations.read(UID, UID, "v", 4, b"{}")
    lane = await post.take()
    assert ([job.seq for job in lane.jobs], lane.read, lane.here) == ([5], 4, False)
    await post.outbox.later(lane, lane.now_ms)
    await post.bench.presence.arrive("boot", UID, event())
    lane = await post.take()
    assert (lane.here, lane.left_ms) == (True, 0)
    await post.outbox.later(lane, lane.now_ms)
    await post.bench.presence.depart("boot", UID, event())
    lane = await post.take()
    assert (lane.here, 0 < lane.left_ms <= lane.now_ms) == (False, True)
    await post.outbox.later(lane, lane.now_ms)
    meta = post.keys.conversation(UID).meta
    for change in (("HINCRBY", meta, "epoch", 1), ("HSET", meta, "state", "linked|0||1|0")):
        await post.plan(5)
        await post.pipeline.call(*change)
        assert await post.outbox.take(SHARD) is None
    assert (await post.outbox.figures()).waiting == 0


async def test_what_was_read_while_a_lease_ran_out_is_neither_told_nor_dead(post: Post) -> None:
    await post.plan(3, 4)
    for word in ("done", "dead"):
        lane = await post.take()
        await post.due_now()
        post.bench.conversations.read(UID, UID, "v", lane.jobs[0].seq, b"{}")
        if word == "done":
            again = await post.take()
            assert [job.seq for job in again.jobs] == [4]
            assert not await post.outbox.done(lane, ids(lane), sent(lane))
            await post.outbox.later(again, 1)
        else:
            assert await post.outbox.take(SHARD) is None
            assert await post.outbox.failed(lane, ids(lane), reason="550 no", dead=True)
    assert (await post.outbox.overview())[:6] == (0, 0, [], 0, [], 0)


async def test_a_lane_that_failed_waits_its_time_and_is_told_of_until_it_passes(post: Post) -> None:
    await post.plan(3, 4)
    lane, far = await post.take(), 4_000_000_000_000
    told = deliveries.delayed([3], lane.now_ms)
    assert await post.outbox.failed(lane, ids(lane)[:1], reason="451 no" * 50, at_ms=far, entry=told)
    await post.outbox.prod(LANE)  # that its visitor left is no reason to try what fails
    assert await post.outbox.take(SHARD) is None
    look = await post.outbox.overview()
    (standing,) = look.lanes
    assert (standing.jobs, standing.since_ms, standing.next_ms, standing.tries) == (2, 1003, far, 1)
    assert (standing.reason, look.oldest_ms) == (("451 no" * 50)[:200], (await post.outbox.figures()).oldest_ms)
    assert look.oldest_ms >= lane.now_ms
    assert await post.outbox.prod(LANE, though_it_failed=True)
    again = await post.take()
    assert (again.tries, again.since_ms >= lane.now_ms) == (1, True)
    assert [(job.tries, job.since_ms > 0) for job in again.jobs] == [(1, True), (0, False)]
    assert await post.outbox.later(again, far)  # its visitor is back, so that it is not late
    assert (await post.outbox.figures()).oldest_ms == 0
    assert await post.outbox.prod(LANE)  # and has left again
    again = await post.take()
    assert again.tries == 1
    assert await post.outbox.done(again, ids(again)[:1])
    after = await post.take()
    assert (after.tries, after.since_ms) == (0, 0)
    assert (await post.outbox.figures()).oldest_ms == 0


async def test_a_lane_that_is_prodded_while_it_is_taken_is_looked_at_again(post: Post) -> None:
    await post.plan(3)
    lane = await post.take()
    assert await post.outbox.prod(LANE)
    assert await post.outbox.later(lane, 4_000_000_000_000)
    lane = await post.take()
    assert await post.outbox.later(lane, 4_000_000_000_000)
    assert await post.outbox.take(SHARD) is None
    assert await post.outbox.prod(LANE)
    assert ids(await post.take()) == ids(lane)
    assert not await post.outbox.prod("mail:nobody")


async def test_what_is_given_up_is_kept_and_waits_again_when_somebody_says_so(post: Post) -> None:
    await post.plan(3, 4, 5)
    lane = await post.take()
    gone = deliveries.failed([3], "refused", "550 no")
    assert await post.outbox.failed(lane, ids(lane)[:1], reason="550 no", dead=True, entry=gone)
    assert (await post.outbox.figures())[::2] == (2, 1)
    assert await post.outbox.give_up(LANE)
    assert not await post.outbox.give_up(LANE)
    assert await post.told() == [("mail.failed", 3), ("mail.failed", 5)]
    (dead,) = (await post.outbox.overview()).dead
    assert (dead.name, dead.jobs, dead.since_ms, dead.reason) == (LANE, 3, 1003, "")
    assert int(await post.pipeline.call("PTTL", OWN.job(ids(lane)[0]))) > 0
    assert await post.outbox.retry(LANE)
    back = await post.take()
    assert [job.seq for job in back.jobs] == [3, 4, 5]
    assert int(await post.pipeline.call("PTTL", OWN.job(ids(lane)[0]))) == -1
    assert (await post.outbox.figures())[::2] == (3, 0)
    await post.outbox.failed(back, ids(back), reason="550 no", dead=True)
    await post.plan(4)  # an address was put right
    assert [job.seq for job in (await post.take()).jobs] == [4]
    assert (await post.outbox.overview()).dead[0].jobs == 2


async def test_what_was_told_stays_told_where_an_earlier_one_goes_after_all(post: Post) -> None:
    await post.plan(3, 4, 5)
    lane = await post.take()
    await post.outbox.failed(lane, ids(lane)[:1], reason="550 no", dead=True)
    lane = await post.take()
    await post.outbox.done(lane, ids(lane), sent(lane))
    await post.outbox.retry(LANE)
    lane = await post.take()
    assert lane.asked  # and so is tried also where the endpoint is left alone
    await post.outbox.done(lane, ids(lane), sent(lane))
    assert (await post.told(), await post.outbox.told_through(UID)) == ([("mail.sent", 5), ("mail.sent", 3)], 5)


async def test_what_follows_from_no_log_is_posted_once_and_each_endpoint_has_lanes_of_its_own(post: Post) -> None:
    outbox, shard = post.outbox, post.keys.shard_of(ANNA)
    assert await outbox.post("alert", ANNA, "waiting", {"uid": UID}, id="once") == "once"
    await outbox.post("alert", ANNA, "waiting", {"uid": "other"}, id="once")
    other = await outbox.post("account", ANNA, "link", {})
    assert await outbox.take(shard, ("mail",)) is None
    alert, account = await outbox.take(shard, ("alert",)), await outbox.take(shard, ("account",))
    assert alert
    assert account
    assert ([job.args for job in alert.jobs], ids(account)) == ([{"uid": UID}], [other])
    assert await outbox.done(alert, ids(alert))
    await outbox.post("alert", ANNA, "waiting", {"uid": UID}, id="once")
    assert await outbox.take(shard, ("alert",)) is None
    await outbox.say_shut("mail", Breaker("mail", 5, "refused"))
    assert (await outbox.overview()).breakers == [Breaker("mail", 5, "refused")]
    await outbox.say_shut("mail", None)
    assert (await outbox.overview()).breakers == []


async def test_of_many_who_take_at_once_one_has_a_lane(post: Post) -> None:
    await post.plan(3)
    taken = await asyncio.gather(*(post.outbox.take(SHARD) for _ in range(20)))
    assert sum(lane is not None for lane in taken) == 1
