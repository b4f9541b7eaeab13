"""Slow uploads in the generator, from many addresses: each begins anew when the server has taken it."""

import asyncio
import time
from contextlib import suppress
from types import TracebackType

# Loopback addresses that they come from: each may have so many on their way that the default lets in all of a hundred.
ADDRESSES = 25
# Bytes of a file, of which so many are sent at once, every tenth of a second: a bad telephone line, 5 s for each file.
SIZE, PIECE, TICK = 100_000, 2000, 0.1
# What is refused before a byte of it is read.
TOO_LARGE = 1 << 30


class Uploads:
    """So many at a time, as a context. `taken`: how many files the server has by now."""

    def __init__(self, host: str, token: str, at_once: int) -> None:
        self._host, self._token, self._at_once = host, token, at_once
        self._tasks: list[asyncio.Task[None]] = []
        self._begun = 0
        self.taken = 0

    async def __aenter__(self) -> "Uploads":
        self._tasks = [asyncio.create_task(self._upload_all(number)) for number in range(self._at_once)]
        while self._begun < self._at_once and not any(task.done() for task in self._tasks):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        """End them. Raises what one of them did not expect."""
        failed = [task for task in self._tasks if task.done()]
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task
        assert not failed

    async def _upload_all(self, number: int) -> None:
        while True:
            reader, writer = await self._open(number, SIZE)
            try:
                self._begun += 1
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
        reader, writer = await self._open(self._at_once, TOO_LARGE)
        try:
            await self._answered(reader, 413)
            return time.perf_counter() - began
        finally:
            writer.transport.abort()

    async def _open(self, number: int, size: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        name, _, port = self._host.partition(":")
        from_ = (f"127.0.1.{1 + number % ADDRESSES}", 0)
        reader, writer = await asyncio.open_connection(name, int(port), local_addr=from_)
        lines = [
            "POST /v1/files?name=kettle.txt HTTP/1.1",
            *(f"Host: {self._host}", f"Authorization: {self._token}", "Connection: close"),
            *("Content-Type: text/plain", f"Content-Length: {size}", "", ""),
        ]
        writer.write("\r\n".join(lines).encode())
        return reader, writer

    @staticmethod
    async def _answered(reader: asyncio.StreamReader, status: int) -> None:
        answer = await reader.readuntil(b"\r\n\r\n")
        if int(answer.split()[1]) != status:
            raise ValueError(f"an upload was answered {answer!r} {await reader.read(300)!r}")
