"""The dashboard as server-sent events."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from functools import partial

from quart import Blueprint, Response, request

from app.live.event_stream import EventStream
from app.transport.offers import stream_offer
from app.web.context import node
from app.web.session import current_session

blueprint = Blueprint("stream", __name__)


@blueprint.get("/v1/stream")
async def stream() -> Response:
    """The whole list after each change, or with `?delta=1` a snapshot and what changed since."""
    session = current_session()
    node().chats.admit(session, "")
    if request.method == "HEAD":
        return _response(b"")
    offer = stream_offer(request.scope)
    last = request.headers.get("Last-Event-ID") or request.args.get("last_event_id", "")
    subscribe = partial(node().dashboard.subscribe, session, delta=request.args.get("delta") == "1", last=last[:64])
    if offer is not None:
        opened = subscribe(cut=offer.cut)
        return _response(b"" if offer.hand_over(opened) else _pieces(opened))

    async def events() -> AsyncIterator[bytes]:
        task = asyncio.current_task()
        assert task is not None
        async for data in _pieces(subscribe(cut=task.cancel)):  # the server beneath us has to see to the rest
            yield data

    return _response(events())


async def _pieces(opened: EventStream) -> AsyncIterator[bytes]:
    async with aclosing(opened.events()) as pieces:
        async for data in pieces:
            yield data


def _response(body: AsyncIterator[bytes] | bytes) -> Response:
    return Response(
        body,
        content_type="text/event-stream; charset=utf-8",
        headers={"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"},
    )
