"""Taking a connection out of Hypercorn's hands: what a WebSocket and an event stream do alike.

A stream's `send` belongs to its protocol, whose `send` belongs to the connection's TCPServer.
"""

import asyncio
from collections.abc import Callable
from typing import Any, cast

from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.protocol.h11 import H11Protocol
from hypercorn.protocol.http_stream import HTTPStream
from hypercorn.protocol.ws_stream import WSStream


class Taken:
    """An HTTP/1.1 connection that is about to be ours."""

    def __init__(self, stream: Any) -> None:
        self.protocol: H11Protocol = stream.send.__self__
        self._server: TCPServer = self.protocol.send.__self__
        self.writer = self._server.writer
        self.transport = cast(asyncio.Transport, self.writer.transport)
        self._streams = self.transport.get_protocol()

    @property
    def over(self) -> bool:
        """Whether the peer has gone, or ended its half: no protocol is told of that twice."""
        ended: bool = self._server.reader._eof  # type: ignore[attr-defined]
        return ended or self.transport.is_closing()

    @property
    def passed(self) -> bool:
        """Whether another worker passed it on to this one."""
        return bool(getattr(self._server, "passed", False))

    def early(self) -> bytes:
        """What came before it was ours and nobody has read."""
        buffer: bytearray = self._server.reader._buffer  # type: ignore[attr-defined]
        found = bytes(buffer)
        buffer.clear()
        return found

    def put_back(self, early: bytes) -> None:
        """It stays Hypercorn's, and is read on."""
        if early:
            self._server.reader.feed_data(early)
        self.transport.resume_reading()

    def let_go(self) -> Callable[[], None]:
        """For Hypercorn the connection ends here: its task and all that hangs on it, half of what an idle socket would
        cost, are gone before the first message, and its shutdown has nobody to wait for.

        Returns what is to be called when it really ends: until then it counts (connections.py).
        """
        keep: Callable[[], Callable[[], None]] | None = getattr(self._server, "keep", None)
        release = keep() if keep else nothing
        end_streams(self._streams, self.writer)
        return release

    def give_away(self) -> None:
        """Another process has it: here it ends, and its peer sees nothing of that."""
        release = self.let_go()
        self.transport.set_protocol(asyncio.Protocol())  # the former has been told
        self.transport.abort()
        release()


def nothing() -> None:
    """Where connections are not counted."""


def let_go(stream: WSStream | HTTPStream) -> None:
    """Forget what knows the stream in its turn, so that all of it goes at once and not when garbage is collected."""
    vars(stream).pop("app", None)
    stream.scope["extensions"].clear()


def end_streams(streams: asyncio.BaseProtocol, writer: asyncio.StreamWriter) -> None:
    """For asyncio's streams, a transport's former protocol and its writer, the connection ends here.

    They forget the task that served it, which ends by itself. Whoever still has the writer cannot close the transport.
    """
    writer._transport = _Gone()  # type: ignore[attr-defined]
    streams.connection_lost(None)


class _Gone:
    """In place of a writer's transport, which is not its own to end any more."""

    def is_closing(self) -> bool:
        """Else a writer that is forgotten would close it."""
        return True

    def write_eof(self) -> None:
        """Not its own."""

    def close(self) -> None:
        """Not its own."""
