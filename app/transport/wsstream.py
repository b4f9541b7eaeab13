"""Hypercorn's own WebSocket, made firm: what carries a chat over HTTP/2, where no socket can be handed over.

As it comes, it inflates without bound, goes on buffering a message it has refused, and drops a peer that breaks the
protocol without telling it why. It is written against Hypercorn 0.18 and wsproto 1.3.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, cast

from hypercorn.protocol.events import Body, Data, EndData, Event, Request, StreamClosed
from hypercorn.protocol.http_stream import HTTPStream
from hypercorn.protocol.ws_stream import ASGIWebsocketState, WSStream
from hypercorn.typing import AppWrapper
from wsproto.connection import ConnectionState
from wsproto.events import BytesMessage, CloseConnection, Message, Ping, TextMessage

# What the route finds in the handshake's scope: a `Wire`.
EXTENSION = "chatadmin.wire"
# Fragments a message may come in. A message of `frame_bytes` has thirty-two bytes in each; empty ones count as well.
FRAGMENTS = 4096
# Control frames a peer may send in a second. Browsers send none but answers to our pings.
CONTROL_FRAMES = 50
# Seconds from our close frame until the transport is dropped, and from a flow-controlled peer's last sign of life.
LINGER = 1.0

_TOO_BIG, _TOO_FAST = 1009, 4429
_REFUSED = (ASGIWebsocketState.RESPONSE, ASGIWebsocketState.HTTPCLOSED)


class ControlBudget:
    """Counts control frames; `spent` once there were too many within a second."""

    __slots__ = ("_count", "_since")

    def __init__(self) -> None:
        self._since, self._count = 0.0, 0

    def spent(self) -> bool:
        """Count one more."""
        now = asyncio.get_running_loop().time()
        if now - self._since >= 1:
            self._since, self._count = now, 0
        self._count += 1
        return self._count > CONTROL_FRAMES


class Wire:
    """What ASGI has no word for: pings, signs of life, and dropping a peer at once."""

    def __init__(self, ping: Callable[[], Awaitable[None]], abort: Callable[[], Awaitable[None]]) -> None:
        self.ping, self.abort = ping, abort
        self.alive: Callable[[], None] = lambda: None
        self.closed: Callable[[int], None] = lambda code: None


class Offering:
    """The application, given one more extension in a handshake's scope."""

    def __init__(self, app: AppWrapper, name: str, extension: Any) -> None:
        self._app, self._name, self._extension = app, name, extension

    async def __call__(self, scope: Any, *rest: Any) -> None:
        """Serve the handshake."""
        scope["extensions"][self._name] = self._extension
        await self._app(scope, *rest)


class FirmStream(WSStream):
    """Without compression; every reason to end is told to the peer and then acted on."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.wire = Wire(self._ping, self._abort)
        self.app = cast(AppWrapper, Offering(self.app, EXTENSION, self.wire))
        self._size = self._fragments = 0
        self._parts: list[str] = []
        self._control = ControlBudget()

    async def handle(self, event: Event) -> None:
        """A request, bytes, or the end."""
        if isinstance(event, Request):
            # Not seen, not negotiated.
            kept = [pair for pair in event.headers if pair[0].lower() != b"sec-websocket-extensions"]
            event = replace(event, headers=kept)
        elif isinstance(event, Body | Data) and self.state in _REFUSED:
            return  # Hypercorn would refuse again, which is once too often
        before = self.closed
        await super().handle(event)
        if isinstance(event, StreamClosed):
            let_go(self)
        if self.closed and not before and not isinstance(event, StreamClosed):
            # Refused by Hypercorn, which would leave the connection open, and the route waiting.
            if self.app_put is not None:
                await self.app_put({"type": "websocket.disconnect", "code": 1002})
            await self.send(StreamClosed(stream_id=self.stream_id))

    async def _handle_events(self) -> None:
        for event in self.connection.events():
            self.wire.alive()
            if isinstance(event, Message):
                await self._message(event)
            elif isinstance(event, CloseConnection):
                answer = event.response() if self.connection.state is ConnectionState.REMOTE_CLOSING else event
                await self._end(answer, int(event.code))
            elif self._control.spent():
                await self._end(CloseConnection(code=_TOO_FAST, reason="too many control frames"), _TOO_FAST)
            elif isinstance(event, Ping):
                await self._send_wsproto_event(event.response())
            if self.closed:
                return

    async def _message(self, event: Message[Any]) -> None:
        if isinstance(event, BytesMessage):
            await self._end(CloseConnection(code=1003), 1003)
            return
        assert isinstance(event, TextMessage)
        self._size += len(event.data.encode())
        self._fragments += 1
        if self._size > self.config.websocket_max_message_size or self._fragments > FRAGMENTS:
            await self._end(CloseConnection(code=_TOO_BIG), _TOO_BIG)
            return
        self._parts.append(event.data)
        if event.message_finished:
            text, self._parts, self._size, self._fragments = "".join(self._parts), [], 0, 0
            assert self.app_put is not None
            await self.app_put({"type": "websocket.receive", "bytes": None, "text": text})

    async def _end(self, frame: CloseConnection, code: int) -> None:
        self._parts = []
        self.wire.closed(code)
        self.state = ASGIWebsocketState.CLOSED
        try:
            async with asyncio.timeout(LINGER):
                await self._send_wsproto_event(frame)
                await self.send(EndData(stream_id=self.stream_id))
        except TimeoutError:
            await self._abort()
        await self.send(StreamClosed(stream_id=self.stream_id))

    async def _ping(self) -> None:
        if self.state is ASGIWebsocketState.CONNECTED and not self.closed:
            await self._send_wsproto_event(Ping())

    async def _abort(self) -> None:
        await abort(self)


def let_go(stream: WSStream | HTTPStream) -> None:
    """Forget what knows the stream in its turn, so that all of it goes at once and not when garbage is collected."""
    for name in ("app", "wire"):
        vars(stream).pop(name, None)
    stream.scope["extensions"].clear()


async def abort(stream: WSStream | HTTPStream) -> None:
    """Drop the peer of a stream: the transport of HTTP/1.1, or the one stream of HTTP/2."""
    protocol = stream.send.__self__  # type: ignore[attr-defined]
    buffers = getattr(protocol, "stream_buffers", None)
    if buffers is None:
        protocol.send.__self__.writer.transport.abort()
    elif stream.stream_id in buffers:
        await buffers[stream.stream_id].close()
        if stream.stream_id in protocol.streams:
            protocol.connection.reset_stream(stream.stream_id)
            await protocol._flush()
