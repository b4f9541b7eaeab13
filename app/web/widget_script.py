"""`/widget.js`, all that a shop's page has of the chat before somebody opens it, with what the shop decided put in; and
`/widget-panel.js`, what it imports then. `/widget.d.ts`: what a shop's own scripts may ask of it, in types.
"""

import gzip
from functools import lru_cache

from quart import Blueprint, Response

from app import words
from app.chat import colour, protocol
from app.chat.shop import Shop
from app.chat.widget import Widget
from app.web import static
from app.web.context import node

blueprint = Blueprint("widget_script", __name__)

# For how long it is used without asking again.
_KEPT = "public, max-age=300, stale-while-revalidate=86400"
# What the loader draws with where the shop chose no colour: the product's own (static/css/tokens.css).
_OWN = {"accent": "#2f5bd3", "on-accent": "#fff"}


@blueprint.get("/widget.js")
async def script() -> Response:
    """The loader."""
    widget = node().widget
    return _answer(loader(widget.settings, widget.coloured(node().shop.settings)))


@blueprint.get("/widget-panel.js")
async def panel() -> Response:
    """What the loader imports once somebody opens the chat."""
    return _answer(_made(static.panel(), b"CHATADMIN_WORDS", _expression(_words("panel"))))


@blueprint.get("/widget.d.ts")
async def types() -> Response:
    """For whoever writes the shop's scripts."""
    return _answer(static.types())


def _answer(script: static.File) -> Response:
    """What any page may load."""
    response = static.answer(script, _KEPT)
    response.headers["Access-Control-Allow-Origin"] = "*"  # for tags that say `crossorigin`, and for imports
    return response


@lru_cache(2)
def _made(script: bytes, name: bytes, value: bytes) -> static.File:
    """With a value in the place of the name that stands for it once."""
    content = script.replace(name, value, 1)
    return static.made("widget.js", content, gzip.compress(content, 9, mtime=0))


def _words(section: str) -> dict[str, dict[str, str]]:
    return {language: words.section(section, language) for language in words.languages()}


def _expression(value: object) -> bytes:
    """As an expression of JavaScript that may stand in any script."""
    return protocol.encode(value).replace(b"<", b"\\u003c")


def loader(widget: Widget, shop: Shop) -> static.File:
    """The loader, with what it knows of the shop."""
    look = widget.look
    # One colour for both themes: what it lies on is the shop's page, which has its own idea of them.
    shades = palette["light"] if (palette := colour.palette(shop.accent)) else _OWN
    config = {
        "side": look.side,
        "x": look.offset_x,
        "y": look.offset_y,
        "accent": shades["accent"],
        "onAccent": shades["on-accent"],
        "name": shop.name,
        "words": _said(widget),
        "beacons": widget.beacons,
    }
    return _made(static.loader(), b"CHATADMIN_CONFIG", _expression(config))


def _said(widget: Widget) -> dict[str, dict[str, str]]:
    """What the launcher says: by what it is, then by language."""
    all_of = {one: own | widget.words(one) for one, own in _words("loader").items()}
    keys = ("launcher", "dismiss", "teaser")
    return {key: {one: said[key] for one, said in all_of.items() if key in said} for key in keys}
