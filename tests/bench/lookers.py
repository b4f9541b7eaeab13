"""People who look at a shop's pages in the generator, each as often heard of as the server asks for."""

import asyncio
import json
import random
import time
from contextlib import suppress
from types import TracebackType

from app.chat import protocol

# Whose pages they are: a site of the product's (sides.py).
SITE = "https://shop.example.com"
# Loopback addresses that they come from: what one may tell in a minute is bounded.
ADDRESSES = 200
# Seconds that a page is looked at, in the mean, before it is left for another; and first pages opened at a time.
PAGE_SECONDS, AT_ONCE = 60.0, 16
AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)


class Lookers:
    """So many, as a context; all of them are there once it is entered. `told`: what their pages told until now."""

    def __init__(self, host: str, count: int) -> None:
        self._host, self._count = host, count
        self._random = random.Random(count)
        self._tasks: list[asyncio.Task[None]] = []
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._here = 0
        self.told = 0

    async def __aenter__(self) -> "Lookers":
        self._tasks = [asyncio.create_task(self._look(number)) for number in range(self._count)]
        while self._here < self._count and not any(task.done() for task in self._tasks):  # noqa: ASYNC110
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

    async def _look(self, number: int) -> None:
        """One page after the other; on the first they are met somewhere in its middle, and between two words."""
        async with self._gate:
            pause = await self._tell(number, 0)
        self._here += 1
        pause *= self._random.random()
        page = 0
        while True:
            left_at = time.monotonic() + self._random.expovariate(1 / PAGE_SECONDS)
            while pause < left_at - time.monotonic():
                await asyncio.sleep(pause)
                pause = await self._tell(number, page)
            await asyncio.sleep(max(0.0, left_at - time.monotonic()))
            await self._tell(number, page, gone=True)
            page += 1
            pause = await self._tell(number, page)

    async def _tell(self, number: int, page: int, *, gone: bool = False) -> float:
        """What their page tells; after how many seconds it is to say so again. As a browser does after a while, on a
        new connection."""
        body = protocol.encode(
            {
                "id": f"looker{number:05d}page{page:05d}",
                "page": f"{SITE}/catalogue/{page % 40}?utm_source=newsletter&utm_campaign=autumn",
                "title": f"Catalogue, page {page % 40} - The Tea Shop",
                "referrer": f"{SITE}/",
                "tz": "Europe/Berlin",
                "languages": ["de-DE", "de", "en"],
                "lang": "de",
                "visible": True,
                **({"gone": True} if gone else {}),
            }
        )
        name, _, port = self._host.partition(":")
        from_ = (f"127.0.2.{1 + number % ADDRESSES}", 0)
        reader, writer = await asyncio.open_connection(name, int(port), local_addr=from_)
        lines = [
            "POST /v1/widget/seen HTTP/1.1",
            *(f"Host: {self._host}", f"Origin: {SITE}", f"User-Agent: {AGENT}", "Connection: close"),
            *("Content-Type: text/plain;charset=UTF-8", f"Content-Length: {len(body)}", "", ""),
        ]
        writer.write("\r\n".join(lines).encode() + body)
        try:
            head, _, answer = (await reader.read()).partition(b"\r\n\r\n")
        finally:
            writer.close()
        if int(head.split()[1]) != 200:
            raise ValueError(f"a page was answered {head!r} {answer!r}")
        self.told += 1
        return float(json.loads(answer)["value"]["next_s"])
