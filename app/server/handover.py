"""The socket after the upgrade: from Hypercorn's hands into those of picows' parser, a callback for each message.

Quart's route judges the handshake and leaves a receiver; when it accepts, the transport gets picows' protocol in
place of Hypercorn's, which parses in C and costs a fifth of Hypercorn's own path. At the end Hypercorn's protocol is
told that the connection is lost, so that its own teardown runs. Written against Hypercorn 0.18 and picows 2.3: all
that is known of their insides is here and in wsstream.py.

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

import hypercorn.protocol.h2
import hypercorn.protocol.h11
from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.protocol.events import Event, Request, StreamClosed
from hypercorn.protocol.h11 import H11Protocol
from hypercorn.protocol.ws_stream import ASGIWebsocketState
from hypercorn.typing import ASGISendEvent, WebsocketAcceptEvent
from picows import (
    WSAutoPingStrategy,
    WSCloseCode,
    WSFrame,
    WSListener,
    WSMsgType,
    WSTransport,
    WSUpgradeRequest,
    WSUpgradeResponse,
    WSUpgradeResponseWithListener,
)
from picows.picows import WSProtocol  # type: ignore[attr-defined]

from app.live.channel import Receiver
from app.server.wsstream import FRAGMENTS, LINGER, ControlBudget, FirmStream, Offering

# What the route finds in a handshake's scope: `hand_over(receiver, frame_bytes)`, called before it accepts.
EXTENSION = "chatadmin.socket"

# Bytes a paused reader still takes in before the peer is really stopped: as long as it sends no more than that, its
# answers to our pings go on being seen. A message counts with 64 bytes more, about what it costs to keep.
HELD = 64 * 1024
# Bytes picows reads into at first, its least; doubled as messages need it, to twice `frame_bytes` at most.
READ_BUFFER = 2048

_NO_LIMIT = 1 << 40
_TEXT, _BINARY, _CONTINUATION = WSMsgType.TEXT, WSMsgType.BINARY, WSMsgType.CONTINUATION
_PING, _PONG, _CLOSE = WSMsgType.PING, WSMsgType.PONG, WSMsgType.CLOSE
_NO_STATUS, _ABNORMAL = 1005, 1006
_PROTOCOL_ERROR, _UNSUPPORTED, _BAD_TEXT, _TOO_BIG, _TOO_FAST = 1002, 1003, 1007, 1009, 4429
# What a peer may give as its reason to close (RFC 6455, 7.4).
_CLOSE_CODES = frozenset({1000, 1001, 1002, 1003, *range(1007, 1015)})


def install() -> None:
    """Make Hypercorn build our streams for every WebSocket. Once, before it serves."""
    hypercorn.protocol.h11.WSStream = HandoverStream  # type: ignore[misc]
    hypercorn.protocol.h2.WSStream = FirmStream  # type: ignore[misc]


class HandoverStream(FirmStream):
    """A WebSocket over HTTP/1.1: Hypercorn's until it is accepted, ours if a receiver was left for it."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.app = Offering(self.app, EXTENSION, self.hand_over)
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
            self._take_over([])

    async def handle(self, event: Event) -> None:
        """A request, bytes, or the end."""
        if isinstance(event, Request):
            # Without a key that is one, the handshake is refused: picows would do it too late.
            kept = [pair for pair in event.headers if pair[0].lower() != b"sec-websocket-key" or _is_key(pair[1])]
            event = replace(event, headers=kept)
        elif isinstance(event, StreamClosed) and self._receiver is not None and self._socket is None:
            self._take_over([])
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
        await self.config.log.access(self.scope, {"status": 101, "headers": headers}, time() - self.start_time)

    def _take_over(self, headers: list[tuple[bytes, bytes]]) -> None:
        assert self._receiver is not None
        protocol: H11Protocol = self.send.__self__  # type: ignore[attr-defined]
        server: TCPServer = protocol.send.__self__  # type: ignore[attr-defined]
        self._socket = Socket(self._receiver, server.writer.transport, self._frame_bytes or _NO_LIMIT)
        key = next((value for name, value in self.scope["headers"] if name.lower() == b"sec-websocket-key"), b"")
        self._socket.start(key, headers, server.reader)


def _is_key(value: bytes) -> bool:
    try:
        return len(base64.b64decode(value, validate=True)) == 16
    except binascii.Error:
        return False


class Socket(WSListener):
    """picows' listener to one side, a Channel to the other.

    It ends once, in `_end`, whoever wants it to: what the peer still sends is thrown away from then on, and after a
    second at most the transport is dropped.
    """

    __slots__ = (
        "_closing",
        "_code",
        "_control",
        "_fragments",
        "_held",
        "_holding",
        "_hypercorn",
        "_limit",
        "_parts",
        "_paused",
        "_picows",
        "_receiver",
        "_told",
        "_transport",
    )

    def __init__(self, receiver: Receiver, transport: asyncio.Transport, limit: int) -> None:
        self._receiver, self._transport, self._limit = receiver, transport, limit
        self._hypercorn = transport.get_protocol()
        self._picows: WSTransport | None = None
        self._parts: bytearray | None = None
        self._fragments = 0
        self._control = ControlBudget()
        self._held = 0
        self._holding = self._paused = self._told = False
        self._closing = 0  # the code we closed with
        self._code = 0  # the code it ended with

    def start(self, key: bytes, headers: list[tuple[bytes, bytes]], reader: asyncio.StreamReader) -> None:
        """Answer the handshake and take the transport over."""
        if self._transport.is_closing():
            self._receiver.opened(self)
            self._code = _ABNORMAL
            self._tell()
            return
        parser = _Parser(self, headers, self._limit)
        self._transport.set_protocol(parser)
        parser.connection_made(_Wire(self))
        early = bytes(reader._buffer)  # type: ignore[attr-defined]
        reader._buffer.clear()  # type: ignore[attr-defined]
        # Hypercorn has read and judged the request; picows is shown what it needs of it, and writes the answer.
        parser.feed(
            b"GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Key: " + key + b"\r\n\r\n"
        )
        if early:
            parser.feed(early)
        self._transport.resume_reading()

    # -- what picows calls ----------------------------------------------------------------------------------------

    def on_ws_connected(self, transport: WSTransport) -> None:
        """The handshake was answered."""
        self._picows = transport
        self._receiver.opened(self)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """One frame, unmasked; its header was checked, but for the reserved bits."""
        if self._code:
            return
        kind = frame.msg_type
        if frame.rsv1 or frame.rsv2 or frame.rsv3:
            self._fail(_PROTOCOL_ERROR, "reserved bit")
        elif kind is _TEXT and frame.fin and self._parts is None:
            self._text(frame.get_payload_as_bytes())
        elif kind is _PING or kind is _PONG:
            self._sign_of_life(frame)
        elif kind is _CLOSE:
            self._closed_by_peer(frame)
        elif kind is _BINARY:
            self._fail(_UNSUPPORTED, "text only")
        elif (kind is _CONTINUATION) is (self._parts is None):
            self._fail(_PROTOCOL_ERROR, "fragments out of order")
        else:
            self._fragment(frame)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """The transport is gone."""
        self.lost()

    def pause_writing(self) -> None:
        """The transport holds more than it likes to: the receiver looks at `buffered` itself."""

    def resume_writing(self) -> None:
        """The transport has room again."""
        if not self._told:
            self._receiver.drained()

    def _text(self, payload: bytes) -> None:
        if self._closing:
            return
        if not payload.isascii():
            try:
                payload.decode()
            except UnicodeDecodeError:
                self._fail(_BAD_TEXT, "not UTF-8")
                return
        if self._holding:
            self._held += len(payload) + 64
            if self._held > HELD and not self._paused:
                self._paused = True
                self._transport.pause_reading()
        self._receiver.text(payload)

    def _fragment(self, frame: WSFrame) -> None:
        if self._parts is None:
            self._parts, self._fragments = bytearray(), 0
        self._parts += frame.get_payload_as_memoryview()
        self._fragments += 1
        if len(self._parts) > self._limit or self._fragments > FRAGMENTS:
            self._fail(_TOO_BIG, "message too big")
        elif frame.fin:
            payload, self._parts = bytes(self._parts), None
            self._text(payload)

    def _sign_of_life(self, frame: WSFrame) -> None:
        if self._control.spent():
            self._fail(_TOO_FAST, "too many control frames")
            return
        if frame.msg_type is _PING and self._picows is not None:
            self._picows.send_pong(frame.get_payload_as_bytes())
        self._receiver.alive()

    def _closed_by_peer(self, frame: WSFrame) -> None:
        code = int.from_bytes(frame.get_payload_as_bytes()[:2], "big") or (_NO_STATUS if not frame.payload_size else 0)
        if self._closing:
            self._end(self._closing)
        elif code == _NO_STATUS and not frame.payload_size:
            self._send_close(1000, "")
            self._end(_NO_STATUS)
        elif code in _CLOSE_CODES or 3000 <= code <= 4999:
            self._send_close(code, "")
            self._end(code)
        else:
            self._fail(_PROTOCOL_ERROR, "bad close code")

    # -- the end --------------------------------------------------------------------------------------------------

    def broke_protocol(self) -> None:
        """picows found the peer at fault, and has told it so; or we sent a close frame, and wait for the peer's."""
        if not self._code and not self._closing and self._picows is not None:
            self._end(int(cast("Any", self._picows.close_handshake.sent.code)))

    def _fail(self, code: int, reason: str) -> None:
        self._send_close(code, reason)
        self._end(code)

    def _send_close(self, code: int, reason: str) -> None:
        if self._picows is not None:
            text = reason.encode()[:123].decode(errors="ignore")
            self._picows.send_close(cast("WSCloseCode", code), text)

    def _end(self, code: int) -> None:
        """Nothing more is taken from the peer; it has a second to read our close frame and go."""
        if self._code:
            return
        self._code, self._parts = code, None
        self._transport.set_protocol(_Sink(self))
        self._unpause()
        if self._transport.can_write_eof():
            self._transport.write_eof()
        else:
            self._transport.close()
        asyncio.get_running_loop().call_later(LINGER, self._transport.abort)
        self._tell()

    def lost(self) -> None:
        """The transport is gone: Hypercorn is told, so that it clears up, and the receiver, if it was not yet."""
        self._code = self._code or self._closing or _ABNORMAL
        self._hypercorn.connection_lost(None)
        self._tell()

    def _tell(self) -> None:
        if not self._told:
            self._told = True
            self._receiver.closed(self._code)

    def _unpause(self) -> None:
        self._holding = False
        if self._paused and not self._transport.is_closing():
            self._transport.resume_reading()
        self._paused = False

    # -- Channel --------------------------------------------------------------------------------------------------

    def send(self, text: bytes) -> None:
        """Send one text message (UTF-8)."""
        if not self._code and not self._closing and self._picows is not None:
            self._picows.send(_TEXT, text)

    def ping(self) -> None:
        """Send a ping."""
        if not self._code and not self._closing and self._picows is not None:
            self._picows.send_ping()

    def close(self, code: int, reason: str = "") -> None:
        """Send a close frame; the transport is dropped when the peer has answered, within a second at most."""
        if self._code or self._closing:
            return
        self._closing = code
        self._send_close(code, reason)
        self._unpause()
        asyncio.get_running_loop().call_later(LINGER, self._transport.abort)

    def abort(self) -> None:
        """Drop the transport now."""
        if not self._code:
            self._code = self._closing or _ABNORMAL
            self._transport.abort()

    def buffered(self) -> int:
        """Bytes accepted by `send` that the kernel has not taken yet."""
        return self._transport.get_write_buffer_size()

    def pause(self) -> None:
        """Deliver no more than `HELD` bytes from now on."""
        if not self._holding and not self._code and not self._closing:
            self._holding, self._held = True, 0

    def resume(self) -> None:
        """Go on reading."""
        self._unpause()


class _Quiet:
    """picows' words: what a peer does wrong is no error of ours, and costs no line and no logger of its own."""

    _log = logging.getLogger("chatadmin.socket")

    def isEnabledFor(self, level: int) -> bool:  # noqa: N802, the name logging gave it
        return False

    def _drop(self, *args: Any) -> None:
        pass

    debug = info = warning = error = log = _drop

    def exception(self, message: str, *args: Any) -> None:
        self._log.exception(message, *args)


_QUIET = _Quiet()


class _Parser(WSProtocol):  # type: ignore[misc]
    """picows' protocol, fed with the handshake, and watched for its verdict on the peer."""

    def __init__(self, socket: Socket, headers: list[tuple[bytes, bytes]], limit: int) -> None:
        accept = WSUpgradeResponse.create_101_response([(n.decode("latin1"), v.decode("latin1")) for n, v in headers])

        def answer(request: WSUpgradeRequest) -> WSUpgradeResponseWithListener:
            return WSUpgradeResponseWithListener(accept, socket)

        ping = WSAutoPingStrategy.PING_WHEN_IDLE  # not used: when to ping is the node's business
        super().__init__(
            None, None, False, answer, _QUIET, True, None, False, 1, 1, ping, False, limit, None, READ_BUFFER
        )

    def feed(self, data: bytes) -> None:
        """Take in `data` as if it had come from the transport."""
        while data:
            buffer = self.get_buffer(-1)
            size = min(len(data), len(buffer))
            buffer[:size] = data[:size]
            self.buffer_updated(size)
            data = data[size:]

    def buffer_updated(self, nbytes: int) -> None:
        """New bytes were put in the buffer."""
        super().buffer_updated(nbytes)
        if self.transport.is_close_frame_sent:
            self.listener.broke_protocol()


class _Sink(asyncio.Protocol):
    """Throws away what still comes while our close frame travels."""

    def __init__(self, socket: Socket) -> None:
        self._socket = socket

    def connection_lost(self, exc: Exception | None) -> None:
        """The peer has gone, or its second is over."""
        self._socket.lost()


class _Wire:
    """The transport as picows sees it: its own way of closing, which would wait for a peer that reads nothing, is ours."""

    def __init__(self, socket: Socket) -> None:
        transport = socket._transport
        self.write, self.writelines = transport.write, transport.writelines
        self.get_write_buffer_size, self.get_extra_info = transport.get_write_buffer_size, transport.get_extra_info
        self.abort = transport.abort

    def close(self) -> None:
        """Said after a verdict, which `Socket.broke_protocol` has acted on."""
