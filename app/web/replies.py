"""Canned replies: the shop's, which administrators write, and each agent's own."""

import msgspec
from quart import Blueprint, Response

from app.chat.errors import Refusal
from app.chat.replies import Reply, checked
from app.store.sessions import Session
from app.web.answer import body, ok
from app.web.context import node, settings
from app.web.session import current_session

blueprint = Blueprint("replies", __name__)


class New(msgspec.Struct):
    """A reply to be added; `shared` by administrators alone."""

    shortcut: str
    text: str
    shared: bool = False


class Edited(msgspec.Struct):
    """A reply as it shall be; `version` is the one that was seen."""

    shortcut: str
    text: str
    version: int


@blueprint.get("/v1/replies")
async def replies() -> Response:
    """What the agent may use."""
    session = current_session()
    return ok(await node().replies.all(session.uid))


@blueprint.post("/v1/replies")
async def add() -> Response:
    """A new one."""
    session = current_session()
    asked = await body(New)
    reply = _checked(session, Reply("", asked.shortcut, asked.text, asked.shared, by=session.nickname))
    return ok(await node().replies.add(session.uid, reply))


@blueprint.put("/v1/replies/<id>")
async def change(id: str) -> Response:
    """Another shortcut or text."""
    session = current_session()
    asked = await body(Edited)
    seen = await node().replies.find(session.uid, id)
    reply = _checked(session, Reply(id, asked.shortcut, asked.text, seen.shared, asked.version + 1, session.nickname))
    if asked.version != seen.version:
        raise Refusal("changed_meanwhile", who=seen.by)
    return ok(await node().replies.change(session.uid, seen, reply))


@blueprint.delete("/v1/replies/<id>")
async def delete(id: str) -> Response:
    """Away with it."""
    session = current_session()
    seen = await node().replies.find(session.uid, id)
    _may(session, seen)
    await node().replies.delete(session.uid, seen)
    return ok()


def _checked(session: Session, reply: Reply) -> Reply:
    _may(session, reply)
    return checked(reply, settings().limits.message_chars)


def _may(session: Session, reply: Reply) -> None:
    if reply.shared and session.role != "admin":
        raise Refusal("forbidden")
