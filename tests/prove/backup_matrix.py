"""Each pair of engines, and of numbers of shards: what is backed up here and restored there is the same."""

import asyncio
import io
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.backup.archive import Reader, Writer
from app.backup.dump import dump
from app.backup.restore import NOBODY, restore
from app.files.directory import Directory
from app.store.embedded import EmbeddedStore
from tests.replicated import Cluster
from tests.restore.raw import client, everything, lasting
from tests.restore.sample import Sample, opened
from tests.running import Valkey

ENGINES = ("embedded", "valkey", "redis", "cluster")
SHARDS = (1, 4, 16)


@contextmanager
def places(folder: Path) -> Iterator[dict[str, str]]:
    """A store of each kind: its URL."""
    embedded, valkey, redis = EmbeddedStore(folder / "embedded"), Valkey("valkey"), Valkey("redis")
    embedded.start()
    cluster = Cluster(replicas=0)
    try:
        embedded.wait_ready()
        yield {"embedded": embedded.url, "valkey": valkey.url, "redis": redis.url, "cluster": cluster.url}
    finally:
        embedded.stop()
        for store in (valkey, redis):
            store.stop()
        cluster.close()


async def prove(seed: int) -> dict[str, Any]:
    """All of them; figures and verdict."""
    began, differ, pairs = time.monotonic(), list[str](), 0
    with tempfile.TemporaryDirectory() as name, places(Path(name)) as urls:
        folder = Path(name)
        for engine in ENGINES:
            for shards in SHARDS:
                backup, holds, files = await _source(urls[engine], shards, seed, folder / f"{engine}{shards}")
                for target in ENGINES:
                    for others in SHARDS:
                        pair = f"{engine}, {shards} into {target}, {others}"
                        pairs += 1
                        found = await _target(urls[target], others, backup, folder / f"to {pair}")
                        if found != (holds, files):
                            differ.append(pair)
                print(f"  {engine}, {shards}: {pairs} pairs, {len(differ)} differ", file=sys.stderr)
    return {
        "seed": seed,
        "pairs": pairs,
        "differ": differ,
        "seconds": round(time.monotonic() - began),
        "clean": not differ,
    }


async def _source(url: str, shards: int, seed: int, place: Path) -> tuple[bytes, dict[str, Any], dict[str, bytes]]:
    """A sample shop there: its backup, and what is there."""
    store = await _emptied(url, shards)
    try:
        sample = Sample(store, place, seed)
        await sample.fill()
        sink = io.BytesIO()
        await dump(store, Directory(place), Writer(sink, await store.now_ms()))
    finally:
        await store.close()
    return sink.getvalue(), await asyncio.to_thread(_holds, url), sample.bytes


async def _target(url: str, shards: int, backup: bytes, place: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The same restored there: what is there then."""
    await asyncio.to_thread(place.mkdir)
    store = await _emptied(url, shards)
    try:
        await restore(store, Directory(place), Reader(io.BytesIO(backup)), NOBODY)
    finally:
        await store.close()
    return await asyncio.to_thread(_holds, url), await asyncio.to_thread(_files, place)


def _files(place: Path) -> dict[str, bytes]:
    return {f"{file.parent.name}.{file.name}": file.read_bytes() for file in place.glob("v*/*")}


async def _emptied(url: str, shards: int) -> Any:
    """That store with nothing in it."""
    await asyncio.to_thread(_flush, url)
    store = opened(url, shards)
    await store.open()
    return store


def _flush(url: str) -> None:
    asked = client(url)
    asked.flushall()
    asked.close()


def _holds(url: str) -> dict[str, Any]:
    return lasting(everything(url))
