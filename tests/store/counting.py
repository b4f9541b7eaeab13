"""Counting a stretch of a log, whoever else counts it at the same time."""

from collections.abc import Sequence

from app.chat.conversation import Entry
from app.store.logs import LogEnd
from app.store.reports import Counted, Reports


async def mark(reports: Reports, uid: str, epoch: int) -> Counted:
    """How far it is counted, in that epoch."""
    shard = reports._keys.shard_of(uid)
    return (await reports.marks(shard, {uid: LogEnd(epoch, 0)}))[uid]


async def count_up(reports: Reports, uid: str, epoch: int, entries: Sequence[Entry]) -> None:
    """Count what of these entries is not counted yet."""
    while True:
        counted = await mark(reports, uid, epoch)
        new = [entry for entry in entries if entry.seq > counted.seq]
        if not new or await reports.add(uid, epoch, new, counted):
            return
