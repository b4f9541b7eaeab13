"""The chat's WebSocket: who is asking, for what, and over to the live layer."""

from quart import Blueprint, websocket

from app.chat.errors import Refusal
from app.chat.files import is_uid
from app.chat.protocol import SUBPROTOCOL
from app.live.full import Resume
from app.transport.offers import socket_offer
from app.web import stockchannel
from app.web.context import address, language, node, settings
from app.web.session import current_session

blueprint = Blueprint("chat", __name__)


@blueprint.websocket("/v1/chat")
async def chat() -> None:
    """Refuse before the upgrade, or accept, or have another worker do so where whom they talk with is. A socket handed
    over outlives this; any other is carried to its end.

    A client that offers only subprotocols we do not know gets plain mode and none (RFC 6455 leaves it to the client
    to go away); no name is echoed that we do not speak.
    """
    session = current_session()
    offer, client = socket_offer(websocket.scope), websocket.args.get("client")
    talked_to = session.uid if session.kind == "visitor" else client
    if offer is not None and talked_to and is_uid(talked_to):  # workers note uids; by a nickname they stay
        worker = node().neighbours.better(talked_to)
        if worker is not None and offer.pass_on(worker):
            return
        node().neighbours.expect(talked_to)
    full = SUBPROTOCOL in websocket.requested_subprotocols
    receiver = await node().chats.open(
        session,
        client=client or None,
        full=full,
        resume=Resume(_number("epoch"), _number("after"), websocket.args.get("id", "")[:64]),
        language=language(),
        address=address(),
    )
    subprotocol, frame_bytes = SUBPROTOCOL if full else None, settings().limits.frame_bytes
    if offer is not None:
        offer.hand_over(receiver, frame_bytes)
        await websocket.accept(subprotocol=subprotocol)
    else:
        await stockchannel.StockChannel(receiver, frame_bytes).carry(subprotocol)


def _number(name: str) -> int | None:
    text = websocket.args.get(name)
    if not text:
        return None
    try:
        return int(text[:24])
    except ValueError:
        raise Refusal("bad_request", field=name) from None
