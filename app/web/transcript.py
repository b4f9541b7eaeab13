"""A conversation as a file to keep."""

from collections.abc import AsyncGenerator, AsyncIterator
from datetime import datetime

from quart import Blueprint, Response, current_app, request

from app.chat.errors import Refusal
from app.live.clock import now_ms
from app.live.transcript import Broken
from app.store.errors import NotNow
from app.web.attachment import disposition
from app.web.context import language, node
from app.web.messages import conversation
from app.web.sending import whole
from app.web.session import current_session
from app.web.transcript_page import Page
from app.web.zone import zone
from app.zones import called

blueprint = Blueprint("transcript", __name__)

# Bytes sent in one go: few writes, little memory.
BYTES_PER_WRITE = 16 * 1024
_TYPES = {"html": "text/html; charset=utf-8", "json": "application/json"}


@blueprint.get("/v1/transcript")
async def transcript() -> Response:
    """A visitor's own conversation, or the one an agent names, whole: `?format=html` or `json`."""
    session = current_session()
    kind = request.args.get("format", "html")
    if kind not in _TYPES:
        raise Refusal("bad_request", field="format")
    uid = await conversation(session, request.args.get("client"))
    found = await node().conversations.transcript(uid, session.reader)
    now, tz, shop = now_ms(), zone(), node().shop.settings.name
    if kind == "json":
        pieces = found.json(shop, now)
    else:
        namesake = node().team.has_namesake(found.visitor.name)
        pieces = Page(found, shop, language(), tz, called(tz), now, namesake).render(current_app.jinja_env)
    day = datetime.fromtimestamp(now / 1000, tz).date().isoformat()
    headers = {"Content-Disposition": disposition("chat", found.visitor.name, f"{day}.{kind}")}
    body = b"" if request.method == "HEAD" else whole(_together(pieces), "a transcript", Broken, NotNow)
    return Response(body, content_type=_TYPES[kind], headers=headers)


async def _together(pieces: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    some = bytearray()
    async for piece in pieces:
        some += piece
        if len(some) >= BYTES_PER_WRITE:
            yield bytes(some)
            some.clear()
    yield bytes(some)
