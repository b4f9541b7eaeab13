"""`python -m tests.prove.failovers`: fail a store of several servers over, again and again, while two people talk.

Every other time its replicas are cut off first, so that the failover takes back what was acknowledged meanwhile. That
must be told to both (`reset`), and what was lost is offered again; nothing may be missing at the end, or there twice.
"""

import argparse
import asyncio
import json
import random
import sys
import time
from collections import Counter
from typing import Any

from tests.clients.api import HttpError
from tests.clients.party import Party
from tests.delivery.shop import ReplicatedShop, is_out, said
from tests.replicated import Cluster, Sentinels
from tests.running import wait_until

DEATHS = ("asked", "killed", "frozen")
# The promise: seconds until writes are back.
BACK = 15.0


class Failovers:
    """One store, many failovers, and what became of each."""

    def __init__(self, estate: Sentinels | Cluster, seed: int) -> None:
        self._random = random.Random(seed)
        self._shop = ReplicatedShop(estate, BACK, env={"CHATADMIN_LIMITS__MESSAGES_PER_SECOND": "0"})
        self._n = 0
        self.back: list[float] = []
        self.lost = self.told = 0
        self.silent: list[str] = []

    def run(self, rounds: int) -> None:
        asyncio.run(self._shop.live(lambda: self._rounds(rounds)))

    async def _rounds(self, rounds: int) -> None:
        for number in range(rounds):
            await self._say(self._random.randrange(5, 50))
            take_back = number % 2 == 1
            how = "killed" if take_back else self._random.choice(DEATHS)
            before = self._shop.primary
            start = {party: len(party.frames) for party in self._parties}
            if take_back:
                began = await self._take_back()
            else:
                began = time.monotonic()
                await asyncio.to_thread(self._shop.fail_over, how)
            await self._settle(start)
            await self._say(1)
            self.back.append(time.monotonic() - began)
            print(f"{number + 1}: {how}{', behind' if take_back else ''}: {self.back[-1]:.1f} s", file=sys.stderr)
            if not before.answers():
                before.start()
            await asyncio.to_thread(self._shop.estate.settle)

    @property
    def _parties(self) -> tuple[Party, Party]:
        return self._shop.visitor, self._shop.agent

    async def _say(self, count: int) -> None:
        for _ in range(count):
            self._n += 1
            await self._said(self._n)

    async def _said(self, n: int) -> None:
        """Offer a message until it is acknowledged, going back to what was taken back if need be."""
        deadline = time.monotonic() + 2 * BACK
        while True:
            try:
                await said(self._shop.visitor, n, 2.0)
                return
            except (TimeoutError, AssertionError):
                if time.monotonic() > deadline:
                    raise
                await self._settle({})

    async def _take_back(self) -> float:
        """Have a failover take messages back; returns when the primary died."""
        before = self._shop.primary
        first, self._n = self._n + 1, self._n + self._random.randrange(1, 8)
        began = await self._shop.cut_off_and_kill(range(first, self._n + 1))
        await asyncio.to_thread(wait_until, lambda: self._shop.primary is not before, "another primary", 2 * BACK)
        return began

    async def _settle(self, start: dict[Party, int]) -> None:
        """Once the store is back: whatever of the acknowledged is missing must have been told; then offer it again."""
        await asyncio.to_thread(wait_until, self._readable, "a store that can be read", 2 * BACK)
        kept = set(self._shop.ids())
        visitor = self._shop.visitor
        lost = sorted((id for id in visitor.acked if id not in kept), key=lambda id: int(id.partition(".")[2]))
        self.lost += len(lost)
        for party in self._parties:
            if lost and start:
                try:
                    await self._shop.told_of_loss(party, start[party])
                    self.told += 1
                except AssertionError:
                    self.silent.append(f"{party.tab}: {lost}")
            if is_out(party):
                await self._shop.join_anew(party)
        for id in lost:
            del visitor.acked[id]
        for id in lost:
            await said(visitor, int(id.partition(".")[2]), BACK)

    def _readable(self) -> bool:
        try:
            self._shop.ids()
        except HttpError as error:
            if error.status != 503:
                raise
            return False
        except OSError:
            return False
        return True

    def report(self) -> dict[str, Any]:
        """What was seen; `clean` where nothing was lost in silence, doubled, or out of order."""
        ids = Counter(self._shop.ids())
        wanted = [f"v.{n}" for n in range(1, self._n + 1)]
        faults = [
            *self._shop.visitor.faults,
            *self._shop.agent.faults,
            *(f"silent loss for {one}" for one in self.silent),
            *(f"{id}: {ids[id]} times" for id in wanted if ids[id] != 1),
        ]
        return {
            "failovers": len(self.back),
            "messages": self._n,
            "taken back": self.lost,
            "resets told": self.told,
            "writes back, s": {"median": sorted(self.back)[len(self.back) // 2], "most": max(self.back)},
            "faults": faults,
            "clean": not faults and max(self.back) < BACK,
        }

    def close(self) -> None:
        self._shop.close()


def main() -> int:
    """Run both kinds; 0 where both were clean."""
    parser = argparse.ArgumentParser(prog="python -m tests.prove.failovers", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="failovers of each kind of store")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--store", choices=("sentinel", "cluster", "both"), default="both")
    asked = parser.parse_args()
    print(f"seed {asked.seed}", file=sys.stderr)
    clean = True
    for name, estate in (("sentinel", Sentinels), ("cluster", Cluster)):
        if asked.store not in (name, "both"):
            continue
        proof = Failovers(estate(), asked.seed)
        try:
            proof.run(asked.rounds)
            report = proof.report()
        finally:
            proof.close()
        clean = clean and report["clean"]
        print(json.dumps({name: report}, indent=1))
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(main())
