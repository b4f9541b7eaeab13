"""Slow uploads in the generator, from many addresses: each begins anew when the server has taken it."""

import asyncio
import time

from tests.bench.crowd import Crowd

# Loopback addresses that they come from: each may have so many on their way that the default lets in all of a hundred.
ADDRESSES = 25
# Bytes of a file, of which so many are sent at once, every tenth of a second: a bad telephone line, 5 s for each file.
SIZE, PIECE, TICK = 100_000, 2000, 0.1
# What is refused before a byte of it is read.
TOO_LARGE = 1 << 30


class Uploads(Crowd):
    """So many at a time. `taken`: how many files the server has by now."""

    def __init__(self, host: str, token: str, at_once: int) -> None:
        super().__init__(host, at_once)
        self._token = token
        self.taken = 0

    async def live(self, number: int) -> None:
        while True:
            reader, writer = await self._open(number, SIZE)
            try:
                self.begun += 1
                for _ in range(SIZE // PIECE):
                    writer.write(bytes(PIECE))
                    await asyncio.sleep(TICK)
                await self._answered(reader, 201)
                self.taken += 1
            finally:
                writer.transport.abort()

    async def refusal(self) -> float:
        """Seconds until a far too large one is refused, of which not a byte was sent."""
        began = time.perf_counter()
        reader, writer = await self._open(self.count, TOO_LARGE)
        try:
            await self._answered(reader, 413)
            return time.perf_counter() - began
        finally:
            writer.transport.abort()

    async def _open(self, number: int, size: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        lines = [
            "POST /v1/files?name=kettle.txt HTTP/1.1",
            *(f"Host: {self.host}", f"Authorization: {self._token}", "Connection: close"),
            *("Content-Type: text/plain", f"Content-Length: {size}"),
        ]
        return await self.open(f"127.0.1.{1 + number % ADDRESSES}", lines)

    @staticmethod
    async def _answered(reader: asyncio.StreamReader, status: int) -> None:
        answer = await reader.readuntil(b"\r\n\r\n")
        if int(answer.split()[1]) != status:
            raise ValueError(f"an upload was answered {answer!r} {await reader.read(300)!r}")
