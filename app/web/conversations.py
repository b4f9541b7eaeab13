"""Who is online, and changes of hands."""

import msgspec
from quart import Blueprint, Response

from app.chat.errors import Refusal
from app.web.answer import body, ok
from app.web.context import node, settings
from app.web.session import agent_session

blueprint = Blueprint("conversations", __name__)


class Claim(msgspec.Struct):
    """An administrator may take a conversation over."""

    take_over: bool = False


class Transfer(msgspec.Struct):
    """To whom: uid or name of an agent."""

    to: str


@blueprint.get("/v1/users")
async def users() -> Response:
    """The visitors online."""
    await agent_session()
    return ok(node().dashboard.users())


@blueprint.get("/v1/desk")
async def desk() -> Response:
    """What a visitor may know before writing."""
    return ok({"shop_name": settings().shop_name, **await node().desk()})


async def _known(uid: str) -> str:
    visitor = await node().store.people.find(uid)
    if visitor is None:
        raise Refusal("unknown_client")
    return str(visitor.uid)


@blueprint.post("/v1/conversations/<uid>/claim")
async def claim(uid: str) -> Response:
    """Take it."""
    session = await agent_session()
    asked = await body(Claim)
    return ok(await node().claim(await _known(uid), session, take_over=asked.take_over))


@blueprint.post("/v1/conversations/<uid>/release")
async def release(uid: str) -> Response:
    """Give it back."""
    session = await agent_session()
    return ok(await node().release(await _known(uid), session))


@blueprint.post("/v1/conversations/<uid>/transfer")
async def transfer(uid: str) -> Response:
    """Hand it to a colleague."""
    session = await agent_session()
    asked = await body(Transfer)
    return ok(await node().transfer(await _known(uid), session, asked.to))


@blueprint.post("/v1/conversations/<uid>/resolve")
async def resolve(uid: str) -> Response:
    """Close it."""
    session = await agent_session()
    return ok(await node().resolve(await _known(uid), session))
