"""The shop's logo and the faces of agents: put by who may, shown to everybody."""

from quart import Blueprint, Response, request

from app.chat import faces
from app.chat.errors import Refusal
from app.web.answer import ok
from app.web.context import node
from app.web.session import current_session

blueprint = Blueprint("faces", __name__)

# What an id shows never changes.
_FOR_EVER = "public, max-age=31536000, immutable"


@blueprint.put("/v1/shop/logo")
async def put_logo() -> Response:
    """Another logo for the shop."""
    return ok({"logo": await node().shop.show(await _picture())})


@blueprint.delete("/v1/shop/logo")
async def drop_logo() -> Response:
    """The shop's initial again."""
    return ok({"logo": await node().shop.show(b"")})


@blueprint.put("/v1/me/face")
async def put_face() -> Response:
    """Another face for the agent who asks."""
    return ok({"face": await node().team.show(current_session().uid, await _picture())})


@blueprint.delete("/v1/me/face")
async def drop_face() -> Response:
    """Their initial again."""
    return ok({"face": await node().team.show(current_session().uid, b"")})


@blueprint.get("/v1/faces/<id>")
async def face(id: str) -> Response:
    """The picture of that id. Raises Refusal not_found."""
    picture = await node().faces.picture(id)
    if picture is None:
        raise Refusal("not_found")
    return Response(picture, content_type=faces.type_of(picture), headers={"Cache-Control": _FOR_EVER})


async def _picture() -> bytes:
    """The body, as it is kept. Raises Refusal bad_type, bad_face."""
    body = await request.get_data(cache=False, as_text=False, parse_form_data=False)
    return faces.checked(request.mimetype, body)
