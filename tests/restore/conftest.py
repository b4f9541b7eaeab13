"""A shop that was backed up, for all of these tests one and the same."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.store.embedded import EmbeddedStore
from tests.cli.program import Outcome, run
from tests.restore.raw import everything, lasting
from tests.restore.sample import Sample, opened

Run = Callable[..., Outcome]


@dataclass
class BackedUp:
    """A shop, its data, and the backup that `chatadmin backup` made of it."""

    sample: Sample
    data: Path
    file: Path
    holds: dict[str, Any]
    """What lay in its store, but for what a restore changes."""


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> BackedUp:
    """The shop, once."""
    folder = tmp_path_factory.mktemp("shop")
    data, file = folder / "data", folder / "kept" / "shop.tar.gz"
    file.parent.mkdir()
    store = EmbeddedStore(data)
    store.start()
    try:
        store.wait_ready()
        sample = asyncio.run(_filled(store.url, data))
        holds = lasting(everything(store.url))
    finally:
        store.stop()
    made = run("backup", str(file), "--data-dir", str(data), home=folder)
    assert (made.status, made.err) == (0, "")
    return BackedUp(sample, data, file, holds)


async def _filled(url: str, data: Path) -> Sample:
    store = opened(url)
    try:
        await store.open()
        sample = Sample(store, data / "files", seed=17)
        await sample.fill()
        return sample
    finally:
        await store.close()


@pytest.fixture
def chatadmin_does(tmp_path: Path) -> Run:
    """Run a command to its end, at a home of one's own."""

    def does(*words: str | Path, **options: Any) -> Outcome:
        return run(*map(str, words), home=tmp_path, **options)

    return does
