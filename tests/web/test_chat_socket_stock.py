"""A chat's socket on servers that know nothing of ours: Hypercorn as it comes, and Quart's test client."""

import asyncio

import pytest
from quart import Quart, websocket
from quart.testing.connections import WebsocketDisconnectError

from app.live.channel import Channel
from app.web.stockchannel import BoundedConnection, StockChannel
from tests.transport.socket_suite import *  # noqa: F403 - its fixtures and tests, over the setting below

LIMIT = 100


@pytest.fixture(scope="module")
def setting() -> tuple[str, str, None]:
    return "stock", "uvloop", None


class Counting:
    """Sends every message back, and writes down what it is told."""

    def __init__(self) -> None:
        self.alive_count = 0
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.channel: Channel

    def opened(self, channel: Channel) -> None:
        self.channel = channel

    def text(self, payload: bytes) -> None:
        if payload == b"close":
            self.channel.close(4401, "as asked")
        elif payload == b"ping":
            self.channel.ping()
            self.channel.send(b"pinged")
        else:
            self.channel.send(payload)

    def alive(self) -> None:
        self.alive_count += 1

    def drained(self) -> None:
        pass

    def closed(self, code: int) -> None:
        self.ended.set_result(code)


@pytest.fixture
def echoes() -> list[Counting]:
    return []


@pytest.fixture
def app(echoes: list[Counting]) -> Quart:
    found = Quart("echo")
    found.asgi_websocket_class = BoundedConnection

    @found.websocket("/chat")
    async def chat() -> None:
        echoes.append(Counting())
        wanted = websocket.requested_subprotocols
        await StockChannel(echoes[-1], LIMIT).carry(wanted[0] if wanted else None)

    return found


async def test_messages_come_back(app: Quart, echoes: list[Counting]) -> None:
    async with app.test_client().websocket("/chat", subprotocols=["chat.v1"]) as client:
        for text in ("", "a", "喂", "x" * LIMIT):
            await client.send(text)
            assert await client.receive() == text
        await client.disconnect()
    assert await asyncio.wait_for(echoes[0].ended, 60) == 1006


@pytest.mark.parametrize(
    ("data", "code"), [(b"\x00", 1003), ("x" * (LIMIT + 1), 1009), ("喂" * LIMIT, 1009), ("close", 4401)]
)
async def test_what_may_not_be_is_ended_with_its_code(
    app: Quart, echoes: list[Counting], data: str | bytes, code: int
) -> None:
    async with app.test_client().websocket("/chat") as client:
        await client.send(data)
        with pytest.raises(WebsocketDisconnectError) as ended:
            await client.receive()
        assert ended.value.args[0] == code
    assert await asyncio.wait_for(echoes[0].ended, 60) == code


async def test_where_no_ping_can_be_sent_the_server_beneath_is_trusted(app: Quart, echoes: list[Counting]) -> None:
    async with app.test_client().websocket("/chat") as client:
        await client.send("ping")
        assert await client.receive() == "pinged"
        assert echoes[0].alive_count == 1
        await client.disconnect()
