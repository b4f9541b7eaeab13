"""The chat on the shop's own site: what pages that carry its tag ask of the server."""

import msgspec
from quart import Blueprint, Response

from app.web.answer import body, ok

blueprint = Blueprint("widget", __name__)


class Seen(msgspec.Struct):
    """What a page tells of whoever looks at it, before they have written a word. `id`: of this page's life, random.

    `visible`: whether the page is looked at. `gone`: whether it is being left.
    """

    id: str
    page: str
    title: str = ""
    referrer: str = ""
    tz: str = ""
    languages: list[str] = []
    visible: bool = True
    gone: bool = False


@blueprint.post("/v1/widget/seen")
async def seen() -> Response:
    """A page of a site is open; `next_s`: after so many seconds it says so again."""
    await body(Seen)
    return ok({"next_s": 15})
