"""The dashboard as server-sent events."""

import asyncio
from collections.abc import AsyncIterator

from quart import Blueprint, Response, request

from app.chat.errors import Refusal
from app.web.context import node
from app.web.session import agent_session

blueprint = Blueprint("stream", __name__)


@blueprint.get("/v1/stream")
async def stream() -> Response:
    """The whole list after each change, or with `?delta=1` a snapshot and what changed since."""
    session = await agent_session()
    if node().draining:
        raise Refusal("draining")
    last = request.headers.get("Last-Event-ID") or request.args.get("last_event_id", "")
    reader = node().dashboard.subscribe(session, delta=request.args.get("delta") == "1", last=last[:64])

    async def events() -> AsyncIterator[bytes]:
        # A reader that takes nothing holds us in a write that never ends: being cut must reach us there.
        task = asyncio.current_task()
        reader.on_stall = task.cancel if task else None
        async for data in reader.events():
            yield data

    return Response(
        events(),
        content_type="text/event-stream; charset=utf-8",
        headers={"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"},
    )
