"""Finding what was said: newest first, a page at a time, with work that is bounded however much there is.

Of the buckets a query asks for, the ones with the shortest lists say where to look; each candidate is then read and
must hold every word, so what the index says of another epoch, or of another pair in the same bucket, is never shown.
The order is that of indexing, shard by shard: as good as that of time while the shop runs.
"""

import asyncio
import base64
import heapq
from collections.abc import Callable, Sequence
from functools import partial
from typing import Generic, NamedTuple

import msgspec

from app.chat import text
from app.chat.errors import Refusal
from app.chat.folding import fold
from app.store.conversations import Conversations
from app.store.errors import StoreAway
from app.store.keys import IndexKeys, Keys
from app.store.lookup import TOP_PLACE, H, Lookup, Place
from app.store.message_lookup import Hit, MessageLookup
from app.store.people import People
from app.store.people_lookup import Met, PeopleLookup
from app.store.pipelines import Pipelines

# Hits of one page.
HITS_PER_PAGE = 20
# Characters of a query that are looked at, words of it that are looked up, and buckets of each: the rest is compared.
QUERY_LENGTH, WORDS_PER_QUERY, BUCKETS_PER_WORD = 200, 8, 16


class Found(NamedTuple, Generic[H]):
    """A page of hits, newest first; `cursor` leads further back, empty at the end of all there is.

    `words`: what was sought, folded. `behind`: in how many conversations there may be more that is not indexed.
    """

    words: list[str]
    hits: list[H]
    cursor: str
    behind: int = 0


_Cursor = dict[str, Place | None]  # by shard; None: nothing further back


class Search:
    """Answers queries. Each query asks every shard."""

    def __init__(self, pipelines: Pipelines, keys: Keys, conversations: Conversations, people: People) -> None:
        self._pipelines, self._keys, self._conversations, self._people = pipelines, keys, conversations, people

    async def find(self, query: str, cursor: str = "", limit: int = HITS_PER_PAGE) -> Found[Hit]:
        """The newest messages that hold every word of `query`. Raises Refusal too_short, bad_request."""
        found = await self._find(partial(MessageLookup, self._conversations), query, cursor, limit)
        hits, behind = await asyncio.gather(self._dated(found.hits), self._behind())
        return found._replace(hits=hits, behind=behind)

    async def people(self, query: str, cursor: str = "", limit: int = HITS_PER_PAGE) -> Found[Met]:
        """The newest visitors whose names hold every word of `query`. Raises Refusal too_short, bad_request."""
        return await self._find(partial(PeopleLookup, self._people), query, cursor, limit)

    async def _find(self, lookup: Callable[..., Lookup[H]], query: str, cursor: str, limit: int) -> Found[H]:
        if not self._pipelines.some_up:
            raise StoreAway  # at once: somebody is typing
        words = text.words(fold(query[:QUERY_LENGTH]))
        sought = [found for word in words if (found := text.buckets([word]))][:WORDS_PER_QUERY]
        buckets = [sorted(found)[:BUCKETS_PER_WORD] for found in sought]
        if not buckets:
            raise Refusal("too_short")
        places = self._places(cursor)
        lookups = [
            lookup(self._pipelines.at(shard), shard, words, buckets, place)
            for shard, place in places.items()
            if place is not None and self._pipelines.at(shard).up  # the rest of a cluster is asked for a later page
        ]
        await asyncio.gather(*(lookup.run(limit) for lookup in lookups))
        # By the newest that is left of each shard, so that what is not shown now is further back in its own.
        streams = [[(-hit.time, lookup.shard, hit) for hit in lookup.hits] for lookup in lookups]
        merged = [hit for _, _, hit in heapq.merge(*streams, key=lambda item: item[0])]
        hits, rest = merged[:limit], merged[limit:]
        after = places | {lookup.shard: lookup.after(rest) for lookup in lookups}
        hits.sort(key=lambda hit: -hit.time)
        return Found(words, hits, _pack(after))

    async def _dated(self, hits: Sequence[Hit]) -> list[Hit]:
        """The hits with the epochs of their conversations."""
        epochs = await asyncio.gather(*(self._conversations.epoch(hit.entry.uid) for hit in hits))
        return [
            hit._replace(entry=msgspec.structs.replace(hit.entry, epoch=epoch))
            for hit, epoch in zip(hits, epochs, strict=True)
        ]

    async def _behind(self) -> int:
        up = [shard for shard in self._shards if self._pipelines.at(shard).up]
        return sum(await asyncio.gather(*map(self._behind_in, up)))

    async def _behind_in(self, shard: str) -> int:
        """As many as there are, until a follower has said it: nothing is indexed then."""
        pipeline = self._pipelines.at(shard)
        told, all = await asyncio.gather(
            pipeline.call("GET", IndexKeys(shard).behind), pipeline.call("ZCARD", Keys.all(shard))
        )
        return int(all if told is None else told)

    @property
    def _shards(self) -> Sequence[str]:
        return self._keys.shards()

    def _places(self, cursor: str) -> _Cursor:
        if not cursor:
            return dict.fromkeys(self._shards, TOP_PLACE)
        try:
            found = msgspec.json.decode(base64.urlsafe_b64decode(cursor), type=dict[str, Place])
        except (ValueError, msgspec.MsgspecError):
            raise Refusal("bad_request") from None
        return {shard: found.get(shard) for shard in self._shards}


def _pack(places: _Cursor) -> str:
    """The cursor as it is given out; empty where no shard has more."""
    kept = {shard: place for shard, place in places.items() if place is not None}
    return base64.urlsafe_b64encode(msgspec.json.encode(kept)).decode() if kept else ""
