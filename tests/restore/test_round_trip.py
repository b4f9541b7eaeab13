"""What is backed up and restored is as it was, in a store of another engine and over another number of shards."""

import asyncio
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from app.backup.archive import Reader, Writer
from app.backup.dump import dump
from app.backup.restore import NOBODY, restore
from app.files.directory import Directory
from app.store.embedded import EmbeddedStore
from app.store.store import Store
from tests.restore.raw import everything, lasting
from tests.restore.sample import Sample, opened
from tests.running import Valkey


@contextmanager
def _place(kind: str, folder: Path) -> Iterator[str]:
    """A store of that kind: its URL."""
    store: Any
    if kind == "embedded":
        store = EmbeddedStore(folder)
        store.start()
        store.wait_ready()
    else:
        store = Valkey(kind)
    try:
        yield store.url
    finally:
        store.stop()


async def backed_up(store: Store, files: Path) -> bytes:
    """A backup of a store."""
    sink = io.BytesIO()
    await dump(store, Directory(files), Writer(sink, await store.now_ms()))
    return sink.getvalue()


async def restored(url: str, shards: int, backup: bytes, files: Path) -> None:
    """Into an empty store."""
    await asyncio.to_thread(files.mkdir)
    store = opened(url, shards)
    try:
        await store.open()
        await restore(store, Directory(files), Reader(io.BytesIO(backup)), NOBODY)
    finally:
        await store.close()


@pytest.mark.parametrize(
    ("source", "shards", "target", "other_shards"),
    [
        ("valkey", 1, "redis", 4),
        ("redis", 4, "embedded", 1),
        ("embedded", 1, "valkey", 16),
        ("valkey", 16, "valkey", 4),
    ],
)
async def test_a_store_becomes_another_and_is_the_same(
    source: str, shards: int, target: str, other_shards: int, tmp_path: Path
) -> None:
    with _place(source, tmp_path / "a") as there, _place(target, tmp_path / "b") as here:
        store = opened(there, shards)
        try:
            await store.open()
            sample = Sample(store, tmp_path / "files", seed=shards)
            await sample.fill()
            backup = await backed_up(store, tmp_path / "files")
        finally:
            await store.close()
        await restored(here, other_shards, backup, tmp_path / "others")
        then, now = everything(there), everything(here)
        metas = [name for name in then if re.fullmatch(r"\{s\}:c:\w+:m", name)]
        assert all(int(now[name]["epoch"]) > int(then[name]["epoch"]) for name in metas), "another epoch for each"
        before, after = lasting(then), lasting(now)
        assert after.keys() == before.keys()
        for name, value in before.items():
            assert after[name] == value, name
    for id, data in sample.bytes.items():
        with Directory(tmp_path / "others").open(id) as file:
            assert file.read() == data
