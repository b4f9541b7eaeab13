"""Who is online, and changes of hands."""

from datetime import datetime

import msgspec
from quart import Blueprint, Response

from app.chat import client_frames
from app.chat.errors import Refusal
from app.live.clock import now_ms
from app.web.answer import body, ok
from app.web.context import language, node, settings
from app.web.session import current_session

blueprint = Blueprint("conversations", __name__)


class Claim(msgspec.Struct):
    """An administrator may take a conversation over."""

    take_over: bool = False


class Transfer(msgspec.Struct):
    """To whom: uid or name of an agent; `note`: for them alone."""

    to: str
    note: str = ""


class Snooze(msgspec.Struct):
    """For how many milliseconds; or until when, RFC 3339 with offset, for programs whose clock is right."""

    for_ms: int | None = None
    until: datetime | None = None

    @property
    def end(self) -> int:
        """Unix ms. Raises Refusal bad_request, bad_time."""
        if (self.for_ms is None) == (self.until is None):
            raise Refusal("bad_request")
        if self.for_ms is not None:
            return now_ms() + self.for_ms
        if self.until is None or self.until.tzinfo is None:
            raise Refusal("bad_time")
        return int(self.until.timestamp() * 1000)


class Tag(msgspec.Struct):
    """A tag to put on, or to take off."""

    tag: str
    on: bool = True


class Block(msgspec.Struct):
    """Whether the visitor is to be blocked, or let in again."""

    on: bool = True


@blueprint.get("/v1/users")
async def users() -> Response:
    """The visitors online."""
    return ok(node().dashboard.users())


@blueprint.get("/v1/desk")
async def desk() -> Response:
    """What a visitor may know before writing."""
    return ok(await node().shop.visitor_view(language()))


async def known(uid: str) -> str:
    """The uid of the visitor whose uid or nickname it is. Raises Refusal unknown_client."""
    return await node().conversations.known(uid)


@blueprint.post("/v1/conversations/<uid>/claim")
async def claim(uid: str) -> Response:
    """Take it."""
    session = current_session()
    asked = await body(Claim)
    return ok(await node().conversations.claim(await known(uid), session, take_over=asked.take_over))


@blueprint.post("/v1/conversations/<uid>/release")
async def release(uid: str) -> Response:
    """Give it back."""
    session = current_session()
    return ok(await node().conversations.release(await known(uid), session))


@blueprint.post("/v1/conversations/<uid>/transfer")
async def transfer(uid: str) -> Response:
    """Hand it to a colleague."""
    session = current_session()
    asked = await body(Transfer)
    note = asked.note.strip()
    if note:
        client_frames.check_content(note, settings().limits.message_chars)
    return ok(await node().conversations.transfer(await known(uid), session, asked.to, note))


@blueprint.post("/v1/conversations/<uid>/resolve")
async def resolve(uid: str) -> Response:
    """Close it."""
    session = current_session()
    return ok(await node().conversations.resolve(await known(uid), session))


@blueprint.post("/v1/conversations/<uid>/snooze")
async def snooze(uid: str) -> Response:
    """Lay it aside until a moment, or until the visitor writes."""
    session = current_session()
    until = (await body(Snooze)).end
    return ok(await node().conversations.snooze(await known(uid), session, until))


@blueprint.post("/v1/conversations/<uid>/tags")
async def tag(uid: str) -> Response:
    """Put a tag on, or take it off."""
    session = current_session()
    asked = await body(Tag)
    return ok(await node().conversations.tag(await known(uid), session, asked.tag, on=asked.on))


@blueprint.post("/v1/conversations/<uid>/block")
async def block(uid: str) -> Response:
    """Shut the visitor out, or let them in again."""
    session = current_session()
    asked = await body(Block)
    return ok(await node().conversations.block(await known(uid), session, on=asked.on))
