"""The chat's socket by Quart's own means: the test client's, and any ASGI server's that offers no other way."""

import asyncio

from quart import websocket
from quart.asgi import ASGIWebsocketConnection

from app.chat import protocol
from app.live.channel import Receiver

# Messages that wait between the server and the route; Quart's own queue has no bound.
UNREAD_MESSAGES = 16
# Seconds that what waits, and the close frame behind it, may take to leave.
CLOSE_TIMEOUT = 1.0


class BoundedConnection(ASGIWebsocketConnection):
    """For `app.asgi_websocket_class`: a peer that sends faster than it is read has to wait."""

    def __init__(self, app: object, scope: object) -> None:
        super().__init__(app, scope)  # type: ignore[arg-type]
        self.queue = asyncio.Queue(UNREAD_MESSAGES)


class StockChannel:
    """A Channel that two tasks move along; `pause` and `resume` are about the one that reads."""

    full = True  # what waits has to be asked each time

    def __init__(self, receiver: Receiver, frame_bytes: int) -> None:
        self._receiver, self._limit = receiver, frame_bytes
        self._waiting: asyncio.Queue[bytes | None] = asyncio.Queue()  # None: close
        self._bytes, self._code, self._reason = 0, 0, ""
        listening = self._listening = asyncio.Event()
        self.pause, self.resume = listening.clear, listening.set

    async def carry(self, subprotocol: str | None) -> None:
        """Accept this request's websocket and carry it to its end. Its peer may be gone already."""
        reading, self._writer = asyncio.ensure_future(self._read()), asyncio.ensure_future(self._write(subprotocol))
        self._receiver.opened(self)
        try:
            await asyncio.wait({reading, self._writer}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            reading.cancel()
            self._writer.cancel()
            self._receiver.closed(self._code or protocol.ABNORMAL)
            await asyncio.gather(reading, self._writer, return_exceptions=True)

    async def _read(self) -> None:
        while await self._listening.wait():
            message = await websocket.receive()
            if not isinstance(message, str):
                self.close(protocol.UNSUPPORTED, "text only")
            elif self._limit and len(message.encode()) > self._limit:
                self.close(protocol.TOO_BIG, "message too big")
            elif not self._code:
                self._receiver.text(message.encode())

    async def _write(self, subprotocol: str | None) -> None:
        await websocket.accept(subprotocol=subprotocol)
        self.resume()  # not before: whoever receives accepts, without a subprotocol
        while (text := await self._waiting.get()) is not None:
            await websocket.send(text.decode())
            self._bytes -= len(text)
            if not self._bytes and not self._code:
                self._receiver.drained()
        await websocket.close(self._code, self._reason)

    def send(self, text: bytes) -> None:
        """Send one text message (UTF-8)."""
        if not self._code:
            self._bytes += len(text)
            self._waiting.put_nowait(text)

    def ping(self) -> None:
        """Not here: the server beneath us watches over its peers itself, and its word is taken."""
        self._receiver.alive()

    def close(self, code: int, reason: str = "") -> None:
        """Send a close frame behind what waits, and end; a peer that takes neither within a second is dropped."""
        if not self._code:
            self._code, self._reason = code, reason.encode()[:123].decode(errors="ignore")
            self._waiting.put_nowait(None)
            asyncio.get_running_loop().call_later(CLOSE_TIMEOUT, self._writer.cancel)

    def abort(self) -> None:
        """Drop the peer now."""
        self._code = self._code or protocol.ABNORMAL
        self._writer.cancel()

    def buffered(self) -> int:
        """Bytes accepted by `send` that have not left yet."""
        return self._bytes
