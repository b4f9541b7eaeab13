"""The end of a connection whose peer is still sending: an answer before time (408, 413, 431) must reach it.

To close over bytes that nobody has read resets the connection, and a peer that hears of the reset first never sees what
it was told. So we end our half, and for a moment throw away what still comes.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import cast

import h11
from hypercorn.asyncio.tcp_server import TCPServer

from app.transport.bounds import LINGER_TIMEOUT
from app.transport.takeover import end_streams, nothing


class LingeringServer(TCPServer):
    """Hypercorn's connection, which closes so that its last words are heard."""

    def keep(self) -> Callable[[], None]:
        """The connection outlives Hypercorn's part in it, until the returned function is called."""
        return nothing

    async def _close(self) -> None:
        transport = cast(asyncio.Transport, self.writer.transport)
        if self._interrupted() and not self.reader.at_eof() and not transport.is_closing():
            with suppress(NotImplementedError, OSError, RuntimeError):  # TLS has no half to end
                self.writer.write_eof()
            streams = transport.get_protocol()
            transport.set_protocol(_Deaf(transport, self.keep()))
            transport.resume_reading()
            end_streams(streams, self.writer)
        await super()._close()

    def _interrupted(self) -> bool:
        """Whether the peer was in the middle of a request, or of something that is none."""
        connection = getattr(getattr(self, "protocol", None), "connection", None)
        return getattr(connection, "their_state", None) in (h11.SEND_BODY, h11.ERROR)


class _Deaf(asyncio.Protocol):
    """Throws away what comes, until the peer ends or the time is up."""

    def __init__(self, transport: asyncio.Transport, release: Callable[[], None]) -> None:
        self._release = release
        self._end = asyncio.get_running_loop().call_later(LINGER_TIMEOUT, transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        """It has ended; by default an end of the peer's half ends ours."""
        self._end.cancel()
        self._release()
