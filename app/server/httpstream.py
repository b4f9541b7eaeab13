"""Hypercorn's HTTP response, with a way to drop a peer that takes nothing of it."""

from typing import Any, cast

from hypercorn.protocol.events import Event, StreamClosed
from hypercorn.protocol.http_stream import HTTPStream
from hypercorn.typing import AppWrapper

from app.server.wsstream import Offering, abort, let_go

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

    def cut(self) -> None:
        """Drop the peer now."""
        if not self.closed:
            self.task_group.spawn(abort, self)
