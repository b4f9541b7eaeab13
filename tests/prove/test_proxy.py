"""The proxy does the harm it is asked for: a proof whose network never failed would prove nothing."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.prove.proxy import Proxy
from tests.running import PATIENCE

# Seconds in which a byte crosses loopback, however busy the machine; what did not come by then was held back.
SOON = 0.3


class Echo:
    """A server that answers each line with itself, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            self.asked.append(line)
            writer.write(line)
        writer.close()


@pytest.fixture
async def echo() -> AsyncIterator[tuple[Echo, Proxy]]:
    """An echo server behind a proxy."""
    echo = Echo()
    server = await asyncio.start_server(echo.serve, "127.0.0.1", 0)
    proxy = Proxy(f"127.0.0.1:{server.sockets[0].getsockname()[1]}")
    await proxy.start()
    yield echo, proxy
    proxy.stop()
    server.close()


async def _connect(proxy: Proxy) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection through the proxy, on which a line has come back."""
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(b"first\n")
    assert await _line(reader) == b"first\n"
    return reader, writer


async def _line(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(PATIENCE):
        return await reader.readline()


async def _silent(reader: asyncio.StreamReader) -> bool:
    try:
        async with asyncio.timeout(SOON):
            return await reader.read(1) == b"?"
    except TimeoutError:
        return True


async def _asked(echo: Echo, count: int) -> None:
    """Wait until the server was asked so much."""
    async with asyncio.timeout(PATIENCE):
        while len(echo.asked) < count:  # noqa: ASYNC110  # the server tells nobody
            await asyncio.sleep(0.01)


async def test_a_reset_is_one(echo: tuple[Echo, Proxy]) -> None:
    reader, _ = await _connect(echo[1])
    echo[1].reset()
    with pytest.raises(ConnectionResetError):
        await _line(reader)
    await _connect(echo[1])


async def test_swallowed_replies_were_asked_for(echo: tuple[Echo, Proxy]) -> None:
    reader, writer = await _connect(echo[1])
    echo[1].swallow()
    writer.write(b"second\n")
    assert await _silent(reader)
    await _asked(echo[0], 2)
    assert echo[0].asked == [b"first\n", b"second\n"]
    echo[1].heal()
    with pytest.raises(ConnectionResetError):
        await _line(reader)


@pytest.mark.parametrize("up", [True, False])
async def test_what_is_held_comes_late(echo: tuple[Echo, Proxy], up: bool) -> None:
    reader, writer = await _connect(echo[1])
    echo[1].hold(up=up, down=not up)
    writer.write(b"second\n")
    assert await _silent(reader)
    await _asked(echo[0], 1 if up else 2)
    assert len(echo[0].asked) == (1 if up else 2)
    echo[1].release()
    assert await _line(reader) == b"second\n"


async def test_a_new_connection_into_a_black_hole_is_open_and_mute(echo: tuple[Echo, Proxy]) -> None:
    echo[1].hold()
    reader, writer = await asyncio.open_connection("127.0.0.1", echo[1].port)
    writer.write(b"first\n")
    assert await _silent(reader)
    assert echo[0].asked == []
    echo[1].release()
    assert await _line(reader) == b"first\n"


async def test_a_cut_comes_after_so_many_bytes(echo: tuple[Echo, Proxy]) -> None:
    reader, writer = await _connect(echo[1])
    echo[1].cut_after(10, up=True)
    writer.write(b"second\n")
    assert await _line(reader) == b"second\n"
    writer.write(b"third\n")
    with pytest.raises(ConnectionResetError):
        await _line(reader)


async def test_half_a_connection_goes_on(echo: tuple[Echo, Proxy]) -> None:
    reader, writer = await _connect(echo[1])
    echo[1].half_close(up=False)
    assert await _line(reader) == b""
    writer.write(b"second\n")
    await _asked(echo[0], 2)
    assert echo[0].asked[1] == b"second\n"


async def test_delays_keep_the_order(echo: tuple[Echo, Proxy]) -> None:
    reader, writer = await _connect(echo[1])
    echo[1].jitter = 0.05
    lines = [b"%d\n" % n for n in range(20)]
    for line in lines:
        writer.write(line)
        await asyncio.sleep(0)
    assert [await _line(reader) for _ in lines] == lines


async def test_an_end_is_passed_on_and_leaves_nothing_open(echo: tuple[Echo, Proxy]) -> None:
    reader, writer = await _connect(echo[1])
    writer.write_eof()
    assert await _line(reader) == b""
    async with asyncio.timeout(PATIENCE):
        while echo[1].ends:  # noqa: ASYNC110  # the proxy tells nobody
            await asyncio.sleep(0.01)
    assert not echo[1].ends
