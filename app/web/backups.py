"""The shop's backups, for administrators."""

import logging

from quart import Blueprint, Response

from app.web.answer import ok
from app.web.context import node
from app.web.session import current_session

blueprint = Blueprint("backups", __name__)
log = logging.getLogger("chatadmin.web")


@blueprint.get("/v1/backups")
async def backups() -> Response:
    """Where they go, and how the last one went."""
    return ok(await node().backups.view())


@blueprint.post("/v1/backups")
async def make() -> Response:
    """Have one made now; how it stands by then."""
    await node().backups.ask()
    log.info("%s asked for a backup", current_session().nickname)
    return ok(await node().backups.view())
