"""The chat on the shop's own site: what administrators decide about it, and what pages that carry its tag tell."""

from typing import Annotated

import msgspec
from quart import Blueprint, Response, current_app

from app.chat import pages
from app.chat.errors import Refusal
from app.chat.widget_change import Change
from app.live.browsing import LATEST
from app.web.answer import body, ok
from app.web.browsing import Told, browser, context, invitation
from app.web.context import address, node
from app.web.session import current_session
from app.web.throttle import Throttle

blueprint = Blueprint("widget", __name__)

# What pages may tell from one network address, in a minute: that of a whole town, where people share one.
_PER_MINUTE = 600


class Wanted(Change, frozen=True, kw_only=True):
    """What an administrator wants who has seen version `version`; what is not named stays."""

    version: int


@blueprint.get("/v1/widget")
async def widget() -> Response:
    """As it stands."""
    await node().widget.load()  # another worker may have changed it just now
    return ok(await _view())


async def _view() -> dict[str, object]:
    """Everything, for whoever asks: keys are administrators' business."""
    keys = await node().identities.keys() if current_session().role == "admin" else []
    return {**await node().widget.view(), "keys": keys}


@blueprint.put("/v1/widget")
async def change() -> Response:
    """Change some of it."""
    wanted = await body(Wanted)
    await node().widget.decide(wanted.version, wanted, current_session())
    return ok(await _view())


class Seen(Told, kw_only=True):
    """What a page tells of whoever looks at it, before they have written a word. `id`: of this page's life, random.

    `visible`: whether the page is looked at. `gone`: whether it is being left.
    """

    id: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]{8,64}$")]
    page: str
    visible: bool = True
    gone: bool = False


@blueprint.post("/v1/widget/seen")
async def seen() -> Response:
    """A page of a site is open; `next_s`: after so many seconds it says so again. Nothing of it is kept."""
    throttle().check(address())
    told = await body(Seen)
    if not pages.shown(told.page):
        raise Refusal("bad_request", field="page")
    browsing = node().browsing
    if told.gone:
        browsing.leave(told.id)
        return ok({"next_s": LATEST})
    answer = browsing.hear(told.id, context(told), browser(), visible=told.visible)
    return ok({"next_s": answer.next_s} | ({"invite": invitation(answer.invite)} if answer.invite else {}))


def throttle() -> Throttle:
    """What pages have told this worker, by their addresses."""
    found = current_app.extensions.get("told")
    if not isinstance(found, Throttle):
        found = current_app.extensions["told"] = Throttle(_PER_MINUTE)
    return found
