"""The address at which a visitor is answered who has left: their own to say, or an agent's for them."""

import logging

import msgspec
from quart import Blueprint, Response

from app.chat.errors import Refusal
from app.web.answer import body, ok
from app.web.context import address, language, node
from app.web.login import throttle
from app.web.session import check_meant, current_session

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
    return ok(await node().contacts.put(visitor, asked.email, language=language()))


@blueprint.put("/v1/visitors/<uid>/contact")
async def visitors(uid: str) -> Response:
    """A visitor's, as an agent was told it."""
    session, asked = current_session(), await body(Contact)
    found = await node().visitors.known(uid)
    value = await node().contacts.put(found, asked.email, by=session.uid)
    log.info("%s changed the address of the visitor %s", session.nickname, found.uid)
    return ok(value)
