"""The code by which a shop tells who its customer is, for the console to show: docs/identity, as the files are."""

from functools import cache

from quart import Blueprint, Response

from app import resources
from app.web.answer import ok

blueprint = Blueprint("token_code", __name__)


@blueprint.get("/v1/widget/token_code")
async def token_code() -> Response:
    """Each file's text, by how its name ends: `{"py": ..., "php": ...}`."""
    return ok(_texts())


@cache
def _texts() -> dict[str, str]:
    files = resources.path("docs", "identity").glob("chat_token.*")
    return {file.suffix[1:]: file.read_text("utf-8") for file in sorted(files)}
