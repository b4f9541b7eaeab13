"""Which bytes are swept away, and that a place is swept only by the store whose files are there."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.chat.files import FileInfo, new_id
from app.files.directory import Directory
from app.files.threads import Threads
from app.live.duties.files import Sweeper, sweep
from app.live.file_place import is_ours
from app.store.keys import Keys
from app.store.store import Store
from tests.store.test_conversations import ANNA, UID

THREADS = Threads(1)

HOUR = 3_600_000


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    made = Store(store_url, 2, 30, 30, 168)
    await made.open()
    yield made
    await made.close()


@pytest.fixture
def place(tmp_path: Path) -> Directory:
    return Directory(tmp_path / "shared" / "files")


def lie(place: Directory, uid: str = UID, *, draft: bool = False) -> str:
    """Bytes on disk."""
    id, begun = new_id(uid), place.draft(new_id(uid))
    if draft:
        begun.file.close()
        return begun.path.name
    begun.file.write(b"bytes")
    place.put(begun, id)
    return id


def lying(place: Directory) -> set[str]:
    """What is there: ids, and the names of drafts."""
    return {f"{found.id.partition('.')[2]}.part" if found.draft else found.id for found in place.sweep()}


def older(place: Directory) -> None:
    """All bytes that are there were written two days ago."""
    for path in place.root.glob("*/*"):
        os.utime(path, (path.stat().st_atime, path.stat().st_mtime - 48 * 3600))


async def test_what_no_entry_has_goes_once_it_is_old(store: Store, place: Directory) -> None:
    assert await is_ours(store.files, place, THREADS)
    kept, unsent, stranger, draft = lie(place), lie(place), lie(place, ANNA), lie(place, draft=True)
    for id in (kept, unsent):
        await store.files.keep(UID, UID, False, FileInfo(id, "kettle.jpg", "image/jpeg", 5))
    await store.pipelines.of(UID).call(  # as append.lua does
        "HSET", store.keys.files(UID), kept, f'{UID}|1|0|7|{{"id":"{kept}","name":"a","type":"b","size":5}}'
    )
    now = await store.now_ms()
    assert await sweep(store.files, place, THREADS, now - HOUR) == 0
    assert lying(place) == {kept, unsent, stranger, draft}
    older(place)
    assert await sweep(store.files, place, THREADS, now - HOUR) == 2  # what is known counts from when it came
    assert lying(place) == {kept, unsent}
    assert await sweep(store.files, place, THREADS, now + 1) == 0
    assert await store.files.used(UID) == 5
    assert lying(place) == {kept, unsent}  # for who makes a backup now
    assert await sweep(store.files, place, THREADS, now + HOUR - 1) == 0
    assert await sweep(store.files, place, THREADS, now + HOUR + 1000) == 1
    assert lying(place) == {kept}
    await store.pipelines.of(UID).call("HSET", store.keys.conversation(UID).meta, "floor", 7)
    assert await sweep(store.files, place, THREADS, now) == 0
    assert (lying(place), await store.files.total()) == ({kept}, 0)
    assert await sweep(store.files, place, THREADS, now + HOUR + 1000) == 1
    assert place.empty()


async def test_a_place_is_one_stores_alone(
    store: Store, place: Directory, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert await is_ours(store.files, place, THREADS)
    assert await is_ours(store.files, Directory(place.root), THREADS)  # another node that shares it
    lie(place)
    older(place)
    for wrong in (tmp_path / "not mounted", tmp_path / "of another server"):
        other = Directory(wrong)
        if wrong.name == "of another server":
            other.take("theirs")
            lie(other)
            older(other)
        assert not await is_ours(store.files, other, THREADS)
        await Sweeper(store, other).do()
        assert "chatadmin check" in caplog.text
        assert len(lying(other)) == (wrong.name == "of another server")
        caplog.clear()
    # A store that was emptied, or is another one, knows nothing of these: they are not for it to remove.
    await store.pipelines.at(store.keys.shard(0)).call("HDEL", Keys.store(), "files")
    await Sweeper(store, place).do()
    assert len(lying(place)) == 1


async def test_a_place_that_was_marked_and_not_remembered_is_taken(store: Store, place: Directory) -> None:
    """A node that was killed in between; and two that begin at once."""
    mark = place.take(await store.files.new_mark())
    assert await is_ours(store.files, place, THREADS)
    assert await store.files.home() == mark
    assert await store.files.settle(await store.files.new_mark()) == mark


async def test_a_place_that_another_store_marked_is_not_taken_although_it_is_empty(
    store: Store, place: Directory
) -> None:
    """Else each of them would sweep away what the other knows."""
    other = place.take("another store's.1")
    assert not await is_ours(store.files, place, THREADS)
    await store.files.new_mark()  # whatever this store is called
    assert not await is_ours(store.files, place, THREADS)
    assert (place.mark(), await store.files.home()) == (other, "")
