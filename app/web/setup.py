"""The first administrator: created once, by whoever has the secret that the start printed."""

import msgspec
from quart import Blueprint, Response

from app.chat.errors import Refusal
from app.store.passwords import SHORTEST_PASSWORD
from app.store.store import Store
from app.web.answer import body
from app.web.context import address, node
from app.web.login import logged_in, throttle

blueprint = Blueprint("setup", __name__)


class FirstAdministrator(msgspec.Struct):
    """What the set-up page sends; `cookie` as at log-in."""

    secret: str
    name: str
    password: str
    cookie: bool = False


async def offer(store: Store) -> str:
    """A new secret while nobody can manage the shop, else "". An older one is worth nothing from now on."""
    if await store.people.has_admin():
        return ""
    return await store.setup.offer()


@blueprint.post("/setup")
async def set_up() -> Response:
    """Create the administrator and log them in. The secret is used up by the first who succeeds."""
    throttle().check(address())
    asked = await body(FirstAdministrator)
    matched = await node().setup.match(asked.secret)
    if not matched:
        raise Refusal("setup_closed")
    if len(asked.password) < SHORTEST_PASSWORD:
        raise Refusal("weak_password")
    if await node().people.has_admin():
        raise Refusal("setup_closed")  # the command line was faster
    agent = await node().people.add_agent(asked.name, asked.password, "admin", setup=matched)
    return await logged_in(*await node().sessions.create(agent), cookie=asked.cookie)
