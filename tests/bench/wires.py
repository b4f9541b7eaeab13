"""How the generator speaks to each server: where to connect, what a message looks like, and what came back."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from tests.clients import api
from tests.clients.frames import CHAT, FULL

CONTENT = "Hello, do you have these shoes in blue, size 42? I need them on Friday"
RUN = "RUN"  # in a path: stands for the number of the run, where conversations are to begin anew with each


class End(NamedTuple):
    """One end of a conversation: what it asks for on connecting."""

    path: str
    headers: list[tuple[str, str]]


class Wire:
    """A server's language.

    `acknowledges`: whether a sender is told. `echoes`: whether a message comes back to its sender and to nobody else.
    `returns`: whether it comes back to its sender as to the other end, which acknowledges it. `lines`: whether a frame
    may hold several, a line each. `minds`: whether it may only be stopped when nothing is on its way. `hello`: what an
    end says first.
    """

    acknowledges = True
    echoes = returns = lines = minds = False
    hello = b""
    # The event stream: its path, who may read it, and what every event of it contains once.
    stream, token, mark = "/stream", "", b"data: "

    async def happen(self, host: str) -> None:
        """Make one event of the stream happen."""
        raise NotImplementedError

    def prepare(self, host: str, conversations: int, secret: str) -> list[tuple[End, End]]:
        """Whatever has to be there before anybody connects; the visitor's and the agent's end of each conversation."""
        raise NotImplementedError

    def greeted(self, payload: bytes, say: Callable[[bytes], None]) -> bool:
        """A frame before all messages: whether this end is ready now. `say` answers."""
        raise NotImplementedError

    def encode(self, id: str, number: int) -> bytes:
        """A message of that id, a sender's `number`th."""
        raise NotImplementedError

    def read(self, payload: bytes) -> tuple[bool, bytes] | None:
        """Whether a frame acknowledges, and the id of which message (an acknowledgement may name its number alone);
        None for any other frame."""
        raise NotImplementedError

    def other(self, payload: bytes, say: Callable[[bytes], None]) -> None:
        """Any other frame. `say` answers."""


def _id(payload: bytes) -> bytes:
    start = payload.index(b'"', payload.index(b'"id":') + 5) + 1  # some write a space before the value
    return payload[start : payload.index(b'"', start)]


class Product(Wire):
    """The full mode of the contract: a visitor's socket, and an agent's that claims the conversation."""

    minds = True
    stream, mark = "/v1/stream?delta=1", b"event: conversation"

    def prepare(self, host: str, conversations: int, secret: str) -> list[tuple[End, End]]:
        url = f"http://{host}"
        agent = self.token = api.set_up(url, secret)
        with ThreadPoolExecutor(8) as pool:
            visitors = list(pool.map(lambda number: api.login(url, f"Guest {number}"), range(conversations)))
        return [(self._end(token, ""), self._end(agent, f"?client={uid}")) for token, uid in visitors]

    @staticmethod
    def _end(token: str, query: str) -> End:
        return End(CHAT + query, [("Authorization", token), FULL])

    def greeted(self, payload: bytes, say: Callable[[bytes], None]) -> bool:
        return payload.startswith(b'{"type":"joined"')

    def encode(self, id: str, number: int) -> bytes:
        return f'{{"type":"send","id":"{id}","content":"{CONTENT}"}}'.encode()

    def read(self, payload: bytes) -> tuple[bool, bytes] | None:
        if payload.startswith(b'{"type":"ack"'):
            return True, _id(payload)
        return (False, _id(payload)) if payload.startswith(b'{"type":"message"') else None


class Echo(Wire):
    """A server that sends back what it gets, and does nothing else: the framework alone."""

    acknowledges = False
    echoes = True

    def prepare(self, host: str, conversations: int, secret: str) -> list[tuple[End, End]]:
        return [(End("/", []), End("/", []))] * conversations

    def greeted(self, payload: bytes, say: Callable[[bytes], None]) -> bool:
        return True

    def encode(self, id: str, number: int) -> bytes:
        return f'{{"id":"{id}","content":"{CONTENT}"}}'.encode()

    def read(self, payload: bytes) -> tuple[bool, bytes] | None:
        return False, _id(payload)


class Relay(Wire):
    """The wire of the other relays (tests/bench/peers)."""

    def prepare(self, host: str, conversations: int, secret: str) -> list[tuple[End, End]]:
        return [self._ends(f"p{number}") for number in range(conversations)]

    @staticmethod
    def _ends(pair: str) -> tuple[End, End]:
        return End(f"/ws?pair={pair}&side=v", []), End(f"/ws?pair={pair}&side=a", [])

    def greeted(self, payload: bytes, say: Callable[[bytes], None]) -> bool:
        return b'"ready"' in payload

    encode = Echo.encode

    def read(self, payload: bytes) -> tuple[bool, bytes] | None:
        return (b'"ack"' in payload[:40], _id(payload)) if b'"id"' in payload else None


class Bare(Relay):
    """The product's frames, where a socket says in its address whose it is."""

    encode, read = Product.encode, Product.read


class Nchan(Relay):
    """Whatever is said in a channel, to all who listen to it, from its beginning: an end that hears a first word
    listens.
    """

    returns = minds = True
    hello = b'{"hello":true}'

    @staticmethod
    def _ends(pair: str) -> tuple[End, End]:
        return Relay._ends(f"{RUN}{pair}")

    def greeted(self, payload: bytes, say: Callable[[bytes], None]) -> bool:
        return payload == self.hello

    def read(self, payload: bytes) -> tuple[bool, bytes] | None:
        return (False, _id(payload)) if payload != self.hello else None


class Centrifuge(Relay):
    """The library's JSON protocol of then: a command for each frame, and answers and publications a line each."""

    returns = lines = minds = True
    hello = b'{"id":1}'  # to connect

    def greeted(self, payload: bytes, say: Callable[[bytes], None]) -> bool:
        return payload.startswith(b'{"id":1,')

    def encode(self, id: str, number: int) -> bytes:
        return f'{{"method":8,"params":{{"data":{{"id":"{id}","content":"{CONTENT}"}}}}}}'.encode()

    def read(self, payload: bytes) -> tuple[bool, bytes] | None:
        return (False, _id(payload)) if b'"id":"' in payload else None


class SocketIo(Wire):
    """Engine.IO 4 and Socket.IO 5 over a bare WebSocket; an acknowledgement carries the number of its packet."""

    minds = True
    PING, PONG = b"2", b"3"  # asked every 25 s; who is silent for 20 s more is cut

    def prepare(self, host: str, conversations: int, secret: str) -> list[tuple[End, End]]:
        return [(self._end(number, "v"), self._end(number, "a")) for number in range(conversations)]

    @staticmethod
    def _end(number: int, side: str) -> End:
        return End(f"/socket.io/?EIO=4&transport=websocket&pair=p{number}&side={side}", [])

    def greeted(self, payload: bytes, say: Callable[[bytes], None]) -> bool:
        if payload.startswith(b"0"):  # the engine is open: ask for the one namespace
            say(b"40")
        return payload.startswith(b'42["ready"')

    def encode(self, id: str, number: int) -> bytes:
        return f'42{number}["send",{{"id":"{id}","content":"{CONTENT}"}}]'.encode()

    def read(self, payload: bytes) -> tuple[bool, bytes] | None:
        if payload.startswith(b"43"):
            return True, payload[2 : payload.index(b"[")] if b'"seq"' in payload else b"refused"
        return (False, _id(payload)) if payload.startswith(b'42["message"') else None

    def other(self, payload: bytes, say: Callable[[bytes], None]) -> None:
        if payload == self.PING:
            say(self.PONG)


class Stream(Wire):
    """Nothing but an event stream; an event is posted."""

    # About what one change of a conversation takes on the product's stream.
    EVENT = b"x" * 420

    def prepare(self, host: str, conversations: int, secret: str) -> list[tuple[End, End]]:
        return []

    async def happen(self, host: str) -> None:
        reader, writer = await asyncio.open_connection(*host.split(":"))
        head = f"POST /event HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {len(self.EVENT)}\r\n\r\n"
        writer.write(head.encode() + self.EVENT)
        await reader.read()
        writer.close()


WIRES: dict[str, Wire] = {
    "product": Product(),
    "echo": Echo(),
    "relay": Relay(),
    "bare": Bare(),
    "nchan": Nchan(),
    "centrifuge": Centrifuge(),
    "socketio": SocketIo(),
    "stream": Stream(),
}
