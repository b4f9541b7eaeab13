"""`/widget.js`, all that a shop's page has of the chat before somebody opens it, with what the shop decided put in."""

import gzip
from functools import lru_cache

from quart import Blueprint, Response

from app import words
from app.chat import colour, protocol
from app.web import static
from app.web.context import node

blueprint = Blueprint("widget_script", __name__)

# What stands in the loader in the place of its configuration, and for how long it is used without asking again.
_PLACE = b"CHATADMIN_CONFIG"
_KEPT = "public, max-age=300, stale-while-revalidate=86400"
# The shades that the loader draws with, and the product's own (static/css/tokens.css).
_SHADES = ("accent", "on-accent")
_OWN = {"light": {"accent": "#2f5bd3", "on-accent": "#ffffff"}, "dark": {"accent": "#3f6ae0", "on-accent": "#ffffff"}}


@blueprint.get("/widget.js")
async def script() -> Response:
    """The loader."""
    response = static.answer(_made(_config()), _KEPT)
    response.headers["Access-Control-Allow-Origin"] = "*"  # for tags that say `crossorigin`, and their `integrity`
    return response


@lru_cache(1)
def _made(config: bytes) -> static.File:
    content = static.loader().replace(_PLACE, config, 1)
    return static.made("widget.js", content, gzip.compress(content, 9, mtime=0))


def _config() -> bytes:
    """What the loader knows of the shop, as an expression of JavaScript that may stand in any script."""
    widget, shop = node().widget.settings, node().widget.coloured(node().shop.settings)
    look = widget.look
    palette = colour.palette(shop.accent) or _OWN
    config = {
        "side": look.side,
        "x": look.offset_x,
        "y": look.offset_y,
        "palette": {theme: {name: shades[name] for name in _SHADES} for theme, shades in palette.items()},
        "name": shop.name,
        "words": {one: words.section("loader", one) | widget.words(one) for one in words.languages()},
        "beacons": widget.beacons,
    }
    return protocol.encode(config).replace(b"<", b"\\u003c")
