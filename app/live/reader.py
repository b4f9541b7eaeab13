"""One reader of the event stream: what waits for it, and the end of it."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.store.sessions import Session

# Bytes a reader may be behind before its stream is ended; it comes back with Last-Event-ID. A snapshot of a busy
# shop is larger than a socket's allowance, so it counts from the second thing that waits.
SLOWEST = 256 * 1024
# Seconds one write may take: a reader that takes nothing for so long has gone without a word, or will not come back.
STALLED = 15.0
# Seconds the write under way may still take when a stream is ended.
LAST_WRITE = 1.0
# Seconds between two comment lines on a quiet stream: proxies cut what is silent for 30 to 60.
HEARTBEAT = 15.0


class Reader:
    """Filled by the dashboard, emptied by the response that iterates over it.

    `cut()` drops the connection: the end of a stream is not enough for a peer that takes nothing, as the write that
    waits for it would never end.
    """

    def __init__(self, session: "Session", delta: bool, cut: Callable[[], object]) -> None:
        self.session, self.delta = session, delta
        self.on_close: Callable[[Reader], None] | None = None
        self._cut = cut
        self._waiting: deque[bytes] = deque()
        self._bytes = 0
        self._event = asyncio.Event()
        self._closed = False
        self._writing_since: float | None = None

    def push(self, data: bytes) -> None:
        """More to tell; a plain reader needs only the newest picture. Cuts a reader that is too far behind."""
        if self._closed or not data:
            return
        if not self.delta:
            self._waiting.clear()
            self._bytes = 0
        elif self._waiting and self._bytes + len(data) > SLOWEST:
            self.close()
            return
        self._waiting.append(data)
        self._bytes += len(data)
        self._event.set()

    def close(self) -> None:
        """End the stream; if the write under way does not end either, the connection is cut."""
        if self._closed:
            return
        self._closed = True
        self._event.set()
        self._waiting.clear()
        if self.on_close is not None:
            self.on_close(self)
        if self._writing_since is not None:
            asyncio.get_running_loop().call_later(LAST_WRITE, self._cut_short)

    def _cut_short(self) -> None:
        if self._writing_since is not None:
            self._cut()

    def stalled(self) -> bool:
        """Whether a write has taken too long."""
        since = self._writing_since
        return since is not None and asyncio.get_running_loop().time() - since > STALLED

    async def events(self) -> AsyncGenerator[bytes, None]:
        """What is told, as it comes, and a comment line when nothing does."""
        try:
            while not self._closed:
                data = await self._next()
                self._writing_since = asyncio.get_running_loop().time()
                yield data
                self._writing_since = None
        finally:
            self._writing_since = None
            self.close()

    async def _next(self) -> bytes:
        """What waits, or a comment line; nothing where it was closed meanwhile."""
        try:
            async with asyncio.timeout(HEARTBEAT):
                await self._event.wait()
        except TimeoutError:
            return b":\n\n"
        self._event.clear()
        data, self._bytes = b"".join(self._waiting), 0
        self._waiting.clear()
        return data
