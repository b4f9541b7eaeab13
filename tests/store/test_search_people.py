"""People are found by what they are called, once each, and by what they are called now."""

from collections.abc import AsyncIterator

import pytest

from app.chat import protocol
from app.live.duties import index as indexing_module
from app.live.duties import shard as shard_module
from app.live.duties.follower import Follower
from app.live.duties.index import Indexing
from app.store.keys import Keys
from app.store.people import Visitor
from app.store.store import Store
from tests.store.scribe import known


class Shop:
    """A store with visitors who come and go, and a follower that works when it is told to."""

    def __init__(self, url: str) -> None:
        self.store = Store(url, 2, nickname_days=30, visitor_days=1, agent_hours=1)

    async def come(self, name: str) -> str:
        """Somebody who is called so comes: their uid."""
        visitor = await self.store.people.login_named(name, None)
        await self.enter(visitor.uid)
        return visitor.uid

    async def enter(self, uid: str, kind: str = "entered") -> None:
        """They come, as often as they like; or do something else."""
        *_, log, meta = self.store.keys.conversation(uid)
        pipeline = self.store.pipelines.of(uid)
        seq = int(await pipeline.call("HINCRBY", meta, "seq", 1))
        await pipeline.call("HSETNX", meta, "epoch", 1)
        body = protocol.encode({"user": {}})
        await pipeline.call("XADD", log, f"{seq}-0", "h", f"{kind}|{uid}|v|e{seq}|1", "b", body)
        await known(self.store, uid)

    async def set(self, uid: str, **fields: str) -> None:
        """What is known of a visitor is another, or with nothing: they are erased."""
        words = [word for field in fields.items() for word in field]
        await self.store.pipelines.people.call("HSET" if words else "DEL", Keys.visitor(uid), *words)

    async def index(self) -> None:
        follower = Follower(self.store, "views", [Indexing(self.store.index, self.store.people)])
        for shard in follower._shards.values():
            await shard.work()
        await follower.stop()

    async def find(self, query: str) -> list[Visitor]:
        """Every page, one after the other."""
        found: list[Visitor] = []
        cursor = ""
        while True:
            page = await self.store.search.people(query, cursor, 2)
            assert len(page.hits) <= 2
            found += [hit.visitor for hit in page.hits]
            if not (cursor := page.cursor):
                return found

    async def names(self, query: str) -> list[str]:
        return sorted(visitor.name for visitor in await self.find(query))


@pytest.fixture
async def shop(store_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Shop]:
    monkeypatch.setattr(indexing_module, "MESSAGES_PER_SECOND", 1e9)
    monkeypatch.setattr(indexing_module, "LISTS_PER_SECOND", 1e9)
    monkeypatch.setattr(shard_module, "COMPARE_PAUSE", 0.0)
    made = Shop(store_url)
    await made.store.open()
    yield made
    await made.store.close()


async def test_by_any_part_of_a_name_in_any_spelling(shop: Shop) -> None:
    for name in ("Maria López", "Søren O’Neill", "李雷", "أحمد", "Jean-Luc", "ｶﾅ", "Maria"):
        await shop.come(name)
    await shop.index()
    sought = {
        "mar": ["Maria", "Maria López"],
        "lopez MARIA": ["Maria López"],
        "soren o'neill": ["Søren O’Neill"],
        "雷": ["李雷"],
        "احمد": ["أحمد"],
        "jean‑luc": ["Jean-Luc"],
        "カナ": ["カナ"],
        "maria lopes": [],
        "aria neill": [],
    }
    assert {query: await shop.names(query) for query in sought} == sought


async def test_who_are_called_alike_are_all_found_and_each_by_their_nickname(shop: Shop) -> None:
    uids = {await shop.come("Maria") for _ in range(9)}
    await shop.index()
    found = await shop.find("maria")
    assert len(found) == 9
    assert {visitor.uid for visitor in found} == uids
    one = next(visitor for visitor in found if visitor.nickname != "Maria")
    assert [visitor.uid for visitor in await shop.find(one.nickname)] == [one.uid]


async def test_who_comes_again_is_there_once_and_costs_nothing_more(shop: Shop) -> None:
    uid = await shop.come("Maria")
    await shop.index()
    pipeline = shop.store.pipelines.of(uid)
    (key,) = await pipeline.call("KEYS", "*:-1:documents")
    size = await pipeline.call("STRLEN", key)
    for _ in range(5):
        await shop.enter(uid)
        await shop.index()
    assert await shop.names("maria") == ["Maria"]
    assert await pipeline.call("STRLEN", key) == size


async def test_by_the_new_name_and_no_longer_by_the_old(shop: Shop) -> None:
    uid = await shop.come("Maria")
    await shop.index()
    await shop.set(uid, name="Marianne Weber")
    assert await shop.names("maria") == ["Marianne Weber"], "what is shown is how it is now"
    await shop.enter(uid)
    await shop.index()
    assert await shop.names("weber") == ["Marianne Weber"]
    assert await shop.names("maria") == ["Marianne Weber"]
    await shop.set(uid, name="Eva", nickname="Eva")
    await shop.enter(uid)
    await shop.index()
    assert await shop.names("maria") == []
    assert await shop.names("eva") == ["Eva"]


@pytest.mark.parametrize("event", ["form", "identified"])
async def test_by_a_part_of_the_address_that_is_told_of_them_though_they_are_here_already(
    shop: Shop, event: str
) -> None:
    uid, _ = [await shop.come(name) for name in ("Maria", "Example Ltd")]
    await shop.index()
    maria = await shop.store.people.known(uid)
    await shop.store.people.describe(maria.uid, name="", email="m.lopez@mail.example.com", fields={})
    await shop.enter(uid, event)
    await shop.index()
    sought = {"m.lopez@mail.example.com": 1, "EXAMPLE.com": 1, "lopez": 1, "@mail": 1, "maria lopez": 1, "example": 2}
    assert {query: len(await shop.find(query)) for query in sought} == sought
    await shop.store.people.describe(maria.uid, name="", email="maria@else.example", fields={})
    await shop.enter(uid, event)
    await shop.index()
    assert {query: len(await shop.find(query)) for query in ("lopez", "else", "maria")} == {
        "lopez": 0,
        "else": 1,
        "maria": 1,
    }


async def test_who_gave_the_name_back_stays_with_the_shop_and_who_was_erased_does_not(shop: Shop) -> None:
    first = await shop.come("Maria")
    await shop.index()
    await shop.store.people.release_nickname(first)
    second = await shop.come("Maria")
    await shop.index()
    assert {visitor.uid for visitor in await shop.find("maria")} == {first, second}
    await shop.set(first)
    assert {visitor.uid for visitor in await shop.find("maria")} == {second}


async def test_who_came_before_there_was_such_an_index(shop: Shop) -> None:
    """Visitors of before have a nickname and no name; and their coming may be trimmed from the log by now."""
    uid = await shop.come("Otto")
    await shop.store.pipelines.people.call("HDEL", Keys.visitor(uid), "name")
    *_, log, meta = shop.store.keys.conversation(uid)
    await shop.enter(uid)
    await shop.store.pipelines.of(uid).call("XTRIM", log, "MAXLEN", 0)
    await shop.store.pipelines.of(uid).call("HSET", meta, "floor", 2)
    await shop.index()
    assert [visitor.uid for visitor in await shop.find("otto")] == [uid]


async def test_a_conversation_of_another_epoch_is_no_other_person(shop: Shop) -> None:
    uid = await shop.come("Maria")
    await shop.index()
    await shop.store.pipelines.of(uid).call("HSET", shop.store.keys.conversation(uid).meta, "epoch", 7)
    await shop.index()
    assert [visitor.uid for visitor in await shop.find("maria")] == [uid]
