"""The same socket over Quart's own websocket: HTTP/2, the test client, any other ASGI server."""

import asyncio
from collections import deque
from typing import Any

from quart import websocket
from quart.asgi import ASGIWebsocketConnection
from quart.wrappers import Websocket

from app.live.channel import Receiver

# What our server puts in the scope where it can ping, and drop, a peer that ASGI cannot (server/wsstream.py).
EXTENSION = "chatadmin.wire"
# Messages that wait between Quart's two tasks; Quart's own queue has no bound.
UNREAD = 16
# Bytes waiting below which the receiver is told that there is room; what asyncio's transports do by default.
LOW_WATER = 16 * 1024
# Seconds a close frame may take to leave.
LINGER = 1.0

_ABNORMAL, _UNSUPPORTED, _TOO_BIG = 1006, 1003, 1009


class BoundedConnection(ASGIWebsocketConnection):
    """For `app.asgi_websocket_class`: a peer that sends faster than it is read has to wait."""

    def __init__(self, app: object, scope: object) -> None:
        super().__init__(app, scope)  # type: ignore[arg-type]
        self.queue = asyncio.Queue(UNREAD)


async def carry(receiver: Receiver, frame_bytes: int, subprotocol: str | None = None) -> None:
    """Accept this request's websocket and carry `receiver` on it until it ends.

    `frame_bytes` is the longest message, 0 for any. Should the peer be gone already, the receiver is still told, of a
    socket opened and closed.
    """
    await StockChannel(websocket._get_current_object(), receiver, frame_bytes).run(subprotocol)  # type: ignore[attr-defined]


class StockChannel:
    """A Channel that two tasks move along."""

    full = True  # what waits has to be asked each time

    def __init__(self, socket: Websocket, receiver: Receiver, frame_bytes: int) -> None:
        self._socket, self._receiver, self._limit = socket, receiver, frame_bytes
        self._wire: Any = (socket.scope.get("extensions") or {}).get(EXTENSION)
        self._waiting: deque[bytes] = deque()
        self._bytes = 0
        self._work = asyncio.Event()
        self._listening = asyncio.Event()
        self._listening.set()
        self._end = asyncio.Event()
        self._pings = 0
        self._gone = False
        self._code = 0
        self._reason = ""

    async def run(self, subprotocol: str | None) -> None:
        """Until one side ends it."""
        self._receiver.opened(self)
        try:
            await self._socket.accept(subprotocol=subprotocol)
            await self._carry()
        finally:
            self._receiver.closed(self._code or _ABNORMAL)

    async def _carry(self) -> None:
        if self._wire is not None:
            self._wire.alive, self._wire.closed = self._receiver.alive, self._peer_ended
        reader, writer, ended = (
            asyncio.ensure_future(work) for work in (self._read(), self._write(), self._end.wait())
        )
        try:
            await asyncio.wait({reader, writer, ended}, return_when=asyncio.FIRST_COMPLETED)
            if self._code and not self._gone:
                await asyncio.wait({writer}, timeout=LINGER)
            if self._wire is not None and not writer.done():
                await self._wire.abort()
        finally:
            for task in (reader, writer, ended):
                task.cancel()
            await asyncio.gather(reader, writer, ended, return_exceptions=True)
            if self._wire is not None:
                self._wire.alive, self._wire.closed = _nothing, _nothing

    async def _read(self) -> None:
        while True:
            await self._listening.wait()
            message = await self._socket.receive()
            if self._code:
                continue
            if not isinstance(message, str):
                self.close(_UNSUPPORTED, "text only")
                continue
            payload = message.encode()
            if self._limit and len(payload) > self._limit:
                self.close(_TOO_BIG, "message too big")
            else:
                self._receiver.text(payload)

    async def _write(self) -> None:
        """What waits, as it comes; at the end, behind it, the close frame."""
        while True:
            await self._work.wait()
            self._work.clear()
            while self._waiting:
                text = self._waiting.popleft()
                await self._socket.send(text.decode())
                before, self._bytes = self._bytes, self._bytes - len(text)
                if self._bytes <= LOW_WATER < before and not self._code:
                    self._receiver.drained()
            if self._code:
                await self._socket.close(self._code, self._reason)
                return
            if self._pings and self._wire is not None:
                self._pings = 0
                await self._wire.ping()

    def _peer_ended(self, code: int) -> None:
        self._code, self._gone = self._code or code, True
        self._end.set()

    # -- Channel --------------------------------------------------------------------------------------------------

    def send(self, text: bytes) -> None:
        """Send one text message (UTF-8)."""
        if not self._code:
            self._waiting.append(text)
            self._bytes += len(text)
            self._work.set()

    def ping(self) -> None:
        """Send a ping. Where that cannot be, the server beneath us watches over its peers itself: take its word."""
        if self._wire is None:
            self._receiver.alive()
        else:
            self._pings += 1
            self._work.set()

    def close(self, code: int, reason: str = "") -> None:
        """Send a close frame behind what waits, and end; a peer that takes neither within a second is dropped."""
        if not self._code:
            self._code, self._reason = code, reason.encode()[:123].decode(errors="ignore")
            self._listening.set()
            self._work.set()
            self._end.set()

    def abort(self) -> None:
        """Drop the peer now."""
        self._code, self._gone = self._code or _ABNORMAL, True
        self._end.set()

    def buffered(self) -> int:
        """Bytes accepted by `send` that have not left yet."""
        return self._bytes

    def pause(self) -> None:
        """Stop reading from the peer."""
        if not self._code:
            self._listening.clear()

    def resume(self) -> None:
        """Go on reading."""
        self._listening.set()


def _nothing(code: int = 0) -> None:
    """Whoever is told now is nobody any more."""
