"""Search over all conversations, for agents."""

from typing import Any

from quart import Blueprint, Response, request

from app.chat import protocol, text
from app.store.lookup import Hit
from app.store.people import Visitor
from app.store.search import HITS_PER_PAGE
from app.web.answer import ok
from app.web.context import node
from app.web.messages import number

blueprint = Blueprint("search", __name__)


@blueprint.get("/v1/search")
async def search() -> Response:
    """A page of messages that contain every word of `q`, newest first; `cursor` leads to the next."""
    limit = min(number("limit", 1) or HITS_PER_PAGE, HITS_PER_PAGE)
    found, visitors = await node().conversations.search(
        request.args.get("q", ""), request.args.get("cursor", ""), limit
    )
    return ok(
        [_shown(hit, visitors.get(hit.entry.uid), found.words) for hit in found.hits],
        more=bool(found.cursor),
        cursor=found.cursor,
        behind=found.behind,
    )


def _shown(hit: Hit, visitor: Visitor | None, sought: list[str]) -> dict[str, Any]:
    entry = hit.entry
    piece = text.excerpt(hit.content, sought)
    return {
        "conversation": entry.uid,
        "nickname": visitor.nickname if visitor else "",
        "name": visitor.name if visitor else "",
        "namesake": visitor is not None and node().team.has_namesake(visitor.name),
        "epoch": entry.epoch,
        "seq": entry.seq,
        "kind": entry.kind,
        "by": "visitor" if entry.role == "v" else "agent",
        "user": protocol.named(protocol.decode(entry.body)["user"]),
        "content": piece.content,
        "match": [_units(piece.content[: piece.start]), _units(piece.content[: piece.end])],
        "msg_time": protocol.timestamp(entry.time),
    }


def _units(piece: str) -> int:
    """How long a JavaScript program finds it."""
    return len(piece.encode("utf-16-le", "surrogatepass")) // 2
