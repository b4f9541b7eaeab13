"""The socket after the upgrade: from Hypercorn's hands into those of picows' parser, a callback for each message.

Quart's route judges the handshake and leaves a receiver; when it accepts, the transport gets picows' protocol in
place of Hypercorn's, which parses in C and costs a fifth of Hypercorn's own path. Hypercorn is told that the
connection has ended, so that its own teardown runs.

    Hypercorn: TCPServer - Http1 - HandoverStream - Quart's route
                   |          (transport.set_protocol)        |
    picows:     transport ---- Parser ---- Socket ---- the route's receiver
"""

import asyncio
import base64
import binascii
from dataclasses import replace
from time import time
from typing import Any, ClassVar, cast

from hypercorn.protocol.events import Body, Data, Event, Request, StreamClosed
from hypercorn.protocol.ws_stream import ASGIWebsocketState, WSStream
from hypercorn.typing import AppWrapper, ASGISendEvent, WebsocketAcceptEvent

from app.chat import protocol
from app.live.channel import Receiver
from app.transport.offers import Offering
from app.transport.parser import Parser, Writer
from app.transport.passing import Passing
from app.transport.socket import Socket
from app.transport.takeover import Taken, let_go

_NO_LIMIT = 1 << 40
_NOBODY = asyncio.Protocol()
_REFUSED = (ASGIWebsocketState.RESPONSE, ASGIWebsocketState.HTTPCLOSED)


class HandoverStream(WSStream):
    """A WebSocket: Hypercorn's until it is accepted, then ours. It is what is offered to the route (offers.py)."""

    passing: ClassVar[Passing | None] = None  # to other workers, where there are any

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.app = cast(AppWrapper, Offering(self.app, self))
        self._receiver: Receiver | None = None
        self._frame_bytes = 0
        self._socket: Socket | None = None

    def hand_over(self, receiver: Receiver, frame_bytes: int) -> None:
        """Give the socket to `receiver` when the handshake is accepted.

        The route may end then: the socket lives on until it is closed. `frame_bytes` is the longest message, 0 for
        any. Should the peer be gone by then, the receiver is still told, of a socket opened and closed.
        """
        self._receiver, self._frame_bytes = receiver, frame_bytes
        if self.closed:
            self._take_over(None)

    def pass_on(self, worker: int) -> bool:
        """Give the connection to another worker, which judges the handshake anew. The route ends then."""
        if self.passing is None or self.scheme != "ws" or self.closed or self.state is not ASGIWebsocketState.HANDSHAKE:
            return False  # TLS is between the peer and this process
        taken = Taken(self)
        if taken.passed or taken.over or taken.transport.get_write_buffer_size():
            return False  # what is left of an answer before this one is said from here
        taken.transport.pause_reading()
        early = taken.early()
        if self.passing.give(worker, self._head() + early, taken.transport.get_extra_info("socket").fileno()):
            self.closed = True  # nothing more is said here
            taken.give_away()
            return True
        taken.put_back(early)
        return False

    async def handle(self, event: Event) -> None:
        """A request, bytes, or the end."""
        if isinstance(event, Request):
            # Without a key that is one, the handshake is refused: picows would do it too late.
            kept = [pair for pair in event.headers if pair[0].lower() != b"sec-websocket-key" or _is_key(pair[1])]
            event = replace(event, headers=kept)
        elif isinstance(event, Body | Data) and self.state in _REFUSED:
            return  # Hypercorn would refuse again, which is once too often
        elif isinstance(event, StreamClosed) and self._socket is not None:
            self.closed = True  # Hypercorn clears up, see `_take_over`; the route ends by itself
        elif isinstance(event, StreamClosed) and self._receiver is not None:
            self._take_over(None)
        before = self.closed
        await super().handle(event)
        if isinstance(event, StreamClosed):
            let_go(self)
        elif self.closed and not before:
            # Refused by Hypercorn, which would leave the connection open, and the route waiting.
            if self.app_put is not None:
                await self.app_put({"type": "websocket.disconnect", "code": protocol.PROTOCOL_ERROR})
            await self.send(StreamClosed(stream_id=self.stream_id))

    async def app_send(self, message: ASGISendEvent | None) -> None:
        """The route's words. Its end, and Quart's close after it, are not the end of a socket handed over."""
        if self._socket is None:
            await super().app_send(message)

    async def _accept(self, message: WebsocketAcceptEvent) -> None:
        self.state = ASGIWebsocketState.CONNECTED
        self.handshake.accepted = True
        headers = [*message.get("headers", []), *self.config.response_headers("h11")]
        if subprotocol := message.get("subprotocol"):
            headers.append((b"sec-websocket-protocol", subprotocol.encode()))
        self._take_over(headers)
        answer: Any = {"status": 101, "headers": headers}
        await self.config.log.access(self.scope, answer, time() - self.start_time)

    def _take_over(self, headers: list[tuple[bytes, bytes]] | None) -> None:
        """Answer with `headers`, None where the peer has gone, and put picows in Hypercorn's place."""
        assert self._receiver is not None
        taken = Taken(self)
        transport = taken.transport
        limit = self._frame_bytes or _NO_LIMIT
        self._socket = socket = Socket(self._receiver, transport, limit)
        if headers is None or taken.over:
            transport.abort()
            socket.still_born()
            return
        parser = Parser(socket, headers, limit)
        transport.set_protocol(_NOBODY)  # for uvloop, which keeps the last that had no buffer of its own
        transport.set_protocol(parser)
        parser.connection_made(Writer(transport))
        parser.feed(self._request() + taken.early())
        parser.forget_handshake()
        transport.resume_reading()
        socket.release = taken.let_go()

    def _head(self) -> bytes:
        """The request as it came, or as one that says the same."""
        scope: Any = self.scope
        query = b"?" + scope["query_string"] if scope["query_string"] else b""
        lines = b"".join(b"%b: %b\r\n" % pair for pair in scope["headers"])
        return b"GET %b%b HTTP/1.1\r\n%b\r\n" % (scope["raw_path"], query, lines)

    def _request(self) -> bytes:
        """What picows needs to see of the request, which was read and judged; it writes the answer."""
        key = next(value for name, value in self.scope["headers"] if name.lower() == b"sec-websocket-key")
        return (
            b"GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Key: " + key + b"\r\n\r\n"
        )


def _is_key(value: bytes) -> bool:
    try:
        return len(base64.b64decode(value, validate=True)) == 16
    except binascii.Error:
        return False
