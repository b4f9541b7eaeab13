"""A request's body that its route takes piece by piece: what comes faster waits outside, in the sender's hands."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from quart.wrappers.request import Body

# Bytes that may wait for their route. Quart alone would let wait whatever comes.
WAITING_BYTES = 128 * 1024

Receive = Callable[[], Awaitable[Any]]


class StreamedBody(Body):
    """Its bounds are the route's own. Where it is answered before it has come whole, the rest is thrown away."""

    def __init__(self) -> None:
        super().__init__(None, None)
        self._room = asyncio.Event()
        self._room.set()
        self._over = False

    def paced(self, receive: Receive) -> Receive:
        """`receive`, from which no more is taken while so much waits."""

        async def when_there_is_room() -> Any:
            await self._room.wait()
            return await receive()

        return when_there_is_room

    def append(self, data: bytes) -> None:
        """More came."""
        if self._over:
            return
        super().append(data)
        if len(self._data) >= WAITING_BYTES:
            self._room.clear()

    async def __anext__(self) -> bytes:
        """All that waits."""
        data = await super().__anext__()
        self._room.set()
        return data

    def discard(self) -> None:
        """Nobody wants the rest. It is still taken in: whoever sends must come to read the answer."""
        self._over = True
        self.clear()
        self._room.set()
