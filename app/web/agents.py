"""The team: who answers, with which role. Administrators add, change, lock out and let in again."""

from typing import Literal

import msgspec
from quart import Blueprint, Response

from app.chat.errors import Refusal
from app.live.team import where_mailed
from app.store.people import Agent
from app.web.answer import body, ok
from app.web.context import language, node
from app.web.session import current_session

blueprint = Blueprint("agents", __name__)


class New(msgspec.Struct):
    """Somebody who joins the team; without a password, by an invitation that is mailed to them."""

    nickname: str
    password: str | None = None
    role: Literal["admin", "agent"] = "agent"
    email: str = ""


class Changed(msgspec.Struct):
    """What is to change of an agent; what is not named stays."""

    role: Literal["admin", "agent"] | None = None
    password: str | None = None
    disabled: bool | None = None
    email: str | None = None


@blueprint.get("/v1/agents")
async def agents() -> Response:
    """Everybody, those who are locked out too; for administrators with where mail reaches them."""
    everybody = await node().team.all()
    if current_session().role != "admin":
        return ok([node().dashboard.agent(agent) for agent in everybody])
    return ok([_with_mail(agent) for agent in everybody])


@blueprint.post("/v1/agents")
async def add() -> Response:
    """One more."""
    asked = await body(New)
    if asked.password is None and asked.email:
        return ok(_with_mail(await node().team_mail.invite(asked.nickname, asked.email, asked.role, language())))
    if asked.email:
        node().team_mail.address(asked.email)  # refused before anybody is added
    added = await node().team.add(asked.nickname, asked.password or "", asked.role)
    if asked.email:
        added = await node().team_mail.name(added.uid, asked.email, language())
    return ok(_with_mail(added))


@blueprint.patch("/v1/agents/<uid>")
async def change(uid: str) -> Response:
    """Another role, password or address; locked out, or let in again. Who changes their own password stays in."""
    session = current_session()
    asked = await body(Changed)
    if asked.disabled and uid == session.uid:
        raise Refusal("not_yourself")
    keep = session.hash if asked.role is None and not asked.disabled else ""
    if asked.email:
        node().team_mail.address(asked.email)
    changed = await node().team.change(
        uid, role=asked.role, password=asked.password, disabled=asked.disabled, keep=keep
    )
    if asked.email is not None:
        changed = await node().team_mail.name(uid, asked.email, language())
    return ok(_with_mail(changed))


def _with_mail(agent: Agent) -> dict[str, object]:
    return {**node().dashboard.agent(agent), **where_mailed(agent)}
