"""An open WebSocket whose frames picows parses: what is still to be checked of them, and how it ends."""

import asyncio
from collections.abc import Callable
from typing import Any, cast

from picows import WSCloseCode, WSFrame, WSListener, WSMsgType, WSTransport

from app.chat import protocol
from app.live.channel import Receiver
from app.transport.bounds import CLOSE_TIMEOUT, DISCARDED_BYTES, MAX_FRAGMENTS, READ_AHEAD_BYTES, ControlBudget
from app.transport.turn import Outbox, Turn

_TEXT, _BINARY, _CONTINUATION = WSMsgType.TEXT, WSMsgType.BINARY, WSMsgType.CONTINUATION
_PING, _PONG, _CLOSE = WSMsgType.PING, WSMsgType.PONG, WSMsgType.CLOSE


class Socket(WSListener):
    """picows' listener to one side, a Channel to the other.

    It ends once, in `_end`, whoever wants it to: what the peer still sends is thrown away from then on, and after a
    second at most the transport is dropped.
    """

    __slots__ = (
        *("_ahead", "_closing", "_code", "_control", "_fragments", "_limit", "_outbox", "_owed", "_parts", "_paused"),
        *("_picows", "_receiver", "_slowed", "_told", "_transport", "full", "release", "send"),
    )

    def __init__(self, receiver: Receiver, transport: asyncio.Transport, limit: int) -> None:
        self._receiver, self._transport, self._limit = receiver, transport, limit
        self._picows: WSTransport | None = None
        self._parts: bytearray | None = None
        self._fragments = 0
        self._control = ControlBudget()
        self._owed: bytes | None = None  # the last ping that waits for its answer
        self._ahead = 0
        self._outbox = Outbox(transport, Turn.of(asyncio.get_running_loop()))
        self.send = self._outbox.send
        """Send one text message (UTF-8): the outbox's own method, since every frame passes here."""
        self.full = self._slowed = self._paused = self._told = False
        self._closing = 0  # the code we closed with
        self.release: Callable[[], None] = _nothing  # the connection counts until this is called
        self._code = 0  # the code it ended with

    def still_born(self) -> None:
        """The peer went away while its handshake was judged."""
        self._receiver.opened(self)
        self._over(protocol.ABNORMAL)
        self._tell()

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
            self._fail(protocol.PROTOCOL_ERROR, "reserved bit")
        elif kind is _TEXT and frame.fin and self._parts is None:
            payload = frame.get_payload_as_bytes()
            if payload.isascii() and not self._slowed and not self._closing:
                self._receiver.text(payload)
            else:
                self._text(payload)
        elif kind is _PING or kind is _PONG:
            self._sign_of_life(frame)
        elif kind is _CLOSE:
            self._closed_by_peer(frame)
        elif kind is _BINARY:
            self._fail(protocol.UNSUPPORTED, "text only")
        elif (kind is _CONTINUATION) is (self._parts is None):
            self._fail(protocol.PROTOCOL_ERROR, "fragments out of order")
        else:
            self._fragment(frame)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """The transport is gone."""
        self.lost()

    def pause_writing(self) -> None:
        """The transport has buffered more than it likes to: the receiver looks at `buffered` itself, pings wait."""
        self.full = True

    def resume_writing(self) -> None:
        """The transport has room again."""
        self.full = False
        if self._owed is not None:
            self._pong(self._owed)
        if not self._told:
            self._receiver.drained()

    def _text(self, payload: bytes) -> None:
        if self._closing:
            return
        if not payload.isascii():
            try:
                payload.decode()
            except UnicodeDecodeError:
                self._fail(protocol.BAD_TEXT, "not UTF-8")
                return
        if self._slowed:
            self._ahead += len(payload) + 64
            if self._ahead > READ_AHEAD_BYTES and not self._paused:
                self._paused = True
                self._transport.pause_reading()
        self._receiver.text(payload)

    def _fragment(self, frame: WSFrame) -> None:
        if self._parts is None:
            self._parts, self._fragments = bytearray(), 0
        self._parts += frame.get_payload_as_memoryview()
        self._fragments += 1
        if len(self._parts) > self._limit or self._fragments > MAX_FRAGMENTS:
            self._fail(protocol.TOO_BIG, "message too big")
        elif frame.fin:
            payload, self._parts = bytes(self._parts), None
            self._text(payload)

    def _sign_of_life(self, frame: WSFrame) -> None:
        if self._control.spent():
            self._fail(protocol.TOO_FAST, "too many control frames")
            return
        if frame.msg_type is _PING:
            self._pong(frame.get_payload_as_bytes())
        self._receiver.alive()

    def _pong(self, payload: bytes) -> None:
        """Answer a ping; of those of a peer that does not read, the last one, when it does (RFC 6455, 5.5.3)."""
        self._owed = payload if self.full else None
        if not self.full and self._picows is not None:
            self._outbox.flush()
            self._picows.send_pong(payload)

    def _closed_by_peer(self, frame: WSFrame) -> None:
        code = int.from_bytes(frame.get_payload_as_bytes()[:2], "big") if frame.payload_size else protocol.NO_STATUS
        if self._closing:
            self._end(self._closing)
        elif code == protocol.NO_STATUS and not frame.payload_size:
            self._send_close(protocol.NORMAL, "")
            self._end(protocol.NO_STATUS)
        elif code in protocol.CLOSE_CODES:
            self._send_close(code, "")
            self._end(code)
        else:
            self._fail(protocol.PROTOCOL_ERROR, "bad close code")

    # -- the end --------------------------------------------------------------------------------------------------

    def broke_protocol(self) -> None:
        """picows found the peer at fault, and has told it so; or we sent a close frame, and wait for the peer's."""
        if not self._code and not self._closing and self._picows is not None:
            sent: Any = self._picows.close_handshake.sent
            self._end(int(sent.code))

    def _fail(self, code: int, reason: str) -> None:
        self._send_close(code, reason)
        self._end(code)

    def _send_close(self, code: int, reason: str) -> None:
        if self._picows is not None:
            self._outbox.flush()
            text = reason.encode()[:123].decode(errors="ignore")
            self._picows.send_close(cast("WSCloseCode", code), text)

    def _end(self, code: int) -> None:
        """Nothing more is taken from the peer; it has a second to read our close frame and go."""
        if self._code:
            return
        self._over(code)
        self._parts = None
        self._transport.set_protocol(_Sink(self, self._transport))
        self.resume()
        if self._transport.can_write_eof():
            self._transport.write_eof()
        else:
            self._transport.close()
        asyncio.get_running_loop().call_later(CLOSE_TIMEOUT, self._transport.abort)
        self._tell()

    def _over(self, code: int) -> None:
        self._code = code
        self._outbox.end()

    def lost(self) -> None:
        """The transport is gone: the receiver is told, if it was not yet."""
        self._over(self._code or self._closing or protocol.ABNORMAL)
        self.release()
        self._tell()
        self._picows = None  # it knows us, see `_tell`

    def _tell(self) -> None:
        if not self._told:
            self._told = True
            receiver = self._receiver
            # It knows us: without this, what is left of a connection stays until the garbage is collected.
            del self._receiver
            receiver.closed(self._code)

    # -- Channel --------------------------------------------------------------------------------------------------

    def ping(self) -> None:
        """Send a ping."""
        if not self._code and not self._closing and self._picows is not None:
            self._outbox.flush()
            self._picows.send_ping()

    def close(self, code: int, reason: str = "") -> None:
        """Send a close frame; the transport is dropped when the peer has answered, within a second at most."""
        if self._code or self._closing:
            return
        self._closing = code
        self._send_close(code, reason)
        self._outbox.end()
        self.resume()
        asyncio.get_running_loop().call_later(CLOSE_TIMEOUT, self._transport.abort)

    def abort(self) -> None:
        """Drop the transport now."""
        if not self._code:
            self._over(self._closing or protocol.ABNORMAL)
            self._transport.abort()

    def buffered(self) -> int:
        """Bytes accepted by `send` that the kernel has not taken yet."""
        return self._transport.get_write_buffer_size()

    def pause(self) -> None:
        """Deliver no more than `READ_AHEAD_BYTES` from now on."""
        if not self._slowed and not self._code and not self._closing:
            self._slowed, self._ahead = True, 0

    def resume(self) -> None:
        """Go on reading."""
        self._slowed = False
        if self._paused and not self._transport.is_closing():
            self._transport.resume_reading()
        self._paused = False


def _nothing() -> None:
    """Where connections are not counted."""


class _Sink(asyncio.Protocol):
    """Throws away what still comes while our close frame travels; from a peer that floods us, not even that."""

    def __init__(self, socket: Socket, transport: asyncio.Transport) -> None:
        self._socket, self._transport = socket, transport
        self._room = DISCARDED_BYTES

    def data_received(self, data: bytes) -> None:
        """Count, so that a peer that never ends costs no more work than one that sends a little more."""
        self._room -= len(data)
        if self._room < 0:
            self._transport.pause_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        """The peer has gone, or its second is over."""
        self._socket.lost()
