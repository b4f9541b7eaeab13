"""Agents' addresses, and what is done by the links that are mailed there: confirming one, joining, coming back in."""

import asyncio
import secrets

import msgspec
from quart import Blueprint, Response

from app.chat.errors import Refusal
from app.live.team import where_mailed
from app.store.people import Agent
from app.web.answer import body, ok
from app.web.context import address, language, node
from app.web.login import logged_in, own_password, throttle
from app.web.session import current_session

blueprint = Blueprint("login_help", __name__)

# Seconds within which what was asked for is done, after the answer: so its time says nothing, and no load does.
_LATER = 1.0


class Forgot(msgspec.Struct):
    """The address of who forgot the password."""

    email: str


class Mailed(msgspec.Struct):
    """What stood in the address of a link that was mailed."""

    secret: str


class Entering(Mailed):
    """The same, and the password from now on, "" for the present one; `cookie` as at log-in."""

    password: str = ""
    cookie: bool = False


class Address(msgspec.Struct):
    """One's own, and the present password, by which it is known who asks."""

    email: str
    present: str = ""


@blueprint.post("/login/help")
async def help() -> Response:
    """A link for who forgot the password. The answer is the same, and as fast, whoever reads mail there."""
    throttle().check(address())
    asked = await body(Forgot)
    node().team_mail.check()
    if not node().ready:
        raise Refusal("store_unavailable")
    node().spawn(_helped(asked.email, language()))
    return ok()


async def _helped(email: str, language: str) -> None:
    await asyncio.sleep(secrets.randbelow(1000) / 1000 * _LATER)
    await node().team_mail.help(email, language)


@blueprint.post("/login/mailed/look")
async def look() -> Response:
    """What a link does, and for whom; it is not used up: programs that look through mail open links too."""
    throttle().check(address())
    asked = await body(Mailed)
    link, agent = await node().team_mail.find(asked.secret)
    return ok({"purpose": link.purpose, **_meant(agent, link.email)})


@blueprint.post("/login/mailed")
async def enter() -> Response:
    """Who was invited, or forgot the password, is in; every other session of theirs has ended."""
    throttle().check(address())
    asked = await body(Entering)
    entered = await node().team_mail.let_in(asked.secret, asked.password, language())
    return await logged_in(*entered, cookie=asked.cookie)


@blueprint.post("/login/confirm")
async def confirm() -> Response:
    """The address that the link was mailed to is theirs."""
    throttle().check(address())
    asked = await body(Mailed)
    link, agent = await node().team_mail.confirm(asked.secret, language())
    return ok(_meant(agent, link.email))


@blueprint.put("/v1/me/email")
async def name() -> Response:
    """Another address of one's own: a mail there asks to confirm it. Until then the former one stands."""
    throttle().check(address())
    session, asked = current_session(), await body(Address)
    await own_password(session, asked.present)
    return ok(where_mailed(await node().team_mail.name(session.uid, asked.email, language())))


def _meant(agent: Agent, email: str) -> dict[str, str]:
    return {"nickname": agent.nickname, "email": email}
