"""A visitor's log-in with their first message: without a name, or with what a form asked them for."""

import msgspec
from quart import Blueprint, Response, request

from app.chat import browsers, protocol
from app.chat.errors import Refusal
from app.live.clock import now_ms
from app.store.people import Visitor
from app.store.sessions import Session
from app.web.answer import body, ok
from app.web.context import address, authorization, node
from app.web.login import PROVING_MS, page_of, person, throttle, visitor_now
from app.web.origin import elsewhere
from app.web.session import remember, renew

blueprint = Blueprint("login_widget", __name__)


class Entered(msgspec.Struct):
    """What a visitor entered, none of it proven. `page`, `cookie`: as of `POST /login`."""

    name: str = ""
    page: str = ""
    cookie: bool = False


@blueprint.post("/login/widget")
async def login() -> Response:
    """A session for a newcomer, whose token is in the body; who has one goes on with it."""
    throttle().check(address())
    asked = await body(Entered)
    by_header = "Authorization" in request.headers
    by_cookie = asked.cookie and not by_header and not elsewhere()
    current = await visitor_now() if by_header or by_cookie else None
    if current is not None:
        if await node().conversations.is_blocked(current.uid):
            raise Refusal("blocked")
        return renew(_welcome(current, authorization() if by_header else ""), current)
    prove_by = now_ms() + PROVING_MS
    visitor = await _newcomer(asked, prove_by)
    known = {"browser": browsers.describe(request.headers.get("User-Agent", "")), "page": page_of(asked.page)}
    token, session = await node().sessions.create(visitor, **known, prove_by=prove_by)
    await node().people.touch(visitor.uid, **known)
    return remember(_welcome(session, ""), session, token) if by_cookie else _welcome(session, token)


async def _newcomer(asked: Entered, prove_by: int) -> Visitor:
    people = node().people
    if not asked.name.strip():
        return await people.login_anonymous(prove_by=prove_by)
    try:
        return await people.login_named(asked.name, None, shop=node().shop.settings.name, prove_by=prove_by)
    except Refusal as refusal:
        if refusal.code == "bad_nickname":
            raise Refusal("bad_form", field="name") from None
        # A word of office is no name; what they have to say is heard all the same.
        return await people.login_anonymous(prove_by=prove_by)


def _welcome(session: Session, token: str) -> Response:
    """The answer: as of `POST /login`, and the token, "" where the cookie is enough."""
    expires = protocol.timestamp(session.expires_at)
    return ok({**person(session), "token": token, "verified": False, "expires_at": expires}, msg="welcome")
