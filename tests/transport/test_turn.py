"""What a turn sends to a socket leaves together, in frames as RFC 6455 has them, and nothing after its end."""

import asyncio
from typing import Any

import pytest

from app.transport.bounds import WRITE_AT_ONCE_BYTES
from app.transport.turn import Outbox, Turn


class Written:
    """A transport that keeps what it was given."""

    def __init__(self) -> None:
        self.writes: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.writes.append(data)


def opened() -> tuple[Any, Outbox]:
    transport: Any = Written()
    return transport, Outbox(transport, Turn.of(asyncio.get_running_loop()))


@pytest.mark.parametrize(
    ("size", "head"),
    [
        *((0, b"\x81\x00"), (125, b"\x81\x7d"), (126, b"\x81\x7e\x00\x7e"), (257, b"\x81\x7e\x01\x01")),
        *((65_535, b"\x81\x7e\xff\xff"), (65_536, b"\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00")),
    ],
)
async def test_a_frame_says_how_long_it_is(size: int, head: bytes) -> None:
    transport, outbox = opened()
    outbox.send(b"x" * size)
    outbox.flush()
    assert transport.writes == [head + b"x" * size]


async def test_a_turn_is_one_write_in_its_order() -> None:
    transport, outbox = opened()
    for text in (b"a", b"b", b"c"):
        outbox.send(text)
    assert transport.writes == []
    await asyncio.sleep(0)
    assert transport.writes == [b"\x81\x01a\x81\x01b\x81\x01c"]
    await asyncio.sleep(0)
    assert len(transport.writes) == 1


async def test_what_is_much_leaves_before_the_turn_ends() -> None:
    transport, outbox = opened()
    outbox.send(b"x" * (WRITE_AT_ONCE_BYTES + 1))
    assert len(transport.writes) == 1


async def test_what_has_ended_sends_nothing_of_before_nor_after() -> None:
    transport, outbox = opened()
    outbox.send(b"before")
    outbox.end()
    outbox.send(b"after")
    outbox.flush()
    await asyncio.sleep(0)
    assert transport.writes == []
