"""The socket after the upgrade: from Hypercorn's hands into those of picows' parser, a callback for each message.

Quart's route judges the handshake and leaves a receiver; when it accepts, the transport gets picows' protocol in
place of Hypercorn's, which parses in C and costs a fifth of Hypercorn's own path. Hypercorn is told that the
connection has ended, so that its own teardown runs. Written against Hypercorn 0.18 and picows 2.3: what is known of
their insides is here and in wsstream.py.

    Hypercorn: TCPServer - H11Protocol - HandoverStream - Quart's route
                   |            (transport.set_protocol)        |
    picows:     transport ---- _Parser ---- Socket ---- the route's receiver
"""

import asyncio
import base64
import binascii
import logging
from dataclasses import replace
from time import time
from typing import Any, cast

from hypercorn.protocol import h2, h11
from hypercorn.protocol.events import Event, Request, StreamClosed
from hypercorn.protocol.ws_stream import ASGIWebsocketState
from hypercorn.typing import AppWrapper, ASGISendEvent, WebsocketAcceptEvent
from picows import WSAutoPingStrategy, WSUpgradeRequest, WSUpgradeResponse, WSUpgradeResponseWithListener
from picows.picows import WSProtocol  # type: ignore[attr-defined]

from app.live.channel import Receiver
from app.transport.eventstream import PipedStream
from app.transport.httpstream import CuttableStream
from app.transport.socket import Socket
from app.transport.takeover import Taken
from app.transport.wsstream import FirmStream, Offering

# What the route finds in a handshake's scope: `hand_over(receiver, frame_bytes)`, called before it accepts.
EXTENSION = "chatadmin.socket"
# Bytes picows reads into at first, its least; doubled as messages need it, to twice `frame_bytes` at most.
READ_BUFFER = 2048

_NO_LIMIT = 1 << 40
_NOBODY = asyncio.Protocol()


def install() -> None:
    """Make Hypercorn build our streams in place of its own. Once, before it serves."""
    vars(h11)["WSStream"] = HandoverStream
    vars(h2)["WSStream"] = FirmStream
    vars(h11)["HTTPStream"] = PipedStream
    vars(h2)["HTTPStream"] = CuttableStream


class HandoverStream(FirmStream):
    """A WebSocket over HTTP/1.1: Hypercorn's until it is accepted, ours if a receiver was left for it."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.app = cast(AppWrapper, Offering(self.app, EXTENSION, self.hand_over))
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

    async def handle(self, event: Event) -> None:
        """A request, bytes, or the end."""
        if isinstance(event, Request):
            # Without a key that is one, the handshake is refused: picows would do it too late.
            kept = [pair for pair in event.headers if pair[0].lower() != b"sec-websocket-key" or _is_key(pair[1])]
            event = replace(event, headers=kept)
        elif isinstance(event, StreamClosed) and self._socket is not None:
            self.closed = True  # Hypercorn clears up, see `_take_over`; the route ends by itself
        elif isinstance(event, StreamClosed) and self._receiver is not None:
            self._take_over(None)
        await super().handle(event)

    async def app_send(self, message: ASGISendEvent | None) -> None:
        """The route's words. Its end, and Quart's close after it, are not the end of a socket handed over."""
        if self._socket is None:
            await super().app_send(message)

    async def _accept(self, message: WebsocketAcceptEvent) -> None:
        if self._receiver is None:
            await super()._accept(message)
            return
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
        parser = _Parser(socket, headers, limit)
        transport.set_protocol(_NOBODY)  # for uvloop, which keeps the last that had no buffer of its own
        transport.set_protocol(parser)
        parser.connection_made(_Wire(transport))
        parser.feed(self._request() + taken.early())
        parser.forget_handshake()
        transport.resume_reading()
        socket.release = taken.let_go()

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


class _Parser(WSProtocol):  # type: ignore[misc]
    """picows' protocol, fed with the handshake, and watched for its verdict on the peer."""

    def __init__(self, socket: Socket, headers: list[tuple[bytes, bytes]], limit: int) -> None:
        accept = WSUpgradeResponse.create_101_response([(n.decode("latin1"), v.decode("latin1")) for n, v in headers])

        def answer(request: WSUpgradeRequest) -> WSUpgradeResponseWithListener:
            return WSUpgradeResponseWithListener(accept, socket)

        never = WSAutoPingStrategy.PING_WHEN_IDLE  # when to ping is the node's business
        super().__init__(
            None, None, False, answer, _QUIET, True, None, False, 1, 1, never, False, limit, None, READ_BUFFER
        )

    def feed(self, data: bytes) -> None:
        """Take in `data` as if it had come from the transport."""
        while data:
            buffer = self.get_buffer(-1)
            size = min(len(data), len(buffer))
            buffer[:size] = data[:size]
            self.buffer_updated(size)
            data = data[size:]

    def forget_handshake(self) -> None:
        """picows keeps it, a kilobyte, for as long as the socket lives, and nobody asks."""
        self.transport.request.headers.clear()
        self.transport.response.headers.clear()

    def buffer_updated(self, nbytes: int) -> None:
        """New bytes were put in the buffer."""
        super().buffer_updated(nbytes)
        if self.transport.is_close_frame_sent:
            self.listener.broke_protocol()


class _Wire:
    """The transport as picows sees it. Closing is ours: picows' way would wait for a peer that reads nothing."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self.write, self.writelines, self.abort = transport.write, transport.writelines, transport.abort
        self.get_write_buffer_size, self.get_extra_info = transport.get_write_buffer_size, transport.get_extra_info

    def close(self) -> None:
        """Said after a verdict, on which `Socket.broke_protocol` has acted."""


class _Quiet:
    """picows' words: what a peer does wrong is no error of ours, and costs no line and no logger of its own."""

    _log = logging.getLogger("chatadmin.socket")

    def isEnabledFor(self, level: int) -> bool:
        return False

    def _drop(self, *args: Any) -> None:
        pass

    debug = info = warning = error = log = _drop

    def exception(self, message: str, *args: Any) -> None:
        self._log.exception(message, *args)


_QUIET = _Quiet()
