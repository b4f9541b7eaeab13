"""A store says in which format it is written; one of another version is refused, and left as it is.

A newer version is here this one with other numbers; tests/rolling has one that really writes another format.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from app import __version__
from app.store import formats
from app.store.errors import StoreUnfit
from app.store.formats import FORMER, NEWEST, UNDO_MS
from app.store.store import Store
from tests.running import Valkey

NEXT = NEWEST + 1
STORE, NODES, FORMATS, FEED = "{s00}:store", "{s00}:nodes", "{s00}:formats", "{s00}:feed"

Become = Callable[[int], None]
Opened = Callable[..., AbstractAsyncContextManager[Store]]


@pytest.fixture
def become(monkeypatch: pytest.MonkeyPatch) -> Become:
    """Have this be a version whose newest format is another, as far as it speaks to stores from now on."""

    def become(newest: int) -> None:
        monkeypatch.setattr(formats, "NEWEST", newest)
        monkeypatch.setattr(formats, "FORMER", newest - 1)

    return become


@pytest.fixture
def opened(store: Valkey) -> Opened:
    @asynccontextmanager
    async def opened(shards: int = 1) -> AsyncIterator[Store]:
        one = Store(store.url, shards, nickname_days=30, visitor_days=30, agent_hours=1)
        try:
            await one.open()
            yield one
        finally:
            await one.close()

    return opened


def _field(store: Valkey, name: str) -> str:
    """A field of what the store says of itself."""
    raw = store.command("HSTRLEN", STORE, name)
    return "" if raw == ":0" else raw


def _written_in(store: Valkey, format: int) -> bool:
    """Whether that is the format in force: HSETNX tells nothing of a value, HINCRBY by nothing does."""
    return store.command("HINCRBY", STORE, "format", 0) == f":{format}"


async def _beat(store: Store, boot: str, *, first: bool = False) -> None:
    await store.formats.vouch(boot, first=first)
    await store.presence.beat(store.keys.shard(0), boot, first=first)


async def test_a_store_of_another_format_is_refused_and_not_touched(store: Valkey, opened: Opened) -> None:
    async with opened():
        assert _written_in(store, NEWEST)
    async with opened():
        pass  # our own is welcome

    store.command("HSET", STORE, "format", FORMER)
    store.command("XADD", FEED, "0-1", "h", "as the former version", "b", "wrote it")
    with pytest.raises(StoreUnfit, match="created with 1 shards"):
        async with opened(shards=2):
            pass
    assert store.command("EXISTS", FEED) == ":1"
    async with opened() as one:  # of before the promise: ours from now on
        assert one.formats.in_force == NEWEST
    assert store.command("EXISTS", FEED) == ":0"
    assert _written_in(store, NEWEST)

    store.command("HSET", STORE, "format", NEXT)
    with pytest.raises(StoreUnfit, match=rf"another version.*format {NEXT};.*reads {FORMER} and {NEWEST}"):
        async with opened():
            pass
    assert _written_in(store, NEXT)

    store.command("HDEL", STORE, "format")  # as the first version left it
    with pytest.raises(StoreUnfit, match="another version"):
        async with opened():
            pass
    assert store.command("HEXISTS", STORE, "format") == ":0"


async def test_a_newer_version_keeps_to_the_format_it_finds(store: Valkey, opened: Opened, become: Become) -> None:
    async with opened() as old:
        await _beat(old, "old", first=True)
        store.command("XADD", FEED, "0-1", "h", "what is", "b", "there")
        become(NEXT)
        async with opened() as new:
            assert new.formats.in_force == NEWEST
            await _beat(new, "new", first=True)
            assert new.formats.in_force == NEWEST
        assert store.command("XLEN", FEED) == ":1"
        become(NEWEST)
        async with opened() as again:  # going back is a swap of files
            await _beat(again, "again", first=True)
    become(NEXT)
    store.flush()
    async with opened() as first:  # where there is nothing that an older one could have written
        assert first.formats.in_force == NEXT


async def test_it_goes_over_when_no_older_node_lives(store: Valkey, opened: Opened, become: Become) -> None:
    async with opened() as old, opened() as new:
        await _beat(old, "old", first=True)
        become(NEXT)
        await _beat(new, "new", first=True)
        await new.presence.beat("{s00}", "stranger", first=True)  # of a version that knows nothing of formats
        standing = await new.formats.standing()
        assert (standing.in_force, standing.all_newer_ms) == (NEWEST, 0)
        assert [node.boot for node in standing.older] == ["old", "stranger"]

        left = await new.formats.go_over()
        assert [node.boot for node in left] == ["old", "stranger"]
        assert (left[0].version, left[0].host != "", left[1].version) == (__version__, True, "")
        assert _written_in(store, NEWEST)

        stood_still = standing.older
        await new.presence.beat("{s00}", "stranger", first=False)  # after all it lives
        assert [node.boot for node in await new.formats.go_over(stood_still)] == ["stranger"]
        assert _written_in(store, NEWEST)

        assert await new.formats.go_over((await new.formats.standing()).older) == []
        assert _written_in(store, NEXT)
        assert new.formats.in_force == NEXT
        assert store.command("XLEN", FEED) == ":1"  # all are told
        # One of those only stood still: it is told to begin anew, and is refused.
        assert await old.presence.beat("{s00}", "old", first=False) == {}
        become(NEWEST)
        with pytest.raises(StoreUnfit, match=f"format {NEXT}"):
            await _beat(old, "again", first=True)
        with pytest.raises(StoreUnfit, match=f"format {NEXT}"):
            await old.formats.look()


async def test_nodes_that_run_hear_of_it(store: Valkey, opened: Opened, become: Become) -> None:
    async with opened():
        become(NEXT)
        async with opened() as one, opened() as other:
            await _beat(one, "one", first=True)
            await _beat(other, "other", first=True)
            assert await one.formats.go_over() == []
            assert other.formats.in_force == NEWEST
            await _beat(other, "other")
            assert other.formats.in_force == NEXT
            assert await other.formats.go_over() == []  # twice is once
            assert store.command("XLEN", FEED) == ":1"


async def test_it_goes_over_by_itself_after_a_day_with_every_node_new(
    store: Valkey, opened: Opened, become: Become
) -> None:
    def a_day_has_passed() -> None:
        assert _field(store, "all_newer")
        store.command("HINCRBY", STORE, "all_newer", -UNDO_MS)

    async with opened() as old, opened() as new:
        become(NEXT)
        await _beat(new, "new", first=True)
        began = (await new.formats.standing()).all_newer_ms
        await _beat(new, "new")
        assert (await new.formats.standing()).all_newer_ms == began > 0
        a_day_has_passed()

        become(NEWEST)
        await _beat(old, "old", first=True)  # they went back: the day begins anew
        assert not _field(store, "all_newer")
        become(NEXT)
        await _beat(new, "new")
        assert not _field(store, "all_newer")

        standing = await new.formats.standing()
        (older,) = standing.older
        await new.presence.bury("{s00}", older.boot, older.counter)
        await _beat(new, "new")
        assert _written_in(store, NEWEST)
        a_day_has_passed()
        await new.presence.beat("{s00}", "stranger", first=True)
        await _beat(new, "new")
        assert not _field(store, "all_newer")
        assert _written_in(store, NEWEST)

        await new.presence.bury("{s00}", "stranger", "1")
        await _beat(new, "new")
        a_day_has_passed()
        await _beat(new, "new")
        assert _written_in(store, NEXT)
        assert new.formats.in_force == NEXT
        assert not _field(store, "all_newer")


async def test_what_a_node_said_goes_with_it(store: Valkey, opened: Opened) -> None:
    async with opened() as one:
        await _beat(one, "one", first=True)
        await _beat(one, "two", first=True)
        await one.presence.bury("{s00}", "two", "1")
        await one.formats.vouch("two", first=False)  # was given up for dead: it must begin anew
        assert store.command("HEXISTS", NODES, "two") == ":0"
        await _beat(one, "one")
        assert store.command("HKEYS", FORMATS) == "*1"
