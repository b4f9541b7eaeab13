"""The shop's own settings."""

import msgspec
from msgspec import UNSET, UnsetType
from quart import Blueprint, Response, request

from app import words, zones
from app.chat import colour
from app.chat.errors import Refusal
from app.chat.hours import Hours
from app.chat.shop import Change
from app.web.answer import body, ok
from app.web.context import language, node
from app.web.session import current_session

blueprint = Blueprint("shop", __name__)


class Wanted(msgspec.Struct):
    """Settings as an administrator wants them, who has seen version `version`; what is not named stays.

    `greetings`: all there are to be, by language code; `greeting`: the one in the asker's own language.
    `hours`: null for none.
    """

    version: int
    name: str | None = None
    greeting: str | None = None
    greetings: dict[str, str] | None = None
    accent: str | None = None
    retention_days: int | None = None
    hours: Hours | UnsetType | None = UNSET


@blueprint.get("/v1/shop")
async def shop() -> Response:
    """As they stand."""
    await node().shop.load()  # another worker may have changed them just now
    return ok(node().shop.view(language()))


@blueprint.patch("/v1/shop")
async def change() -> Response:
    """Change some of them."""
    session = current_session()
    asked = await body(Wanted)
    wanted = Change(asked.name, await _greetings(asked), asked.accent, asked.retention_days, _hours(asked))
    await node().shop.decide(asked.version, wanted, session)
    return ok(node().shop.view(language()))


def _hours(asked: Wanted) -> Hours | UnsetType | None:
    """Those there are to be, of a zone that is known everywhere. Raises Refusal bad_zone."""
    if not asked.hours:
        return asked.hours
    zone = zones.known(asked.hours.zone)
    if not zone:
        raise Refusal("bad_zone")
    return msgspec.structs.replace(asked.hours, zone=zone)


async def _greetings(asked: Wanted) -> dict[str, str] | None:
    """Every greeting there is to be; None where nobody asked. Raises Refusal bad_request for an unknown language."""
    if asked.greeting is None:
        wanted = asked.greetings
    else:
        await node().shop.load()  # the others stay, as they are now
        wanted = node().shop.settings.greetings | (asked.greetings or {}) | {language(): asked.greeting}
    if wanted and not wanted.keys() <= set(words.languages()):
        raise Refusal("bad_request", field="greetings")
    return wanted


@blueprint.get("/v1/shop/palette")
async def palette() -> Response:
    """What a colour would look like in both themes."""
    chosen = colour.parse(request.args.get("accent", "")).hex
    return ok({"accent": chosen, "palette": colour.palette(chosen)})
