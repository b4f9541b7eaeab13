"""The code by which a shop tells who its customer is, for the console to show: docs/identity, as the files are."""

from functools import cache

from quart import Blueprint, Response

from app import resources
from app.web.answer import ok

_FOLDER = "docs/identity"

blueprint = Blueprint("token_code", __name__)


@blueprint.get("/v1/widget/token_code")
async def token_code() -> Response:
    """Each file's text, by how its name ends: `{"py": ..., "php": ...}`."""
    return ok(_texts())


@cache
def _texts() -> dict[str, str]:
    return {
        name.removeprefix("chat_token."): resources.text(f"{_FOLDER}/{name}")
        for name in resources.names(_FOLDER)
        if name.startswith("chat_token.")
    }
