"""Hypercorn's HTTP response, with a way to take its connection, and one to drop a peer that takes nothing of it."""

from time import time
from typing import Any, cast

from hypercorn.protocol.events import Event, StreamClosed
from hypercorn.protocol.http_stream import ASGIHTTPState, HTTPStream
from hypercorn.typing import AppWrapper, ASGISendEvent, HTTPResponseStartEvent

from app.live.event_stream import EventStream
from app.transport.offers import Offering
from app.transport.pipe import Pipe
from app.transport.takeover import Taken, let_go


class ResponseStream(HTTPStream):
    """A response: Hypercorn's, unless a stream was left for it. It is what is offered to the route (offers.py).

    A write to a peer that reads nothing waits for it until TCP gives up, a quarter of an hour; `cut` ends it.
    """

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.app = cast(AppWrapper, Offering(self.app, self))
        self._stream: EventStream | None = None
        self._pipe: Pipe | None = None

    def hand_over(self, stream: EventStream) -> bool:
        """Give the connection to `stream` when the response starts. Not with a request waiting behind this one."""
        if self.closed or Taken(self).protocol.connection.trailing_data[0]:
            return False
        self._stream = stream
        return True

    def cut(self) -> None:
        """Drop the peer now."""
        if not self.closed:
            Taken(self).transport.abort()

    async def handle(self, event: Event) -> None:
        """A request, bytes, or the end."""
        over = isinstance(event, StreamClosed)
        if over and self._pipe is None and self._stream is not None:
            self._stream.close()
        await super().handle(event)
        if over:
            let_go(self)

    async def app_send(self, message: ASGISendEvent | None) -> None:
        """The route's words; once the connection is the stream's, its empty body is not the end.

        A request that a drain ended without an answer is told to come again. What Quart still says of such a request is
        thrown away: a route that fails has its answer from Quart, so that only a task that was cancelled ends without
        one.
        """
        if self._pipe is not None:
            return
        if self._stream is not None and message is not None and message["type"] == "http.response.start":
            await self._take_over(message, self._stream)
        elif message is None and self.state is ASGIHTTPState.REQUEST and not self.closed:
            await self._send_error_response(503)
            await self.send(StreamClosed(stream_id=self.stream_id))
        elif message is None or self.state is not ASGIHTTPState.CLOSED:
            await super().app_send(message)

    async def _take_over(self, message: HTTPResponseStartEvent, stream: EventStream) -> None:
        taken = Taken(self)
        if taken.over:
            stream.close()
            taken.transport.abort()
            return
        # The length is that of the body the route could tell, none.
        kept = [pair for pair in message["headers"] if pair[0].lower() != b"content-length"]
        headers = [*kept, *self.config.response_headers("h11"), (b"connection", b"close")]
        taken.early()
        self._pipe = pipe = Pipe(stream, taken.transport)
        pipe.write(b"HTTP/1.1 200 OK\r\n%b\r\n" % b"".join(b"%b: %b\r\n" % pair for pair in headers))
        taken.transport.resume_reading()
        pipe.release = taken.let_go()
        stream.attach(pipe)
        await self.config.log.access(self.scope, message, time() - self.start_time)
