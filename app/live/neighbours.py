"""Which workers of this server have a conversation open, so that those who talk with each other meet on one.

With both ends on one worker, no other need look at what they say. Each worker notes in memory that all of them share
(tally.py) what it has open: not by conversation but by one of so many slots, so that the notes are small and nothing
is locked. Two conversations may share a slot: then a socket is passed on in vain, and nothing else is lost by it.
"""

import asyncio
from zlib import crc32

from app.live.tally import SLOTS, Tally

# Seconds for which a conversation counts as open where a socket for it was let in: until it has joined, usually.
EXPECTED_TIME = 3.0
# A worker gets no more sockets from another where it has twice as many, and so many more.
CROWD = 100


class Neighbours:
    """What this worker notes, and what the others have noted. Where it is the only one, neither."""

    def __init__(self, tally: Tally) -> None:
        workers = tally.workers
        self._me = tally.mine
        self._mine = tally.open_here[workers.index(tally.mine)] if len(workers) > 1 else None
        self._others = [
            (number, row, noted)
            for number, (row, noted) in enumerate(zip(workers, tally.open_here, strict=True))
            if row is not tally.mine
        ]

    def opened(self, uid: str) -> None:
        """It is open here, once more."""
        if self._mine is not None:
            self._mine[_slot(uid)] += 1

    def closed(self, uid: str) -> None:
        """It is open here once less."""
        if self._mine is not None:
            self._mine[_slot(uid)] -= 1

    def expect(self, uid: str) -> None:
        """A socket was let in that will open it."""
        if self._mine is not None:
            self.opened(uid)
            asyncio.get_running_loop().call_later(EXPECTED_TIME, self.closed, uid)

    def better(self, uid: str) -> int | None:
        """The number of the worker where a socket for this conversation had better be; None where it is here."""
        if self._mine is None or self._mine[slot := _slot(uid)]:
            return None
        most = 2 * self._me["sockets"] + CROWD
        there = (
            number for number, row, noted in self._others if noted[slot] and row["ready"] and row["sockets"] <= most
        )
        return next(there, None)


def _slot(uid: str) -> int:
    return crc32(uid.encode()) % SLOTS
