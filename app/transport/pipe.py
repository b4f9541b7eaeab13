"""The event stream after its head: a pipe that is written to directly.

As Hypercorn has it, each event costs a task, a queue and a frame for each stream. Here the response ends with the
connection (RFC 9112, 6.3), so that an event is the same bytes for all, and one write each.
"""

import asyncio
from collections.abc import Callable

from app.live.event_stream import EventStream
from app.transport.bounds import IGNORED_BYTES


class Pipe(asyncio.Protocol):
    """The transport's protocol to one side, what a stream writes into to the other (live/event_stream.py)."""

    def __init__(self, stream: EventStream, transport: asyncio.Transport) -> None:
        self._stream, self._transport = stream, transport
        self._room = IGNORED_BYTES
        self.release: Callable[[], None] = lambda: None
        self.full = False
        self.write = self._transport.write
        self.buffered = self._transport.get_write_buffer_size
        self.close = self._transport.close
        self.abort = self._transport.abort
        self._transport.set_protocol(self)

    def data_received(self, data: bytes) -> None:
        """Nobody listens."""
        self._room -= len(data)
        if self._room < 0:
            self._transport.pause_reading()

    def pause_writing(self) -> None:
        """The transport has buffered more than it likes to."""
        self.full = True

    def resume_writing(self) -> None:
        """It has room again."""
        self.full = False
        self._stream.drained()

    def connection_lost(self, exc: Exception | None) -> None:
        """The peer has gone, or was cut."""
        self._stream.close()
        self.release()
