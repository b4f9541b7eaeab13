"""What follows from the logs for people who are away: each message of an agent is to be told by mail, once.

Nothing is told here, and nothing is decided but that there is a job. Whether it is needed, and when, is seen as it is
delivered: most of what agents write has been read by then.
"""

import asyncio
from collections.abc import Mapping, Sequence

from app.chat import contact, protocol
from app.chat.conversation import Entry
from app.live.duties.consumer import Consumer, Overtaken, Stretch, Taken
from app.live.duties.walk import Walk
from app.store.logs import LogEnd
from app.store.outbox import Job, Mark, job_id
from app.store.people import Visitor
from app.store.store import Store

ENDPOINT = "mail"
# Entries that are looked at again, from the end of a log, where an address comes late, or the log is another; and
# messages that are told of them at most.
LOOKED_AT, TOLD_LATE = 200, 50
# Milliseconds after which it is too late to tell a message: where nobody planned for days.
TOO_LATE = 3 * 24 * 3600 * 1000
# Conversations in one step as there begins to be mail: as many as a follower compares.
BEGUN_PER_STEP = 200


class Planning(Consumer[Mark]):
    """The consumer that adds jobs. There is mail from when it first began on: of what was written before, it tells
    nothing."""

    name = "mail"

    def __init__(self, store: Store) -> None:
        self._store, self._outbox = store, store.outbox
        self._began: dict[str, int] = {}

    async def begin(self, shard: str) -> None:
        began = await self._outbox.began(shard, ENDPOINT)
        if not began:
            began = await self._store.now_ms()
            walk = Walk(self._store.logs, shard)
            while not walk.over:
                page = await walk.page(BEGUN_PER_STEP)
                await self._outbox.skip(shard, await self._store.logs.ends(shard, page.uids))
                walk.passed(page)
            await self._outbox.begin(shard, ENDPOINT, began)
        self._began[shard] = began

    async def marks(self, shard: str, ends: Mapping[str, LogEnd]) -> dict[str, Mark]:
        return await self._outbox.marks(shard, ends)

    async def take(self, shard: str, stretches: Sequence[Stretch[Mark]]) -> Taken:
        now = await self._store.now_ms()
        stretches = [await self._of_this_log(stretch) for stretch in stretches]
        concerned = {one.uid for one in stretches if any(_answers(e) or _brings_address(e) for e in one.entries)}
        visitors = await self._store.people.visitors(concerned)
        jobs: list[Job] = []
        for stretch in stretches:
            visitor = visitors.get(stretch.uid)
            if visitor and contact.address(visitor):
                jobs += await self._jobs(shard, visitor, stretch, now)
        # Before the marks move: who is killed in between does it again.
        await asyncio.gather(*map(self._look_again, stretches))
        moved = {one.uid: (one.mark, Mark(one.epoch, one.until)) for one in stretches}
        if not await self._outbox.plan(shard, moved, jobs):
            raise Overtaken
        return Taken()

    async def _of_this_log(self, stretch: Stretch[Mark]) -> Stretch[Mark]:
        """The same; where another log stood there before, what was written since this one began, as far as it is looked
        at: what came over from the former is not told."""
        if not stretch.mark.of_another_log:
            return stretch
        last = await self._store.conversations.before(stretch.uid, 0, LOOKED_AT)
        began, until = stretch.epoch // 1000, last[-1].seq if last else stretch.until
        return stretch._replace(entries=[entry for entry in last if entry.time >= began], until=until)

    async def _jobs(self, shard: str, visitor: Visitor, stretch: Stretch[Mark], now: int) -> list[Job]:
        """What follows from a stretch for a visitor who has an address."""
        told = [entry for entry in stretch.entries if _answers(entry) and now - entry.time < TOO_LATE]
        for entry in filter(_brings_address, stretch.entries):
            told = [*await self._untold(shard, entry, stretch.epoch), *told]
        by_seq = {entry.seq: entry for entry in told}
        return [_job(stretch.epoch, by_seq[seq]) for seq in sorted(by_seq)]

    async def _untold(self, shard: str, entry: Entry, epoch: int) -> list[Entry]:
        """What agents wrote before this entry, and the visitor has neither read nor been sent."""
        through = await self._outbox.told_through(entry.uid)
        since = max(self._began[shard] + 1, epoch // 1000)
        before = await self._store.conversations.before(entry.uid, entry.seq, LOOKED_AT)
        return [e for e in before if _answers(e) and e.seq > through and e.time >= since][-TOLD_LATE:]

    async def _look_again(self, stretch: Stretch[Mark]) -> None:
        """What waits for a visitor to leave waits no more once they have; nor what failed, where they have another
        address."""
        kinds = {entry.kind for entry in stretch.entries}
        brought = any(map(_brings_address, stretch.entries))
        if brought or "left" in kinds:
            await self._outbox.prod(f"{ENDPOINT}:{stretch.uid}", though_it_failed=brought)


def _answers(entry: Entry) -> bool:
    return entry.kind == "message" and entry.role == "a"


def _brings_address(entry: Entry) -> bool:
    """Whether by this event a visitor has an address, perhaps another than before."""
    if entry.kind not in ("form", "identified"):
        return False
    told = protocol.decode(entry.body)
    return "again" not in told and bool(told.get("email") or told.get("fields", {}).get("email"))


def _job(epoch: int, entry: Entry) -> Job:
    id = job_id(ENDPOINT, entry.uid, entry.id)
    return Job(id, ENDPOINT, entry.uid, epoch, entry.seq, "message", entry.time)
