"""The floor: frames like the product's between two sockets of picows, and nothing else.

It reads a message, numbers it in memory, sends it to the other end and acknowledges it to its author. No store, no
history, no second node: what is said is gone with the process. `bare_relay.py HOST PORT _`.
"""

import sys
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import msgspec
import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport, WSUpgradeRequest, ws_create_server


class Send(msgspec.Struct):
    """What comes."""

    type: str
    id: str
    content: str


DECODE, ENCODE = msgspec.json.Decoder(Send).decode, msgspec.json.Encoder().encode
TEXT = WSMsgType.TEXT
ends: dict[str, list["End"]] = {}


class End(WSListener):
    """One end of a conversation."""

    def __init__(self, pair: str, side: str) -> None:
        self._pair, self._both, self._seq = pair, ends.setdefault(pair, []), 0
        self._user = ENCODE({"uid": f"{pair}{side}", "nickname": f"Guest {pair}", "role": "visitor"}).decode()

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport
        self._both.append(self)
        transport.send(TEXT, b'{"type":"ready"}')

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type != TEXT:
            return
        said = DECODE(frame.get_payload_as_bytes())
        self._seq += 1
        time = datetime.now(UTC).isoformat(timespec="milliseconds")
        place = f'"conversation":"{self._pair}","epoch":1,"seq":{self._seq},"id":"{said.id}","msg_time":"{time}"'
        message = f'{{"type":"message",{place},"user":{self._user},"content":'.encode() + ENCODE(said.content) + b"}"
        for end in self._both:
            if end is not self:
                end.transport.send(TEXT, message)
        transport.send(TEXT, f'{{"type":"ack",{place}}}'.encode())

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self._both.remove(self)


def listener(request: WSUpgradeRequest) -> End:
    """Who asks for `/ws?pair=P&side=S`."""
    query = parse_qs(urlsplit(request.path.decode()).query)
    return End(query["pair"][0], query["side"][0])


async def main() -> None:
    """Serve until SIGTERM."""
    server = await ws_create_server(listener, sys.argv[1], int(sys.argv[2]))
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main())
