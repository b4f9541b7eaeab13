"""How the console looks in one browser: its language and its theme, whoever is logged in.

They are kept by the browser, not with the agent: a theme suits a screen and a room, and the log-in form and what it is
refused speak before anybody is known. The cookies are read where the page is made, so that nothing flashes.
"""

from typing import Literal

import msgspec
from quart import Blueprint, Response, request

from app import words
from app.chat.errors import Refusal
from app.web.answer import body, ok
from app.web.session import keep

blueprint = Blueprint("look", __name__)

_COOKIE = "chatadmin_look"
_KEPT_SECONDS = 400 * 24 * 3600  # the longest that browsers keep a cookie


class Look(msgspec.Struct):
    """`language`: one of the team's, or "" for what the browser asks for. `theme`: "system" is the machine's."""

    language: str = ""
    theme: Literal["system", "light", "dark"] = "system"


def look() -> Look:
    """What was chosen in the browser that asks."""
    language, _, theme = request.cookies.get(_COOKIE, "").partition(".")
    return Look(language if language in words.languages(team=True) else "", _THEMES.get(theme, "system"))


def framed() -> Look:
    """What the page around a frame asks for, in its address."""
    return Look(theme=_THEMES.get(request.args.get("theme", ""), "system"))


_THEMES: dict[str, Literal["light", "dark"]] = {"light": "light", "dark": "dark"}


@blueprint.put("/v1/me/look")
async def change() -> Response:
    """Another language and theme from now on."""
    asked = await body(Look)
    if asked.language and asked.language not in words.languages(team=True):
        raise Refusal("bad_request")
    chosen = ok({"language": asked.language, "theme": asked.theme})
    return keep(chosen, _COOKIE, f"{asked.language}.{asked.theme}", _KEPT_SECONDS)
