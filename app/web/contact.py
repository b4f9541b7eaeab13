"""The address at which a visitor is answered who has left: their own to say, or an agent's for them; and how whoever
reads there comes back.
"""

import logging

import msgspec
from quart import Blueprint, Response

from app.chat import names
from app.chat.errors import Refusal
from app.web.answer import body, ok
from app.web.browsing import browser
from app.web.context import address, language, node
from app.web.login import Link, logged_in, person, throttle, visitor_now
from app.web.session import check_meant, current_session, renew

blueprint = Blueprint("contact", __name__)
log = logging.getLogger("chatadmin.web")


class Contact(msgspec.Struct):
    """An address, "" for none."""

    email: str


class Own(Contact):
    """`consent`: that answers may be sent there; where there is an address it has to be said."""

    consent: bool = False


@blueprint.put("/v1/me/contact")
async def own() -> Response:
    """A visitor's own, to which answers go once they have left."""
    throttle().check(address())
    session, asked = current_session(), await body(Own)
    check_meant(session)
    if asked.email.strip() and not asked.consent:
        raise Refusal("bad_form", field="consent")
    visitor = await node().people.known(session.uid)
    return ok(await node().contacts.put(visitor, asked.email, language=language(), keep=session.hash))


@blueprint.put("/v1/visitors/<uid>/contact")
async def visitors(uid: str) -> Response:
    """A visitor's, as an agent was told it."""
    session, asked = current_session(), await body(Contact)
    found = await node().visitors.known(uid)
    value = await node().contacts.put(found, asked.email, by=session)
    log.info("%s changed the address of the visitor %s", session.nickname, found.uid)
    return ok(value)


@blueprint.post("/login/mail")
async def login_by_mail() -> Response:
    """Whoever has a letter with an answer, by the link in it: `#mail=<secret>` behind the chat's address."""
    throttle().check(address())
    asked = await body(Link)
    visitor, proof, bounds = await node().links.mailed(asked.secret)
    current = await visitor_now()
    if current is not None and current.uid == visitor.uid and current.since <= bounds.get("since", 0):
        return renew(ok(person(current), msg="welcome"), current)  # who is here sees no less
    # Who was long away may find that somebody else has their nickname by now.
    await node().people.reclaim_nickname(visitor.uid, names.anonymous())
    token, session = await node().sessions.create(visitor, browser=browser(), proof=proof, **bounds)
    return await logged_in(token, session, cookie=asked.cookie)
