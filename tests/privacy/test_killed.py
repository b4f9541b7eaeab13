"""Whoever erases somebody is killed between any two steps: run again by the same word, it finishes."""

import itertools
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.files.directory import Directory
from app.privacy.erase import erase, is_forgotten, off_disk
from app.privacy.find import NobodyFound, find
from app.store.pipeline import Pipeline
from app.store.store import Store
from tests.privacy.town import Town, bytes_of, everything, holds
from tests.running import Valkey

# Points of time that the ordinary suite tries, of all there are.
_TRIED = 6
# What is deleted stands in it until it is written anew; how soon it is on disk makes no difference here.
KEEPS_A_FILE = ("--appendonly", "yes", "--appendfsync", "no")


class Killed(BaseException):
    """The process is no more."""


class Reaper:
    """Kills whoever is about to do something for the `at`-th time: to give the store a command, or to remove files."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at, self._steps = -1, 0
        forget = Directory.forget

        def step() -> None:
            self._steps += 1
            if 0 < self.at <= self._steps:
                raise Killed

        def dying(real: Callable[..., Any]) -> Callable[..., Any]:
            def asked(*words: Any, **more: Any) -> Any:
                step()
                return real(*words, **more)

            return asked

        def killed_forget(directory: Directory, uid: str) -> int:
            step()
            return forget(directory, uid)

        for name in ("call", "eval", "ask"):  # from without: what is compiled calls its own directly
            monkeypatch.setattr(Pipeline, name, dying(getattr(Pipeline, name)))
        monkeypatch.setattr(Directory, "forget", killed_forget)

    def begin(self, at: int) -> None:
        """From now on count; 0 for never."""
        self.at, self._steps = at, 0

    def end(self) -> int:
        """Kill nobody any more; how many steps there were."""
        self.at = 0
        return self._steps


async def _opened(url: str, shards: int) -> Store:
    store = Store(url, shards, 30, 30, 168)
    await store.open()
    return store


async def _command(store: Store, word: str, place: Directory) -> None:
    """What `chatadmin erase` does."""
    try:
        person = await find(store, word)
        await erase(store, person, place, lambda ledger: None)
    except NobodyFound:
        if not await is_forgotten(store, word):
            raise
        person = None
    assert await off_disk(store, person) == []


async def _killed_at(at: int, url: str, folder: Path, reaper: Reaper, chance: random.Random) -> bool:
    """Whether there was such a step."""
    place = Directory(folder / str(at))
    store = await _opened(url, 2)
    await store.pipelines.people.call("FLUSHALL")
    await store.close()
    store = await _opened(url, 2)
    town = Town(store, place, chance)
    await town.begin()
    gone, other = await town.person("quartz", 1), await town.person("fjord")
    await town.index()
    word = chance.choice([gone.visitor.nickname, "sub:subquartz", "quartz@example.com", *gone.uids])
    reaper.begin(at)
    was_killed = False
    try:
        await _command(store, word, place)
    except Killed:
        was_killed = True
    steps = reaper.end()
    await store.close()

    store = await _opened(url, 2)
    if was_killed:
        try:
            await _command(store, word, place)
        except NobodyFound:
            assert not await store.erasing.pending(), f"nobody finds them, killed at {at} of {steps}"
    found = await everything(store)
    assert holds(found, ["quartz", *gone.uids]) == [], f"killed at {at}"
    assert not await store.erasing.pending()
    assert not any(uid.encode() in bytes_of(place) for uid in gone.uids)
    assert {name for name, _ in holds(found, other.uids)} >= {f"{{people}}:v:{uid}" for uid in other.uids}
    await store.close()
    return was_killed


@pytest.fixture
def chance() -> random.Random:
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(10**6))
    print(f"SEED={seed}")
    return random.Random(seed)


async def test_killed_at_some_steps(
    start_store: Callable[..., Valkey], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chance: random.Random
) -> None:
    store, reaper = start_store("valkey", options=KEEPS_A_FILE), Reaper(monkeypatch)
    tried = sorted(chance.sample(range(1, 160), _TRIED))
    assert any([await _killed_at(at, store.url, tmp_path, reaper, chance) for at in tried])


@pytest.mark.long
async def test_killed_at_each_step(
    start_store: Callable[..., Valkey], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chance: random.Random
) -> None:
    store, reaper = start_store("valkey", options=KEEPS_A_FILE), Reaper(monkeypatch)
    for at in itertools.count(1):
        if not await _killed_at(at, store.url, tmp_path, reaper, chance):
            print(f"{at - 1} steps")
            break
