"""The product on an external store, a visitor, and an agent who follows them: what stories of failing stores share."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from redis.crc import key_slot

from app.store.keys import Keys
from tests.clients import api
from tests.clients.api import Frame
from tests.clients.party import Party
from tests.replicated import Alone, Cluster, Sentinels, Server
from tests.running import Chatadmin, wait_until


async def said(party: Party, n: int, patience: float, content: str = "") -> None:
    """Offer message `n` until it is acknowledged, at most `patience` seconds."""
    id = f"{party.tab}.{n}"
    async with asyncio.timeout(patience):
        while id not in party.acked:
            told = len(party.frames)
            party.say(n, content or f"text {n}")

            def answered(told: int = told) -> bool:
                return id in party.acked or any(f["type"] == "error" for f in party.frames[told:])

            await party.until(answered, f"an answer to {id}")


class Shop:
    """Everybody is there from the start; `back` is how many seconds a message may take to get through, at most."""

    def __init__(self, address: str, back: float, **options: Any) -> None:
        self.back = back
        self.running = Chatadmin("--redis", address, **options)
        self.url = self.running.url
        self.admin = api.set_up(self.url, self.running.setup_secret)
        self.token, self.uid = api.login(self.url, "guest")
        self.visitor, self.agent = Party(self.url, self.token, "v"), Party(self.url, self.admin, "a")

    def run(self, story: Callable[[], Awaitable[None]]) -> None:
        """Both enter, and leave after the story, in which neither was told anything out of order."""
        asyncio.run(self.live(story))
        assert not self.visitor.faults
        assert not self.agent.faults

    async def live(self, story: Callable[[], Awaitable[None]]) -> None:
        """Both enter, and leave after the story."""
        try:
            await self.visitor.connect()
            await self.agent.connect(self.uid)
            await story()
        finally:
            self.visitor.drop()
            self.agent.drop()

    async def say(self, numbers: Iterable[int], patience: float = 0) -> None:
        """The visitor's messages, each until it is acknowledged."""
        for n in numbers:
            await said(self.visitor, n, patience or self.back)

    async def heard(self, id: str) -> None:
        """Wait until the agent has that message."""
        await self.agent.until(lambda: any(f.get("id") == id for f in self.agent.frames), f"the arrival of {id}")

    async def told_of_loss(self, party: Party, since: int = 0) -> None:
        """Wait until the party is told that the history it holds is not the store's."""
        await party.until(lambda: was_reset(party, since), "a reset", self.back)

    async def join_anew(self, party: Party) -> None:
        """Follow the conversation from its beginning, as one does who was told so."""
        party.place = None
        told = len(party.frames)
        party.send({"type": "join", "conversation": self.uid, "after": 0})
        await party.next("joined", told)

    async def logged(self, pattern: str) -> None:
        """Wait until the product says so."""
        await asyncio.to_thread(self.running.process.wait_for, pattern)

    async def ready(self, is_ready: bool) -> None:
        """Wait until the product is fit to serve, or says that it is not."""
        await asyncio.to_thread(wait_until, lambda: api.ready(self.url) == is_ready, f"ready {is_ready}", self.back)

    def messages(self) -> list[Frame]:
        """What is in the log."""
        entries = api.history(self.url, self.admin, self.uid)
        return [entry for entry in entries if entry["type"] == "message"]

    def ids(self) -> list[str]:
        """The ids of the messages in the log."""
        return [message["id"] for message in self.messages()]

    def close(self) -> None:
        """End the product."""
        self.running.__exit__()


def was_reset(party: Party, since: int = 0) -> bool:
    """Whether the party was told, from frame number `since` on, that the history it holds is not the store's."""
    return any(frame["type"] == "reset" for frame in party.frames[since:])


def is_out(party: Party) -> bool:
    """Whether the party was told so and has not joined since."""
    turns = (frame["type"] for frame in reversed(party.frames) if frame["type"] in ("joined", "reset"))
    return next(turns, "") == "reset"


class ReplicatedShop(Shop):
    """The same on a store of several servers, which belong to it."""

    def __init__(self, estate: Alone | Sentinels | Cluster, back: float, **options: Any) -> None:
        super().__init__(estate.url, back, **options)
        self.estate: Any = estate
        self.slot = key_slot(Keys(16).shard_of(self.uid).encode())

    @property
    def primary(self) -> Server:
        """The server that has the conversation."""
        found: Server = self.estate.primary if self._watched else self.estate.primary(self.slot)
        return found

    def replicas(self, primary: Server) -> list[Server]:
        """The servers that follow `primary`."""
        if self._watched:
            return [server for server in self.estate.data if server is not primary]
        return [self.estate.replica(primary)]

    def fail_over(self, how: str) -> None:
        """The primary is asked to step down, dies or freezes, and comes back once another has taken over."""
        before = self.primary
        if how == "asked":
            self.estate.fail_over(*([] if self._watched else [self.slot]))
            return
        (before.kill if how == "killed" else before.sleep)()
        wait_until(lambda: self.primary is not before and self.primary.role == "master", "another primary", self.back)
        (before.start if how == "killed" else before.wake)()

    @property
    def _watched(self) -> bool:
        return isinstance(self.estate, Sentinels)

    async def cut_off_and_kill(self, numbers: Iterable[int]) -> float:
        """Messages that only the primary has, and its end: a failover takes them back. Returns when it died."""
        primary = self.primary
        replicas = self.replicas(primary)
        for replica in replicas:
            replica.sleep()
        primary.client.execute_command("CLIENT", "KILL", "TYPE", "replica")  # else their sockets still bring it
        await self.say(numbers)
        primary.kill()
        died = time.monotonic()
        for replica in replicas:
            replica.wake()
        return died

    def close(self) -> None:
        super().close()
        self.estate.close()
