"""How it was: what a visitor says of a conversation once it was closed."""

import msgspec
from quart import Blueprint, Response

from app.web.answer import body, ok
from app.web.context import node
from app.web.session import current_session

blueprint = Blueprint("rating", __name__)


class Said(msgspec.Struct):
    """What they say."""

    good: bool
    comment: str = ""


@blueprint.get("/v1/rating")
async def rating() -> Response:
    """Whether they may say anything now, and what they have said."""
    return ok(await node().ratings.of(current_session()))


@blueprint.post("/v1/rating")
async def rate() -> Response:
    """They say it: once of each episode."""
    said = await body(Said)
    await node().ratings.rate(current_session(), good=said.good, comment=said.comment)
    return ok()
