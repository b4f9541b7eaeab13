"""One reader of the event stream: what waits for it, and the end of it."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable

# Bytes a reader may be behind before its stream is ended; it comes back with Last-Event-ID. A snapshot of a busy
# shop is larger than a socket's allowance, so it counts from the second thing that waits.
SLOWEST = 256 * 1024
# Seconds between two comment lines on a quiet stream: proxies cut what is silent for 30 to 60.
HEARTBEAT = 15.0


class Reader:
    """Filled by the dashboard, emptied by the response that iterates over it."""

    def __init__(self, session: str, delta: bool) -> None:
        self.session, self.delta = session, delta
        self.on_close: Callable[[Reader], None] | None = None
        self.on_stall: Callable[[], object] | None = None
        self._waiting: deque[bytes] = deque()
        self._bytes = 0
        self._event = asyncio.Event()
        self._closed = False

    def push(self, data: bytes) -> None:
        """More to tell; a plain reader needs only the newest picture. Cuts a reader that is too far behind."""
        if self._closed or not data:
            return
        if not self.delta:
            self._waiting.clear()
            self._bytes = 0
        elif self._waiting and self._bytes + len(data) > SLOWEST:
            self.close()
            if self.on_stall is not None:
                self.on_stall()
            return
        self._waiting.append(data)
        self._bytes += len(data)
        self._event.set()

    def close(self) -> None:
        """End the stream."""
        self._closed = True
        self._event.set()
        if self.on_close is not None:
            self.on_close(self)

    async def events(self) -> AsyncIterator[bytes]:
        """What is told, as it comes, and a comment line when nothing does."""
        try:
            while not self._closed:
                try:
                    async with asyncio.timeout(HEARTBEAT):
                        await self._event.wait()
                except TimeoutError:
                    yield b":\n\n"
                    continue
                self._event.clear()
                data, self._bytes = b"".join(self._waiting), 0
                self._waiting.clear()
                if data:
                    yield data
        finally:
            self.close()
