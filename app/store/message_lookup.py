"""A lookup among what was said."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from app.chat import text
from app.chat.conversation import SAID_KINDS, Entry
from app.store import index, scripts
from app.store.conversations import Conversations
from app.store.lookup import Lookup

_DOCUMENTS = scripts.load("documents")


class Hit(NamedTuple):
    """A message that was found (its epoch is its conversation's, now), and where in the index: period and number."""

    entry: Entry
    content: str
    document: tuple[int, int]

    @property
    def time(self) -> int:
        """When it was said, unix ms."""
        return self.entry.time


class MessageLookup(Lookup[Hit]):
    """The newest messages of a shard that hold every word."""

    def __init__(self, conversations: Conversations, *asked: Any) -> None:
        super().__init__(*asked)
        self._conversations = conversations

    async def _periods(self) -> Iterable[int]:
        return map(int, await self._pipeline.call("SMEMBERS", self._keys.periods))

    async def _read(self, period: int, documents: Sequence[int]) -> list[Hit]:
        keys = (self._keys.documents(period), self._keys.numbers)
        places = await self._pipeline.eval(_DOCUMENTS, keys, documents)
        known = [(document, *place) for document, place in zip(documents, places, strict=True) if place]
        read = await asyncio.gather(*(self._conversations.between(uid.decode(), seq, seq, 1) for _, uid, seq in known))
        found = []
        for (document, _, _), entries in zip(known, read, strict=True):
            if entries and entries[0].kind in SAID_KINDS:
                content = index.content(entries[0])
                if self._hold([content[: text.INDEXED_LENGTH]]):
                    found.append(Hit(entries[0], content, (period, document)))
        return found
