"""A walk meets every conversation of a shard, whatever happens on the way."""

from collections.abc import AsyncIterator

import pytest

from app.live.duties.walk import Walk
from app.store.keys import Keys
from app.store.store import Store

SHARD = Keys.shard(0)


@pytest.fixture
async def opened(store_url: str) -> AsyncIterator[Store]:
    made = Store(store_url, 1, nickname_days=1, visitor_days=1, agent_hours=1)
    await made.open()
    yield made
    await made.close()


async def active(store: Store, *uids: str, at: int) -> None:
    for uid in uids:
        await store.pipelines.at(SHARD).call("ZADD", Keys.all(SHARD), at, uid)


async def rest(walk: Walk, most: int = 3) -> list[str]:
    """Whom it meets from here on."""
    met: list[str] = []
    while not walk.over:
        page = await walk.page(most)
        met += page.uids
        walk.passed(page)
    return met


async def test_all_are_met_though_many_were_active_at_one_time(opened: Store) -> None:
    await active(opened, "a", "b", at=1)
    await active(opened, *"cdefghijk", at=2)
    await active(opened, "l", at=3)
    met = await rest(Walk(opened.logs, SHARD))
    assert set(met) == set("abcdefghijkl")
    assert [met.index(uid) for uid in "acl"] == sorted(met.index(uid) for uid in "acl"), "the one silent longest first"


async def test_where_there_is_nobody_it_is_over(opened: Store) -> None:
    walk = Walk(opened.logs, SHARD)
    assert not walk.over
    assert await rest(walk) == []
    assert await walk.left() == 0


async def test_a_page_that_was_not_passed_comes_again(opened: Store) -> None:
    await active(opened, *"abcde", at=1)
    walk = Walk(opened.logs, SHARD)
    first = await walk.page(3)
    assert await walk.page(3) == first
    walk.passed(first)
    assert set(first.uids) | set(await rest(walk)) == set("abcde")


async def test_one_that_is_begun_anew_is_so_whatever_was_under_way(opened: Store) -> None:
    for at, uid in enumerate("abcde"):
        await active(opened, uid, at=at)
    walk = Walk(opened.logs, SHARD)
    page = await walk.page(3)
    walk.begin()
    walk.passed(page)
    assert await walk.left() == 5
    assert set(await rest(walk)) == set("abcde")


async def test_who_is_active_meanwhile_is_met_again(opened: Store) -> None:
    await active(opened, *"abcde", at=1)
    walk = Walk(opened.logs, SHARD)
    page = await walk.page(3)
    walk.passed(page)
    await active(opened, *page.uids, at=2)
    assert set(await rest(walk)) >= set(page.uids)
