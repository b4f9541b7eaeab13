"""Visitors, here or not, and the tags they were given: for agents."""

import logging

from quart import Blueprint, Response, request

from app.chat import tags
from app.live import directory
from app.web.answer import ok
from app.web.context import node
from app.web.session import current_session

blueprint = Blueprint("visitors", __name__)
log = logging.getLogger("chatadmin.web")


@blueprint.get("/v1/visitors")
async def visitors() -> Response:
    """A page of all visitors, newest first; with `tag=` those with that tag."""
    label = request.args.get("tag", "")
    limit = request.args.get("limit", default=directory.USUAL_VISITORS, type=int)
    rows, cursor = await node().visitors.page(
        request.args.get("cursor", ""), tags.known(label) if label else "", max(1, min(limit, directory.MAX_VISITORS))
    )
    return ok(rows, cursor=cursor)


@blueprint.get("/v1/visitors/<uid>")
async def visitor(uid: str) -> Response:
    """One visitor, with the pages that they looked at."""
    return ok(await node().visitors.whole(await node().visitors.known(uid)))


@blueprint.post("/v1/visitors/<uid>/link")
async def link(uid: str) -> Response:
    """A one-time link for a visitor who lost their cookie: `#link=<secret>` behind the chat's address."""
    session = current_session()
    found = await node().visitors.known(uid)
    secret = await node().links.by_agent(found)
    log.info("%s made a link that lets the visitor %s back in", session.nickname, found.uid)
    return ok({"secret": secret})


@blueprint.post("/v1/visitors/<uid>/free_name")
async def free_name(uid: str) -> Response:
    """Give the visitor's name back: whoever takes it next starts anew. Not while they are here."""
    session = current_session()
    found = await node().visitors.known(uid)
    await node().visitors.free_name(found.uid)
    log.info("%s freed the name of the visitor %s", session.nickname, found.uid)
    return ok()


@blueprint.get("/v1/tags")
async def labels() -> Response:
    """Every tag in use, the most used first."""
    return ok(await node().conversations.labels())
