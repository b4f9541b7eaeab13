"""Logging in and out, and who one is."""

from typing import Any

import msgspec
from quart import Blueprint, Response, current_app, request

from app.chat import names, pages, protocol
from app.chat.errors import Refusal
from app.live.clock import now_ms
from app.live.team import where_mailed
from app.store.people import Agent
from app.store.sessions import CameWith, Session
from app.web import browsing
from app.web.answer import body, ok
from app.web.context import address, node, settings
from app.web.origin import elsewhere
from app.web.session import cookies, current_session, forget, remember, renew, session_of
from app.web.throttle import Throttle

blueprint = Blueprint("login", __name__)


class Credentials(msgspec.Struct):
    """What is asked for: a nickname, and a password from an agent; or what a visitor is called, by `name`.

    `page`: the address a visitor came from. `cookie`: the cookie is enough, and no script shall see the token.
    """

    nickname: str | None = None
    name: str | None = None
    password: str | None = None
    page: str = ""
    cookie: bool = False


# Milliseconds within which a page that has nothing but its cookie shows that the browser took it.
PROVING_MS = 45_000
# Characters of an address that are kept: enough for a product's page.
_MAX_PAGE_CHARACTERS = 300


def _page(text: str) -> str:
    """The address of a page if it is one; any other scheme is nothing to show to an agent."""
    return text[:_MAX_PAGE_CHARACTERS] if text.startswith(("https://", "http://")) and text.isprintable() else ""


async def seen(session: Session, came_from: str) -> None:
    """A visitor's page begins: they were seen, and what it tells of itself is as of now."""
    browser = browsing.browser()
    page = _page(came_from)
    known = {name: value for name, value in (("browser", browser), ("page", page)) if value}
    await node().people.touch(session.uid, **known)
    if known and known != {name: getattr(session, name) for name in known}:
        await node().sessions.came_with(session, browser or session.browser, page or session.page)


class Link(msgspec.Struct):
    """What stood in the address of a one-time link; `cookie` as in Credentials."""

    secret: str
    cookie: bool = False


class NewPassword(msgspec.Struct):
    """An agent's own: the present one, and the one to come."""

    present: str
    password: str


class Status(msgspec.Struct):
    """Whether an agent takes conversations now."""

    accepting: bool


@blueprint.post("/login")
async def login() -> Response:
    """A visitor's nickname, or an agent's name and password, for a session."""
    throttle().check(address())
    asked = await body(Credentials)
    nickname = asked.nickname
    if nickname is None and asked.name is None:
        raise Refusal("bad_request", field="nickname")
    if nickname is None and asked.password:
        raise Refusal("bad_request", field="password")  # a visitor's session is not what they asked for
    if nickname is not None and (asked.password or (settings().demo and await _demo_agent(nickname))):
        return await logged_in(*await _agent_session(nickname, asked.password or ""), cookie=asked.cookie)
    current = await visitor_now()
    if current is not None and current.proof:
        current = None  # a nickname makes nobody of whom the shop says who they are
    if current is not None and await node().conversations.is_blocked(current.uid):
        raise Refusal("blocked")
    people, uid, shop = node().people, current.uid if current else None, node().shop.settings.name
    prove_by = now_ms() + PROVING_MS if asked.cookie else 0
    if nickname is not None:
        visitor = await people.login_visitor(nickname, uid, shop=shop, prove_by=prove_by)
    else:
        visitor = await people.login_named(asked.name or "", uid, shop=shop, prove_by=prove_by)
    known = CameWith(browser=browsing.browser(), page=_page(asked.page))
    # The new session first: a store that goes away in between must not leave a name that is taken and nobody's.
    if current is not None and visitor.uid == uid:
        token, session = await node().sessions.create(visitor, **known, **current.bounds)
    else:
        token, session = await node().sessions.create(visitor, **known, prove_by=prove_by)
    await node().people.touch(visitor.uid, **known)
    if current is not None and (current.uid == visitor.uid or asked.cookie or "Authorization" in request.headers):
        # Else it is a page with a token of its own, beside another one of its browser.
        await _end_former(current, session)
    return await logged_in(token, session, cookie=asked.cookie)


@blueprint.post("/login/link")
async def login_by_link() -> Response:
    """A visitor who lost their cookie, by the one-time link an agent gave them."""
    throttle().check(address())
    asked, sessions = await body(Link), node().sessions
    secret = asked.secret
    visitor, proof, bounds = await node().links.opened(secret)
    if await node().conversations.is_blocked(visitor.uid):
        raise Refusal("blocked")
    await node().people.reclaim_nickname(visitor.uid)
    # Used up last: a store that is full, or goes away in between, must not leave a link that let nobody in.
    token, session = await sessions.create(visitor, browser=browsing.browser(), proof=proof, **bounds)
    if not await node().links.use(secret):
        await sessions.revoke(session)  # somebody else was faster
        raise Refusal("link_over")
    return await logged_in(token, session, cookie=asked.cookie)


async def _end_former(former: Session, session: Session) -> None:
    """A session that was known before the log-in is worth nothing after it.

    Another visitor is one who had this browser before, and has left as if they had logged out.
    """
    another = former.kind == "visitor" and former.uid != session.uid
    if another and not await node().conversations.is_blocked(former.uid):
        await node().people.release_nickname(former.uid)
    await node().sessions.revoke(former)


async def visitor_now() -> Session | None:
    """The visitor who asks, None for a stranger or an agent. Raises Refusal bad_origin."""
    try:
        session = await session_of("visitor")
    except Refusal as refusal:
        if refusal.code == "no_session":
            return None
        raise
    return session if session.kind == "visitor" else None


async def _demo_agent(name: str) -> Agent | None:
    return await node().people.agent_named(name)


async def _agent_session(name: str, password: str) -> tuple[str, Session]:
    agent = await _agent(name, password)
    token, session = await node().sessions.create(agent)
    if await node().people.agent(agent.uid) != agent:
        # Locked out, or given another password, while this one was looked at.
        await node().sessions.revoke(session)
        raise Refusal("bad_credentials")
    return token, session


async def _agent(name: str, password: str) -> Agent:
    key = names.fold(name[:200])
    await throttle().delay(key)
    agent = await node().people.authenticate(name, password) if password else await _demo_agent(name)
    if agent is None:
        throttle().failed(key)
        raise Refusal("bad_credentials")
    throttle().succeeded(key)
    return agent


def throttle() -> Throttle:
    """The attempts to log in that this worker has seen."""
    found = current_app.extensions.get("throttle")
    if not isinstance(found, Throttle):
        found = current_app.extensions["throttle"] = Throttle(settings().limits.logins_per_minute)
    return found


async def logged_in(token: str, session: Session, *, cookie: bool) -> Response:
    """The answer to a log-in that succeeded; `cookie`: that one is enough, as our own pages say."""
    response = ok(person(session), msg="welcome")
    if not cookie or elsewhere():
        response.headers["Token"] = token
    else:
        # All pages of a browser share its cookie: those of whom it stood for must not go on as somebody it is not.
        for former in filter(None, [await node().sessions.get(kept) for kept in cookies(session.kind)]):
            await _end_former(former, session)
    return remember(response, session, token)


def person(session: Session) -> dict[str, Any]:
    """Who a session belongs to, with the role as plain mode says it; of an agent also where mail reaches them."""
    user = {**session.user, "role": protocol.plain_role(session.role)}
    if session.kind == "agent":
        user["agent_role"] = session.role
        user["face"] = node().team.faces.get(session.uid, "")
        agent = node().team.agents.get(session.uid)
        user |= where_mailed(agent) if agent else {}
    return {**user, "token": ""}


async def introduced(session: Session) -> dict[str, object]:
    """The same as a page is told it: of a visitor also what the shop says of them, what is linked to theirs, and where
    answers go once they have left."""
    if session.kind == "agent":
        return person(session)
    more = await node().identities.standing(session) | await node().contacts.shown(session.uid)
    return {**person(session), **more}


@blueprint.post("/logout")
async def logout() -> Response:
    """End the session; a visitor's name is free, and their conversation stays with the shop, but not which pages they
    looked at. Of one whom the shop vouches for, every session of the same token."""
    session = current_session()
    if session.kind == "visitor":
        await node().whereabouts.left(session.uid)
    if session.proof:
        await node().sessions.revoke_proven(session)
    elif session.kind == "visitor":
        if not await node().conversations.is_blocked(session.uid):  # else another name would let them in again
            await node().people.release_nickname(session.uid)
        await node().sessions.revoke_all(session.uid)
    else:
        await node().sessions.revoke(session)
    return forget(ok(msg="bye"), session.kind)


@blueprint.get("/v1/me")
async def me() -> Response:
    """Who is asking. Pages begin with this, so it also counts as being seen, and the cookie is renewed."""
    session = current_session()
    if session.kind == "visitor":
        await seen(session, pages.shown(request.args.get("page", "")))
    return renew(ok(await introduced(session)), session)


async def own_password(session: Session, present: str) -> None:
    """See that whoever asks knows the agent's present password. Raises Refusal wrong_password."""
    if not present and not settings().demo:
        raise Refusal("wrong_password")
    try:
        await _agent(session.nickname, present)
    except Refusal:  # bad_credentials, as at log-in
        raise Refusal("wrong_password") from None


@blueprint.post("/v1/me/password")
async def password() -> Response:
    """Another password for an agent who knows the present one. Every other session of theirs ends."""
    throttle().check(address())
    session, asked = current_session(), await body(NewPassword)
    await own_password(session, asked.present)
    change = node().team.change
    await change(session.uid, role=None, password=asked.password, disabled=None, keep=session.hash)
    return ok()


@blueprint.post("/v1/me/status")
async def status() -> Response:
    """An agent takes conversations, or is away: apart from being connected."""
    session = current_session()
    asked = await body(Status)
    await node().people.set_accepting(session.uid, asked.accepting)
    return ok({"accepting": asked.accepting})
