"""Search over all conversations, for agents."""

from typing import Any

from quart import Blueprint, Response, request

from app.chat import protocol, text
from app.store.message_lookup import Hit
from app.store.people import Visitor
from app.store.search import HITS_PER_PAGE
from app.web.answer import ok
from app.web.context import node
from app.web.messages import number

blueprint = Blueprint("search", __name__)

# Visitors that a first page of messages has beside it.
PEOPLE_BESIDE = 5


@blueprint.get("/v1/search")
async def search() -> Response:
    """A page of messages that contain every word of `q`, newest first; `cursor` leads to the next. The first one has
    the first visitors who are called so beside it."""
    query, cursor, limit = _asked()
    found, visitors = await node().conversations.search(query, cursor, limit)
    beside: dict[str, Any] = {} if cursor else {"people": await _people(query, "", PEOPLE_BESIDE)}
    return ok(
        [_shown(hit, visitors.get(hit.entry.uid), found.words) for hit in found.hits],
        more=bool(found.cursor),
        cursor=found.cursor,
        behind=found.behind,
        **beside,
    )


@blueprint.get("/v1/search/people")
async def people() -> Response:
    """A page of visitors who are called by every word of `q`, the newest first; `cursor` leads to the next."""
    found = await _people(*_asked())
    return ok(found.pop("value"), **found)


def _asked() -> tuple[str, str, int]:
    limit = min(number("limit", 1) or HITS_PER_PAGE, HITS_PER_PAGE)
    return request.args.get("q", ""), request.args.get("cursor", ""), limit


async def _people(query: str, cursor: str, limit: int) -> dict[str, Any]:
    found, rows = await node().visitors.called(query, cursor, limit)
    value = [row | {"match": _marks(row, found.words)} for row in rows]
    return {"value": value, "more": bool(found.cursor), "cursor": found.cursor}


def _marks(row: dict[str, Any], sought: list[str]) -> dict[str, list[int]]:
    """Where in each of their names a word stands."""
    pieces = {field: text.excerpt(row[field], sought) for field in ("name", "nickname", "email")}
    return {field: _span(piece) for field, piece in pieces.items() if piece.end}


def _shown(hit: Hit, visitor: Visitor | None, sought: list[str]) -> dict[str, Any]:
    entry = hit.entry
    piece = text.excerpt(hit.content, sought)
    return {
        "conversation": entry.uid,
        "nickname": visitor.nickname if visitor else "",
        "name": visitor.name if visitor else "",
        "verified": visitor is not None and "name" in visitor.identity,
        "namesake": visitor is not None and node().team.has_namesake(visitor.name),
        "epoch": entry.epoch,
        "seq": entry.seq,
        "kind": entry.kind,
        "by": "visitor" if entry.role == "v" else "agent",
        "user": protocol.named(protocol.decode(entry.body)["user"]),
        "content": piece.content,
        "match": _span(piece),
        "msg_time": protocol.timestamp(entry.time),
    }


def _span(piece: text.Excerpt) -> list[int]:
    return [_units(piece.content[: piece.start]), _units(piece.content[: piece.end])]


def _units(piece: str) -> int:
    """How long a JavaScript program finds it."""
    return len(piece.encode("utf-16-le", "surrogatepass")) // 2
