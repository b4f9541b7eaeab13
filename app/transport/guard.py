"""What the application never sees: that whoever asked has gone, while what they asked for is being done."""

import asyncio

from hypercorn.typing import (
    ASGIFramework,
    ASGIReceiveCallable,
    ASGIReceiveEvent,
    ASGISendCallable,
    Scope,
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
