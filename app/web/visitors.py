"""Visitors, here or not, and the tags they were given: for agents."""

from quart import Blueprint, Response, request

from app.chat import tags
from app.chat.errors import Refusal
from app.live import directory
from app.web.answer import ok
from app.web.context import node
from app.web.session import agent_session

blueprint = Blueprint("visitors", __name__)


@blueprint.get("/v1/visitors")
async def visitors() -> Response:
    """A page of all visitors, newest first; with `tag=` those with that tag."""
    await agent_session()
    label = request.args.get("tag", "")
    limit = request.args.get("limit", default=directory.USUAL, type=int)
    rows, cursor = await node().directory.page(
        request.args.get("cursor", ""), tags.clean(label) if label else "", max(1, min(limit, directory.MOST))
    )
    return ok(rows, cursor=cursor)


@blueprint.get("/v1/visitors/<uid>")
async def visitor(uid: str) -> Response:
    """One visitor."""
    await agent_session()
    found = await node().store.people.find(uid)
    if found is None:
        raise Refusal("unknown_client")
    (row,) = await node().directory.rows([found.uid])
    return ok(row)


@blueprint.get("/v1/tags")
async def labels() -> Response:
    """Every tag in use, the most used first."""
    await agent_session()
    return ok(await node().store.conversations.labels())
