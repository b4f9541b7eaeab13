"""The sessions that are open on a node: how it sees which of them have ended."""

import asyncio

from app.config.sources import load
from app.live.event_streams import EventStreams
from app.live.open_sessions import OpenSessions
from app.store.sessions import Session

COUNT = 1200


class Slow:
    """A store that answers nothing before it has been asked for many, of which every second has ended."""

    def __init__(self) -> None:
        self.asked = 0
        self._many = asyncio.Event()

    async def by_hash(self, hash: str) -> Session | None:
        self.asked += 1
        if self.asked >= COUNT // 3:
            self._many.set()
        await self._many.wait()
        return None if int(hash) % 2 else session(int(hash))


class Socket:
    """One of each session."""

    def __init__(self, number: int, closed: list[tuple[int, int]]) -> None:
        self.session, self.address = session(number), "127.0.0.1"
        self._number, self._closed = number, closed

    def close(self, code: int, reason: str) -> None:
        self._closed.append((self._number, code))


def session(number: int) -> Session:
    return Session(str(number), f"v{number}", "visitor", "Guest", "visitor", 0, 0)


async def test_many_are_looked_at_together_and_those_that_have_ended_are_closed() -> None:
    """A key that ends has seconds for it, with thousands of sockets open."""
    store, closed = Slow(), list[tuple[int, int]]()
    sessions = OpenSessions(load({}, {}, None).settings.limits, store, EventStreams())  # type: ignore[arg-type]
    for number in range(COUNT):
        sessions.enter(Socket(number, closed), 0.0)  # type: ignore[arg-type]
    async with asyncio.timeout(60):
        await sessions.check_all()
    assert store.asked == COUNT
    assert sorted(closed) == [(number, 4401) for number in range(1, COUNT, 2)]
