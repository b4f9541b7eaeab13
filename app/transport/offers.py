"""What our transport offers a route beside ASGI: both sides of it, so that each name is spelled once.

A stream of Hypercorn's puts an offer into the scope it serves the application with; the route takes it from there, or
finds none: beneath it is the test client, or any other ASGI server.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol, cast

from app.live.channel import Receiver
from app.live.event_stream import EventStream

_NAME = "chatadmin.offer"


class SocketOffer(Protocol):
    """Of a handshake: to carry the socket from there on."""

    def hand_over(self, receiver: Receiver, frame_bytes: int) -> None:
        """Give the socket to `receiver` when the handshake is accepted.

        `frame_bytes` is the longest message, 0 for any.
        """

    def pass_on(self, worker: int) -> bool:
        """Give the connection to another worker, by its number; False where it cannot be."""
        ...


class StreamOffer(Protocol):
    """Of a request: to let a stream write into its connection."""

    def hand_over(self, stream: EventStream) -> bool:
        """Give the connection to `stream` when the response starts; False where it cannot be."""
        ...

    def cut(self) -> None:
        """Drop the peer now."""


class Offering:
    """The application, each scope of which is given `offer`."""

    def __init__(self, app: Callable[..., Awaitable[None]], offer: Any) -> None:
        self._app, self._offer = app, offer

    async def __call__(self, scope: Any, *rest: Any) -> None:
        """Serve one request or handshake."""
        scope["extensions"][_NAME] = self._offer
        await self._app(scope, *rest)


def socket_offer(scope: Any) -> SocketOffer | None:
    """What is offered to the route of a handshake, by its ASGI scope."""
    return cast("SocketOffer | None", _found(scope))


def stream_offer(scope: Any) -> StreamOffer | None:
    """What is offered to the route of a request, by its ASGI scope."""
    return cast("StreamOffer | None", _found(scope))


def _found(scope: Any) -> object:
    return (scope.get("extensions") or {}).get(_NAME)
