"""HTTP/1.1 and no other: what Hypercorn would answer in HTTP/2 is closed, or answered in HTTP/1.1."""

from typing import Any

from h11 import Request
from hypercorn.events import Closed, Event
from hypercorn.protocol.h11 import H11Protocol

from app.transport.request import StrictBuffer, judged


class Http1(H11Protocol):
    """In place of Hypercorn's choice between two protocols. One HTTP/2 connection could make everybody wait."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args[:-1])  # the last is what TLS agreed on, of which there is but one
        self.connection._receive_buffer = StrictBuffer()  # type: ignore[union-attr]
        self._over = False

    async def handle(self, event: Event) -> None:
        """Bytes, or the end. Of a connection that was refused nothing more is looked at."""
        if not self._over:
            await super().handle(event)

    async def _check_protocol(self, event: Request) -> None:
        """Here Hypercorn would follow `Upgrade: h2c`, and the preface."""

    async def _create_stream(self, request: Request) -> None:
        taken = judged(request)
        if taken is not None:
            await super()._create_stream(taken)
            return
        self._over = True
        if request.method == b"PRI":  # the preface: whoever sends it understands no answer, and has more to say
            self.send.__self__.writer.transport.abort()  # type: ignore[attr-defined]
        else:
            await self._send_error_response(400)
            await self.send(Closed())
