"""A disk that fills up: messages are refused in good time, and taken again once there is room."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store.embedded import EmbeddedStore
from app.store.low_water import LowWater
from tests.running import PATIENCE
from tests.store.test_embedded import ask, running


@pytest.fixture
def small_disk(tmp_path: Path, as_root: None) -> Iterator[Path]:
    """A file system of 100 MB."""
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=100m", "tmpfs", tmp_path], check=False, timeout=PATIENCE
    ).returncode:
        pytest.skip("file systems cannot be mounted here")
    yield tmp_path
    subprocess.run(["umount", "-l", tmp_path], check=True, timeout=PATIENCE)


@pytest.fixture
def store(small_disk: Path) -> Iterator[EmbeddedStore]:
    started = running(small_disk / "data")
    yield started
    started.stop()


def test_a_disk_with_room_is_let_be(store: EmbeddedStore) -> None:
    guard = LowWater(store)
    assert guard.look() == ""
    assert ask(store.url, "SET a 1") == "+OK"


def test_a_nearly_full_disk_takes_no_more_until_there_is_room(store: EmbeddedStore, small_disk: Path) -> None:
    guard = LowWater(store)
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(75_000_000))
    assert "nearly full" in guard.look()
    assert guard.look() == ""  # said once
    assert ask(store.url, "SET a 1").startswith("-OOM")
    assert ask(store.url, "PING") == "+PONG"
    ballast.unlink()
    assert "room on the disk again" in guard.look()
    assert ask(store.url, "SET a 1") == "+OK"


def test_a_server_started_anew_is_told_too(store: EmbeddedStore, small_disk: Path) -> None:
    guard = LowWater(store)
    (small_disk / "ballast").write_bytes(bytes(75_000_000))
    guard.look()
    os.kill(store.pid, 9)
    os.waitpid(store.pid, 0)
    store.died()
    store.revive()
    assert store.wait_ready()
    assert "nearly full" in guard.look()
    assert ask(store.url, "SET a 1").startswith("-OOM")
