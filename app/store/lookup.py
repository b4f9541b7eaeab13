"""One query in one shard, with work that is bounded however much there is."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

from app.chat.folding import fold
from app.store import postings
from app.store.keys import IndexKeys
from app.store.pipeline import Pipeline
from app.store.postings import Postings

# Candidates read for one page; where they do not suffice the page says that there may be more. A read is some 10 us of
# the store's time and some 15 of the node's.
CHECKS_PER_PAGE = 400
# Candidates read in one round trip.
CHECKS_PER_READ = 20
# How often lists are read for one page: a window of each (store/postings.py).
WINDOWS_PER_PAGE = 12
# Lists that are intersected: each further one would exclude little that the first did not.
MAX_LISTS = 3
# How many times longer than the shortest list another may be and still be worth reading.
MAX_LENGTH_RATIO = 16


class Match(Protocol):
    """What a lookup finds."""

    @property
    def document(self) -> tuple[int, int]:
        """Where in the index: period and number."""
        ...

    @property
    def time(self) -> int:
        """By what those of several shards are put in order, unix ms."""
        ...


H = TypeVar("H", bound=Match)


class Place(NamedTuple):
    """Everything from here on was looked at: period, and document in it."""

    period: int
    document: int


TOP_PLACE = Place(2**53, postings.TOP_NUMBER)


class Lookup(ABC, Generic[H]):
    """The newest in a shard that hold every word of a query, from a place on: `hits`, once it has `run`."""

    def __init__(
        self, pipeline: Pipeline, shard: str, words: list[str], buckets: Sequence[Sequence[int]], place: Place
    ) -> None:
        self.shard = shard
        self.hits: list[H] = []
        self._pipeline, self._keys = pipeline, IndexKeys(shard)
        self._words, self._buckets = words, buckets
        self._from, self._place = place, place
        self._checks, self._windows = CHECKS_PER_PAGE, WINDOWS_PER_PAGE
        self._ended = False

    def after(self, rest: Iterable[H]) -> Place | None:
        """From where on to look for more, when these of its hits were not shown; None where there is nothing."""
        for hit in self.hits:
            if any(hit is other for other in rest):
                period, document = hit.document
                return Place(period, document + 1)
        return None if self._ended else self._place

    async def run(self, limit: int) -> None:
        """Look from the place on until there are `limit` hits, or enough was done for one page."""
        for period in sorted(await self._periods(), reverse=True):
            if period > self._from.period:
                continue
            bound = self._from.document if period == self._from.period else TOP_PLACE.document
            self._place = Place(period, bound)
            if not await self._period(period, bound, limit):
                return
        self._ended = True

    @abstractmethod
    async def _periods(self) -> Iterable[int]:
        """What there is to look into."""

    @abstractmethod
    async def _read(self, period: int, documents: Sequence[int]) -> list[H]:
        """Those of these documents that hold every word, in the same order."""

    def _hold(self, texts: Iterable[str]) -> bool:
        """Whether every word is in one of these texts."""
        folded = [fold(one) for one in texts]
        return all(any(word in one for one in folded) for word in self._words)

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
                some = candidates[: min(CHECKS_PER_READ, self._checks)]
                self._checks -= len(some)
                self.hits += await self._read(period, some)
                self._place = Place(period, some[-1])
                del candidates[: len(some)]
            self._place = Place(period, bound)
        return len(self.hits) < limit and self._windows > 0

    async def _lists(self, period: int) -> list[Postings]:
        """The lists to look into: the shortest, and where that is long others; none where a pair is nowhere."""
        keys = {bucket: self._keys.bucket(period, bucket) for word in self._buckets for bucket in word}
        found = await asyncio.gather(*(self._pipeline.call("STRLEN", key) for key in keys.values()))
        sizes = {bucket: postings.length(int(size)) for bucket, size in zip(keys, found, strict=True)}
        shortest = min(sizes.values())
        if not shortest:
            return []
        # Of each word the best, before the second best of any: pairs of one word mostly stand together.
        ranked = [sorted(word, key=sizes.__getitem__) for word in self._buckets]
        chosen = sorted((rank, sizes[bucket], bucket) for word in ranked for rank, bucket in enumerate(word))
        best = dict.fromkeys(bucket for _, size, bucket in chosen if size <= shortest * MAX_LENGTH_RATIO)
        few = MAX_LISTS if shortest > CHECKS_PER_PAGE else 1
        return [Postings(self._pipeline, keys[bucket], sizes[bucket]) for bucket in list(best)[:few]]

    @staticmethod
    async def _window(lists: Sequence[Postings], bound: int) -> tuple[list[int], int]:
        """The messages below `bound` that are in all lists, newest first, down to the bound that is returned."""
        windows = await asyncio.gather(*(one.below(bound) for one in lists))
        if not all(numbers for numbers, _ in windows):
            return [], 0
        low = max(low for _, low in windows)
        common = set(windows[0][0]).intersection(*(numbers for numbers, _ in windows[1:]))
        return sorted(common, reverse=True), low
