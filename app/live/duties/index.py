"""Keeps the index of what was said (store/index.py)."""

from collections.abc import Mapping, Sequence

from app.chat.conversation import SAID_KINDS, Entry
from app.live.duties.consumer import Consumer, Overtaken, Stretch, Taken
from app.store import index
from app.store.index import Index, Mark, Said
from app.store.logs import LogEnd
from app.store.people import People

# Messages a second at most, a twentieth of a node's time; and lists written, at 3 us each a fifteenth of the store's.
MESSAGES_PER_SECOND, LISTS_PER_SECOND = 1000, 20_000
# Messages of one step, characters of them, and lists they go to: bounds how long the node's other work waits, and the
# store's (3 ms each; a message that alone has more takes longer, and is paid for afterwards).
MESSAGES_PER_STEP, CHARACTERS_PER_STEP, LISTS_PER_STEP = 50, 8000, 1000
# Events after which a visitor may be called otherwise.
_TELLING = ("entered", "form", "identified")


class Indexing(Consumer[Mark]):
    """The consumer that writes the index. A conversation of another epoch is indexed anew."""

    name = "search"

    def __init__(self, index: Index, people: People) -> None:
        self._index, self._people = index, people

    async def begin(self, shard: str) -> None:
        await self._index.forget_former(shard)

    async def marks(self, shard: str, ends: Mapping[str, LogEnd]) -> dict[str, Mark]:
        return await self._index.marks(shard, ends)

    async def take(self, shard: str, stretches: Sequence[Stretch[Mark]]) -> Taken:
        await self._meet(shard, stretches)
        batch = _Batch()
        for stretch in await self._enrolled(shard, stretches):
            batch.take(stretch)
        if batch.moved and not await self._index.add(shard, batch.period, batch.in_time(), batch.moved):
            raise Overtaken
        return Taken(batch.left, batch.pause)

    async def _enrolled(self, shard: str, stretches: Sequence[Stretch[Mark]]) -> list[Stretch[Mark]]:
        """The same stretches, with a number for each conversation that has none in its epoch."""
        new = {stretch.uid: stretch.epoch for stretch in stretches if not stretch.mark.number}
        marks = await self._index.enrol(shard, new) if new else {}
        if any(mark.seq for mark in marks.values()):
            raise Overtaken
        return [stretch._replace(mark=marks.get(stretch.uid, stretch.mark)) for stretch in stretches]

    async def _meet(self, shard: str, stretches: Sequence[Stretch[Mark]]) -> None:
        """Index the visitors themselves where a conversation is begun with, where they came, and said who they are."""
        told = [one.uid for one in stretches if not one.mark.seq or any(e.kind in _TELLING for e in one.entries)]
        visitors = (await self._people.visitors(told)).values() if told else ()
        if visitors:
            in_time = sorted(visitors, key=lambda visitor: visitor.first_seen)
            await self._index.know(shard, {visitor.uid: visitor.called for visitor in in_time})

    async def behind(self, shard: str, conversations: int) -> None:
        await self._index.behind(shard, conversations)


class _Batch:
    """Messages of one period that are indexed in one step."""

    def __init__(self) -> None:
        self.period = -1
        self.said: list[Said] = []
        self.moved: dict[str, tuple[Mark, Mark]] = {}
        self.left: set[str] = set()
        self._characters = 0
        self._lists: set[int] = set()

    @property
    def pause(self) -> float:
        """Seconds in which no more than this should be indexed."""
        return max(len(self.said) / MESSAGES_PER_SECOND, len(self._lists) / LISTS_PER_SECOND)

    def take(self, stretch: Stretch[Mark]) -> None:
        """Take what there is room for of a conversation's entries."""
        uid, mark, seq = stretch.uid, stretch.mark, stretch.mark.seq
        for entry in stretch.entries:
            if entry.kind in SAID_KINDS and not self._add(entry, mark.number):
                self.left.add(uid)
                break
            seq = entry.seq
        else:
            seq = stretch.until
        if seq > mark.seq:
            self.moved[uid] = (mark, mark._replace(seq=seq))

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
        return (
            len(self.said) >= MESSAGES_PER_STEP
            or self._characters >= CHARACTERS_PER_STEP
            or len(self._lists) >= LISTS_PER_STEP
        )

    def in_time(self) -> list[Said]:
        """What was taken, in the order it was said."""
        return sorted(self.said, key=lambda message: message.time)
