"""A visitor's log-in with their first message: without a name, or with what a form asked them for."""

from typing import Annotated

import msgspec
from quart import Blueprint, Response, request

from app.chat import browsers, pages, protocol
from app.chat.entered import Entered
from app.chat.errors import Refusal
from app.live.clock import now_ms
from app.store.sessions import Session
from app.web.answer import body, ok
from app.web.context import address, authorization, language, node
from app.web.login import PROVING_MS, person, throttle, visitor_now
from app.web.origin import elsewhere
from app.web.session import check_meant, current_session, remember, renew

blueprint = Blueprint("login_widget", __name__)

# Milliseconds within which a conversation is gone on with elsewhere: on the phone that is at hand.
LINK_MS = 10 * 60 * 1000


class Fields(msgspec.Struct):
    """What beside name and address was entered."""

    choice: str = ""
    consent: bool = False


class Form(msgspec.Struct):
    """What a visitor entered, none of it proven. `page`: on which page. `cookie`: as of `POST /login`.

    `id`: of this log-in, as secret as a token: given again within ten minutes it is a repeat, whose answer was lost.
    """

    name: str = ""
    email: str = ""
    fields: Fields = msgspec.field(default_factory=Fields)
    page: str = ""
    cookie: bool = False
    id: Annotated[str, msgspec.Meta(pattern=r"^([A-Za-z0-9_-]{16,64})?\Z")] = ""

    @property
    def entered(self) -> Entered:
        """What is to be kept of it."""
        return Entered(self.name, self.email, self.fields.choice, self.fields.consent)


@blueprint.post("/login/widget")
async def login() -> Response:
    """A session for a newcomer, whose token is in the body; who has one goes on with it, and may say more."""
    throttle().check(address())
    asked = await body(Form)
    by_header = bool(request.headers.get("Authorization"))
    by_cookie = asked.cookie and not by_header and not elsewhere()
    current = await visitor_now() if by_header or by_cookie else None
    if current is not None:
        check_meant(current)
        if await node().conversations.is_blocked(current.uid):
            raise Refusal("blocked")
        current = await node().forms.more(current, asked.entered, language())
        return renew(_welcome(current, authorization() if by_header else ""), current)
    # Of a token we know that it came, and a phone may have lost its network since; a cookie the browser may not take.
    prove_by = now_ms() + PROVING_MS if by_cookie else 0
    visitor = await node().forms.newcomer(asked.entered, language(), id=asked.id, prove_by=prove_by)
    known = {"browser": browsers.describe(request.headers.get("User-Agent", "")), "page": pages.shown(asked.page)}
    token, session = await node().sessions.create(visitor, **known, prove_by=prove_by)
    await node().people.touch(visitor.uid, **known)
    return remember(_welcome(session, ""), session, token) if by_cookie else _welcome(session, token)


def _welcome(session: Session, token: str) -> Response:
    """The answer: as of `POST /login`, and the token, "" where the cookie is enough."""
    expires = protocol.timestamp(session.expires_at)
    return ok({**person(session), "token": token, "verified": False, "expires_at": expires}, msg="welcome")


@blueprint.post("/v1/me/link")
async def link() -> Response:
    """A one-time link to the visitor's own conversation: `#link=<secret>` behind the chat's address."""
    throttle().check(address())
    session = current_session()
    if await node().conversations.is_blocked(session.uid):
        raise Refusal("blocked")
    return ok({"secret": await node().sessions.make_link(session.uid, LINK_MS)})
