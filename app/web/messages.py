"""The history of a conversation."""

from typing import Any

from quart import Blueprint, Response, request

from app.chat.conversation import Reader
from app.chat.errors import Refusal
from app.chat.visible import hidden_from, status_for
from app.live import history
from app.store.sessions import Session
from app.web.answer import ok
from app.web.context import node
from app.web.session import current_session

blueprint = Blueprint("messages", __name__)

# The largest whole number a JavaScript program can have, and so the largest seq there is.
_MAX_SEQ = 2**53 - 1


def number(name: str, low: int = 0) -> int | None:
    """A whole number of the query, as near as may be; None where it is not there. Raises Refusal bad_request."""
    text = request.args.get(name)
    if text is None or text == "":
        return None
    try:
        return min(max(int(text[:20]), low), _MAX_SEQ)
    except ValueError:
        raise Refusal("bad_request", field=name) from None


async def conversation(session: Session, client: str | None) -> str:
    """The conversation meant: a visitor's own, whatever they name, or the one an agent names; or, with `linked`, one
    that is linked to it. Raises Refusal unknown_client."""
    uid = session.uid if session.kind == "visitor" else await node().conversations.known(client or "")
    linked = request.args.get("linked")
    if linked is None:
        return uid
    if session.since or not (await node().people.known(uid)).owns(linked):
        raise Refusal("unknown_client")
    return linked


@blueprint.get("/v1/msgs")
async def messages() -> Response:
    """A page of messages, oldest first; with `frames=1` of all entries, as a socket would have brought them.

    `around` asks for the page that has an entry in its middle.
    """
    session = current_session()
    uid = await conversation(session, request.args.get("client"))
    limit = number("limit", 1)
    limit = history.USUAL_ENTRIES if limit is None else min(limit, history.MAX_ENTRIES)
    as_frames = request.args.get("frames") == "1"
    page = await node().conversations.page(
        uid, number("before"), number("after"), number("around"), limit, messages=not as_frames
    )
    value = history.frames(page, session.reader) if as_frames else history.items(page, session.reader)
    return ok(value, **_standing(page, session.reader))


@blueprint.get("/v1/conversations/<uid>/notes")
async def notes(uid: str) -> Response:
    """What the team noted in a conversation, newest first, a page at a time."""
    value, before = await node().conversations.notes(await node().conversations.known(uid), number("before") or 0)
    return ok(value, before=before)


async def newest(visitor: Session) -> dict[str, Any]:
    """The newest page of the visitor's own conversation, as it is answered with `frames=1`."""
    page = await node().conversations.page(visitor.uid, None, None, None, history.USUAL_ENTRIES, messages=False)
    return {"value": history.frames(page, visitor.reader), **_standing(page, visitor.reader)}


def _standing(page: history.History, reader: Reader) -> dict[str, Any]:
    """How the conversation stands, and the place from which a socket goes on."""
    now, last = page.now, page.entries[-1] if page.entries else None
    return {
        "epoch": now.epoch,
        "seq": now.seq,
        "id": last.id if last is not None and not hidden_from(reader, last) else "",
        "holder": node().team.holder(now.state),
        "status": status_for(reader.side, now.state.status),
        "read": {"visitor": now.read_by_visitor, "agent": now.read_by_agent},
    }
