"""What goes out of the shop to people who are away, for administrators."""

import logging

import msgspec
from quart import Blueprint, Response

from app.web.answer import body, ok
from app.web.context import node
from app.web.session import current_session

blueprint = Blueprint("delivery", __name__)
log = logging.getLogger("chatadmin.web")


class Meant(msgspec.Struct):
    """A lane, by its name."""

    lane: str


@blueprint.get("/v1/delivery")
async def delivery() -> Response:
    """What waits, what failed and why."""
    return ok(await node().delivery.view())


@blueprint.post("/v1/delivery/retry")
async def retry() -> Response:
    """Try it now; whether there was anything to try."""
    lane = (await body(Meant)).lane
    found = await node().delivery.retry(lane)
    log.info("%s has %s tried again", current_session().nickname, lane)
    return ok({"found": found})


@blueprint.post("/v1/delivery/give_up")
async def give_up() -> Response:
    """Try it no more; whether anything waited."""
    lane = (await body(Meant)).lane
    found = await node().delivery.give_up(lane)
    log.info("%s gave up %s", current_session().nickname, lane)
    return ok({"found": found})
