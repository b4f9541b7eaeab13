"""The chat on the shop's own site: what administrators decide about it, and what pages that carry its tag tell."""

from typing import Annotated

import msgspec
from quart import Blueprint, Response, current_app, request

from app import words
from app.chat import pages
from app.chat.errors import Refusal
from app.chat.widget_change import Change
from app.live.beacon_pace import LATEST
from app.live.looked_at import Invite, Look
from app.web.answer import body, ok
from app.web.browsing import Told, browser, context, visit
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
    keys = await node().identity_keys.all() if current_session().role == "admin" else []
    return {**await node().widget.view(), "keys": keys}


@blueprint.put("/v1/widget")
async def change() -> Response:
    """Change some of it."""
    wanted = await body(Wanted)
    await node().widget.decide(wanted.version, wanted, current_session())
    return ok(await _view())


class Seen(Told, kw_only=True):
    """What a page tells of whoever looks at it, before they have written a word. `id`: of this page's life, random.

    `lang`: what the launcher speaks. `visible`: whether the page is looked at; `gone`: whether it is being left.
    `quiet`: they have closed the chat, or what it said. `consent`: pages before this one may be known.
    """

    id: Annotated[str, msgspec.Meta(pattern=pages.LIFE, min_length=1)]
    page: str
    lang: str = ""
    visible: bool = True
    quiet: bool = False
    gone: bool = False
    consent: bool = False


@blueprint.post("/v1/widget/seen")
async def seen() -> Response:
    """A page of a site is open; `next_s`: after so many seconds it says so again. Nothing of it is kept."""
    await request.get_data()  # a refusal before it came would end the connection, unannounced
    throttle().check(address())
    told = await body(Seen)
    if not pages.shown(told.page):
        raise Refusal("bad_request", field="page")
    browsing = node().browsing
    if told.gone or _unheard():
        browsing.leave(told.id)
        return ok({"next_s": LATEST})
    language = words.best([told.lang, *told.languages])
    answer = browsing.hear(
        told.id,
        Look(
            context(told),
            browser(),
            visit(),
            language,
            visible=told.visible,
            quiet=told.quiet,
            trail=told.consent or node().widget.settings.trail,
        ),
    )
    return ok({"next_s": answer.next_s} | (_said(answer.invite, answer.after_s) if answer.invite else {}))


def _unheard() -> bool:
    """Whether the shop, or the browser, wants nothing told. The loader asks both; it may be an older one."""
    wishes = request.headers.get("Sec-GPC"), request.headers.get("DNT")
    return "1" in wishes or not node().widget.settings.beacons


def _said(invite: Invite, after_s: float) -> dict[str, object]:
    """What a page says, in so many seconds."""
    by = {"by": invite.author} if invite.by else {}
    return {"invite": {"id": invite.id, "text": invite.text, "after_s": after_s, **by}}


def throttle() -> Throttle:
    """What pages have told this worker, by their addresses."""
    found = current_app.extensions.get("told")
    if not isinstance(found, Throttle):
        found = current_app.extensions["told"] = Throttle(_PER_MINUTE)
    return found
