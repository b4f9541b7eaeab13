"""A store of several servers fails over, or moves a slot, while people talk: it costs seconds, and nothing silently."""

import asyncio
from collections.abc import Callable, Iterator

import pytest
from redis.crc import key_slot

from app.store.keys import Keys
from tests.clients import api
from tests.clients.party import Party
from tests.delivery.shop import ReplicatedShop, said, was_reset
from tests.replicated import Cluster, Sentinels, Server
from tests.running import PATIENCE, Chatadmin

FREE = {"CHATADMIN_LIMITS__MESSAGES_PER_SECOND": "0"}
KEPT = FREE | {"CHATADMIN_ACKNOWLEDGE__REPLICAS": "1"}
# The promise for writes after a failover is 15 s, of which these stores take some to notice it. Where a replica has to
# confirm, it takes until the former primary is one: Sentinel lets ten seconds pass first. A busy machine gets more.
BACK = CONFIRMED = PATIENCE


@pytest.fixture
def open_shop() -> Iterator[Callable[..., ReplicatedShop]]:
    opened: list[ReplicatedShop] = []

    def make(estate: Sentinels | Cluster, env: dict[str, str] = FREE) -> ReplicatedShop:
        opened.append(ReplicatedShop(estate, BACK, env=env))
        return opened[-1]

    yield make
    for shop in opened:
        shop.close()


@pytest.mark.parametrize(
    ("estate", "death"), [(Sentinels, "asked"), (Sentinels, "frozen"), (Cluster, "killed"), (Cluster, "frozen")]
)
def test_a_failover_loses_nothing_that_every_replica_had_confirmed(
    estate: type, death: str, open_shop: Callable[..., ReplicatedShop]
) -> None:
    shop = open_shop(estate(replicas=1), KEPT)

    async def story() -> None:
        await shop.say(range(1, 200))
        talk = asyncio.create_task(shop.say(range(200, 600), CONFIRMED))
        await asyncio.to_thread(shop.fail_over, death)
        await talk
        await shop.say(range(600, 650), CONFIRMED)
        await shop.heard("v.649")

    shop.run(story)
    assert not was_reset(shop.visitor)
    assert not was_reset(shop.agent)
    assert shop.ids() == [f"v.{n}" for n in range(1, 650)]


def test_what_a_failover_takes_back_is_told_and_offered_again(open_shop: Callable[..., ReplicatedShop]) -> None:
    shop = open_shop(Sentinels())
    visitor, agent = shop.visitor, shop.agent

    async def story() -> None:
        await shop.say(range(1, 6))
        await shop.cut_off_and_kill(range(6, 10))
        for party in (visitor, agent):
            await shop.told_of_loss(party)
            await shop.join_anew(party)
        lost = range(6, 10)
        for n in lost:
            del visitor.acked[f"v.{n}"]
        await shop.say(lost)
        await agent.until(lambda: agent.entries[-1].get("id") == "v.9", "what was offered again")

    shop.run(story)
    assert shop.ids() == [f"v.{n}" for n in range(1, 10)]


@pytest.mark.parametrize("setting", ["replicas", "on_disk"])
def test_nothing_is_acknowledged_or_shown_before_it_is_as_safe_as_asked(
    setting: str, open_shop: Callable[..., ReplicatedShop]
) -> None:
    env = KEPT | ({"CHATADMIN_ACKNOWLEDGE__ON_DISK": "true"} if setting == "on_disk" else {})
    shop = open_shop(Sentinels("valkey", replicas=1), env)
    visitor, agent = shop.visitor, shop.agent

    async def story() -> None:
        await shop.say(range(1, 3))
        (replica,) = [server for server in shop.estate.data if server is not shop.primary]
        replica.sleep()
        visitor.say(3, "not yet")
        await shop.logged("too few replicas")
        assert "v.3" not in visitor.acked
        assert not api.ready(shop.url)
        visitor.drop()  # and asked again by another connection, whose repeat is answered by the store, not the feed
        await visitor.until(lambda: not visitor.connected, "the end of the connection")
        await visitor.connect()
        visitor.say(3, "not yet")
        await asyncio.to_thread(shop.primary.client.execute_command, "WAIT", 1, 1000)
        assert "v.3" not in visitor.acked
        assert not any(frame.get("id") == "v.3" for frame in agent.frames)
        replica.wake()
        await visitor.until(lambda: "v.3" in visitor.acked, "the acknowledgement")
        await shop.heard("v.3")

    shop.run(story)


def test_a_slot_that_moves_to_another_server_takes_the_conversation_along(
    open_shop: Callable[..., ReplicatedShop],
) -> None:
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
        await shop.heard("v.399")

    shop.run(story)
    assert shop.primary is target
    assert shop.ids() == [f"v.{n}" for n in range(1, 400)]


def test_a_shard_that_is_gone_takes_no_other_with_it(open_shop: Callable[..., ReplicatedShop]) -> None:
    shop = open_shop(Cluster(full_coverage=False))
    people = shop.estate.primary(key_slot(Keys.people().encode()))

    def elsewhere() -> Server:
        """A primary that has neither the people nor this visitor's conversation."""
        primaries: list[Server] = [shop.estate.primary(slot) for slot in (0, 6000, 12000)]
        return next(p for p in primaries if p.port not in (people.port, shop.primary.port))

    gone = elsewhere()
    replicas = shop.replicas(gone)

    async def story() -> None:
        await shop.say([1])
        for server in (*replicas, gone):
            server.kill()
        await shop.ready(False)
        await shop.say(range(2, 20))
        gone.start()
        await shop.ready(True)

    shop.run(story)
    assert shop.ids() == [f"v.{n}" for n in range(1, 20)]


def test_waiting_for_the_disk_works_with_the_embedded_store_too(start_chatadmin: Callable[..., Chatadmin]) -> None:
    running = start_chatadmin(env={"CHATADMIN_ACKNOWLEDGE__ON_DISK": "true"})
    token, _ = api.login(running.url, "guest")
    visitor = Party(running.url, token, "v")

    async def story() -> None:
        await visitor.connect()
        for n in range(1, 20):
            await said(visitor, n, BACK)
        visitor.drop()

    asyncio.run(story())
    assert len(visitor.acked) == 19
