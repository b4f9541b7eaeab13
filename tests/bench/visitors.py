"""A crowd of real visitors, each with a session and a socket, as a process beside the benchmark.

    python -m tests.bench.visitors URL AGENT_TOKEN COUNT

They come, and it prints `here`. A line `go RATE SECONDS` makes so many changes a second; `made N` is printed at the
end. What changes is what a busy shop sees: three of four are visitors who write, the rest come and go, or are taken
and settled by a colleague.
"""

import asyncio
import random
import sys
from collections.abc import Awaitable, Callable

from tests.clients import api
from tests.clients.party import Party

AT_ONCE = 50  # who come in at the same time
WRITTEN, TAKEN = 5, 10  # of so many, one has written before the measurement, and one is talked to


class Crowd:
    """The visitors, and what they do."""

    def __init__(self, url: str, agent: str, count: int) -> None:
        self._url, self._agent, self._count = url, agent, count
        self._chance = random.Random(count)
        self._said: dict[str, int] = {}
        self._held: list[str] = []
        self._parties: dict[str, Party] = {}
        self._away: dict[str, Party] = {}

    async def come(self) -> None:
        """Everybody logs in and connects; some write, some are taken by the colleague."""
        for start in range(0, self._count, AT_ONCE):
            names = range(start, min(start + AT_ONCE, self._count))
            await asyncio.gather(*(self._enter(f"Visitor {n:04}") for n in names))
        uids = list(self._parties)
        for uid in uids[::WRITTEN]:
            self._write(uid)
        await asyncio.gather(*(self._parties[uid].next("ack") for uid in uids[::WRITTEN]))
        for uid in uids[::TAKEN]:
            await self._take(uid)

    async def _enter(self, name: str) -> None:
        token, uid = await asyncio.to_thread(api.login, self._url, name)
        self._parties[uid] = Party(self._url, token, f"tab{name[-4:]}")
        await self._parties[uid].connect()

    async def change(self, rate: float, seconds: float) -> int:
        """Make `rate` changes a second, each when it is due; returns how many were made."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        for number in range(int(rate * seconds)):
            await asyncio.sleep(max(0.0, began + number / rate - loop.time()))
            await self._one()
        return int(rate * seconds)

    async def _one(self) -> None:
        dice = self._chance.random()
        uid = self._chance.choice(list(self._parties))
        if dice < 0.75:
            self._write(uid)
        elif dice < 0.85:
            party = self._away[uid] = self._parties.pop(uid)
            party.drop()
        elif dice < 0.95 and self._away:
            uid, party = self._away.popitem()
            await party.connect()
            self._parties[uid] = party
        else:
            act: Callable[[str], Awaitable[None]] = self._settle if self._held else self._take
            await act(self._held.pop() if self._held else uid)

    def _write(self, uid: str) -> None:
        self._said[uid] = number = self._said.get(uid, 0) + 1
        self._parties[uid].say(number, f"Question {number}: is the blue kettle in stock, and when would it be here?")

    async def _take(self, uid: str) -> None:
        self._held.append(uid)
        await self._ask(uid, "claim")

    async def _settle(self, uid: str) -> None:
        await self._ask(uid, "resolve")

    async def _ask(self, uid: str, verb: str) -> None:
        path = f"/v1/conversations/{uid}/{verb}"
        await asyncio.to_thread(api.call, self._url, path, self._agent, {})


async def main(url: str, agent: str, count: int) -> None:
    """Come, and do as the lines on stdin say."""
    crowd = Crowd(url, agent, count)
    await crowd.come()
    print("here", flush=True)
    while words := (await asyncio.to_thread(sys.stdin.readline)).split():
        made = await crowd.change(float(words[1]), float(words[2]))
        print(f"made {made}", flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
