"""One event stream to one agent's browser or program: what waits to be written to it, and how it ends."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from app.store.sessions import Session

# Bytes that may wait before a stream is ended; its client comes back with Last-Event-ID. A snapshot of a busy shop is
# larger than a socket's allowance, so it counts from the second piece that waits.
MAX_BUFFERED_BYTES = 256 * 1024
# Seconds one write may take: a peer that takes nothing for so long has gone without a word, or will not come back.
STALLED_TIMEOUT = 15.0
# Seconds the write under way may still take when a stream is ended.
LAST_WRITE_TIMEOUT = 1.0
# Seconds between two comment lines on a quiet stream: proxies cut what is silent for 30 to 60.
HEARTBEAT_INTERVAL = 15.0
COMMENT_LINE = b":\n\n"


class Pipe(Protocol):
    """A connection that a stream writes into directly (transport/pipe.py). None of these waits.

    `full`: whether `buffered` is above what the transport likes to buffer, 64 KiB.
    """

    full: bool

    def write(self, data: bytes) -> None:
        """Send."""

    def buffered(self) -> int:
        """Bytes that the kernel has not taken yet."""
        ...

    def close(self) -> None:
        """End it when what is buffered has left."""

    def abort(self) -> None:
        """Drop it now."""


class EventStream:
    """Filled by the dashboard; each piece goes into its pipe or, where there is none, is iterated over (`events`).

    `delta`: its client wants what changed, else the whole list after each change. `cut()` drops a connection without a
    pipe: the end of a stream is not enough for a peer that takes nothing, as the write that waits for it would never
    end.
    """

    def __init__(self, session: "Session", delta: bool, cut: Callable[[], object]) -> None:
        self.session, self.delta = session, delta
        self.on_close: Callable[[EventStream], None] | None = None
        self._cut = cut
        self._clock = asyncio.get_running_loop().time
        self._pipe: Pipe | None = None
        self._waiting: deque[bytes] = deque()
        self._bytes = 0
        self._event = asyncio.Event()
        self._closed = False
        self._stuck_since: float | None = None
        self._written_at = self._clock()

    def push(self, data: bytes) -> None:
        """More to send; of whole lists only the newest waits. Ends a stream that is too far behind."""
        if self._closed or not data:
            return
        pipe = self._pipe
        if pipe is not None and not pipe.full:
            self._written_at = self._clock()
            pipe.write(data)
            if pipe.full:
                self._stuck_since = self._written_at
            return
        if not self.delta:
            self._waiting.clear()
            self._bytes = 0
        elif (self._waiting or pipe) and self._bytes + len(data) > MAX_BUFFERED_BYTES:
            self.close()
            return
        self._waiting.append(data)
        self._bytes += len(data)
        self._event.set()

    def attach(self, pipe: Pipe) -> None:
        """From now on each piece goes there."""
        self._pipe = pipe
        if self._closed:
            pipe.close()
        elif pipe.full:
            self._stuck_since = self._clock()
        else:
            self.drained()

    def drained(self) -> None:
        """The pipe has room again."""
        self._stuck_since = None
        if self._waiting and not self._closed:
            self.push(self._all())

    def close(self) -> None:
        """End the stream; if what was written last does not leave either, the connection is cut."""
        if self._closed:
            return
        self._closed = True
        self._event.set()
        self._waiting.clear()
        if self.on_close is not None:
            self.on_close(self)
        if self._pipe is not None:
            self._pipe.close()
            asyncio.get_running_loop().call_later(LAST_WRITE_TIMEOUT, self._pipe.abort)
        elif self._stuck_since is not None:
            asyncio.get_running_loop().call_later(LAST_WRITE_TIMEOUT, self._cut_short)

    def _cut_short(self) -> None:
        if self._stuck_since is not None:
            self._cut()

    def look(self) -> None:
        """Once a second: cut it if it has taken nothing for too long; a comment line after a quiet while."""
        now = self._clock()
        if self._stuck_since is not None:
            if now - self._stuck_since > STALLED_TIMEOUT:
                self.close()
        elif self._pipe is not None and now - self._written_at >= HEARTBEAT_INTERVAL:
            self.push(COMMENT_LINE)

    async def events(self) -> AsyncGenerator[bytes, None]:
        """Where there is no pipe: each piece as it comes, and a comment line when nothing does."""
        try:
            while not self._closed:
                data = await self._next()
                self._stuck_since = self._clock()
                yield data
                self._stuck_since = None
        finally:
            self._stuck_since = None
            self.close()

    async def _next(self) -> bytes:
        """What waits, or a comment line; nothing where it was closed meanwhile."""
        try:
            async with asyncio.timeout(HEARTBEAT_INTERVAL):
                await self._event.wait()
        except TimeoutError:
            return COMMENT_LINE
        self._event.clear()
        return self._all()

    def _all(self) -> bytes:
        data, self._bytes = b"".join(self._waiting), 0
        self._waiting.clear()
        return data
