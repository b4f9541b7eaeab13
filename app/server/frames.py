"""What a peer may put on a socket: picows' parser judges single frames, this judges the rest."""

import asyncio

from picows import WSCloseCode, WSFrame, WSListener, WSMsgType, WSTransport

from app.chat import protocol
from app.live.bucket import Bucket
from app.live.channel import Receiver

# Fragments of one message: a client that cuts 128 KiB into single bytes is not one.
FRAGMENTS = 1024
# Pings answered: a second, and at once. Beyond that it is a flood.
PINGS, PING_BURST = 10, 20
# Seconds after which a peer that does not take our close frame is dropped.
LINGER = 0.8


class Listener(WSListener):
    """picows' side of a channel, and the channel itself: frames in to the receiver, frames out to the transport."""

    def __init__(self, receiver: Receiver, limit: int) -> None:
        self._receiver, self._limit = receiver, limit
        self._ws: WSTransport
        self._transport: asyncio.Transport
        self._parts: list[bytes] | None = None
        self._size = 0
        self._code = 0
        self._pings: Bucket | None = None
        self.gone = asyncio.Event()

    # -- from picows --------------------------------------------------------------------------------------------------

    def on_ws_connected(self, transport: WSTransport) -> None:
        """The answer to the handshake has been written."""
        self._ws, self._transport = transport, transport.underlying_transport
        self._receiver.opened(self)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """One frame, well-formed by itself."""
        if self._code:
            return
        kind = frame.msg_type
        if frame.rsv1 or frame.rsv2 or frame.rsv3:
            self.close(protocol.PROTOCOL_ERROR, "no extension was negotiated")
        elif kind == WSMsgType.TEXT and frame.fin and self._parts is None:
            self._text(frame.get_payload_as_bytes())
        elif kind == WSMsgType.TEXT or kind == WSMsgType.CONTINUATION:
            self._fragment(frame)
        elif kind == WSMsgType.PONG:
            self._receiver.alive()
        elif kind == WSMsgType.PING:
            self._ping(frame)
        elif kind == WSMsgType.BINARY:
            self.close(protocol.UNSUPPORTED, "text only")
        else:
            self._closing(frame)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """The transport is gone, whoever ended it."""
        self._receiver.closed(self._code or 1006)
        self.gone.set()

    def pause_writing(self) -> None:
        """The transport's buffer is full; the receiver looks at `buffered` itself."""

    def resume_writing(self) -> None:
        """The transport's buffer has emptied."""
        self._receiver.drained()

    def _text(self, payload: bytes) -> None:
        if not payload.isascii():
            try:
                payload.decode()
            except UnicodeDecodeError:
                self.close(protocol.BAD_TEXT, "not UTF-8")
                return
        self._receiver.text(payload)

    def _fragment(self, frame: WSFrame) -> None:
        first = frame.msg_type == WSMsgType.TEXT
        if first == (self._parts is not None):
            self.close(protocol.PROTOCOL_ERROR, "a message inside a message" if first else "nothing to continue")
            return
        if self._parts is None:
            self._parts, self._size = [], 0
        self._parts.append(frame.get_payload_as_bytes())
        self._size += frame.payload_size
        if self._size > self._limit or len(self._parts) > FRAGMENTS:
            self._parts = []
            self.close(protocol.TOO_BIG, "message too big")
        elif frame.fin:
            payload, self._parts = b"".join(self._parts), None
            self._text(payload)

    def _ping(self, frame: WSFrame) -> None:
        now = asyncio.get_running_loop().time()
        if self._pings is None:
            self._pings = Bucket(PINGS, PING_BURST, now)
        if self._pings.take(now):
            self.close(protocol.TOO_FAST, "too many pings")
            return
        self._ws.send_pong(frame.get_payload_as_bytes())
        self._receiver.alive()

    def _closing(self, frame: WSFrame) -> None:
        """The peer says goodbye: the same code back, and nothing after it."""
        try:
            frame.get_close_reason()
            code = frame.get_close_code()
        except UnicodeDecodeError:
            self.close(protocol.BAD_TEXT, "not UTF-8")
            return
        self.close(protocol.NORMAL if code == WSCloseCode.NO_INFO else _number(code))

    # -- the channel (live/channel.py) --------------------------------------------------------------------------

    def send(self, text: bytes) -> None:
        """Send one text message."""
        self._ws.send(WSMsgType.TEXT, text)

    def ping(self) -> None:
        """Send a ping."""
        self._ws.send_ping()

    def close(self, code: int, reason: str = "") -> None:
        """Send a close frame and end; a peer that does not take it is dropped within a second."""
        if self._code:
            return
        self._code = code
        self._parts = None
        self._ws.send_close(code, reason.encode())  # type: ignore[arg-type]  # its stub knows the standard's codes
        self._transport.close()
        asyncio.get_running_loop().call_later(LINGER, self._transport.abort)

    def abort(self) -> None:
        """Drop the transport now."""
        self._transport.abort()

    def buffered(self) -> int:
        """Bytes the kernel has not taken yet."""
        return self._transport.get_write_buffer_size()

    def pause(self) -> None:
        """Stop reading."""
        if not self._transport.is_closing():
            self._transport.pause_reading()

    def resume(self) -> None:
        """Go on reading."""
        if not self._transport.is_closing():
            self._transport.resume_reading()


def _number(code: WSCloseCode | int) -> int:
    return code if isinstance(code, int) else int(code.value)
