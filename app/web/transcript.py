"""A conversation as a file to keep."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from datetime import datetime

from quart import Blueprint, Response, current_app, request

from app.chat.conversation import Side
from app.chat.errors import Refusal
from app.live.clock import now_ms
from app.live.transcript import Broken
from app.store.errors import NotNow
from app.transport.offers import stream_offer
from app.web.attachment import disposition
from app.web.context import language, node
from app.web.messages import conversation
from app.web.session import current_session
from app.web.transcript_page import Page
from app.web.zone import zone
from app.zones import called

log = logging.getLogger("chatadmin.web")

blueprint = Blueprint("transcript", __name__)

# Bytes sent in one go: few writes, little memory. Seconds a peer may take for them; slower than any phone.
BYTES_PER_WRITE, STALLED_TIMEOUT = 16 * 1024, 60.0
CUT_TIMEOUT = 1.0  # seconds for a connection to be cut
_TYPES = {"html": "text/html; charset=utf-8", "json": "application/json"}


@blueprint.get("/v1/transcript")
async def transcript() -> Response:
    """A visitor's own conversation, or the one an agent names, whole: `?format=html` or `json`."""
    session = current_session()
    kind = request.args.get("format", "html")
    if kind not in _TYPES:
        raise Refusal("bad_request", field="format")
    uid = await conversation(session, request.args.get("client"))
    side: Side = "visitor" if session.kind == "visitor" else "agent"
    found = await node().conversations.transcript(uid, side)
    now, tz, shop = now_ms(), zone(), node().shop.settings.name
    if kind == "json":
        pieces = found.json(shop, now)
    else:
        namesake = node().team.has_namesake(found.visitor.name)
        pieces = Page(found, shop, language(), tz, called(tz), now, namesake).render(current_app.jinja_env)
    day = datetime.fromtimestamp(now / 1000, tz).date().isoformat()
    headers = {"Content-Disposition": disposition("chat", found.visitor.name, f"{day}.{kind}")}
    offer = stream_offer(request.scope)
    body = b"" if request.method == "HEAD" else _whole(pieces, offer.cut if offer else None)
    return Response(body, content_type=_TYPES[kind], headers=headers)


async def _whole(pieces: AsyncIterator[bytes], abort: Callable[[], object] | None) -> AsyncIterator[bytes]:
    """The pieces; what cannot be finished is cut off, so that no part passes for the whole."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None
    cut = abort or task.cancel
    try:
        async for some in _together(pieces):
            stalled = loop.call_later(STALLED_TIMEOUT, cut)
            try:
                yield some
            finally:
                stalled.cancel()
    except (Broken, NotNow) as error:
        log.warning("a transcript was cut short: %s", error or type(error).__name__)
    except Exception:
        log.exception("a transcript was cut short")
    else:
        return
    cut()
    await asyncio.sleep(CUT_TIMEOUT)  # HTTP/1.1: the request has ended with its connection by then
    task.cancel()
    await asyncio.sleep(0)


async def _together(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    some = bytearray()
    async for piece in pieces:
        some += piece
        if len(some) >= BYTES_PER_WRITE:
            yield bytes(some)
            some.clear()
    yield bytes(some)
