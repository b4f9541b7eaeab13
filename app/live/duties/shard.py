"""A follower's work on one shard: the lease, what changed, what is behind its mark, a step at a time."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.chat.conversation import Entry
from app.live.duties.consumer import Consumer, Mark, Overtaken, Stretch, Taken
from app.live.duties.walk import Walk
from app.store.errors import StoreAway, StoreError, StoreFull
from app.store.logs import LogEnd
from app.store.store import Store

log = logging.getLogger("chatadmin.live")

# Seconds between two looks at what changed: what is said is known within one, and some of it is taken together.
LOOK_INTERVAL = 0.25
# Entries read of one conversation in one step, and about as many of all: bounds how long the node's other work waits.
ENTRIES_PER_STEP = 50
# Seconds a lease lasts, and after which it is renewed, or asked for again.
LEASE_DURATION, RENEW_INTERVAL = 6.0, 2.0
# Conversations compared in one step, and seconds between two of them: a tenth of the store's time.
COMPARED_PER_STEP, COMPARE_PAUSE = 200, 0.02
# Seconds until a store that takes nothing, or answers with an error, is tried again.
RETRY_DELAY = 2.0


class _Page(NamedTuple):
    """Entries that were read together for all consumers, from the lowest of their marks on."""

    uid: str
    end: LogEnd
    entries: Sequence[Entry]
    until: int


class ShardFollower:
    """Follows the logs of `shard` while it has the lease `name` as `me`. Put into `todo` what changed."""

    def __init__(self, store: Store, shard: str, name: str, me: str, consumers: Sequence[Consumer[Any]]) -> None:
        self._store, self._shard, self._consumers = store, shard, consumers
        self._name, self._me = name, me
        self._clock = asyncio.get_running_loop().time
        self.todo: dict[str, None] = {}  # uids, in the order in which they changed
        self.ours = False
        self._renew_at = 0.0
        self._reported = -1  # how far behind we last said to be
        self._trouble = ""
        self._walk = Walk(store.logs, shard)

    def compare(self) -> None:
        """Look at every conversation."""
        self._walk.begin()

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            await asyncio.sleep(LOOK_INTERVAL)
            try:
                await self.work()
                self._say("")
            except StoreAway:
                await asyncio.sleep(RETRY_DELAY)  # the connection logs it
            except StoreFull:
                self._say("the store is full")
                await asyncio.sleep(RETRY_DELAY)
            except StoreError as error:
                self._say(str(error))
                await asyncio.sleep(RETRY_DELAY)

    def _say(self, trouble: str) -> None:
        """Log a trouble once, and its end."""
        if trouble != self._trouble:
            names = " and ".join(consumer.name for consumer in self._consumers)
            log.warning("%s cannot keep up with what is said: %s", names, trouble or "no more, it is made good")
        self._trouble = trouble

    async def work(self) -> None:
        """All there is to do, a step at a time."""
        while await self._hold() and (self.todo or not self._walk.over):
            if not self._walk.over and len(self.todo) < COMPARED_PER_STEP:
                await self._compare()
                await asyncio.sleep(COMPARE_PAUSE)
            if self.todo:
                await asyncio.sleep(await self._step())

    # -- the lease ----------------------------------------------------------------------------------------------------

    async def _hold(self) -> bool:
        """Whether the shard is ours, asked from time to time."""
        if self._clock() < self._renew_at:
            return self.ours
        ours = await self._store.leases.take(self._shard, self._name, self._me, LEASE_DURATION)
        if ours and not self.ours:
            await asyncio.gather(*(consumer.begin(self._shard) for consumer in self._consumers))
            self._reported = -1
            self.compare()
        if not ours:
            self.todo.clear()  # the holder hears of it too
        self.ours, self._renew_at = ours, self._clock() + RENEW_INTERVAL
        if ours:
            await self._report()
        return ours

    async def give_up(self) -> None:
        """Let another take it at once."""
        if self.ours:
            await self._store.leases.give_up(self._shard, self._name, self._me)

    async def _report(self) -> None:
        behind = len(self.todo) + await self._walk.left()
        if behind != self._reported:
            await asyncio.gather(*(consumer.behind(self._shard, behind) for consumer in self._consumers))
            self._reported = behind

    # -- what is due --------------------------------------------------------------------------------------------------

    async def _compare(self) -> None:
        page = await self._walk.page(COMPARED_PER_STEP)
        ends = await self._store.logs.ends(self._shard, page.uids)
        marks = await self._marks(ends)
        self.todo.update((uid, None) for uid, end in ends.items() if _lowest(marks, uid) < end.seq)
        self._walk.passed(page)
        if self._walk.over:
            await self._report()

    async def _marks(self, ends: Mapping[str, LogEnd]) -> list[Mapping[str, Mark]]:
        """The marks of each consumer."""
        if not ends:
            return [{} for _ in self._consumers]
        return list(await asyncio.gather(*(consumer.marks(self._shard, ends) for consumer in self._consumers)))

    # -- a step -------------------------------------------------------------------------------------------------------

    async def _step(self) -> float:
        """Hand on some entries of those that wait longest; returns the seconds to wait until the next step."""
        uids = list(self.todo)[:ENTRIES_PER_STEP]
        for uid in uids:
            del self.todo[uid]
        try:
            pause, left = await self._advance(uids)
        except Overtaken:
            self._renew_at = 0.0  # somebody else is at it: ask whose it is
            pause, left = 0.0, uids
        except BaseException:
            self.todo.update(dict.fromkeys(uids))
            raise
        self.todo.update(dict.fromkeys(left))
        return pause

    async def _advance(self, uids: Sequence[str]) -> tuple[float, Sequence[str]]:
        """Hand on some entries of these conversations: the seconds to wait for that, and in which of them are more."""
        ends = await self._store.logs.ends(self._shard, uids)
        marks = await self._marks(ends)
        due = {uid: lowest for uid, end in ends.items() if (lowest := _lowest(marks, uid)) < end.seq}
        pages = await self._read(due, ends)
        hands = zip(self._consumers, marks, strict=True)
        outcomes = await asyncio.gather(
            *(self._hand_on(consumer, own, pages) for consumer, own in hands), return_exceptions=True
        )
        taken = [outcome for outcome in outcomes if isinstance(outcome, Taken)]
        for outcome in outcomes:  # once all have been asked: what hinders one is no matter of another's
            if isinstance(outcome, BaseException):
                raise outcome
        left = {uid for outcome in taken for uid in outcome.left}
        finished = {page.uid for page in pages if page.until == page.end.seq} - left
        return max((outcome.pause for outcome in taken), default=0.0), [uid for uid in due if uid not in finished]

    async def _read(self, due: Mapping[str, int], ends: Mapping[str, LogEnd]) -> list[_Page]:
        """What follows these places, of as many conversations as have the entries of one step together."""
        asked, together = [], 0
        for uid, seq in due.items():
            if together >= ENTRIES_PER_STEP:
                break
            asked.append(uid)
            together += ends[uid].seq - seq
        between = self._store.conversations.between
        read = await asyncio.gather(*(between(uid, due[uid] + 1, ends[uid].seq, ENTRIES_PER_STEP) for uid in asked))
        return [
            _Page(uid, ends[uid], entries, entries[-1].seq if len(entries) == ENTRIES_PER_STEP else ends[uid].seq)
            for uid, entries in zip(asked, read, strict=True)
        ]

    async def _hand_on(self, consumer: Consumer[Any], marks: Mapping[str, Mark], pages: Sequence[_Page]) -> Taken:
        """What of these pages is behind a consumer's own marks."""
        stretches = [
            Stretch(uid, end.epoch, mark, [entry for entry in entries if entry.seq > mark.seq], until)
            for uid, end, entries, until in pages
            if (mark := marks[uid]).seq < until
        ]
        return await consumer.take(self._shard, stretches) if stretches else Taken()


def _lowest(marks: Sequence[Mapping[str, Mark]], uid: str) -> int:
    """The place from which on some consumer lacks something."""
    return min(own[uid].seq for own in marks)
