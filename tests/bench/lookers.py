"""People who look at a shop's pages in the generator, each as often heard of as the server asks for."""

import asyncio
import json
import random
import time

from app.chat import protocol
from tests.bench.crowd import Crowd

# Whose pages they are: a site of the product's (sides.py).
SITE = "https://shop.example.com"
# Loopback addresses that they come from: what one may tell in a minute is bounded.
ADDRESSES = 200
# Seconds that a page is looked at, in the mean, before it is left for another; and first pages opened at a time.
PAGE_SECONDS, AT_ONCE = 60.0, 16
AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)


class Lookers(Crowd):
    """So many. `told`: what their pages told until now."""

    def __init__(self, host: str, count: int) -> None:
        super().__init__(host, count)
        self._random = random.Random(count)
        self._gate = asyncio.Semaphore(AT_ONCE)
        self.told = 0

    async def live(self, number: int) -> None:
        """One page after the other; on the first they are met somewhere in its middle, and between two words."""
        async with self._gate:
            pause = await self._tell(number, 0)
        self.begun += 1
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
        lines = [
            "POST /v1/widget/seen HTTP/1.1",
            *(f"Host: {self.host}", f"Origin: {SITE}", f"User-Agent: {AGENT}", "Connection: close"),
            *("Content-Type: text/plain;charset=UTF-8", f"Content-Length: {len(body)}"),
        ]
        reader, writer = await self.open(f"127.0.2.{1 + number % ADDRESSES}", lines, body)
        try:
            head, _, answer = (await reader.read()).partition(b"\r\n\r\n")
        finally:
            writer.close()
        if int(head.split()[1]) != 200:
            raise ValueError(f"a page was answered {head!r} {answer!r}")
        self.told += 1
        return float(json.loads(answer)["value"]["next_s"])
