"""Hypercorn's HTTP response, with a way to drop a peer that takes nothing of it."""

from typing import Any, cast

from hypercorn.protocol.events import Event, StreamClosed
from hypercorn.protocol.http_stream import ASGIHTTPState, HTTPStream
from hypercorn.typing import AppWrapper, ASGISendEvent

from app.transport.wsstream import Offering, abort, let_go

# What the route finds in a request's scope: `cut()`.
EXTENSION = "chatadmin.abort"


class CuttableStream(HTTPStream):
    """A write to a peer that reads nothing waits for it until TCP gives up, a quarter of an hour; this ends it."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.app = cast(AppWrapper, Offering(self.app, EXTENSION, self.cut))

    async def handle(self, event: Event) -> None:
        """A request, bytes, or the end."""
        await super().handle(event)
        if isinstance(event, StreamClosed):
            let_go(self)

    async def app_send(self, message: ASGISendEvent | None) -> None:
        """The route's words; a request that a drain ended without an answer is told to come again.

        What Quart still says of such a request is thrown away: a route that fails has its answer from Quart, so that
        only a task that was cancelled ends without one.
        """
        if message is None and self.state is ASGIHTTPState.REQUEST and not self.closed:
            await self._send_error_response(503)
            await self.send(StreamClosed(stream_id=self.stream_id))
        elif message is None or self.state is not ASGIHTTPState.CLOSED:
            await super().app_send(message)

    def cut(self) -> None:
        """Drop the peer now."""
        if not self.closed:
            self.task_group.spawn(abort, self)
