"""Finding what was said: newest first, a page at a time, with work that is bounded however much there is.

Of the buckets a query asks for, the ones with the shortest lists say where to look; each candidate is then read and
must hold every word, so what the index says of another epoch, or of another pair in the same bucket, is never shown.
The order is that of indexing, shard by shard: as good as that of time while the shop runs.
"""

import asyncio
import base64
import heapq
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from app.chat import text
from app.chat.conversation import SAID_KINDS, Entry
from app.chat.errors import Refusal
from app.store import index, scripts
from app.store.conversations import Conversations
from app.store.keys import Keys
from app.store.pipeline import Pipeline
from app.store.pipelines import Pipelines

# Hits of one page.
MOST = 20
# Candidates read for one page in one shard; where they do not suffice the page says that there may be more. A read is
# some 10 us of the store's time and some 15 of the node's.
CHECKS = 400
# Candidates read in one round trip.
TOGETHER = 20
# Bytes of a list that are read at once, and how often for one page in one shard: 16,384 messages each time.
WINDOW, WINDOWS = 64 * 1024, 12
# Lists that are intersected: each further one would exclude little that the first did not.
LISTS = 3
# How many times longer than the shortest list another may be and still be worth reading.
SPREAD = 16
# Characters of a query that are looked at, words of it that are looked up, and buckets of each: the rest is compared.
LONGEST, WORDS, BUCKETS = 200, 8, 16

_WIDTH = 4
_DOCUMENTS = scripts.load("documents")


class Hit(NamedTuple):
    """A message that was found (its epoch is its conversation's, now), and where in the index: period and number."""

    entry: Entry
    content: str
    document: tuple[int, int]


class Found(NamedTuple):
    """A page of hits, newest first; `cursor` leads further back, empty at the end of all there is.

    `words`: what was sought, folded. `behind`: in how many conversations there may be more that is not indexed.
    """

    words: list[str]
    hits: list[Hit]
    cursor: str
    behind: int


class Place(NamedTuple):
    """Everything from here on was looked at: period, and message in it."""

    period: int
    document: int


_Cursor = dict[str, Place | None]  # by shard; None: nothing further back
_TOP = Place(2**53, 2**32)


class Search:
    """The queries. Each asks every shard."""

    def __init__(self, pipelines: Pipelines, keys: Keys, conversations: Conversations) -> None:
        self._pipelines, self._keys, self._conversations = pipelines, keys, conversations

    async def find(self, query: str, cursor: str = "", limit: int = MOST) -> Found:
        """The newest messages that hold every word of `query`. Raises Refusal too_short, bad_request."""
        words = text.words(text.fold(query[:LONGEST]))
        buckets = [sorted(found)[:BUCKETS] for word in words if (found := text.buckets([word]))][:WORDS]
        if not buckets:
            raise Refusal("too_short")
        places = self._places(cursor)
        looks = [
            _Look(self._pipelines.at(tag), tag, self._keys, self._conversations, words, buckets, place)
            for tag, place in places.items()
            if place is not None and self._pipelines.at(tag).up  # the rest of a cluster is asked for a later page
        ]
        await asyncio.gather(*(look.run(limit) for look in looks))
        # By the newest that is left of each shard, so that what is not shown now is further back in its own.
        streams = [[(-hit.entry.time, look.tag, hit) for hit in look.hits] for look in looks]
        merged = [hit for _, _, hit in heapq.merge(*streams, key=lambda item: item[0])]
        hits, rest = merged[:limit], merged[limit:]
        after = places | {look.tag: look.after(rest) for look in looks}
        hits.sort(key=lambda hit: -hit.entry.time)
        return Found(words, await self._dated(hits), _pack(after), await self._behind())

    async def _dated(self, hits: Sequence[Hit]) -> list[Hit]:
        """The hits with the epochs of their conversations."""
        epochs = await asyncio.gather(*(self._conversations.epoch(hit.entry.uid) for hit in hits))
        return [
            hit._replace(entry=msgspec.structs.replace(hit.entry, epoch=epoch))
            for hit, epoch in zip(hits, epochs, strict=True)
        ]

    async def _behind(self) -> int:
        pipelines = {tag: pipeline for tag in self._tags if (pipeline := self._pipelines.at(tag)).up}
        found = await asyncio.gather(
            *(pipeline.call("GET", Keys.index_behind(tag)) for tag, pipeline in pipelines.items())
        )
        return sum(int(number or 0) for number in found)

    @property
    def _tags(self) -> Sequence[str]:
        return self._keys.tags()

    def _places(self, cursor: str) -> _Cursor:
        if not cursor:
            return dict.fromkeys(self._tags, _TOP)
        try:
            found = msgspec.json.decode(base64.urlsafe_b64decode(cursor), type=dict[str, Place])
        except (ValueError, msgspec.MsgspecError):
            raise Refusal("bad_request") from None
        return {tag: found.get(tag) for tag in self._tags}


def _pack(places: _Cursor) -> str:
    """The cursor as it is given out; empty where no shard has more."""
    kept = {tag: place for tag, place in places.items() if place is not None}
    return base64.urlsafe_b64encode(msgspec.json.encode(kept)).decode() if kept else ""


class _Look:
    """One query in one shard."""

    def __init__(
        self,
        pipeline: Pipeline,
        tag: str,
        keys: Keys,
        conversations: Conversations,
        words: list[str],
        buckets: Sequence[Sequence[int]],
        place: Place,
    ) -> None:
        self.tag = tag
        self.hits: list[Hit] = []
        self._pipeline, self._keys, self._conversations = pipeline, keys, conversations
        self._words, self._buckets = words, buckets
        self._from, self._place = place, place
        self._checks, self._windows = CHECKS, WINDOWS
        self._ended = False

    def after(self, rest: Iterable[Hit]) -> Place | None:
        """From where on to look for more, when these of its hits were not shown; None where there is nothing."""
        for hit in self.hits:
            if any(hit is other for other in rest):
                period, document = hit.document
                return Place(period, document + 1)
        return None if self._ended else self._place

    async def run(self, limit: int) -> None:
        """Look from the place on until there are `limit` hits, or enough was done for one page."""
        raw = await self._pipeline.call("SMEMBERS", Keys.index_periods(self.tag))
        for period in sorted(map(int, raw), reverse=True):
            if period > self._from.period:
                continue
            bound = self._from.document if period == self._from.period else _TOP.document
            self._place = Place(period, bound)
            if not await self._period(period, bound, limit):
                return
        self._ended = True

    async def _period(self, period: int, bound: int, limit: int) -> bool:
        """Look through a period, down from message `bound`; whether there was time for all of it."""
        self._windows -= 1
        lists = await self._lists(period)
        while bound and lists:
            if self._windows <= 0:
                return False
            self._windows -= 1
            candidates, bound = await self._window(lists, bound)
            while candidates:
                if len(self.hits) >= limit or self._checks <= 0:
                    return False
                some = candidates[: min(TOGETHER, self._checks)]
                await self._check(period, some)
                self._place = Place(period, some[-1])
                del candidates[: len(some)]
            self._place = Place(period, bound)
        return len(self.hits) < limit and self._windows > 0

    async def _lists(self, period: int) -> list["_List"]:
        """The lists to look into: the shortest, and where that is long others; none where a pair is nowhere."""
        keys = {bucket: Keys.index_bucket(self.tag, period, bucket) for word in self._buckets for bucket in word}
        found = await asyncio.gather(*(self._pipeline.call("STRLEN", key) for key in keys.values()))
        sizes = {bucket: int(size) // _WIDTH for bucket, size in zip(keys, found, strict=True)}
        shortest = min(sizes.values())
        if not shortest:
            return []
        # Of each word the best, before the second best of any: pairs of one word mostly stand together.
        ranked = [sorted(word, key=sizes.__getitem__) for word in self._buckets]
        chosen = sorted((rank, sizes[bucket], bucket) for word in ranked for rank, bucket in enumerate(word))
        best = dict.fromkeys(bucket for _, size, bucket in chosen if size <= shortest * SPREAD)
        few = LISTS if shortest > CHECKS else 1
        return [_List(self._pipeline, keys[bucket], sizes[bucket]) for bucket in list(best)[:few]]

    @staticmethod
    async def _window(lists: Sequence["_List"], bound: int) -> tuple[list[int], int]:
        """The messages below `bound` that are in all lists, newest first, down to the bound that is returned."""
        windows = await asyncio.gather(*(one.below(bound) for one in lists))
        if not all(numbers for numbers, _ in windows):
            return [], 0
        low = max(low for _, low in windows)
        common = set(windows[0][0]).intersection(*(numbers for numbers, _ in windows[1:]))
        return sorted(common, reverse=True), low

    async def _check(self, period: int, documents: Sequence[int]) -> None:
        """Read these messages, and keep those that hold every word."""
        self._checks -= len(documents)
        keys = (Keys.index_documents(self.tag, period), Keys.index_numbers(self.tag))
        places = await self._pipeline.eval(_DOCUMENTS, keys, documents)
        known = [(document, *place) for document, place in zip(documents, places, strict=True) if place]
        read = await asyncio.gather(*(self._conversations.between(uid.decode(), seq, seq, 1) for _, uid, seq in known))
        for (document, _, _), entries in zip(known, read, strict=True):
            if entries and entries[0].kind in SAID_KINDS:
                content = index.content(entries[0])
                folded = text.fold(content[: text.LONGEST])
                if all(word in folded for word in self._words):
                    self.hits.append(Hit(entries[0], content, (period, document)))


class _List:
    """The messages of one bucket: ascending numbers in the store, of which a window is read at a time."""

    def __init__(self, pipeline: Pipeline, key: str, length: int) -> None:
        self._pipeline, self._key = pipeline, key
        self._low, self._high = 0, length  # where the next bound is: bounds only go down

    async def below(self, bound: int) -> "tuple[array[int], int]":
        """The last numbers below `bound`, and from where on they are all there are: 0 if from the beginning on.

        No later bound may be below what was returned.
        """
        end = await self._first(bound)
        start = max(0, end - WINDOW // _WIDTH)
        numbers = await self._numbers(start, end)
        self._low, self._high = start, end
        return numbers, numbers[0] if start else 0

    async def _first(self, bound: int) -> int:
        """The place of the first number that is not below `bound`."""
        low, high = self._low, self._high
        if bound >= _TOP.document:
            return high
        while high - low > WINDOW // _WIDTH:
            middle = (low + high) // 2
            if (await self._numbers(middle, middle + 1))[0] < bound:
                low = middle + 1
            else:
                high = middle
        return low + bisect_left(await self._numbers(low, high), bound)

    async def _numbers(self, start: int, end: int) -> "array[int]":
        if start >= end:
            return array("I")
        numbers = array("I", await self._pipeline.call("GETRANGE", self._key, start * _WIDTH, end * _WIDTH - 1))
        numbers.byteswap()
        return numbers
