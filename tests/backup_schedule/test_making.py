"""A backup from its beginning to its end: one at a time, sound or not at all, and the old ones stay until it is."""

import asyncio
import errno
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

import pytest

from app.backup import taking
from app.backup.making import Busy, Maker
from app.backup.places import DirectoryPlace
from app.backup.records import BackupError
from app.privacy.ledger import Ledger
from app.store.store import Store

DAY_MS = 24 * 3600 * 1000


class Shop:
    """Makes backups of three bytes, unless something hinders it."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store, self.place = store, DirectoryPlace(folder / "backups")
        self.hindrance: Exception | None = None
        self.seen: list[str] = []  # what lay there while one was made

    async def take(self, file: BinaryIO) -> None:
        self.seen = sorted(os.listdir(self.place.workshop))
        file.write(b"abc")
        if self.hindrance:
            raise self.hindrance

    async def make(self, keep: int = 0, wanted_ms: int = 0) -> str:
        return (await Maker(self.store, self.take, encrypted=False).make(self.place, keep, wanted_ms)).name

    def names(self) -> list[str]:
        return [one.name for one in self.place.list()]

    def old(self, *days: int) -> list[str]:
        names = [taking.name(day * DAY_MS, encrypted=False) for day in days]
        for name in names:
            (self.place.workshop / name).write_bytes(b"old")
        return names


@pytest.fixture
async def shop(store_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    store = Store(store_url, 2, nickname_days=1, visitor_days=1, agent_hours=1)
    await store.open()
    yield Shop(store, tmp_path)
    await store.close()


async def test_what_is_made_is_there_under_its_time_and_known(shop: Shop) -> None:
    assert (await shop.store.backups.read()).last is None
    name = await shop.make()
    assert shop.names() == [name]
    assert shop.seen == [f"{name}.part"]
    known = await shop.store.backups.read()
    assert known.last is not None
    assert (known.last.name, known.last.bytes, known.last.verified) == (name, 3, True)
    assert known.last.place == str(shop.place.label)
    assert (known.failure, known.open, known.busy) == (None, False, False)
    assert known.begun_ms == known.last.at_ms


async def test_the_newest_are_kept_and_nothing_else_is_touched(shop: Shop) -> None:
    old = shop.old(1, 2, 3, 4)
    for name in ("erased.jsonl", "notes.txt", "chatadmin-1.tar.gz"):
        (shop.place.workshop / name).write_bytes(b"mine")
    new = await shop.make(keep=3)
    assert shop.names() == sorted(["erased.jsonl", "notes.txt", "chatadmin-1.tar.gz", *old[2:], new])


async def test_one_that_a_wrong_clock_calls_older_is_not_the_one_removed(shop: Shop) -> None:
    future = shop.old(40_000, 40_001)
    new = await shop.make(keep=2)
    assert shop.names() == [new, future[1]]


@pytest.mark.parametrize(
    ("hindrance", "reason"),
    [
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), "there is no room left in "),
        (BackupError("c/1.jsonl is not what was written"), "c/1.jsonl is not what was written"),
    ],
)
async def test_what_fails_leaves_the_old_ones_and_its_reason(shop: Shop, hindrance: Exception, reason: str) -> None:
    old = shop.old(1, 2, 3)
    good = await shop.make()
    shop.hindrance = hindrance
    with pytest.raises(BackupError, match=reason):
        await shop.make(keep=1)
    assert shop.names() == [*old, good]
    assert sorted(os.listdir(shop.place.workshop)) == [*old, good]
    known = await shop.store.backups.read()
    assert known.last is not None
    assert known.last.name == good
    assert known.failure is not None
    assert known.failure.reason.startswith(reason)
    assert not known.busy
    shop.hindrance = None
    await shop.make(keep=9, wanted_ms=known.begun_ms + 1)
    assert (await shop.store.backups.read()).failure is None


async def test_a_real_disk_that_is_full_is_named(shop: Shop) -> None:
    """/dev/full answers each write as a full disk does."""

    async def take(file: BinaryIO) -> None:
        os.write(full, b"x")

    full = os.open("/dev/full", os.O_WRONLY)
    with pytest.raises(BackupError, match=r"there is no room left in .*MiB free"):
        await Maker(shop.store, take, encrypted=False).make(shop.place)
    os.close(full)
    assert os.listdir(shop.place.workshop) == []


async def test_what_a_killed_one_left_is_removed_by_the_next(shop: Shop) -> None:
    left = shop.place.workshop / f"{taking.name(DAY_MS, encrypted=False)}.part"
    left.write_bytes(b"half")
    await shop.store.backups.begun(1)
    assert (await shop.store.backups.read()).open
    name = await shop.make()
    assert shop.seen == [f"{name}.part"]
    assert not left.exists()
    assert not (await shop.store.backups.read()).open


async def test_of_many_that_want_one_at_once_one_makes_it(shop: Shop) -> None:
    wanted_ms = await shop.store.now_ms()
    tried = await asyncio.gather(*(shop.make(wanted_ms=wanted_ms) for _ in range(8)), return_exceptions=True)
    assert [type(one) for one in tried if isinstance(one, BaseException)] == [Busy] * 7
    with pytest.raises(Busy, match="begun since"):
        await shop.make(wanted_ms=wanted_ms)
    assert len(shop.names()) == 1


async def test_whoever_asked_has_been_heard_once_one_is_begun(shop: Shop) -> None:
    await shop.store.backups.ask(5)
    assert (await shop.store.backups.read()).asked_ms == 5
    await shop.make()
    assert (await shop.store.backups.read()).asked_ms == 0


async def test_of_a_full_store_one_is_made_and_known_too(shop: Shop) -> None:
    call = shop.store.pipelines.people.call
    await call("CONFIG", "SET", "maxmemory", 1)
    try:
        name = await shop.make()
        known = await shop.store.backups.read()
        assert known.last is not None
        assert (known.last.name, known.open, known.busy) == (name, False, False)
        shop.hindrance = BackupError("the disk is gone")
        with pytest.raises(BackupError):
            await shop.make()
        failure = (await shop.store.backups.read()).failure
        assert failure is not None
        assert failure.reason == "the disk is gone"
        assert len(await Ledger.in_store(shop.store)) == 0  # who was erased stands beside it
    finally:
        await call("CONFIG", "SET", "maxmemory", 0)
