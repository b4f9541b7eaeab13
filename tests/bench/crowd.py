"""Many who do something beside what is measured, in the generator."""

import asyncio
from abc import ABC, abstractmethod
from contextlib import suppress
from types import TracebackType
from typing import Self


class Crowd(ABC):
    """So many, as a context; all of them have `begun` once it is entered."""

    def __init__(self, host: str, count: int) -> None:
        self.host, self.count = host, count
        self.begun = 0
        self._tasks: list[asyncio.Task[None]] = []

    @abstractmethod
    async def live(self, number: int) -> None:
        """What one of them does until it is cancelled; it counts itself among those who have `begun`."""

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(self.live(number)) for number in range(self.count)]
        while self.begun < self.count and not any(task.done() for task in self._tasks):  # noqa: ASYNC110
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

    async def open(
        self, address: str, lines: list[str], body: bytes = b""
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection from that address of ours, on which a request is written."""
        name, _, port = self.host.partition(":")
        reader, writer = await asyncio.open_connection(name, int(port), local_addr=(address, 0))
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        return reader, writer
