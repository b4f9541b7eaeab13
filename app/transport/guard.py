"""What Hypercorn lets through and the application never sees: requests that only look like some, or end halfway."""

import asyncio
from collections.abc import Iterable

from hypercorn.typing import (
    ASGIFramework,
    ASGIReceiveCallable,
    ASGIReceiveEvent,
    ASGISendCallable,
    HTTPResponseBodyEvent,
    HTTPResponseStartEvent,
    Scope,
    WebsocketCloseEvent,
)


def run_to_completion(app: ASGIFramework) -> ASGIFramework:
    """What a request changes is changed whole: an application would drop it halfway when whoever asked has gone."""

    async def guarded(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        reads = scope["type"] != "http" or scope["method"] in ("GET", "HEAD")
        await app(scope, receive if reads else _patient(receive), send)

    return guarded


def _patient(receive: ASGIReceiveCallable) -> ASGIReceiveCallable:
    """Once a request has come whole, say no more of its sender: the application stops listening when it is done."""
    came = False

    async def patient() -> ASGIReceiveEvent:
        nonlocal came
        event = await receive()
        if came and event["type"] == "http.disconnect":
            await asyncio.Event().wait()
        came = event["type"] == "http.request" and not event["more_body"]
        return event

    return patient


def well_formed(app: ASGIFramework) -> ASGIFramework:
    """Refuse what those beneath us would stumble over: a request of two lengths, by which whoever reads it otherwise is
    tricked; and a Host that can be no name, which the router cannot encode."""

    async def guarded(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] == "lifespan" or _is_well_formed(scope["headers"]):
            await app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send(WebsocketCloseEvent(type="websocket.close", code=1008, reason=None))
        else:
            headers = [(b"connection", b"close"), (b"content-length", b"0")]
            await send(HTTPResponseStartEvent(type="http.response.start", status=400, headers=headers))
            await send(HTTPResponseBodyEvent(type="http.response.body", body=b"", more_body=False))

    return guarded


def _is_well_formed(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    names = set()
    for name, value in headers:
        names.add(name)
        if name == b"host":
            try:
                value.decode("latin-1").lower().encode("idna")
            except UnicodeError:
                return False
    return not {b"content-length", b"transfer-encoding"} <= names
