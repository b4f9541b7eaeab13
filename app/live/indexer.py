"""Keeps the views of the logs up to date, the index of what was said and the counts of reports, behind the messages:
none of them waits for it.

Of all nodes one works for each shard, the holder of its lease. It hears from the feed which conversations changed,
and compares all of them with their marks when it begins and when it missed something. So whatever is stored is indexed
in the end, and `Index.add` sees to it that it is once. Reports are handed each stretch of a log before its mark in the
index moves on, so nothing is kept from them; what they have counted already they know by a mark of their own.
"""

import asyncio
import logging
import secrets
from collections.abc import Sequence

from app.chat.conversation import SAID_KINDS, Entry
from app.store import index
from app.store.errors import StoreAway, StoreError, StoreFull
from app.store.index import Mark, Said, Standing
from app.store.store import Store

log = logging.getLogger("chatadmin.live")

# Seconds between two looks at what changed: what is said is found within one, and some of it is indexed together.
EVERY = 0.25
# Messages a second at most, a twentieth of a node's time; and lists written, at 3 us each a fifteenth of the store's.
RATE, LISTS_RATE = 1000, 20_000
# Messages of one step, characters of them, and lists they go to: bounds how long the node's other work waits, and the
# store's (3 ms each; a message that alone has more takes longer, and is paid for afterwards).
STEP, STEP_CHARACTERS, STEP_LISTS = 50, 8000, 1000
# Milliseconds a lease lasts, and seconds after which it is renewed, or asked for again.
LEASE, RENEW = 6000, 2.0
# Conversations compared in one step, and seconds between two of them: a tenth of the store's time.
COMPARED, PAUSE = 200, 0.02
# Seconds until a store that takes nothing, or answers with an error, is tried again.
LATER = 2.0


class Indexer:
    """This node's share of the work. Add to `changed` whatever conversation the feed tells of; `run` it; `stop` it."""

    def __init__(self, store: Store) -> None:
        self.changed: set[str] = set()
        self._store = store
        self._name = secrets.token_hex(8)
        self._shards = {tag: _Shard(store, tag, self._name) for tag in store.keys.tags()}

    def missed(self, tag: str) -> None:
        """Something of this shard was not heard: compare all of it."""
        self._shards[tag].compare()

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as works:
            for shard in self._shards.values():
                works.create_task(shard.run())
            while True:
                await asyncio.sleep(EVERY)
                changed, self.changed = self.changed, set()
                for uid in changed:
                    self._shards[self._store.keys.tag(uid)].todo[uid] = None

    async def stop(self) -> None:
        """Once `run` has ended: let other nodes take over at once."""
        held = [tag for tag, shard in self._shards.items() if shard.held]
        await asyncio.gather(*(self._store.index.give_up(tag, self._name) for tag in held))


class _Shard:
    """The work on one shard."""

    def __init__(self, store: Store, tag: str, name: str) -> None:
        self._index, self._conversations, self._reports = store.index, store.conversations, store.reports
        self._tag, self._name = tag, name
        self._clock = asyncio.get_running_loop().time
        self.todo: dict[str, None] = {}  # uids, in the order in which they changed
        self.held = False
        self._renew_at = 0.0
        self._told = -1  # how far behind we last said to be
        self._trouble = ""
        self._round = 0
        self.compare()

    def compare(self) -> None:
        """Look at every conversation, from the one silent longest on."""
        self._comparing, self._since, self._skip = True, "-inf", 0
        self._round += 1

    async def run(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            try:
                await self._work()
                self._say("")
            except StoreAway:
                await asyncio.sleep(LATER)
            except StoreFull:
                self._say("the store is full")
                await asyncio.sleep(LATER)
            except StoreError as error:
                self._say(str(error))
                await asyncio.sleep(LATER)

    def _say(self, trouble: str) -> None:
        """Log a trouble once, and its end; that the store is away others say."""
        if trouble != self._trouble:
            log.warning("what is said now cannot be found yet: %s", trouble or "no more, it is made good")
        self._trouble = trouble

    async def _work(self) -> None:
        """All there is to do, a step at a time."""
        while await self._hold() and (self.todo or self._comparing):
            if self._comparing and len(self.todo) < COMPARED:
                await self._compare()
                await asyncio.sleep(PAUSE)
            if self.todo:
                await asyncio.sleep(await self._step())

    async def _hold(self) -> bool:
        """Whether the shard is ours, asked from time to time."""
        if self._clock() < self._renew_at:
            return self.held
        held = await self._index.lease(self._tag, self._name, LEASE)
        if held and not self.held:
            self._told = -1
            self.compare()
        if not held:
            self.todo.clear()  # the holder hears of it too
        self.held, self._renew_at = held, self._clock() + RENEW
        if held:
            await self._tell()
        return held

    async def _tell(self) -> None:
        behind = len(self.todo) + (await self._index.after(self._tag, self._since) if self._comparing else 0)
        if behind != self._told:
            await self._index.behind(self._tag, behind)
            self._told = behind

    async def _compare(self) -> None:
        since, skip, round = self._since, self._skip, self._round
        page = await self._index.conversations(self._tag, since, skip, COMPARED)
        standing = await self._index.standing(self._tag, [uid for uid, _ in page]) if page else {}
        self.todo.update((uid, None) for uid, stands in standing.items() if stands.due)
        if self._round != round:
            return  # it was begun anew meanwhile
        if page:
            self._since = page[-1][1]  # who shares it with the last comes twice, rather than not at all
            self._skip = skip + len(page) if self._since == since else 0
        if len(page) < COMPARED:
            self._comparing = False
            await self._tell()

    async def _step(self) -> float:
        """Index some messages of those that wait longest; returns the seconds to wait until the next step."""
        uids = list(self.todo)[:STEP]
        for uid in uids:
            del self.todo[uid]
        try:
            pause, left = await self._advance(uids)
        except BaseException:
            self.todo.update(dict.fromkeys(uids))
            raise
        self.todo.update(dict.fromkeys(left))
        return pause

    async def _advance(self, uids: Sequence[str]) -> tuple[float, Sequence[str]]:
        """Index some messages of these conversations: the seconds to wait for that, and in which of them are more."""
        standing = await self._index.standing(self._tag, uids)
        due = {uid: stands for uid, stands in standing.items() if stands.due}
        marks = await self._marks(due)
        due = {uid: stands for uid, stands in due.items() if marks[uid].seq < stands.seq}
        asked = self._within_reach(marks, due)
        pages = await asyncio.gather(
            *(self._conversations.between(uid, marks[uid].seq + 1, due[uid].seq, STEP) for uid in asked)
        )
        await asyncio.gather(
            *(self._reports.count(uid, due[uid].epoch, page) for uid, page in zip(asked, pages, strict=True))
        )
        batch = _Batch()
        for uid, page in zip(asked, pages, strict=True):
            batch.take(uid, marks[uid], page, due[uid].seq)
        if batch.marks and not await self._index.add(self._tag, batch.period, batch.in_time(), batch.marks):
            self._renew_at = 0.0  # somebody else is at it: ask whose it is
            return 0, uids
        return batch.pause, [uid for uid in due if uid not in batch.finished]

    async def _marks(self, due: dict[str, Standing]) -> dict[str, Mark]:
        """Their marks, new ones for those that have none in their epoch."""
        marks = {uid: stands.mark for uid, stands in due.items() if stands.mark and stands.mark.epoch == stands.epoch}
        new = {uid: stands.epoch for uid, stands in due.items() if uid not in marks}
        return marks | (await self._index.enrol(self._tag, new) if new else {})

    @staticmethod
    def _within_reach(marks: dict[str, Mark], due: dict[str, Standing]) -> list[str]:
        """As many of them as have the entries of one step together: more need not be read."""
        asked, entries = [], 0
        for uid, stands in due.items():
            if entries >= STEP:
                break
            asked.append(uid)
            entries += stands.seq - marks[uid].seq
        return asked


class _Batch:
    """Messages of one period that are indexed in one step."""

    def __init__(self) -> None:
        self.period = -1
        self.said: list[Said] = []
        self.marks: dict[str, tuple[Mark, Mark]] = {}
        self.finished: set[str] = set()
        self._characters = 0
        self._lists: set[int] = set()

    @property
    def pause(self) -> float:
        """Seconds in which no more than this should be indexed."""
        return max(len(self.said) / RATE, len(self._lists) / LISTS_RATE)

    def take(self, uid: str, mark: Mark, page: Sequence[Entry], last: int) -> None:
        """Take what there is room for of a conversation's entries, which follow its mark and end at `last` at most."""
        seq = mark.seq
        for entry in page:
            if entry.kind in SAID_KINDS and not self._add(entry, mark.number):
                break
            seq = entry.seq
        else:
            if len(page) < STEP:
                seq = last  # what is not there was trimmed
        if seq > mark.seq:
            self.marks[uid] = (mark, mark._replace(seq=seq))
        if seq >= last:
            self.finished.add(uid)

    def _add(self, entry: Entry, number: int) -> bool:
        """Take a message if there is room; one always finds room."""
        period = index.period(entry.time)
        if not self.said:
            self.period = period
        elif period != self.period or self._full:
            return False
        content = index.content(entry)
        buckets = index.buckets(content)
        self._characters += len(content)
        self._lists |= buckets
        self.said.append(Said(entry.time, number, entry.seq, buckets))
        return True

    @property
    def _full(self) -> bool:
        return len(self.said) >= STEP or self._characters >= STEP_CHARACTERS or len(self._lists) >= STEP_LISTS

    def in_time(self) -> list[Said]:
        """What was taken, in the order it was said."""
        return sorted(self.said, key=lambda message: message.time)
