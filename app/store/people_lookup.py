"""A lookup among those who came, by what they are called."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from app.store.keys import IndexKeys
from app.store.lookup import Lookup
from app.store.people import People, Visitor
from app.store.resp import texts

_UID_BYTES = 26


class Met(NamedTuple):
    """A visitor who was found by what they are called, and where in the index."""

    visitor: Visitor
    document: tuple[int, int]

    @property
    def time(self) -> int:
        """When they were first seen, unix ms."""
        return self.visitor.first_seen


class PeopleLookup(Lookup[Met]):
    """The newest visitors of a shard in whose names every word is."""

    def __init__(self, people: People, *asked: Any) -> None:
        super().__init__(*asked)
        self._people = people

    async def _periods(self) -> Iterable[int]:
        return [IndexKeys.PEOPLE]

    async def _read(self, period: int, documents: Sequence[int]) -> list[Met]:
        raw = await asyncio.gather(
            *(
                self._pipeline.call("GETRANGE", self._keys.documents(period), at, at + _UID_BYTES - 1)
                for at in (document * _UID_BYTES for document in documents)
            )
        )
        uids = texts(raw)
        known, visitors = await asyncio.gather(
            self._pipeline.call("HMGET", self._keys.known, *uids), self._people.visitors(set(uids))
        )
        return [
            Met(visitors[uid], (period, document))
            for document, uid, last in zip(documents, uids, known, strict=True)
            # who was called otherwise before is there twice
            if uid in visitors and last and last.startswith(b"%d:" % document) and self._hold(visitors[uid].called)
        ]
