"""The outbox beside an honest model of it: whatever is done, in whatever order, by couriers that come too late or not
at all, each job waits, is dead or is told, in the log's order, and is told once by whoever has the fence."""

import os
import random
from collections import defaultdict
from collections.abc import AsyncIterator

import pytest

from app.chat import deliveries
from app.store.outbox import Job, Lane, Mark, job_id
from app.store.outbox_keys import OutboxKeys
from tests.courier.desk import Desk, open_store

STEPS, FAR = 300, 4_000_000_000_000


class Model:
    """What there should be, by visitor: seqs that wait, those that are dead, and the handle that counts."""

    def __init__(self, desk: Desk, uids: list[str], chance: random.Random) -> None:
        self.desk, self.uids, self.chance = desk, uids, chance
        self.waits: defaultdict[str, list[int]] = defaultdict(list)
        self.dead: defaultdict[str, list[int]] = defaultdict(list)
        self.read: defaultdict[str, int] = defaultdict(int)
        self.told: list[tuple[str, int]] = []
        self.fences: dict[str, int] = {}
        self.held: list[Lane] = []

    def own(self, uid: str) -> OutboxKeys:
        return OutboxKeys(self.desk.store.keys.shard_of(uid))

    async def say(self, uid: str) -> None:
        """One or two messages, planned, perhaps with older ones that were given up."""
        shard = self.desk.store.keys.shard_of(uid)
        seqs = [await self.desk.say(uid) for _ in range(self.chance.choice((1, 2)))]
        seqs += [seq for seq in self.dead[uid] if self.chance.random() < 0.3]
        end = (await self.desk.store.logs.ends(shard, [uid]))[uid]
        old = (await self.desk.outbox.marks(shard, {uid: end}))[uid]
        jobs = [Job(job_id("mail", uid, f"{n}"), "mail", uid, end.epoch, n, "message", n) for n in seqs]
        assert await self.desk.outbox.plan(shard, {uid: (old, Mark(end.epoch, end.seq))}, jobs)
        self.dead[uid] = [seq for seq in self.dead[uid] if seq not in seqs]
        self.waits[uid] = sorted([*self.waits[uid], *seqs])

    async def reads(self, uid: str) -> None:
        if self.waits[uid]:
            self.read[uid] = max(self.read[uid], self.chance.choice(self.waits[uid]))
            self.desk.store.conversations.read(uid, uid, "v", self.read[uid], b"{}")

    async def due(self, uid: str) -> None:
        """Its time comes, also where somebody has it and was paused."""
        if self.waits[uid]:
            await self.desk.store.pipelines.of(uid).call("ZADD", self.own(uid).due("mail"), 1, f"mail:{uid}")

    async def take(self, uid: str) -> None:
        lane = await self.desk.outbox.take(self.desk.store.keys.shard_of(uid))
        for other in self.uids:  # what was read went, of whatever lane was looked at
            own = self.own(other)
            if not await self.desk.store.pipelines.of(other).call("EXISTS", own.lane(f"mail:{other}")):
                assert all(seq <= self.read[other] for seq in self.waits[other])
                self.waits[other] = []
        if lane:
            self.waits[lane.subject] = [n for n in self.waits[lane.subject] if n > self.read[lane.subject]]
            assert [job.seq for job in lane.jobs] == self.waits[lane.subject]
            self.fences[lane.subject] = lane.fence
            self.held.append(lane)

    async def settle(self, _: str) -> None:
        """Somebody who took a lane, now or long ago, says what came of it."""
        if not self.held:
            return
        lane = self.held.pop(-1 if self.chance.random() < 0.7 else self.chance.randrange(len(self.held)))
        uid, outbox, word = (
            lane.subject,
            self.desk.outbox,
            self.chance.choice(("done", "done", "later", "failed", "dead")),
        )
        meant = lane.jobs[: self.chance.randint(1, len(lane.jobs))]
        ids, seqs = [job.id for job in meant], [job.seq for job in meant]
        counts = self.fences.get(uid) == lane.fence
        if word == "done":
            settled = await outbox.done(lane, ids, deliveries.sent(seqs))
        elif word == "later":
            settled = await outbox.later(lane, self.chance.choice((1, FAR)))
        else:
            settled = await outbox.failed(lane, ids, reason=word, at_ms=FAR, dead=word == "dead")
        assert settled == counts
        if counts:
            del self.fences[uid]
            if word == "dead":  # but for what was read meanwhile, where the lease had run out
                self.dead[uid] += [seq for seq in seqs if seq in self.waits[uid]]
            if word in ("done", "dead"):
                self.waits[uid] = [seq for seq in self.waits[uid] if seq not in seqs]
            self.told += [(uid, seq) for seq in seqs] if word == "done" else []

    async def retry(self, uid: str) -> None:
        there = bool(self.waits[uid] or self.dead[uid])
        self.waits[uid] = sorted([*self.waits[uid], *self.dead[uid]])
        self.dead[uid] = []
        assert await self.desk.outbox.retry(f"mail:{uid}") == there

    async def give_up(self, uid: str) -> None:
        assert await self.desk.outbox.give_up(f"mail:{uid}") == bool(self.waits[uid])
        if self.waits[uid]:
            self.fences.pop(uid, None)
        self.dead[uid] += self.waits.pop(uid, [])

    async def check(self) -> None:
        """What there is, is what there should be."""
        waiting = 0
        for uid in self.uids:
            own, pipeline, lane = self.own(uid), self.desk.store.pipelines.of(uid), f"mail:{uid}"
            ids = [id.decode() for id in await pipeline.call("LRANGE", own.lane(lane), 0, -1)]
            assert [int(await pipeline.call("HGET", own.job(id), "seq")) for id in ids] == self.waits[uid]
            assert (await pipeline.call("ZSCORE", own.due("mail"), lane) is not None) == bool(ids)
            gone = [id.decode() for id in await pipeline.call("LRANGE", own.dead_of(lane), 0, -1)]
            assert sorted([int(await pipeline.call("HGET", own.job(id), "seq")) for id in gone]) == sorted(
                self.dead[uid]
            )
            assert (await pipeline.call("ZSCORE", own.dead, lane) is not None) == bool(gone)
            assert ids or await pipeline.call("ZSCORE", own.failing, lane) is None
            waiting += len(ids)
        assert (await self.desk.outbox.figures())[::2] == (waiting, sum(map(bool, self.dead.values())))


@pytest.fixture
async def desk(store_url: str) -> AsyncIterator[Desk]:
    store = await open_store(store_url)
    yield Desk(store)
    await store.close()


async def test_the_outbox_does_as_its_model(desk: Desk) -> None:
    seed = int(os.environ.get("SEED", random.randrange(10**6)))
    print(f"SEED={seed}")
    model = Model(desk, [await desk.visitor() for _ in range(3)], random.Random(seed))
    steps = (model.say, model.due, model.take, model.take, model.settle, model.settle)
    rare = (model.reads, model.retry, model.give_up)
    for _ in range(STEPS):
        step = model.chance.choice(rare if model.chance.random() < 0.1 else steps)
        await step(model.chance.choice(model.uids))
        await model.check()
    assert len(model.told) == len(set(model.told)) > STEPS // 50
