"""What killed instances left unpacked, as one that starts finds it."""

import fcntl
import os
from pathlib import Path

import pytest

from app import resources
from app.server import bundle


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that this process was unpacked to, as if it were frozen, and its own loader."""
    place = unpacked(tmp_path, os.getpid(), "here00")
    monkeypatch.setattr(bundle, "_FOLDER", str(place))
    return place


def unpacked(place: Path, pid: int, name: str, *, old: bool = True) -> Path:
    folder = place / f"_MEI{pid:08x}{name}"
    folder.mkdir()
    (folder / resources.MARKER).touch()
    if old:
        os.utime(folder, (0, 0))
    return folder


def test_one_of_the_same_number_is_swept_in_a_container_that_begins_anew(here: Path, tmp_path: Path) -> None:
    before = unpacked(tmp_path, os.getpid(), "before")
    bundle.sweep()
    assert not before.exists()
    assert here.exists()


def test_one_of_the_same_number_may_be_another_containers(here: Path, tmp_path: Path) -> None:
    starting, at_work = unpacked(tmp_path, os.getpid(), "starts", old=False), unpacked(tmp_path, os.getpid(), "atwork")
    descriptor = os.open(at_work, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        bundle.sweep()
    finally:
        os.close(descriptor)
    assert starting.exists()
    assert at_work.exists()
    assert here.exists()


def test_one_whose_process_lives_is_left_alone(here: Path, tmp_path: Path) -> None:
    theirs = unpacked(tmp_path, os.getppid(), "theirs")
    bundle.sweep()
    assert theirs.exists()
    assert here.exists()
