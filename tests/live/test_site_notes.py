"""Which sites are written down for administrators: each once a minute, of strangers a few, and no more than fit."""

from collections.abc import AsyncIterator, Coroutine
from typing import Any

import pytest

from app.live.site_notes import SiteNotes
from app.store.keys import Keys
from app.store.sites import Site
from app.store.store import Store

SHOP, OTHER = "https://shop.example.com", "https://other.example"


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    made = Store(store_url, 1, nickname_days=1, visitor_days=1, agent_hours=1)
    await made.open()
    yield made
    await made.close()


class Notes:
    """Those of one node, by a clock of ours; `written` has it write."""

    def __init__(self, store: Store) -> None:
        self.now = 1000.0
        self._work: list[Coroutine[Any, Any, Any]] = []
        self.notes = SiteNotes(store.sites, lambda: self.now, lambda: int(self.now * 1000), self._work.append)

    async def written(self) -> int:
        count = len(self._work)
        for one in self._work:
            await one
        self._work.clear()
        return count


async def test_a_site_is_written_down_once_a_minute(store: Store) -> None:
    one, other = Notes(store), Notes(store)
    for _ in range(5):
        one.notes.note("seen", SHOP)
        one.notes.note("seen", OTHER)
        one.now += 10
    assert await one.written() == 2
    other.now -= 30  # a node whose clock is behind takes nothing back
    other.notes.note("seen", SHOP)
    assert await other.written() == 1
    assert await other.notes.all() == ([Site(SHOP, 1_000_000), Site(OTHER, 1_000_000)], [])
    one.now += 10
    one.notes.note("seen", SHOP)
    await one.written()
    assert await other.notes.all() == ([Site(SHOP, 1_060_000), Site(OTHER, 1_000_000)], [])


async def test_anybody_can_name_strangers_but_not_many_and_no_rubbish(store: Store) -> None:
    one = Notes(store)
    for origin in ("null", "", "https://*.example.com", "https://A.example", "https://a.example/x", "x" * 10_000):
        one.notes.note("refused", origin)
    assert await one.written() == 0
    for _ in range(4):
        for number in range(200):
            one.notes.note("refused", f"https://a{number}.at{one.now}.example")
        one.notes.note("seen", SHOP)  # what no stranger prevents
        one.now += 60
    assert await one.written() == 10 + 5 + 5 + 5 + 4
    _, refused = await one.notes.all()
    assert len(refused) == 20
    assert refused[0].at == 1_180_000


async def test_of_names_under_a_star_the_last_hundred_are_kept(store: Store) -> None:
    one = Notes(store)
    for number in range(103):
        one.now += 1
        one.notes.note("seen", f"https://a{number}.example")
    await one.written()
    seen, _ = await one.notes.all()
    assert [site.origin for site in (seen[0], seen[-1])] == ["https://a102.example", "https://a3.example"]
    one.now += 60
    for number in range(1000):  # anybody can name these, too
        one.notes.note("seen", f"https://b{number}.example")
    assert await one.written() == 100
    assert await store.pipelines.people.call("ZCARD", Keys.sites("seen")) == 100
