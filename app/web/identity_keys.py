"""The keys that a shop signs with who its customer is, made and ended by administrators."""

from quart import Blueprint, Response

from app.web.answer import ok
from app.web.context import node

blueprint = Blueprint("identity_keys", __name__)


@blueprint.post("/v1/widget/keys")
async def make() -> Response:
    """One more key, whose secret is told this once."""
    return ok(await node().identity_keys.make())


@blueprint.delete("/v1/widget/keys/<kid>")
async def end(kid: str) -> Response:
    """A key is none any more, and every session that was proven by it has ended."""
    await node().identity_keys.end(kid)
    return ok()
