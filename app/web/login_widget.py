"""A visitor's log-in with their first message: without a name, with what a form asked for, or as the shop says who they
are."""

from typing import Annotated, Any

import msgspec
from quart import Blueprint, Response, request

from app.chat import identity, pages, protocol
from app.chat.entered import Entered
from app.chat.errors import Refusal
from app.live.clock import now_ms
from app.live.identities import new_secret
from app.store.sessions import CameWith, Session
from app.web.answer import body, ok
from app.web.browsing import Told, browser, context, visit
from app.web.context import address, authorization, language, node
from app.web.login import PROVING_MS, person, seen, throttle, visitor_now
from app.web.origin import elsewhere
from app.web.session import check_meant, current_session, remember, renew

blueprint = Blueprint("login_widget", __name__)


class Fields(msgspec.Struct):
    """What beside name and address was entered."""

    choice: str = ""
    consent: bool = False


class Form(Told):
    """What a visitor entered, none of it proven, and where they are. `cookie`: as of `POST /login`.

    `id`: of this log-in, as secret as a token: given again within ten minutes it is a repeat, whose answer was lost.
    `identity`: a token by which the shop says who they are; `adopt`: what proves that this page began the conversation
    of the session they come with. `attributes`: what the shop's page says of them beside that, in their name.
    `seen`: by which id that page told of them until now; `invite`: what it said, and they answer. `consent`: which
    pages they look at may be known. `mail`: beside the address it says that answers come there once they have left.
    """

    name: str = ""
    email: str = ""
    fields: Fields = msgspec.field(default_factory=Fields)
    cookie: bool = False
    id: Annotated[str, msgspec.Meta(pattern=r"^([A-Za-z0-9_-]{16,64})?\Z")] = ""
    identity: str = ""
    adopt: str = ""
    attributes: Any = None
    seen: Annotated[str, msgspec.Meta(pattern=pages.LIFE)] = ""
    invite: str = ""
    consent: bool = False
    mail: bool = False

    @property
    def entered(self) -> Entered:
        """What is to be kept of it."""
        attributes = identity.attributes(self.attributes)
        choice, consent = self.fields.choice, self.fields.consent
        mail = language() if self.mail else ""
        return Entered(self.name, self.email, choice, consent, attributes=attributes, mail=mail)

    @property
    def known(self) -> CameWith:
        """With what they came, and from where."""
        return {"browser": browser(), "page": pages.shown(self.page)}


@blueprint.post("/login/widget")
async def login() -> Response:
    """A session for a newcomer, whose token is in the body; who has one goes on with it, and may say more."""
    throttle().check(address())
    asked = await body(Form)
    by_header = bool(request.headers.get("Authorization"))
    by_cookie = asked.cookie and not by_header and not elsewhere() and not asked.identity
    current = await visitor_now() if by_header or by_cookie else None
    if current is not None:
        check_meant(current)
    if asked.identity:
        return await _identified(asked, current)
    if current is not None:
        if await node().conversations.is_blocked(current.uid):
            raise Refusal("blocked")
        current = await node().forms.more(current, asked.entered, language())
        node().browsing.wrote(asked.seen, current.uid)
        return renew(await _welcome(current, authorization() if by_header else ""), current)
    # Of a token we know that it came, and a phone may have lost its network since; a cookie the browser may not take.
    prove_by = now_ms() + PROVING_MS if by_cookie else 0
    visitor = await node().forms.newcomer(asked.entered, language(), id=asked.id, prove_by=prove_by)
    adopt = "" if by_cookie else new_secret()
    token, session = await node().sessions.create(visitor, **asked.known, prove_by=prove_by, adopt=adopt)
    await node().people.touch(visitor.uid, **asked.known)
    await _arrived(session, asked)
    if by_cookie:
        return remember(await _welcome(session, ""), session, token)
    return await _welcome(session, token, adopt=adopt)


async def _identified(asked: Form, current: Session | None) -> Response:
    """A session for whom the shop vouches for; none yet for who is new and has nothing to say."""
    arrival = await node().identities.enter(
        asked.identity,
        asked.entered,
        language(),
        writes=bool(asked.id),
        current=current,
        adopt=asked.adopt,
        known=asked.known,
    )
    if arrival is None:
        return ok({"uid": "", "token": ""}, msg="welcome")
    if arrival.token:
        await _arrived(arrival.session, asked)
    else:
        node().browsing.wrote(asked.seen, arrival.session.uid)
        await seen(arrival.session, asked.known["page"])
    return await _welcome(arrival.session, arrival.token or authorization(), **arrival.joined)


async def _arrived(session: Session, asked: Form) -> None:
    """Where they are, and what was said to them there, stands before what they write."""
    whereabouts, told = node().whereabouts, context(asked)
    await whereabouts.arrived(session.uid, told, seen=asked.seen, known=asked.consent)
    if asked.invite and asked.id:
        await whereabouts.answers(session.uid, visit(), asked.invite)


async def _welcome(session: Session, token: str, **more: object) -> Response:
    """The answer: as of `POST /login`, the token, "" where the cookie is enough, and where answers go."""
    told = {"verified": session.proof is not None, "expires_at": protocol.timestamp(session.expires_at)}
    told |= await node().contacts.shown(session.uid)
    return ok({**person(session), "token": token, **told, **more}, msg="welcome")


@blueprint.post("/v1/me/link")
async def link() -> Response:
    """A one-time link to the visitor's own conversation: `#link=<secret>` behind the chat's address."""
    throttle().check(address())
    return ok({"secret": await node().links.own(current_session())})
