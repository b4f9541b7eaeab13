"""The event stream after its head: from Hypercorn's hands into those of a pipe that is written to directly.

As it comes, each event costs a task, a queue and a frame for each reader. Here the response ends with the connection
(RFC 9112, 6.3), so that what is told is the same bytes for all, and one write each.
"""

import asyncio
from collections.abc import Callable
from time import time
from typing import Any, cast

from hypercorn.protocol.events import Event, StreamClosed
from hypercorn.typing import AppWrapper, ASGISendEvent, HTTPResponseStartEvent

from app.live.reader import Reader
from app.transport.httpstream import CuttableStream
from app.transport.takeover import Taken
from app.transport.wsstream import Offering

# What the route finds in a request's scope: `hand_over(reader)`, called before it answers; False where it cannot be.
EXTENSION = "chatadmin.stream"
# Bytes of whatever a reader may still say, who has nothing to say; then it is not read any more.
CHATTER = 64 * 1024


class PipedStream(CuttableStream):
    """A response over HTTP/1.1: Hypercorn's, unless a reader was left for it."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.app = cast(AppWrapper, Offering(self.app, EXTENSION, self.hand_over))
        self._reader: Reader | None = None
        self._pipe: Pipe | None = None

    def hand_over(self, reader: Reader) -> bool:
        """Give the connection to `reader` when the response starts. Not with a request waiting behind this one."""
        if self.closed or Taken(self).protocol.connection.trailing_data[0]:
            return False
        self._reader = reader
        return True

    async def handle(self, event: Event) -> None:
        """A request, bytes, or the end."""
        if isinstance(event, StreamClosed) and self._pipe is None and self._reader is not None:
            self._reader.close()
        await super().handle(event)

    async def app_send(self, message: ASGISendEvent | None) -> None:
        """The route's words; once the connection is the reader's, its empty body is not the end."""
        if self._pipe is not None:
            return
        if self._reader is not None and message is not None and message["type"] == "http.response.start":
            await self._take_over(message, self._reader)
        else:
            await super().app_send(message)

    async def _take_over(self, message: HTTPResponseStartEvent, reader: Reader) -> None:
        taken = Taken(self)
        if taken.over:
            reader.close()
            taken.transport.abort()
            return
        # The length is that of the body the route could tell, none.
        told = [pair for pair in message["headers"] if pair[0].lower() != b"content-length"]
        headers = [*told, *self.config.response_headers("h11"), (b"connection", b"close")]
        taken.early()
        self._pipe = pipe = Pipe(reader, taken)
        pipe.write(b"HTTP/1.1 200 OK\r\n%b\r\n" % b"".join(b"%b: %b\r\n" % pair for pair in headers))
        taken.transport.resume_reading()
        pipe.release = taken.let_go()
        reader.attach(pipe)
        await self.config.log.access(self.scope, message, time() - self.start_time)


class Pipe(asyncio.Protocol):
    """The transport's protocol to one side, what a reader writes into to the other (live/reader.py)."""

    def __init__(self, reader: Reader, taken: Taken) -> None:
        self._reader, self._transport = reader, taken.transport
        self._room = CHATTER
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
        """The transport holds more than it likes to."""
        self.full = True

    def resume_writing(self) -> None:
        """It has room again."""
        self.full = False
        self._reader.drained()

    def connection_lost(self, exc: Exception | None) -> None:
        """The peer has gone, or was cut."""
        self._reader.close()
        self.release()
