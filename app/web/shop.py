"""The shop's own settings."""

import msgspec
from quart import Blueprint, Response, request

from app import words
from app.chat import colour
from app.chat.errors import Refusal
from app.chat.shop import Change
from app.web.answer import body, ok
from app.web.context import language, node
from app.web.session import current_session

blueprint = Blueprint("shop", __name__)


class Wanted(msgspec.Struct):
    """Settings as an administrator wants them, who has seen version `version`; what is not named stays."""

    version: int
    name: str | None = None
    greeting: str | None = None
    accent: str | None = None
    retention_days: int | None = None


@blueprint.get("/v1/shop")
async def shop() -> Response:
    """As they stand."""
    await node().shop.load()  # another worker may have changed them just now
    return ok(node().shop.view())


@blueprint.patch("/v1/shop")
async def change() -> Response:
    """Change some of them."""
    session = current_session()
    asked = await body(Wanted)
    wanted = Change(asked.name, asked.greeting, asked.accent, asked.retention_days)
    await node().shop.save(asked.version, wanted, session)
    return ok(node().shop.view())


@blueprint.get("/v1/shop/palette")
async def palette() -> Response:
    """What a colour would look like in both themes: itself or, where white cannot be read on it, the nearest shade."""
    chosen = colour.parse(request.args.get("accent", ""))
    advice = None
    try:
        colour.check(chosen.hex)
    except Refusal as refusal:
        advice = words.sentence(refusal, language())
    nearest = colour.readable(chosen).hex
    ratio = round(colour.contrast(chosen, colour.WHITE), 2)
    return ok({"accent": nearest, "ratio": ratio, "advice": advice, "palette": colour.palette(nearest)})
