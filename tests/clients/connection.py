"""A WebSocket of the chat in an event loop, for the tab that a test drives and the one that lives by itself."""

import json
from collections.abc import Mapping
from urllib.parse import urlencode

from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from tests.clients.api import Frame
from tests.clients.frames import CHAT, FULL


class Listener(WSListener):
    """A connection's frames, given on as JSON: what came in pieces is put together, pings are answered."""

    def __init__(self) -> None:
        self._text = b""

    def heard(self, transport: WSTransport, frame: Frame) -> None:
        """A whole message came."""
        raise NotImplementedError

    def closing(self, code: int) -> None:
        """The server closes with this code."""

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        kind = frame.msg_type
        if kind in (WSMsgType.TEXT, WSMsgType.CONTINUATION):
            self._text += frame.get_payload_as_bytes()
            if frame.fin:
                text, self._text = self._text, b""
                self.heard(transport, json.loads(text))
        elif kind == WSMsgType.PING:
            transport.send_pong(frame.get_payload_as_bytes())
        elif kind == WSMsgType.CLOSE:
            self.closing(int.from_bytes(frame.get_payload_as_bytes()[:2], "big"))
            transport.disconnect()


async def connect(listener: Listener, url: str, token: str, query: Mapping[str, object], plain: bool) -> WSTransport:
    """Open the chat, in full mode unless `plain`."""
    address = url.replace("http", "ws", 1) + f"{CHAT}?" + urlencode(query)
    headers = [("Authorization", token), *([] if plain else [FULL])]
    transport, _ = await ws_connect(lambda: listener, address, extra_headers=headers, enable_auto_pong=False)
    return transport


def held(place: tuple[int, int, str] | None) -> Frame:
    """The place to go on from, as a join or an address says it."""
    return dict(zip(("epoch", "after", "id"), place, strict=True)) if place else {"after": 0}
