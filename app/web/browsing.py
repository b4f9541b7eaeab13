"""Who looks at the shop's pages: what these tell of themselves, and a word to who looks at one."""

from functools import lru_cache

import msgspec
from quart import Blueprint, Response, request

from app import countries, zones
from app.chat import browsers, pages
from app.chat.pages import Context
from app.web.answer import body, ok
from app.web.context import address, country, node
from app.web.session import current_session

blueprint = Blueprint("browsing", __name__)

_describe = lru_cache(512)(browsers.describe)  # many say the same, and each page says it again and again


class Told(msgspec.Struct):
    """What a page tells of where somebody is; its browser wrote all of it, so anybody may have."""

    page: str = ""
    title: str = ""
    referrer: str = ""
    tz: str = ""
    languages: list[str] = []


class Greeting(msgspec.Struct):
    """What an agent says first."""

    text: str


def context(told: Told) -> Context:
    """As much of it as is kept and shown."""
    page, zone = pages.shown(told.page), zones.known(told.tz)
    return Context(
        page=page,
        title=pages.titled(told.title),
        referrer=pages.shown(told.referrer),
        utm=pages.campaign(page),
        languages=pages.languages(told.languages),
        tz=zone,
        country=country() or countries.of(zone),
    )


def browser() -> str:
    """With what it is asked."""
    return _describe(request.headers.get("User-Agent", ""))


def visit() -> str:
    """Whose visit it is part of."""
    return node().browsing.visits.name(address(), request.headers.get("User-Agent", ""))


@blueprint.post("/v1/browsing/<id>/invite")
async def invite(id: str) -> Response:
    """Greet who looks at a page and has not written."""
    greeting = await body(Greeting)
    return ok(await node().browsing.invitations.send(id, greeting.text, current_session()))
