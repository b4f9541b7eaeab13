"""A store of several servers fails over, or moves a slot, while people talk: it costs seconds, and nothing silently."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from redis.crc import key_slot

from app.store.keys import Keys
from tests import client
from tests.client import Frame, HttpError, Party
from tests.replicated import Cluster, Sentinels, Server
from tests.running import Chatadmin, wait_until

FREE = {"CHATADMIN_LIMITS__MESSAGES_PER_SECOND": "0"}
KEPT = FREE | {"CHATADMIN_ACKNOWLEDGE__REPLICAS": "1"}
# The promise for writes after a failover is 15 s, of which these stores take 1.5 to notice it. Where a replica has to
# confirm, it takes until the former primary is one: Sentinel lets ten seconds pass first.
BACK, CONFIRMED = 15.0, 30.0


class Shop:
    """The product on such a store, with a visitor and an agent who follows them."""

    def __init__(self, estate: Any, env: dict[str, str]) -> None:
        self.estate = estate
        self.running = Chatadmin("--redis", estate.url, env=env)
        self.admin = client.set_up(self.running.url, self.running.setup_secret)
        self.token, self.uid = client.login(self.running.url, "guest")
        self.visitor = Party(self.running.url, self.token, "v")
        self.agent = Party(self.running.url, self.admin, "a")
        self.slot = key_slot(Keys(16).tag(self.uid).encode())

    def run(self, story: Callable[[], Awaitable[None]]) -> None:
        """Both enter, and leave after the story."""
        asyncio.run(self._run(story))

    async def _run(self, story: Callable[[], Awaitable[None]]) -> None:
        try:
            await self.visitor.connect()
            await self.agent.connect(self.uid)
            await story()
        finally:
            self.visitor.drop()
            self.agent.drop()

    @property
    def primary(self) -> Server:
        """The server that has the conversation."""
        return self.estate.primary if isinstance(self.estate, Sentinels) else self.estate.primary(self.slot)

    def fail_over(self, how: str) -> None:
        """The primary is asked to step down, dies or freezes, and comes back once another has taken over."""
        before = self.primary
        if how == "asked":
            self.estate.fail_over(*([] if isinstance(self.estate, Sentinels) else [self.slot]))
            return
        (before.kill if how == "killed" else before.sleep)()
        wait_until(lambda: self.primary is not before and self.primary.role == "master", "another primary", BACK)
        (before.start if how == "killed" else before.wake)()

    async def say(self, numbers: range, patience: float = BACK) -> None:
        """Each message until it is acknowledged."""
        for n in numbers:
            await said(self.visitor, n, patience)

    def messages(self) -> list[Frame]:
        entries = client.history(self.running.url, self.admin, self.uid)
        return [entry for entry in entries if entry["type"] == "message"]

    def close(self) -> None:
        self.running.__exit__()
        self.estate.close()


async def said(party: Party, n: int, patience: float = BACK) -> None:
    """Offer message `n` until it is acknowledged, at most `patience` seconds."""
    async with asyncio.timeout(patience):
        while f"{party.tab}.{n}" not in party.acked:
            told = len(party.frames)
            id = party.say(n, f"text {n}")

            def answered(id: str = id, told: int = told) -> bool:
                return id in party.acked or any(f["type"] == "error" for f in party.frames[told:])

            await party.until(answered, f"an answer to {id}")


@pytest.fixture
def open_shop() -> Iterator[Callable[..., Shop]]:
    opened: list[Shop] = []

    def make(estate: Any, env: dict[str, str] | None = None) -> Shop:
        opened.append(Shop(estate, env or FREE))
        return opened[-1]

    yield make
    for shop in opened:
        shop.close()


@pytest.mark.parametrize(
    ("estate", "death"), [(Sentinels, "asked"), (Sentinels, "frozen"), (Cluster, "killed"), (Cluster, "frozen")]
)
def test_a_failover_loses_nothing_that_every_replica_had_confirmed(
    estate: type, death: str, open_shop: Callable[..., Shop]
) -> None:
    shop = open_shop(estate(replicas=1), KEPT)

    async def story() -> None:
        await shop.say(range(1, 200))
        talk = asyncio.create_task(shop.say(range(200, 600), CONFIRMED))
        await asyncio.to_thread(shop.fail_over, death)
        await talk
        await shop.say(range(600, 650), CONFIRMED)
        await shop.agent.until(lambda: any(f.get("id") == "v.649" for f in shop.agent.frames), "all to arrive")

    shop.run(story)
    assert not shop.visitor.faults
    assert not shop.agent.faults
    assert not [frame for frame in shop.visitor.frames + shop.agent.frames if frame["type"] == "reset"]
    assert [message["id"] for message in shop.messages()] == [f"v.{n}" for n in range(1, 650)]


def test_what_a_failover_takes_back_is_told_and_offered_again(open_shop: Callable[..., Shop]) -> None:
    shop = open_shop(Sentinels())
    visitor, agent = shop.visitor, shop.agent

    async def story() -> None:
        await shop.say(range(1, 6))
        primary = shop.primary
        replicas = [server for server in shop.estate.data if server is not primary]
        for replica in replicas:
            replica.sleep()
        primary.client.execute_command("CLIENT", "KILL", "TYPE", "replica")  # else their sockets still bring it
        await shop.say(range(6, 10))  # only the primary has these
        primary.kill()
        for replica in replicas:
            replica.wake()
        for party in (visitor, agent):
            await party.until(lambda p=party: any(f["type"] == "reset" for f in p.frames), "a reset", BACK)  # type: ignore[misc]
            party.place = None
            start = len(party.frames)
            party.send({"type": "join", "conversation": shop.uid, "after": 0})
            await party.until(lambda p=party, s=start: any(f["type"] == "joined" for f in p.frames[s:]), "joined")  # type: ignore[misc]
        lost = range(6, 10)
        for n in lost:
            del visitor.acked[f"v.{n}"]
        await shop.say(lost)
        await agent.until(lambda: agent.entries[-1].get("id") == "v.9", "what was offered again")

    shop.run(story)
    assert not visitor.faults
    assert not agent.faults
    assert [message["id"] for message in shop.messages()] == [f"v.{n}" for n in range(1, 10)]


@pytest.mark.parametrize("setting", ["replicas", "on_disk"])
def test_nothing_is_acknowledged_or_shown_before_it_is_as_safe_as_asked(
    setting: str, open_shop: Callable[..., Shop]
) -> None:
    env = KEPT | ({"CHATADMIN_ACKNOWLEDGE__ON_DISK": "true"} if setting == "on_disk" else {})
    shop = open_shop(Sentinels("valkey", replicas=1), env)
    visitor, agent = shop.visitor, shop.agent

    async def story() -> None:
        await shop.say(range(1, 3))
        (replica,) = [server for server in shop.estate.data if server is not shop.primary]
        replica.sleep()
        visitor.say(3, "not yet")
        await asyncio.to_thread(shop.running.process.wait_for, "too few replicas")
        assert "v.3" not in visitor.acked
        assert not _ready(shop.running)
        visitor.drop()  # and asked again by another connection, whose repeat is answered by the store, not the feed
        await visitor.until(lambda: not visitor.connected, "the end of the connection")
        await visitor.connect()
        visitor.say(3, "not yet")
        await asyncio.to_thread(shop.primary.client.execute_command, "WAIT", 1, 1000)
        assert "v.3" not in visitor.acked
        assert not any(frame.get("id") == "v.3" for frame in agent.frames)
        replica.wake()
        await visitor.until(lambda: "v.3" in visitor.acked, "the acknowledgement")
        await agent.until(lambda: any(frame.get("id") == "v.3" for frame in agent.frames), "the message")

    shop.run(story)
    assert not visitor.faults
    assert not agent.faults


def test_a_slot_that_moves_to_another_server_takes_the_conversation_along(open_shop: Callable[..., Shop]) -> None:
    shop = open_shop(Cluster())
    slot, source = shop.slot, shop.primary
    target = next(s for s in shop.estate.servers if s.role == "master" and s is not source)

    def move() -> None:
        target.client.execute_command("CLUSTER", "SETSLOT", slot, "IMPORTING", Cluster.id(source))
        source.client.execute_command("CLUSTER", "SETSLOT", slot, "MIGRATING", Cluster.id(target))
        while keys := source.client.execute_command("CLUSTER", "GETKEYSINSLOT", slot, 2):
            source.client.execute_command("MIGRATE", "127.0.0.1", target.port, "", 0, 5000, "KEYS", *keys)
        for server in (target, source):
            server.client.execute_command("CLUSTER", "SETSLOT", slot, "NODE", Cluster.id(target))

    async def story() -> None:
        await shop.say(range(1, 50))
        talk = asyncio.create_task(shop.say(range(50, 400)))
        await asyncio.to_thread(move)
        await talk
        await shop.agent.until(lambda: any(f.get("id") == "v.399" for f in shop.agent.frames), "all to arrive")

    shop.run(story)
    assert shop.primary is target
    assert not shop.visitor.faults
    assert not shop.agent.faults
    assert [message["id"] for message in shop.messages()] == [f"v.{n}" for n in range(1, 400)]


def test_a_shard_that_is_gone_takes_no_other_with_it(open_shop: Callable[..., Shop]) -> None:
    shop = open_shop(Cluster(full_coverage=False))
    people = shop.estate.primary(key_slot(Keys.people().encode()))
    stays = shop.visitor

    def elsewhere() -> Server:
        """A primary that has neither the people nor this visitor's conversation."""
        primaries = {shop.estate.primary(slot).port: shop.estate.primary(slot) for slot in (0, 6000, 12000)}
        return next(p for port, p in primaries.items() if port not in (people.port, shop.primary.port))

    gone = elsewhere()
    replica = shop.estate.replica(gone)

    async def story() -> None:
        await said(stays, 1)
        for server in (replica, gone):
            server.kill()
        await asyncio.to_thread(wait_until, lambda: not _ready(shop.running), "the node to be unready")
        for n in range(2, 20):
            await said(stays, n)
        gone.start()
        await asyncio.to_thread(wait_until, lambda: _ready(shop.running), "readiness", BACK)

    shop.run(story)
    assert not stays.faults
    assert [message["id"] for message in shop.messages()] == [f"v.{n}" for n in range(1, 20)]


def _ready(running: Chatadmin) -> bool:
    try:
        client.request(running.url, "/readyz")
    except HttpError:
        return False
    return True


def test_waiting_for_the_disk_works_with_the_embedded_store_too(start_chatadmin: Callable[..., Chatadmin]) -> None:
    running = start_chatadmin(env={"CHATADMIN_ACKNOWLEDGE__ON_DISK": "true"})
    token, _ = client.login(running.url, "guest")
    visitor = Party(running.url, token, "v")

    async def story() -> None:
        await visitor.connect()
        for n in range(1, 20):
            await said(visitor, n)

        visitor.drop()

    asyncio.run(story())
    assert len(visitor.acked) == 19
