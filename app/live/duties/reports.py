"""Counts what reports are made of (store/reports.py)."""

import asyncio
from collections.abc import Mapping, Sequence

from app.live.duties.consumer import Consumer, Overtaken, Stretch, Taken
from app.store.logs import LogEnd
from app.store.reports import Counted, Reports


class Counting(Consumer[Counted]):
    """The consumer that adds up counts. It takes all it is offered, each conversation in a step of its own."""

    name = "reports"

    def __init__(self, reports: Reports) -> None:
        self._reports = reports

    async def marks(self, shard: str, ends: Mapping[str, LogEnd]) -> dict[str, Counted]:
        return await self._reports.marks(shard, ends)

    async def take(self, shard: str, stretches: Sequence[Stretch[Counted]]) -> Taken:
        added = await asyncio.gather(
            *(self._reports.add(uid, epoch, new, mark) for uid, epoch, mark, new, _ in stretches if new)
        )
        if not all(added):
            raise Overtaken
        return Taken()
