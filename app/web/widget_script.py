"""`/widget.js`, all that a shop's page has of the chat before somebody opens it, with what the shop decided put in; and
`/widget-panel.js`, what it imports then.
"""

import gzip
from functools import lru_cache

from quart import Blueprint, Response

from app import words
from app.chat import colour, protocol
from app.web import static
from app.web.context import node

blueprint = Blueprint("widget_script", __name__)

# For how long it is used without asking again.
_KEPT = "public, max-age=300, stale-while-revalidate=86400"
# The shades that the loader draws with, and the product's own (static/css/tokens.css).
_SHADES = ("accent", "on-accent")
_OWN = {"light": {"accent": "#2f5bd3", "on-accent": "#ffffff"}, "dark": {"accent": "#3f6ae0", "on-accent": "#ffffff"}}


@blueprint.get("/widget.js")
async def script() -> Response:
    """The loader."""
    return _answer(static.loader(), b"CHATADMIN_CONFIG", _config())


@blueprint.get("/widget-panel.js")
async def panel() -> Response:
    """What the loader imports once somebody opens the chat."""
    return _answer(static.panel(), b"CHATADMIN_WORDS", _expression(_words("panel")))


def _answer(script: bytes, name: bytes, value: bytes) -> Response:
    """A script for any page, with a value in the place of the name that stands for it once."""
    response = static.answer(_made(script, name, value), _KEPT)
    response.headers["Access-Control-Allow-Origin"] = "*"  # for tags that say `crossorigin`, and for imports
    return response


@lru_cache(2)
def _made(script: bytes, name: bytes, value: bytes) -> static.File:
    content = script.replace(name, value, 1)
    return static.made("widget.js", content, gzip.compress(content, 9, mtime=0))


def _words(section: str) -> dict[str, dict[str, str]]:
    return {language: words.section(section, language) for language in words.languages()}


def _expression(value: object) -> bytes:
    """As an expression of JavaScript that may stand in any script."""
    return protocol.encode(value).replace(b"<", b"\\u003c")


def _config() -> bytes:
    """What the loader knows of the shop."""
    widget, shop = node().widget.settings, node().widget.coloured(node().shop.settings)
    look = widget.look
    palette = colour.palette(shop.accent) or _OWN
    config = {
        "side": look.side,
        "x": look.offset_x,
        "y": look.offset_y,
        "palette": {theme: {name: shades[name] for name in _SHADES} for theme, shades in palette.items()},
        "name": shop.name,
        "words": {one: said | widget.words(one) for one, said in _words("loader").items()},
        "beacons": widget.beacons,
    }
    return _expression(config)
