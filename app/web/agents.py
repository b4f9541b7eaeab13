"""The team: who answers, with which role. Administrators add, change, lock out and let in again."""

from typing import Literal

import msgspec
from quart import Blueprint, Response

from app.chat.errors import Refusal
from app.web.answer import body, ok
from app.web.context import node
from app.web.session import current_session

blueprint = Blueprint("agents", __name__)


class New(msgspec.Struct):
    """Somebody who joins the team."""

    nickname: str
    password: str
    role: Literal["admin", "agent"] = "agent"


class Changed(msgspec.Struct):
    """What is to change of an agent; what is not named stays."""

    role: Literal["admin", "agent"] | None = None
    password: str | None = None
    disabled: bool | None = None


@blueprint.get("/v1/agents")
async def agents() -> Response:
    """Everybody, those who are locked out too."""
    return ok([node().dashboard.agent(agent) for agent in await node().team.all()])


@blueprint.post("/v1/agents")
async def add() -> Response:
    """One more."""
    asked = await body(New)
    return ok(node().dashboard.agent(await node().team.add(asked.nickname, asked.password, asked.role)))


@blueprint.patch("/v1/agents/<uid>")
async def change(uid: str) -> Response:
    """Another role or password; locked out, or let in again. Who changes their own password stays logged in."""
    session = current_session()
    asked = await body(Changed)
    if asked.disabled and uid == session.uid:
        raise Refusal("not_yourself")
    keep = session.hash if asked.role is None and not asked.disabled else ""
    changed = await node().team.change(
        uid, role=asked.role, password=asked.password, disabled=asked.disabled, keep=keep
    )
    return ok(node().dashboard.agent(changed))
