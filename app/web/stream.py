"""The dashboard as server-sent events."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

from quart import Blueprint, Response, request

from app.chat.errors import Refusal
from app.web.context import node
from app.web.session import agent_session

blueprint = Blueprint("stream", __name__)

# What the server puts in a request's scope to drop a peer that takes nothing (server/httpstream.py); it is called with
# nothing. Elsewhere the response is cancelled, and the server beneath us has to see to the rest.
EXTENSION = "chatadmin.abort"


@blueprint.get("/v1/stream")
async def stream() -> Response:
    """The whole list after each change, or with `?delta=1` a snapshot and what changed since."""
    session = await agent_session()
    if node().draining:
        raise Refusal("draining")
    last = request.headers.get("Last-Event-ID") or request.args.get("last_event_id", "")
    delta, dashboard = request.args.get("delta") == "1", node().dashboard
    extensions: dict[str, Any] = request.scope.get("extensions", {})
    abort = extensions.get(EXTENSION)

    async def events() -> AsyncIterator[bytes]:
        task = asyncio.current_task()
        assert task is not None
        reader = dashboard.subscribe(session, delta=delta, last=last[:64], cut=abort or task.cancel)
        async with aclosing(reader.events()) as told:
            async for data in told:
                yield data

    return Response(
        events(),
        content_type="text/event-stream; charset=utf-8",
        headers={"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"},
    )
